// The patient in the middle with the circle of their radius, or nobody: then the map rests on the office's region.
(function () {
  "use strict";
  window.MapCentre = function (map, tools, sight) {
    let centre = null, radius = null;

    this.calls = {
      setCenter: function (lat, lon, km, title) {
        const key = [lat, lon, km].join("/"), same = centre && centre.key === key;
        if (centre) { centre.remove(); }
        if (radius) { radius.remove(); radius = null; }
        if (km) { radius = L.circle([lat, lon], { radius: km * 1000, className: "pl-radius", interactive: false }).addTo(map); }
        const icon = L.divIcon({ className: "pl-centre", html: signs.pin, iconSize: [30, 38], iconAnchor: [15, 37] });
        centre = L.marker([lat, lon], { icon: icon, keyboard: false, zIndexOffset: -500 }).addTo(map);
        centre.key = key;
        centre.getElement().setAttribute("aria-label", title);
        centre.on("mouseover", function () { tools.showTip(centre, [title], -38); });
        centre.on("mouseout", tools.hideTip);
        if (!same) { sight.follow(radius ? radius.getBounds() : L.latLng(lat, lon).toBounds(20000)); }
      },

      clearCenter: function () {
        if (centre) { centre.remove(); centre = null; }
        if (radius) { radius.remove(); radius = null; }
        sight.rest();
      },

      // Where an office works: seen while there is no patient.
      setRegion: function (south, west, north, east) {
        sight.setRegion(L.latLngBounds([south, west], [north, east]), !centre);
      },
    };
  };
})();

// Where am I? A scale, and at the edge the next places, so that no view is without a name.
(function () {
  "use strict";
  const ENOUGH = 3, MARGIN = 14, BELOW = 34, NEAR = 30000;  // metres
  window.mapParts = window.mapParts || [];
  window.mapParts.push(function (map) {
    L.control.scale({ imperial: false, position: "bottomright", maxWidth: 120 }).addTo(map);
    const pane = map.createPane("edges");

    function km(metres) { return metres < 9950 ? (metres / 1000).toFixed(1).replace(".", ",") : Math.round(metres / 1000); }

    // places beyond the edge, one of each side, the nearest first
    function nearest(centre, bounds) {
      const found = [], reach = Math.max(NEAR, map.distance(bounds.getSouthWest(), bounds.getNorthEast()) * 6);
      const high = reach / 111000, wide = high * 1.7;
      for (const [name, lat, lon] of window.PLACES) {
        if (Math.abs(lat - centre.lat) > high || Math.abs(lon - centre.lng) > wide || bounds.contains([lat, lon])) { continue; }
        found.push({ name: name, at: L.latLng(lat, lon), far: map.distance(centre, [lat, lon]) });
      }
      return found.sort(function (a, b) { return a.far - b.far; });
    }

    function edge(place, size) {
      const middle = size.divideBy(2), to = map.latLngToContainerPoint(place.at).subtract(middle);
      const scale = Math.min((middle.x - MARGIN) / Math.abs(to.x || 1), (middle.y - MARGIN) / Math.abs(to.y || 1));
      const side = Math.abs(to.x) * size.y > Math.abs(to.y) * size.x ? (to.x < 0 ? "left" : "right") : (to.y < 0 ? "top" : "bottom");
      const point = middle.add(to.multiplyBy(scale));
      point.y = Math.min(point.y, size.y - BELOW);  // above the sources
      return { side: side, point: point };
    }

    function draw() {
      pane.replaceChildren();
      const bounds = map.getBounds(), size = map.getSize(), centre = map.getCenter();
      if (document.querySelectorAll(".leaflet-places-pane .pl-place:not(.pl-plz)").length >= ENOUGH || size.x < 50) { return; }
      const taken = new Set();
      for (const place of nearest(centre, bounds)) {
        const spot = edge(place, size);
        if (taken.has(spot.side)) { continue; }
        taken.add(spot.side);
        const label = document.createElement("div");
        label.className = "pl-edge " + spot.side;
        label.textContent = { left: "← ", right: "→ ", top: "↑ ", bottom: "↓ " }[spot.side] + place.name + ", " + km(place.far) + " km";
        L.DomUtil.setPosition(label, map.containerPointToLayerPoint(spot.point));
        pane.append(label);
        if (taken.size === 4) { break; }
      }
    }
    map.on("moveend resize", draw);
    map.on("movestart zoomstart", function () { pane.replaceChildren(); });
    map.whenReady(draw);
    return {};
  });
})();

// One site's pin, moved by hand: dragged by mouse or, once it has the focus, by the arrow keys.
(function () {
  "use strict";
  const PIXELS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  window.mapParts = window.mapParts || [];
  window.mapParts.push(function (map, tools) {
    let pin = null;
    function tell() { const at = pin.getLatLng(); tools.bridge().move(at.lat, at.lng); }
    function onKey(event) {
      const way = PIXELS[event.key];
      if (!way) { return; }
      event.preventDefault();
      event.stopPropagation();
      const step = event.shiftKey ? 10 : 1;
      pin.setLatLng(map.containerPointToLatLng(map.latLngToContainerPoint(pin.getLatLng()).add(L.point(way).multiplyBy(step))));
      tell();
    }
    return {
      setPin: function (lat, lon, title) {
        if (pin) { pin.remove(); pin = null; }
        if (lat === null) { return; }
        const icon = L.divIcon({ className: "pl-centre pl-movable", html: signs.flag, iconSize: [34, 40], iconAnchor: [7, 36] });
        pin = L.marker([lat, lon], { icon: icon, draggable: true, autoPan: true, zIndexOffset: 20000, keyboard: true });
        pin.addTo(map).on("dragend", tell);
        const element = pin.getElement();
        element.setAttribute("aria-label", title);
        element.addEventListener("keydown", onKey, true);
        tools.go([lat, lon], 15);
        element.focus();
      },
    };
  });
})();

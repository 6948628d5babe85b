// The box of words beside what the mouse is over.
(function () {
  "use strict";
  window.MapTip = function (map) {
    const tip = L.tooltip({ direction: "top", opacity: 1, className: "pl-tip" });

    this.show = function (layer, lines, up) {
      const box = document.createElement("div");
      lines.forEach(function (text, number) {
        box.appendChild(document.createElement(number ? "div" : "strong")).textContent = text;
      });
      tip.options.offset = L.point(0, up || -12);
      tip.setLatLng(layer.getLatLng()).setContent(box).addTo(map);
    };
    this.hide = function () { tip.remove(); };
    map.on("zoomstart", this.hide);
  };
})();

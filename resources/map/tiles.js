// Pictures behind the markers, where the office has a source of them. They come through our own scheme only: the page
// itself reaches no server. Without them, or while they fail, the outlines and names stay.
(function () {
  "use strict";
  window.mapParts = window.mapParts || [];
  window.mapParts.push(function (map, tools) {
    const note = L.control({ position: "topleft" });
    let layer = null, credit = "";
    note.onAdd = function () {
      const box = L.DomUtil.create("div", "pl-note");
      box.setAttribute("role", "status");
      box.textContent = tools.words().no_tiles;
      return box;
    };
    // the outlines step back only where there is something behind them
    function tiled(on) { map.getContainer().classList.toggle("pl-tiled", on); }
    return {
      // `mark` changes with the source, so that no picture of the old one is taken from memory
      setTiles: function (mark, attribution) {
        if (layer) { layer.remove(); layer = null; map.attributionControl.removeAttribution(credit); }
        note.remove();
        tiled(false);
        if (!mark) { return; }
        const text = document.createElement("span");
        text.textContent = attribution;  // typed by somebody: text, never markup
        credit = text.innerHTML;
        layer = L.tileLayer("platzlotse://tiles/" + mark + "/{z}/{x}/{y}", { maxNativeZoom: 17, minZoom: 5, zIndex: 1 });
        layer.on("tileerror", function () { tiled(false); note.addTo(map); });
        layer.on("tileload", function () { tiled(true); note.remove(); });
        layer.addTo(map);
        map.attributionControl.addAttribution(credit);
      },
    };
  });
})();

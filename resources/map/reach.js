// How far somebody gets within some minutes: what is sure, what may be, and a box that says whose word it is.
(function () {
  "use strict";
  window.mapParts = window.mapParts || [];
  window.mapParts.push(function (map, tools) {
    let shown = null, box = null;

    // All lines as one shape: what lies inside an odd number of them is filled.
    function shape(rings, name) {
      return L.polygon(rings, { className: name, interactive: false, smoothFactor: 0.3, fillRule: "evenodd" });
    }

    function tell(lines) {
      box = L.control({ position: "bottomleft" });
      box.onAdd = function () {
        const made = L.DomUtil.create("div", "pl-reachbox");
        for (const [kind, text] of lines) {
          const line = document.createElement(kind === "head" ? "strong" : "div");
          if (kind === "sure" || kind === "maybe") { L.DomUtil.create("i", "pl-swatch " + kind, line); }
          line.appendChild(document.createElement("span")).textContent = text;
          line.classList.add(kind);
          made.appendChild(line);
        }
        L.DomEvent.disableClickPropagation(made);
        return made;
      };
      box.addTo(map);
    }

    return {
      // Lines as [[[lat, lon], …], …], words as [[kind, text], …]. The circle of a radius stays beside it.
      setReach: function (sure, maybe, lines, aim) {
        if (shown) { shown.remove(); shown = null; }
        if (box) { box.remove(); box = null; }
        if (lines.length) { tell(lines); }
        if (!sure.length && !maybe.length) { return; }
        shown = L.featureGroup();
        if (maybe.length) { shape(maybe, "pl-reach-maybe").addTo(shown); }
        if (sure.length) { shape(sure, "pl-reach").addTo(shown); }
        shown.addTo(map);
        if (aim) { tools.aim(shown.getBounds()); }
      },
    };
  });
})();

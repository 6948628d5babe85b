// How far somebody gets within some minutes: what is sure, what may be, and a box that says whose word it is. On a narrow
// map the box begins with its first line alone, until somebody opens or closes it.
(function () {
  "use strict";
  window.mapParts = window.mapParts || [];
  window.mapParts.push(function (map, tools) {
    const ROOMY = 600;  // px; from this width on the box starts open
    let shown = null, box = null, folded = null;  // and how somebody left the box, null where nobody touched it

    // All lines as one shape: what lies inside an odd number of them is filled.
    function shape(rings, name) {
      return L.polygon(rings, { className: name, interactive: false, smoothFactor: 0.3, fillRule: "evenodd" });
    }

    function fit(made) {
      const printed = document.documentElement.classList.contains("pl-sheet");
      made.open = printed || (folded === null ? map.getSize().x >= ROOMY : !folded);
    }

    function tell(lines) {
      box = L.control({ position: "bottomleft" });
      box.onAdd = function () {
        const made = L.DomUtil.create("details", "pl-reachbox");
        lines.forEach(function ([kind, text], number) {
          const line = document.createElement(number ? "div" : "summary");
          if (kind === "sure" || kind === "maybe") { L.DomUtil.create("i", "pl-swatch " + kind, line); }
          line.appendChild(document.createElement("span")).textContent = text;
          line.classList.add(kind);
          made.appendChild(line);
        });
        made.querySelector("summary").addEventListener("click", function () { folded = made.open; });
        L.DomEvent.disableClickPropagation(made);
        fit(made);
        return made;
      };
      box.addTo(map);
    }
    map.on("resize", function () { if (box) { fit(box.getContainer()); } });

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

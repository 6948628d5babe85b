// The map as a sheet: a heading with the day and what is shown, legend and words open, no buttons.
(function () {
  "use strict";
  window.mapParts = window.mapParts || [];
  window.mapParts.push(function (map, tools) {
    let heading = null;
    return {
      setSheet: function (lines) {
        if (heading) { heading.remove(); heading = null; }
        document.documentElement.classList.toggle("pl-sheet", lines.length > 0);
        for (const box of document.querySelectorAll(".pl-legend, .pl-reachbox")) {
          if (lines.length) { box.before = box.open; }
          box.open = lines.length > 0 || box.before;
        }
        if (!lines.length) { return; }
        heading = L.control({ position: "topleft" });
        heading.onAdd = function () {
          const box = L.DomUtil.create("div", "pl-heading");
          lines.forEach(function (text, number) {
            box.appendChild(document.createElement(number ? "div" : "strong")).textContent = text;
          });
          return box;
        };
        heading.addTo(map);
        tools.hideTip();
        // two frames: the first lays out, the second has painted
        requestAnimationFrame(function () { requestAnimationFrame(function () { tools.bridge().sheet(); }); });
      },
    };
  });
})();

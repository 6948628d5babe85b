// The legend: the states that stand on the map. Open where there is room, until somebody opens or closes it.
(function () {
  "use strict";
  const ROOMY = [420, 420];  // from this size (px) on it starts open

  window.MapLegend = function (map) {
    let box;
    function roomy() { const size = map.getSize(); return size.x >= ROOMY[0] && size.y >= ROOMY[1]; }

    const control = L.control({ position: "bottomleft" });
    control.onAdd = function () {
      box = L.DomUtil.create("details", "pl-legend");
      box.open = roomy();
      box.addEventListener("click", function () { box.touched = true; });
      L.DomEvent.disableClickPropagation(box);
      return box;
    };
    control.addTo(map);
    map.on("resize", function () { if (!box.touched) { box.open = roomy(); } });

    this.draw = function (words, markers) {
      const present = new Set();
      let uncertain = false;
      for (const marker of markers) { present.add(marker.state); uncertain = uncertain || marker.uncertain; }
      const head = document.createElement("summary");
      head.textContent = words.legend;
      box.replaceChildren(head, signs.legend(words, present, uncertain));
      box.hidden = !present.size;
    };
  };
})();

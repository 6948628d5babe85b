// The legend: the states that stand on the map. Open where there is room and no marker beneath, until somebody opens or
// closes it.
(function () {
  "use strict";
  const ROOMY = [420, 420];  // from this size (px) on it starts open

  window.MapLegend = function (map) {
    let box, open;  // and the place it takes when open
    function roomy() { const size = map.getSize(); return size.x >= ROOMY[0] && size.y >= ROOMY[1]; }
    function covers() {
      if (box.open) { open = box.getBoundingClientRect(); }
      const all = map.getPane("markerPane").children;
      return !!open && Array.from(all).some(function (element) {
        const one = element.getBoundingClientRect();
        return one.left < open.right && open.left < one.right && one.top < open.bottom && open.top < one.bottom;
      });
    }
    function fit() {
      if (box.touched) { return; }
      if (!roomy()) { box.open = false; return; }
      if (!open) { box.open = true; }
      box.open = !covers();
    }

    const control = L.control({ position: "bottomleft" });
    control.onAdd = function () {
      box = L.DomUtil.create("details", "pl-legend");
      box.open = roomy();
      box.addEventListener("click", function () { box.touched = true; });
      L.DomEvent.disableClickPropagation(box);
      return box;
    };
    control.addTo(map);
    map.on("resize", function () { open = undefined; fit(); });
    map.on("moveend", fit);
    this.settled = fit;

    this.draw = function (words, markers) {
      const present = new Set();
      let uncertain = false;
      for (const marker of markers) { present.add(marker.state); uncertain = uncertain || marker.uncertain; }
      const head = document.createElement("summary");
      head.textContent = words.legend;
      box.replaceChildren(head, signs.legend(words, present, uncertain));
      box.hidden = !present.size;
      open = undefined;
      fit();
    };
  };
})();

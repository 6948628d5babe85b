// Areas on the map: what a person encircled, and drawing such a line by mouse.
(function () {
  "use strict";
  window.mapParts = window.mapParts || [];
  window.mapParts.push(function (map, tools) {
    const box = map.getContainer(), STEP = 4;  // px between two points of the line
    let ring = null, line = null, drawing = false;

    function begin(event) {
      if (!drawing || event.button !== 0) { return; }
      event.preventDefault();
      line = L.polyline([map.mouseEventToLatLng(event)], { className: "pl-lasso", interactive: false }).addTo(map);
      line.last = map.mouseEventToContainerPoint(event);
      box.setPointerCapture(event.pointerId);
    }
    function go(event) {
      if (!line) { return; }
      // a busy page hears of several steps in one event: without them the line would lose its corners
      const steps = event.getCoalescedEvents();
      (steps.length ? steps : [event]).forEach(step);
    }
    function step(event) {
      const here = map.mouseEventToContainerPoint(event);
      if (here.distanceTo(line.last) < STEP) { return; }
      line.last = here;
      line.addLatLng(map.mouseEventToLatLng(event));
    }
    function end() {
      if (!line) { return; }
      const points = line.getLatLngs().map(function (at) { return [at.lat, at.lng]; });
      line.remove();
      line = null;
      // fewer points are a click, not a line around something
      if (points.length >= 3) { tools.bridge().enclose(JSON.stringify(points)); }
    }
    // before Leaflet, which would drag the map
    box.addEventListener("pointerdown", begin, true);
    box.addEventListener("pointermove", go, true);
    box.addEventListener("pointerup", end, true);
    box.addEventListener("pointercancel", function () { if (line) { line.remove(); line = null; } }, true);

    return {
      setLasso: function (on) {
        drawing = on;
        map.dragging[on ? "disable" : "enable"]();
        box.classList.toggle("pl-drawing", on);
      },
      setEnclosed: function (points, aim) {
        if (ring) { ring.remove(); ring = null; }
        if (!points.length) { return; }
        ring = L.polygon(points, { className: "pl-enclosed", interactive: false, smoothFactor: 0 }).addTo(map);
        if (aim) { tools.aim(ring.getBounds()); }
      },
    };
  });
})();

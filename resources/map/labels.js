// Names of places on the empty ground: the larger first, none over another or under a marker, fewer the farther away.
(function () {
  "use strict";
  const MOST = 70, HIGH = 14, FAR = 72, VILLAGES_FROM = 11, PLZ_FROM = 12;
  // at which zoom a place of how many PLZ may speak; 0 are villages and parts of towns
  function least(zoom) {
    return zoom <= 5 ? 30 : zoom === 6 ? 16 : zoom === 7 ? 8 : zoom === 8 ? 4 : zoom === 9 ? 2 : zoom < VILLAGES_FROM ? 1 : 0;
  }

  function meet(a, b) {
    return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
  }
  // beside its point, or below or above it; where a marker stands on the point, around what stands there, as near as
  // there is room
  function spots(point, width, covered) {
    const found = [];
    for (let far = 0; far <= (covered ? FAR : 0); far += 8) {
      for (const [x, y] of [[7 + far, -7], [-7 - far - width, -7], [-width / 2, 4 + far], [-width / 2, -18 - far]]) {
        found.push({ left: point.x + x, top: point.y + y, width: width, height: HIGH });
      }
    }
    return found;
  }

  window.PlaceLabels = L.Layer.extend({
    onAdd: function (map) {
      this._pane = map.createPane("places");
      this._measure = document.createElement("canvas").getContext("2d");
      map.on("moveend resize", this.draw, this);
      map.on("zoomstart", this._clear, this);
    },
    _clear: function () { this._pane.replaceChildren(); },
    _occupied: function () {
      return Array.from(this._map.getPane("markerPane").children, function (element) {
        const at = L.DomUtil.getPosition(element) || L.point(0, 0), size = element.offsetWidth;
        const half = size / 2;
        return { left: at.x - half, top: at.y - half, width: size, height: size, marker: true };
      });
    },
    draw: function () {
      const map = this._map, bounds = map.getBounds(), taken = this._occupied();
      const lowest = least(Math.round(map.getZoom())), box = document.createDocumentFragment();
      const font = getComputedStyle(map.getContainer()).fontFamily;
      let count = 0;
      for (const [name, lat, lon, size] of window.PLACES) {
        if (size < lowest || count >= MOST) { break; }
        if (!bounds.contains([lat, lon])) { continue; }
        const point = map.latLngToLayerPoint([lat, lon]).round();
        const dot = { left: point.x - 3, top: point.y - 3, width: 6, height: 6 };
        const large = size >= 12;
        this._measure.font = (large ? "600 12px " : "500 11px ") + font;
        const width = Math.ceil(this._measure.measureText(name).width);
        const covered = taken.some(function (one) { return one.marker && meet(one, dot); });
        const spot = spots(point, width, covered).find(function (one) { return !taken.some(meet.bind(null, one)); });
        if (!spot) { continue; }
        taken.push(spot, dot);
        const label = document.createElement("div");
        label.className = "pl-place" + (large ? " large" : "");
        label.textContent = name;
        L.DomUtil.setPosition(label, L.point(spot.left, spot.top));
        box.append(label);
        if (!covered) {
          const mark = document.createElement("i");
          L.DomUtil.setPosition(mark, L.point(dot.left + 1, dot.top + 1));
          box.append(mark);
        }
        count += 1;
      }
      this._around(box, bounds, taken);
      if (map.getZoom() >= PLZ_FROM) { this._numbers(box, bounds, taken); }
      this._pane.replaceChildren(box);
    },
    // what lies around, so that nobody takes a country for the sea
    _around: function (box, bounds, taken) {
      for (const [name, lat, lon] of window.NEIGHBOURS) {
        if (!bounds.contains([lat, lon])) { continue; }
        const point = this._map.latLngToLayerPoint([lat, lon]).round();
        const width = 11 * name.length;
        const spot = { left: point.x - width / 2, top: point.y - 8, width: width, height: HIGH };
        if (taken.some(meet.bind(null, spot))) { continue; }
        taken.push(spot);
        const label = document.createElement("div");
        label.className = "pl-place pl-around";
        label.style.width = width + "px";
        label.textContent = name;
        L.DomUtil.setPosition(label, L.point(spot.left, spot.top));
        box.append(label);
      }
    },
    // PLZ at the middle of their areas, where nothing else stands
    _numbers: function (box, bounds, taken) {
      for (const [plz, lat, lon] of window.PLZ) {
        if (!bounds.contains([lat, lon])) { continue; }
        const point = this._map.latLngToLayerPoint([lat, lon]).round();
        const spot = { left: point.x - 18, top: point.y - 7, width: 36, height: HIGH };
        if (taken.some(meet.bind(null, spot))) { continue; }
        taken.push(spot);
        const label = document.createElement("div");
        label.className = "pl-place pl-plz";
        label.textContent = plz;
        L.DomUtil.setPosition(label, L.point(spot.left, spot.top));
        box.append(label);
      }
    },
  });
})();

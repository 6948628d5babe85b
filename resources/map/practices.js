// Practices: markers by id in clusters, changed by difference, never a reload; and the ring around the chosen one.
(function () {
  "use strict";
  window.MapPractices = function (map, tools) {
    const known = new Map();
    const queue = new Set();  // markers that are made but not in a cluster yet
    const laidBy = new Map();  // taken away, and kept: most come back when a filter is left again
    let chosen = null;

    // A marker is known to assistive technology as a button by the practice's name.
    const Practice = L.Marker.extend({
      onAdd: function (where) { L.Marker.prototype.onAdd.call(this, where); this.name(); },
      setIcon: function (icon) { L.Marker.prototype.setIcon.call(this, icon); this.name(); return this; },
      name: function () {
        const element = this.getElement(), words = tools.words();
        if (element) { element.setAttribute("aria-label", this.title + ", " + words.states[this.state] + ", " + this.detail); }
      },
    });

    function amount(n) {
      const words = tools.words();
      return (n === 1 ? words.one : words.many).replace("{n}", n.toLocaleString("de"));
    }
    // a screen reader hears what the ring of a cluster shows
    function spoken(group, counts) {
      const words = tools.words();
      return [amount(group.getChildCount())].concat(Object.keys(counts).map(function (state) {
        return counts[state].toLocaleString("de") + " " + words.states[state];
      })).join(", ");
    }

    function put(marker, row) {
      [marker.id, , , marker.state, marker.title, marker.detail, marker.uncertain] = row;
      return marker;
    }
    function make(row) {
      const marker = put(new Practice([row[1], row[2]], { keyboard: true }), row);
      marker.place = row[1] + "/" + row[2];
      marker.setIcon(signs.icon(marker.state, marker.uncertain));
      return marker;
    }

    const cluster = L.markerClusterGroup({
      maxClusterRadius: function (zoom) { return zoom < 10 ? 56 : 38; },
      showCoverageOnHover: false, spiderLegPolylineOptions: { className: "pl-leg" }, spiderfyDistanceMultiplier: 1.3,
      iconCreateFunction: function (group) {
        const counts = signs.counts(group);
        return signs.clusterIcon(group, counts, spoken(group, counts));
      },
    });
    cluster._childMarkerEventHandlers = {};  // nobody drags a practice: three listeners on each of 40,000 take their time
    const ring = L.marker([0, 0], { interactive: false, keyboard: false, zIndexOffset: -1000 });

    // The ring lies around the chosen marker, or around the cluster that hides it.
    function drawRing() {
      const entry = chosen === null ? undefined : known.get(chosen);
      const seen = entry && cluster.getVisibleParent(entry);
      if (!seen) { ring.remove(); return; }
      const size = (seen === entry ? 24 : seen.getElement().offsetWidth) + 14;
      ring.setIcon(L.divIcon({ className: "pl-ring", iconSize: [size, size] })).setLatLng(seen.getLatLng()).addTo(map);
    }
    function settle() { drawRing(); tools.settled(); }

    cluster.on("click", function (event) { tools.bridge().pick(event.layer.id); });
    cluster.on("keypress", function (event) {
      if (event.originalEvent.key === "Enter") { tools.bridge().pick(event.layer.id); }
    });
    cluster.on("mouseover", function (event) {
      const marker = event.layer;
      tools.showTip(marker, [marker.title, marker.detail, tools.words().states[marker.state]]);
    });
    cluster.on("clustermouseover", function (event) { tools.showTip(event.layer, [amount(event.layer.getChildCount())]); });
    cluster.on("mouseout clustermouseout clusterclick", tools.hideTip);
    cluster.on("animationend spiderfied unspiderfied", settle);
    // those who share an address are fanned out; the list beside the map names them, too
    cluster.on("spiderfied", function (event) {
      tools.bridge().fan(JSON.stringify(event.markers.map(function (marker) { return marker.id; })));
    });
    map.on("zoomstart", function () { ring.remove(); });
    map.on("zoomend moveend", drawRing);
    map.addLayer(cluster);

    this.all = function () { return known.values(); };
    this.worded = function () { for (const marker of known.values()) { marker.name(); } };

    this.calls = {
      // `more` follows at once: clusters are made anew only when as many wait as stand there, legend and labels at the end
      change: function (removed, back, rows, more) {
        const gone = [], dressed = [];
        function drop(marker) { if (!queue.delete(marker)) { gone.push(marker); } }
        function move(id, from, to) { const marker = from.get(id); from.delete(id); to.set(id, marker); return marker; }
        for (const id of removed) { drop(move(id, known, laidBy)); }
        for (const id of back) { queue.add(move(id, laidBy, known)); }
        for (const row of rows) {
          const old = known.get(row[0]);
          laidBy.delete(row[0]);
          if (old && old.place === row[1] + "/" + row[2]) {
            put(old, row).setIcon(signs.icon(old.state, old.uncertain));
            if (!queue.has(old)) { dressed.push(old); }
            continue;
          }
          if (old) { drop(old); }
          const marker = make(row);
          known.set(marker.id, marker);
          queue.add(marker);
        }
        const standing = known.size - queue.size;
        if (gone.length > standing) {
          cluster.clearLayers();  // taking away nearly all one by one is slower than beginning anew
          for (const marker of known.values()) { queue.add(marker); }
        } else if (gone.length) { cluster.removeLayers(gone.reverse()); }  // each is looked for from the newest on
        if (queue.size && (!more || queue.size >= standing)) { cluster.addLayers(Array.from(queue), true); queue.clear(); }
        if (dressed.length && known.size > queue.size) { cluster.refreshClusters(dressed.filter(function (m) { return !queue.has(m); })); }
        tools.hideTip();
        if (!more) { settle(); tools.counted(); }
        requestAnimationFrame(function () { tools.bridge().apply(known.size); });
      },

      setSelected: function (id) {
        chosen = id;
        const marker = known.get(id);
        if (marker && !map.getBounds().contains(marker.getLatLng())) { map.panTo(marker.getLatLng()); }
        drawRing();
      },

      // Go where a marker stands, near enough to read the streets around it.
      visit: function (id) {
        const marker = known.get(id);
        if (marker) { tools.go(marker.getLatLng(), 12); drawRing(); }
      },
    };
  };
})();

// The live part of the map: markers by id, changed by difference, never a reload. Called from Python only; all words
// come from there (setWords), and so do the colours (setDress). What else the map can do lies in files of its own, each
// a part: a function that gets the map and these tools and returns the calls it adds.
(function () {
  "use strict";
  const ROOMY = [420, 420];  // from this size (px) on the legend starts open
  const GERMANY = [[47.25, 5.8], [55.07, 15.1]];
  const LIMITS = [[44, 0], [58, 21]];
  const known = new Map();
  let map, cluster, bridge, words, legendBox, ring, tip, zoomControl, home, places;
  let centre = null, radius = null, chosen = null, region = GERMANY, aim = region;
  let own = false, moved = false, zooming = false, waiting = false;
  const queue = new Set();  // markers that are made but not in a cluster yet

  // A marker is known to assistive technology as a button by the practice's name.
  const Practice = L.Marker.extend({
    onAdd: function (where) { L.Marker.prototype.onAdd.call(this, where); this.name(); },
    setIcon: function (icon) { L.Marker.prototype.setIcon.call(this, icon); this.name(); return this; },
    name: function () {
      const element = this.getElement();
      if (element) { element.setAttribute("aria-label", this.title + ", " + words.states[this.state] + ", " + this.detail); }
    },
  });

  function amount(n) { return (n === 1 ? words.one : words.many).replace("{n}", n.toLocaleString("de")); }
  // a screen reader hears what the ring of a cluster shows
  function spoken(group) {
    const counts = signs.counts(group);
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

  function showTip(layer, lines, up) {
    const box = document.createElement("div");
    lines.forEach(function (text, number) {
      box.appendChild(document.createElement(number ? "div" : "strong")).textContent = text;
    });
    tip.options.offset = L.point(0, up || -12);
    tip.setLatLng(layer.getLatLng()).setContent(box).addTo(map);
  }
  function hideTip() { tip.remove(); }

  // The ring lies around the chosen marker, or around the cluster that hides it.
  function drawRing() {
    const entry = chosen === null ? undefined : known.get(chosen);
    const seen = entry && cluster.getVisibleParent(entry);
    if (!seen) { ring.remove(); return; }
    const size = (seen === entry ? 24 : seen.getElement().offsetWidth) + 14;
    ring.setIcon(L.divIcon({ className: "pl-ring", iconSize: [size, size] })).setLatLng(seen.getLatLng()).addTo(map);
  }

  function roomy() { const size = map.getSize(); return size.x >= ROOMY[0] && size.y >= ROOMY[1]; }

  function settle() { drawRing(); places.draw(); }

  function drawLegend() {
    const present = new Set();
    let uncertain = false;
    for (const marker of known.values()) { present.add(marker.state); uncertain = uncertain || marker.uncertain; }
    const head = document.createElement("summary");
    head.textContent = words.legend;
    legendBox.replaceChildren(head, signs.legend(words, present, uncertain));
    legendBox.hidden = !present.size;
  }

  // Go somewhere at once. The limits of the map are lifted meanwhile: a glide back into them that is under way would
  // begin anew when it is stopped and carry the new view along.
  function jump(go) {
    map.setMaxBounds(null);
    map.stop();
    own = false;
    go();
    own = true;
    map.setMaxBounds(LIMITS);
  }

  // The view follows the patient until the user moves it himself.
  function take() {
    if (map.getSize().x < 50) { return; }  // not laid out yet: the resize that follows comes back here
    if (zooming) { waiting = true; return; }  // Leaflet drops a move that comes in the middle of a zoom
    // the country fills a low window only without a margin
    const options = { padding: aim === GERMANY ? [2, 2] : [16, 16], animate: false };
    if (aim === region) { options.maxZoom = 11; }  // where one practice stands is not yet a street
    jump(function () { map.fitBounds(aim, options); });
  }
  function onMove() { if (own) { moved = true; } }
  function onZoomed() {
    zooming = false;
    if (waiting) { waiting = moved = false; take(); }
  }

  function look() {
    const box = map.getBounds();
    if (bridge && map.getSize().x >= 50) {
      bridge.look(box.getSouth(), box.getWest(), box.getNorth(), box.getEast(), map.getZoom());
    }
  }

  const tools = {
    words: function () { return words; },
    bridge: function () { return bridge; },
    showTip: showTip,
    hideTip: hideTip,
    aim: function (bounds) {
      moved = true;
      jump(function () { map.fitBounds(bounds, { padding: [16, 16], animate: false, maxZoom: 15 }); });
    },
    go: function (at, zoom) {
      moved = true;
      jump(function () { map.setView(at, Math.max(map.getZoom(), zoom), { animate: false }); });
    },
  };

  function controls() {
    if (zoomControl) { zoomControl.remove(); home.remove(); }
    zoomControl = L.control.zoom({ position: "topright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out });
    zoomControl.addTo(map);
    home = L.control({ position: "topright" });
    home.onAdd = function () {
      const bar = L.DomUtil.create("div", "leaflet-bar");
      const button = L.DomUtil.create("a", "pl-home", bar);
      button.href = "#";
      button.title = words.home;
      button.setAttribute("role", "button");
      button.setAttribute("aria-label", words.home);
      L.DomEvent.disableClickPropagation(bar);
      L.DomEvent.on(button, "click", function (event) { L.DomEvent.preventDefault(event); moved = false; take(); });
      return bar;
    };
    home.addTo(map);
  }

  window.platzlotse = {
    start: function (foliumMap) {
      map = foliumMap;
      map.attributionControl.setPrefix(false);
      map.setMaxBounds(LIMITS);
      for (const name of ["pl-coast", "pl-land"]) {
        L.geoJSON(window.LAENDER, { interactive: false, style: { className: name, smoothFactor: 0.7 } }).addTo(map);
      }
      places = new PlaceLabels();
      cluster = L.markerClusterGroup({
        maxClusterRadius: function (zoom) { return zoom < 10 ? 56 : 38; },
        showCoverageOnHover: false, spiderLegPolylineOptions: { className: "pl-leg" }, spiderfyDistanceMultiplier: 1.3,
        iconCreateFunction: function (group) { return signs.clusterIcon(group, spoken(group)); },
      });
      tip = L.tooltip({ direction: "top", opacity: 1, className: "pl-tip" });
      ring = L.marker([0, 0], { interactive: false, keyboard: false, zIndexOffset: -1000 });
      cluster.on("click", function (event) { bridge.pick(event.layer.id); });
      cluster.on("keypress", function (event) {
        if (event.originalEvent.key === "Enter") { bridge.pick(event.layer.id); }
      });
      cluster.on("mouseover", function (event) {
        const marker = event.layer;
        showTip(marker, [marker.title, marker.detail, words.states[marker.state]]);
      });
      cluster.on("clustermouseover", function (event) { showTip(event.layer, [amount(event.layer.getChildCount())]); });
      cluster.on("mouseout clustermouseout clusterclick", hideTip);
      cluster.on("animationend spiderfied unspiderfied", settle);
      map.on("zoomstart", function () { zooming = true; hideTip(); ring.remove(); });
      map.on("zoomend", onZoomed);
      map.on("zoomend moveend", drawRing);
      map.on("dragstart zoomstart", onMove);
      map.on("resize", function () {
        if (!moved) { take(); }
        if (!legendBox.touched) { legendBox.open = roomy(); }
      });
      map.addLayer(cluster);
      map.addLayer(places);
      map.on("moveend", look);
      // those who share an address are fanned out; the list beside the map names them, too
      cluster.on("spiderfied", function (event) {
        bridge.fan(JSON.stringify(event.markers.map(function (marker) { return marker.id; })));
      });
      for (const part of window.mapParts) { Object.assign(window.platzlotse, part(map, tools)); }
      const legend = L.control({ position: "bottomleft" });
      legend.onAdd = function () {
        legendBox = L.DomUtil.create("details", "pl-legend");
        legendBox.open = roomy();
        legendBox.addEventListener("click", function () { legendBox.touched = true; });
        L.DomEvent.disableClickPropagation(legendBox);
        return legendBox;
      };
      legend.addTo(map);
      new QWebChannel(qt.webChannelTransport, function (channel) { bridge = channel.objects.bridge; bridge.start(); });
    },

    setWords: function (given) {
      if (words) { map.attributionControl.removeAttribution(words.attribution); }
      words = given;
      map.attributionControl.addAttribution(words.attribution);
      map.getContainer().setAttribute("aria-label", words.map);
      map.attributionControl.getContainer().title = words.sources;
      controls();
      drawLegend();
      for (const marker of known.values()) { marker.name(); }
      if (!moved) { take(); }
      look();
    },

    setDress: function (variables) {
      for (const name in variables) { document.documentElement.style.setProperty(name, variables[name]); }
    },

    // `more` follows at once: clusters are made anew only when as many wait as stand there, legend and labels at the end
    change: function (removed, rows, more) {
      const gone = [], dressed = [];
      function drop(marker) { if (!queue.delete(marker)) { gone.push(marker); } }
      for (const id of removed) { drop(known.get(id)); known.delete(id); }
      for (const row of rows) {
        const old = known.get(row[0]);
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
      } else if (gone.length) { cluster.removeLayers(gone); }
      if (queue.size && (!more || queue.size >= standing)) { cluster.addLayers(Array.from(queue)); queue.clear(); }
      if (dressed.length && known.size > queue.size) { cluster.refreshClusters(dressed.filter(function (m) { return !queue.has(m); })); }
      hideTip();
      if (!more) { settle(); drawLegend(); }
      requestAnimationFrame(function () { bridge.apply(known.size); });
    },

    setCenter: function (lat, lon, km, title) {
      const key = [lat, lon, km].join("/"), same = centre && centre.key === key;
      if (centre) { centre.remove(); }
      if (radius) { radius.remove(); radius = null; }
      if (km) { radius = L.circle([lat, lon], { radius: km * 1000, className: "pl-radius", interactive: false }).addTo(map); }
      const icon = L.divIcon({ className: "pl-centre", html: signs.pin, iconSize: [30, 38], iconAnchor: [15, 37] });
      centre = L.marker([lat, lon], { icon: icon, keyboard: false, zIndexOffset: -500 }).addTo(map);
      centre.key = key;
      centre.getElement().setAttribute("aria-label", title);
      centre.on("mouseover", function () { showTip(centre, [title], -38); });
      centre.on("mouseout", hideTip);
      if (same) { return; }
      aim = radius ? radius.getBounds() : L.latLng(lat, lon).toBounds(20000);
      moved = false;
      take();
    },

    // Where an office works: seen while there is no patient.
    setRegion: function (south, west, north, east) {
      region = L.latLngBounds([south, west], [north, east]);
      if (centre) { return; }
      aim = region;
      if (!moved) { take(); }
    },

    clearCenter: function () {
      if (centre) { centre.remove(); centre = null; }
      if (radius) { radius.remove(); radius = null; }
      aim = region;
      moved = false;
      take();
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
})();

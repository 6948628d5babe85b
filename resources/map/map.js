// The live part of the map: markers by id, changed by difference, never a reload. Called from Python only.
(function () {
  "use strict";
  const shapes = {
    available: '<circle cx="8" cy="8" r="6.5"/>',
    cooling: '<path d="M8 1 15 8 8 15 1 8Z"/>',
    open_inquiry: '<rect x="2" y="2" width="12" height="12" rx="2"/>',
    excluded: '<circle cx="8" cy="8" r="4"/>',
    unknown: '<path d="M8 1.5 15 14 1 14Z"/>',
    full: '<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5Z"/>',
  };
  const words = {
    available: "passt", cooling: "Kontaktsperre", open_inquiry: "offene Anfrage",
    excluded: "passt nicht", unknown: "nicht beurteilbar", full: "voll",
  };
  const known = new Map();
  let map, cluster, centre, radius, chosen = null, bridge = null, unfitted = null;

  function picture(state) {
    return '<svg width="16" height="16" viewBox="0 0 16 16" fill="var(--' + state + ')" stroke="var(--card)" stroke-width="1.5">'
      + shapes[state] + "</svg>";
  }
  function icon(entry) {
    return L.divIcon({ className: "pl-marker" + (entry.id === chosen ? " chosen" : ""), html: picture(entry.state), iconSize: [16, 16] });
  }
  function make(entry) {
    const marker = L.marker([entry.lat, entry.lon], { icon: icon(entry), title: entry.title, alt: entry.title, keyboard: true });
    const text = document.createElement("div");
    text.textContent = entry.title + " – " + entry.detail;
    marker.bindTooltip(text);
    marker.on("click", function () { if (bridge) { bridge.pick(entry.id); } });
    return marker;
  }
  // A map that has no size yet cannot fit anything: it does so as soon as it is laid out.
  function fit(bounds) {
    unfitted = map.getSize().x < 50 ? bounds : null;
    if (!unfitted) { map.fitBounds(bounds, { padding: [8, 8], animate: false }); }
  }
  function legend() {
    const box = L.control({ position: "bottomleft" });
    box.onAdd = function () {
      const div = L.DomUtil.create("div", "pl-legend");
      for (const state of ["available", "cooling", "excluded", "unknown"]) {
        const line = document.createElement("div");
        line.innerHTML = picture(state) + "<span></span>";
        line.lastChild.textContent = words[state];
        div.appendChild(line);
      }
      return div;
    };
    box.addTo(map);
  }
  window.platzlotse = {
    start: function (folium_map) {
      map = folium_map;
      map.attributionControl.setPrefix(false);
      map.attributionControl.addAttribution("© OpenStreetMap-Mitwirkende, Natural Earth");
      L.control.zoom({ zoomInTitle: "Vergrößern", zoomOutTitle: "Verkleinern" }).addTo(map);
      L.geoJSON(window.LAENDER, { interactive: false, style: { color: "var(--line)", weight: 1, fillColor: "var(--land)", fillOpacity: 1 } }).addTo(map);
      cluster = L.markerClusterGroup({
        maxClusterRadius: 40, chunkedLoading: true, showCoverageOnHover: false, spiderfyOnMaxZoom: true,
        iconCreateFunction: function (group) {
          const n = group.getChildCount(), size = n < 10 ? 28 : n < 100 ? 34 : 42;
          return L.divIcon({ className: "pl-cluster", html: String(n), iconSize: [size, size] });
        },
      });
      map.addLayer(cluster);
      legend();
      new ResizeObserver(function () {
        map.invalidateSize(false);
        if (unfitted) { fit(unfitted); }
      }).observe(map.getContainer());
      new QWebChannel(qt.webChannelTransport, function (channel) { bridge = channel.objects.bridge; bridge.started(); });
    },
    setMarkers: function (entries) {
      const seen = new Set(), gone = [], fresh = [];
      for (const entry of entries) {
        seen.add(entry.id);
        const old = known.get(entry.id);
        if (old && JSON.stringify(old.entry) === JSON.stringify(entry)) { continue; }
        if (old) { gone.push(old.marker); }
        const marker = make(entry);
        known.set(entry.id, { entry: entry, marker: marker });
        fresh.push(marker);
      }
      for (const [id, old] of known) { if (!seen.has(id)) { gone.push(old.marker); known.delete(id); } }
      if (gone.length) { cluster.removeLayers(gone); }
      if (fresh.length) { cluster.addLayers(fresh); }
      return known.size;
    },
    setCenter: function (lat, lon, km, title) {
      if (centre) { map.removeLayer(centre); }
      if (radius) { map.removeLayer(radius); radius = null; }
      centre = L.circleMarker([lat, lon], { radius: 6, color: "var(--text)", weight: 2, fillColor: "var(--accent)", fillOpacity: 1 });
      const text = document.createElement("div");
      text.textContent = title;
      centre.bindTooltip(text).addTo(map);
      if (km) {
        radius = L.circle([lat, lon], { radius: km * 1000, color: "var(--accent)", weight: 1.5, fillOpacity: 0.06, interactive: false }).addTo(map);
        fit(radius.getBounds());
      } else { map.setView([lat, lon], 11, { animate: false }); }
    },
    setSelected: function (id) {
      const before = chosen;
      chosen = id;
      for (const one of [before, id]) {
        const entry = known.get(one);
        if (entry) { entry.marker.setIcon(icon(entry.entry)); }
      }
    },
    setDark: function (dark) { document.documentElement.classList.toggle("dark", dark); },
  };
})();

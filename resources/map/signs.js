// Shapes of the markers and of the clusters, and the legend. Colour never stands alone: each state has its own shape.
(function () {
  "use strict";
  const shapes = {
    available: '<circle cx="12" cy="12" r="8"/>',
    open_inquiry: '<rect x="4.5" y="4.5" width="15" height="15" rx="3"/>',
    cooling: '<path d="M12 2.8 21.2 12 12 21.2 2.8 12Z"/>',
    full: '<path d="M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3Z"/>',
    unknown: '<path d="M12 3.2 21.4 19.8H2.6Z"/>',
    excluded: '<circle cx="12" cy="12" r="7"/>',
  };
  const marks = {
    available: '<path d="m8.6 12.2 2.4 2.3 4.4-4.7"/>',
    open_inquiry: '<path d="M8.3 12h7.4"/>',
    cooling: '<path d="M10.3 9.2v5.6M13.7 9.2v5.6"/>',
    full: '<path d="M8 12h8"/>',
    unknown: '<path d="M12 9.6v4.2M12 16.6v.1"/>',
    excluded: '<path d="m9.6 9.6 4.8 4.8M14.4 9.6l-4.8 4.8"/>',
  };
  const order = Object.keys(shapes);

  function picture(state, uncertain) {
    return '<svg class="pl-sign pl-' + state + (uncertain ? " pl-uncertain" : "") +
      '" width="24" height="24" viewBox="0 0 24 24" aria-hidden="true"><g class="pl-shape">' + shapes[state] +
      '</g><g class="pl-mark">' + marks[state] + "</g></svg>";
  }

  // One icon per look, shared by all markers of that look: 40,000 markers need twelve.
  const icons = {};
  function icon(state, uncertain) {
    const key = state + uncertain;
    icons[key] = icons[key] ||
      L.divIcon({ className: "pl-marker", html: picture(state, uncertain), iconSize: [24, 24], iconAnchor: [12, 12] });
    return icons[key];
  }

  // How many of a cluster stand in which state, in the order of the legend.
  function counts(group) {
    const found = {}, sorted = {};
    // as getAllChildMarkers goes, without a list of 40,000
    function add(cluster) {
      cluster._childClusters.forEach(add);
      for (const marker of cluster._markers) { found[marker.state] = (found[marker.state] || 0) + 1; }
    }
    add(group);
    for (const state of order) { if (found[state]) { sorted[state] = found[state]; } }
    return sorted;
  }

  // The ring of a cluster shows how its practices divide into states; the words stand in it unseen.
  function clusterIcon(group, found, spoken) {
    const n = group.getChildCount(), stops = [];
    let from = 0;
    for (const state in found) {
      const to = from + 100 * found[state] / n;
      stops.push("var(--state-" + state + ") " + from.toFixed(1) + "% " + to.toFixed(1) + "%");
      from = to;
    }
    const size = n < 10 ? 34 : n < 100 ? 40 : n < 1000 ? 46 : 54;
    return L.divIcon({
      className: "pl-cluster", iconSize: [size, size],
      html: '<div style="background:conic-gradient(' + stops.join(",") + ')"><span aria-hidden="true">' +
        n.toLocaleString("de") + '</span></div><b class="pl-unseen">' + spoken + "</b>",
    });
  }

  // A place being set by hand: a flag on a pole, so that it is taken for no patient. The pole's foot is the place.
  const flag = '<svg class="pl-flag" width="34" height="40" viewBox="0 0 34 40" aria-hidden="true">' +
    '<ellipse cx="7" cy="36" rx="5" ry="2.6"/><path class="pl-cloth" d="M7 3h24l-6.5 7.5L31 18H7Z"/>' +
    '<path class="pl-pole" d="M7 2.5V36"/></svg>';

  // The patient: the pin's point is the place, its head leaves the practices beside it free.
  const pin = '<svg class="pl-pin" width="30" height="38" viewBox="0 0 30 38" aria-hidden="true">' +
    '<path d="M15 36.5C11 30 3 23.5 3 14.5a12 12 0 0 1 24 0c0 9-8 15.5-12 22Z"/><circle cx="15" cy="11" r="3.4"/>' +
    '<path class="pl-person" d="M8.8 20.2c.6-3.4 3-5.2 6.2-5.2s5.6 1.8 6.2 5.2"/></svg>';

  function legend(words, present, uncertain) {
    const box = document.createDocumentFragment();
    function line(html, text) {
      const row = document.createElement("div");
      row.innerHTML = html;
      row.appendChild(document.createElement("span")).textContent = text;
      box.appendChild(row);
    }
    for (const state of order) { if (present.has(state)) { line(picture(state, false), words.states[state]); } }
    if (uncertain) { line(picture("available", true).replace("pl-available", "pl-any"), words.uncertain); }
    return box;
  }

  window.signs = { icon: icon, counts: counts, clusterIcon: clusterIcon, legend: legend, pin: pin, flag: flag };
})();

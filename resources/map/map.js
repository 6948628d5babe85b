// Brings the map up and its pieces together: sight, tip, practices, centre, legend. Called from Python only; all words
// come from there (setWords), and so do the colours (setDress). What else the map can do lies in files of its own, each
// a part: a function that gets the map and these tools and returns the calls it adds.
(function () {
  "use strict";
  let map, bridge, words, legend, places, practices, sight;

  function drawLegend() { legend.draw(words, practices.all()); }

  window.platzlotse = {
    start: function (foliumMap) {
      map = foliumMap;
      map.attributionControl.setPrefix(false);
      for (const name of ["pl-coast", "pl-land"]) {
        L.geoJSON(window.LAENDER, { interactive: false, style: { className: name, smoothFactor: 0.7 } }).addTo(map);
      }
      places = new PlaceLabels();
      const tip = new MapTip(map);
      const tools = {
        words: function () { return words; },
        bridge: function () { return bridge; },
        showTip: tip.show,
        hideTip: tip.hide,
        // the markers stand: names find their room beside them, and the legend beside both
        settled: function () { places.draw(); if (legend) { legend.settled(); } },
        counted: drawLegend,
      };
      sight = new MapSight(map, tools);
      tools.aim = sight.aim;
      tools.go = sight.go;
      practices = new MapPractices(map, tools);
      map.addLayer(places);
      Object.assign(window.platzlotse, practices.calls, new MapCentre(map, tools, sight).calls);
      for (const part of window.mapParts) { Object.assign(window.platzlotse, part(map, tools)); }
      legend = new MapLegend(map);
      new QWebChannel(qt.webChannelTransport, function (channel) { bridge = channel.objects.bridge; bridge.start(); });
    },

    setWords: function (given) {
      if (words) { map.attributionControl.removeAttribution(words.attribution); }
      words = given;
      map.attributionControl.addAttribution(words.attribution);
      map.getContainer().setAttribute("aria-label", words.map);
      map.attributionControl.getContainer().title = words.sources;
      drawLegend();
      practices.worded();
      sight.worded();
    },

    // where somebody was before the page was lost
    restoreSight: function (lat, lon, zoom) { sight.go([lat, lon], zoom, true); },

    setDress: function (variables) {
      for (const name in variables) { document.documentElement.style.setProperty(name, variables[name]); }
    },
  };
})();

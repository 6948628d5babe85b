// Where the map looks: at the patient, else where the office works, else at the country, until a person moves it.
(function () {
  "use strict";
  const GERMANY = [[47.25, 5.8], [55.07, 15.1]];
  const LIMITS = [[44, 0], [58, 21]];

  window.MapSight = function (map, tools) {
    let zoomControl, home, region = GERMANY, aim = region;
    let own = false, moved = false, zooming = false, waiting = false;

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
    function again() { moved = false; take(); }
    function unlessMoved() { if (!moved) { take(); } }

    function tell() {
      const box = map.getBounds(), bridge = tools.bridge();
      if (bridge && map.getSize().x >= 50) {
        bridge.look(box.getSouth(), box.getWest(), box.getNorth(), box.getEast(), map.getZoom());
      }
    }

    function controls() {
      const words = tools.words();
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
        L.DomEvent.on(button, "click", function (event) { L.DomEvent.preventDefault(event); again(); });
        return bar;
      };
      home.addTo(map);
    }

    map.setMaxBounds(LIMITS);
    map.on("zoomstart", function () { zooming = true; });
    map.on("zoomend", function () {
      zooming = false;
      if (waiting) { waiting = false; again(); }
    });
    map.on("dragstart zoomstart", function () { if (own) { moved = true; } });
    map.on("resize", unlessMoved);
    map.on("moveend", tell);

    this.worded = function () { controls(); unlessMoved(); tell(); };
    this.follow = function (bounds) { aim = bounds; again(); };
    this.rest = function () { aim = region; again(); };
    // Where an office works; `free` says that nobody stands in the middle.
    this.setRegion = function (bounds, free) {
      region = bounds;
      if (free) { aim = region; unlessMoved(); }
    };
    this.aim = function (bounds) {
      moved = true;
      jump(function () { map.fitBounds(bounds, { padding: [16, 16], animate: false, maxZoom: 15 }); });
    };
    this.go = function (at, zoom, exactly) {
      moved = true;
      jump(function () { map.setView(at, exactly ? zoom : Math.max(map.getZoom(), zoom), { animate: false }); });
    };
  };
})();

"""The page of the map, made by folium with every reference turned to our own files.

Importing folium takes a third of a second: call `base_page` off the GUI thread. Knows no Qt.
"""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from typing import Any

SCHEME = "platzlotse"
GERMANY = (51.2, 10.4)
SCRIPTS = (
    "leaflet.js",
    "leaflet.markercluster.js",
    "qwebchannel.js",
    "laender.js",
    "places.js",
    "plz.js",
    "signs.js",
    "labels.js",
    "orient.js",
    "areas.js",
    "reach.js",
    "tiles.js",
    "pin.js",
    "print.js",
    "tip.js",
    "legend.js",
    "sight.js",
    "practices.js",
    "centre.js",
    "map.js",
)
STYLES = ("leaflet.css", "MarkerCluster.css", "map.css")


@cache
def base_page() -> bytes:
    """The page's HTML: an empty map of Germany without tiles."""
    import folium
    from branca.element import Element

    made = folium.Map(location=GERMANY, zoom_start=6, tiles=None, zoom_control=False)
    made.options["minZoom"] = 5
    made.options["maxZoom"] = 17  # with no tiles nothing else sets a limit, and clusters need one
    # folium files both lists under their names in one dictionary: a name used twice would lose a file
    made.default_js = [(name, name) for name in SCRIPTS]
    made.default_css = [(name, name) for name in STYLES]
    root: Any = made.get_root()  # a Figure; branca gives its children no types
    root.script.add_child(Element(f"window.addEventListener('load', () => platzlotse.start({made.get_name()}));"))
    return _guarded(root.render()).encode()


def _guarded(html: str) -> str:
    """The page with a policy that lets our files run and, of inline scripts, exactly those it has now."""
    inline = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    hashes = " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in inline)
    policy = (
        f"default-src 'none'; script-src {SCHEME}: {hashes}; style-src {SCHEME}: 'unsafe-inline'; "
        f"img-src {SCHEME}: data:; base-uri 'none'; form-action 'none'"
    )
    return html.replace("<head>", f'<head>\n<meta http-equiv="Content-Security-Policy" content="{policy}">', 1)

"""The page of the map, made by folium with every reference turned to our own files."""

from functools import cache
from importlib.resources import files
from typing import Any

SCHEME = "platzlotse"
GERMANY = (51.2, 10.4)
POLICY = (
    f"default-src 'none'; script-src {SCHEME}: 'unsafe-inline'; style-src {SCHEME}: 'unsafe-inline';"
    f" img-src {SCHEME}: data:; font-src {SCHEME}:"
)


@cache
def base_page() -> bytes:
    """The page's HTML: an empty map of Germany without tiles."""
    import folium
    from branca.element import Element

    made = folium.Map(location=GERMANY, zoom_start=6, tiles=None, zoom_control=False)
    made.options["maxZoom"] = 17
    made.options["minZoom"] = 5
    made.default_js = [
        ("leaflet", "leaflet.js"),
        ("cluster", "leaflet.markercluster.js"),
        ("channel", "qwebchannel.js"),
        ("laender", "laender.js"),
        ("map", "map.js"),
    ]
    made.default_css = [
        ("leaflet_style", "leaflet.css"),
        ("cluster_style", "MarkerCluster.css"),
        ("map_style", "map.css"),
    ]
    root: Any = made.get_root()  # a Figure; branca gives its children no types
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    root.header.add_child(Element(policy), name="policy", index=0)
    root.script.add_child(Element(f"window.addEventListener('load', () => platzlotse.start({made.get_name()}));"))
    html: str = root.render()
    return html.encode()


def asset(name: str) -> bytes | None:
    """A file of the map by its name, or None. Only files of our own folder are served."""
    folder = files("resources").joinpath("map")
    if name in {"", "index.html"}:
        return base_page()
    if name == "laender.js":
        return b"window.LAENDER = " + folder.joinpath("laender.geojson").read_bytes() + b";"
    if "/" in name or "\\" in name or name not in {entry.name for entry in folder.iterdir()}:
        return None
    return folder.joinpath(name).read_bytes()

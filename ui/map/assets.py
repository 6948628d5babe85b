"""The files the page may ask for, and no others: our own folder and what is made from data. Knows no Qt."""

import json
from functools import cache
from importlib.resources import files

from ui.map.places import NEIGHBOURS, load_places, load_plz

SUFFIXES = (".js", ".css")


@cache
def _own_files() -> frozenset[str]:
    """Names of the folder's scripts and styles, so that no path can lead out of it."""
    return frozenset(
        entry.name for entry in files("resources").joinpath("map").iterdir() if entry.name.endswith(SUFFIXES)
    )


@cache
def asset(name: str) -> bytes | None:
    """A file of the map by its name, or None if there is no such file."""
    folder = files("resources").joinpath("map")
    if name == "laender.js":
        return b"window.LAENDER = " + folder.joinpath("laender.geojson").read_bytes() + b";"
    if name == "places.js":
        rows = [[p.name, round(p.lat, 4), round(p.lon, 4), p.size] for p in load_places()]
        around = json.dumps(NEIGHBOURS, ensure_ascii=False)
        return f"window.PLACES = {json.dumps(rows, ensure_ascii=False)}; window.NEIGHBOURS = {around};".encode()
    if name == "plz.js":
        centres = [[c.plz, round(c.lat, 4), round(c.lon, 4)] for c in load_plz()]
        return f"window.PLZ = {json.dumps(centres)};".encode()
    return folder.joinpath(name).read_bytes() if name in _own_files() else None

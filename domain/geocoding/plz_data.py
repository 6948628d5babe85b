"""Rows of the PLZ table from the files under resources/geo (sources and licences: LICENSES.md there)."""

import csv
import gzip
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import IO

from domain.geocoding.earth import great_circle_km

# An address of a PLZ lies within about this radius (metres) of its centre where nothing better is known;
# the table has no outlines. Wide PLZ are widened to the farthest of their places.
MIN_PLZ_RADIUS_M = 1500
PLACE_RADIUS_M = 2000

PlzRow = tuple[str, str, float, float, int, str, str, str]


def plz_rows() -> Iterator[PlzRow]:
    """(plz, place, lat, lon, uncertainty_m, district, state, source); place "" is the PLZ's own centre."""
    places = list(_read("plz_places_de.csv.gz"))
    farthest: dict[str, float] = {}
    centres = {row["plz"]: row for row in _read("plz_merged.csv.gz")}
    for row in places:
        centre = centres.get(row["plz"])
        if centre is not None:
            metres = 1000 * _km(centre, row)
            farthest[row["plz"]] = max(farthest.get(row["plz"], 0.0), metres)
    for plz, row in centres.items():
        radius = max(MIN_PLZ_RADIUS_M, round(farthest.get(plz, 0.0)))
        # the centre carries the PLZ's main place too, so that the form can offer it
        yield plz, "", float(row["lat"]), float(row["lon"]), radius, row["kreis"], row["land"], "plz_table"
    for row in places:
        yield (
            row["plz"], row["place"], float(row["lat"]), float(row["lon"]), PLACE_RADIUS_M,
            row["kreis"], row["land"], "place_table",
        )  # fmt: skip


@lru_cache(maxsize=1)
def known_plz() -> frozenset[str]:
    """Every PLZ of the table (some 8,300), read once from the program's own file."""
    return frozenset(row["plz"] for row in _read("plz_merged.csv.gz"))


@lru_cache(maxsize=1)
def known_places() -> frozenset[str]:
    """The main place of every PLZ (some 6,400), read once from the program's own file."""
    return frozenset(row["place"] for row in _read("plz_merged.csv.gz"))


def _read(name: str) -> Iterator[dict[str, str]]:
    with files("resources").joinpath("geo", name).open("rb") as raw, _text(raw) as lines:
        yield from csv.DictReader(lines)


def _text(raw: IO[bytes]) -> IO[str]:
    return gzip.open(raw, "rt", encoding="utf-8", newline="")


def _km(a: dict[str, str], b: dict[str, str]) -> float:
    return great_circle_km(float(a["lat"]), float(a["lon"]), float(b["lat"]), float(b["lon"]))

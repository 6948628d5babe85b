"""Names of places for the ground of the map, from the tables of PLZ. Knows no Qt.

The tables have no inhabitants; a town's number of PLZ stands in for its size, which is all that labels need. Villages
and parts of towns come with size 0: they speak only where the map is near.
"""

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Place:
    """A place at the middle of its PLZ areas (degrees); `size` is their number."""

    name: str
    lat: float
    lon: float
    size: int


@dataclass(frozen=True, slots=True)
class PlzCentre:
    """The middle of a PLZ area (degrees) and its chief place."""

    plz: str
    place: str
    lat: float
    lon: float


@cache
def load_places() -> tuple[Place, ...]:
    """All places, the largest first; two of one name in different Kreise are two places."""
    towns = _middles((row["place"], row["ags5"], row) for row in _rows("plz_merged.csv.gz") if row["place"])
    parts = _middles((row["place"], row["ags5"], row) for row in _rows("plz_places_de.csv.gz") if row["place"])
    large = [Place(name, lat, lon, count) for (name, _), (lat, lon, count) in towns.items()]
    small = [Place(key[0], lat, lon, 0) for key, (lat, lon, _) in parts.items() if key not in towns]
    return tuple(sorted(large + small, key=lambda place: (-place.size, place.name)))


NEIGHBOURS = (
    ("Nordsee", 54.5, 7.2), ("Ostsee", 54.75, 13.2), ("Dänemark", 55.3, 9.2), ("Niederlande", 52.45, 6.35),
    ("Niederlande", 51.5, 5.6), ("Belgien", 50.55, 5.6), ("Luxemburg", 49.75, 6.1), ("Frankreich", 48.6, 7.0),
    ("Schweiz", 47.25, 8.2), ("Österreich", 47.3, 11.4), ("Österreich", 48.15, 14.0), ("Tschechien", 50.15, 13.7),
    ("Tschechien", 49.2, 13.6), ("Polen", 52.3, 15.2), ("Polen", 53.4, 14.9),
)  # fmt: skip


@cache
def load_plz() -> tuple[PlzCentre, ...]:
    """Every PLZ."""
    return tuple(
        PlzCentre(row["plz"], row["place"], float(row["lat"]), float(row["lon"])) for row in _rows("plz_merged.csv.gz")
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    packed = files("resources").joinpath("geo", name).read_bytes()
    return csv.DictReader(io.StringIO(gzip.decompress(packed).decode()))


def _middles(
    named: Iterator[tuple[str, str, dict[str, str]]],
) -> dict[tuple[str, str], tuple[float, float, int]]:
    areas: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for name, district, row in named:
        areas.setdefault((name, district), []).append((float(row["lat"]), float(row["lon"])))
    return {
        key: (sum(lat for lat, _ in found) / len(found), sum(lon for _, lon in found) / len(found), len(found))
        for key, found in areas.items()
    }

"""Names of places for the ground of the map, from the PLZ table. Knows no Qt.

The table has no inhabitants; a town's number of PLZ stands in for its size, which is all that labels need.
"""

import csv
import gzip
import io
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Place:
    """A place at the middle of its PLZ areas (degrees); `size` is their number."""

    name: str
    lat: float
    lon: float
    size: int


def load_places() -> tuple[Place, ...]:
    """All places, the largest first; two of one name in different Kreise are two places."""
    packed = files("resources").joinpath("geo", "plz_merged.csv.gz").read_bytes()
    areas: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in csv.DictReader(io.StringIO(gzip.decompress(packed).decode())):
        if row["place"]:
            areas.setdefault((row["place"], row["ags5"]), []).append((float(row["lat"]), float(row["lon"])))
    places = [
        Place(name, sum(lat for lat, _ in found) / len(found), sum(lon for _, lon in found) / len(found), len(found))
        for (name, _), found in areas.items()
    ]
    return tuple(sorted(places, key=lambda place: (-place.size, place.name)))

"""Stops of public transport in Germany (resources/geo/stops_de.csv.gz): how well a place is served.

About 270,000 points, read when first asked for: some tenths of a second on a thread of the pool, once a process.
"""

import csv
import gzip
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from domain.travel.estimate import RAIL_KM, STOP_KM, Served
from domain.travel.pairs import Points


def served(places: NDArray[np.float64]) -> Served:
    """Stops and rail near places (rows of lat, lon in degrees)."""
    stops, rail = _stops()
    there = Points(places)
    return Served(stops.count_within(STOP_KM, there).astype(np.float64), rail.count_within(RAIL_KM, there) > 0)


@cache
def _stops() -> tuple[Points, Points]:
    """All stops, and those of railways."""
    path = files("resources").joinpath("geo", "stops_de.csv.gz")
    with path.open("rb") as raw, gzip.open(raw, "rt", encoding="ascii", newline="") as lines:
        rows = list(csv.reader(lines))
    degrees = np.array([row[1:3] for row in rows], dtype=np.float64)
    rail = np.array([row[0] == "r" for row in rows])
    return Points(degrees), Points(degrees[rail])

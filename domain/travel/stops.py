"""Stops of public transport in Germany (resources/geo/stops_de.csv.gz): how well a place is served.

About 270,000 points, read when first asked for: some tenths of a second on a thread of the pool, once a process.
"""

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
    with path.open("rb") as raw, gzip.open(raw, "rt", encoding="ascii") as lines:
        # "r,50.1,8.7" a line: as one long row of numbers it is read ten times as fast as by a reader of CSV
        numbers = lines.read().replace("r,", "1,").replace("s,", "0,").replace("\n", ",")
    rows = np.fromstring(numbers.rstrip(","), sep=",").reshape(-1, 3)
    return Points(rows[:, 1:]), Points(rows[rows[:, 0] == 1, 1:])

"""Areas on the map: which points lie inside, and a circle as a line. Degrees (WGS 84); free of Qt."""

from collections.abc import Sequence
from math import cos, pi, radians, sin

from domain.geocoding.boxes import KM_PER_DEGREE

Point = tuple[float, float]  # lat, lon


def circle(lat: float, lon: float, km: float, corners: int = 72) -> tuple[Point, ...]:
    """A circle of so many km as a line of corners, as round as anybody sees."""
    high = km / KM_PER_DEGREE
    wide = high / cos(radians(lat))
    turns = (2 * pi * n / corners for n in range(corners))
    return tuple((lat + high * sin(t), lon + wide * cos(t)) for t in turns)


def rectangle(south: float, west: float, north: float, east: float) -> tuple[Point, ...]:
    """The four corners of a part of the map."""
    return ((south, west), (south, east), (north, east), (north, west))


def region(points: Sequence[Point]) -> tuple[float, float, float, float]:
    """South, west, north and east of where nearly all points lie: one far away does not make the map a small one."""
    lats, lons = sorted(p[0] for p in points), sorted(p[1] for p in points)
    first, last = len(points) // 50, len(points) - 1 - len(points) // 50
    return lats[first], lons[first], lats[last], lons[last]


def inside(points: Sequence[Point], area: Sequence[Point]) -> list[bool]:
    """For each point whether it lies in the area, which closes itself; what crosses itself counts by even and odd.

    A line drawn by hand has hundreds of corners, and there are 40,000 points: counted at once for all of them.
    """
    import numpy as np

    if not points or len(area) < 3:
        return [False] * len(points)
    where = np.asarray(points, dtype=float)
    lat, lon = where[:, 0], where[:, 1]
    found = np.zeros(len(points), dtype=bool)
    lats, lons = [p[0] for p in area], [p[1] for p in area]
    near = (lat >= min(lats)) & (lat <= max(lats)) & (lon >= min(lons)) & (lon <= max(lons))
    lat, lon, count = lat[near], lon[near], np.zeros(int(near.sum()), dtype=bool)
    for (lat1, lon1), (lat2, lon2) in zip(area, [*area[1:], area[0]], strict=True):
        if lat1 == lat2:
            continue
        crosses = (lat1 > lat) != (lat2 > lat)
        count ^= crosses & (lon < lon1 + (lat - lat1) / (lat2 - lat1) * (lon2 - lon1))
    found[near] = count
    return [bool(one) for one in found]


def within(points: Sequence[Point], rings: Sequence[Sequence[Point]]) -> list[bool]:
    """For each point whether it lies inside an odd number of lines: an area with holes, or several of them."""
    found = [False] * len(points)
    for ring in rings:
        found = [one != other for one, other in zip(found, inside(points, ring), strict=True)]
    return found

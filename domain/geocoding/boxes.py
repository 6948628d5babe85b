"""A box around a place, for asking an index on (lat, lon) before any distance is computed."""

from math import cos, radians

KM_PER_DEGREE = 111.19  # of latitude, on a sphere of 6,371 km
SLACK = 1.01  # the box must hold the circle: rather a little too wide
NORTHERNMOST = 55.2  # degrees of latitude in Germany (check of every stored coordinate)
DEGREES_PER_KM = SLACK / KM_PER_DEGREE
# of longitude, where the degrees are narrowest: wide enough for every place in Germany
WIDEST_DEGREES_PER_KM = DEGREES_PER_KM / cos(radians(NORTHERNMOST))


def box(lat: float | None, lon: float | None, km: float) -> dict[str, object]:
    """Parameters south, north, west, east (degrees) around a place; `everywhere` is true where it is unknown."""
    if lat is None or lon is None:
        return {"south": 0.0, "north": 0.0, "west": 0.0, "east": 0.0, "everywhere": True}
    high = km * DEGREES_PER_KM
    wide = high / cos(radians(min(abs(lat) + high, 89.0)))
    return {"south": lat - high, "north": lat + high, "west": lon - wide, "east": lon + wide, "everywhere": False}

"""The one sphere on which every distance of the program lies, in Python as in the database's distance_km."""

from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0088  # mean radius (IUGG)


def great_circle_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Kilometres between two places (degrees), by the haversine."""
    high, wide = radians(lat2 - lat1) / 2, radians(lon2 - lon1) / 2
    part = sin(high) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(wide) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, part)))

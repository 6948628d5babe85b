"""Areas somebody can reach, from Valhalla or openrouteservice, through the office's one HTTP client.

Both answer as GeoJSON; what they say is checked. An OSRM knows no areas.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from math import cos, hypot, isfinite, radians
from typing import Any, Protocol

from domain.geocoding.map_settings import MapForm
from domain.travel.reach import Ring
from domain.travel.ways import Spot
from domain.values import TravelMode
from sync.geo.routers import LIMITS, departure, understood
from sync.http.client import OutsideClient

MOST_POINTS = 20_000  # of all lines together; a map shows no more, and no honest answer needs them
KM_PER_DEGREE = 111.19
FASTEST_KM_A_MINUTE = 5.0  # 300 km/h: no train goes further
SPACE_KM = 10.0  # a start lies beside the road, and lines are drawn with a coarse pen
BLOT_KM = 0.3  # less than anybody walks in the fewest minutes one may ask for
SMOOTH_M = 60  # how far Valhalla may straighten a line


class Reacher(Protocol):
    """Says an area by one mode. `source` names it to people."""

    source: str

    def reach(self, mode: TravelMode, start: Spot, minutes: int) -> tuple[Ring, ...]:
        """Lines around what can be reached, by even and odd; none where nothing can. Raises Unavailable."""
        ...


class ValhallaReacher:
    """A Valhalla: one contour; by bus and train on a Tuesday at nine, where it knows timetables."""

    source = "valhalla"
    _COSTING = {  # noqa: RUF012 - constant
        TravelMode.CAR: "auto", TravelMode.BICYCLE: "bicycle", TravelMode.FOOT: "pedestrian",
        TravelMode.PUBLIC_TRANSPORT: "multimodal",
    }  # fmt: skip

    def __init__(self, client: OutsideClient, url: str, interval: float, *, now: datetime) -> None:
        self._client, self._url, self._interval = client, url, interval
        self._departure = departure(now)

    def reach(self, mode: TravelMode, start: Spot, minutes: int) -> tuple[Ring, ...]:
        """By any mode."""
        body: dict[str, Any] = {
            "locations": [{"lat": start.lat, "lon": start.lon}], "costing": self._COSTING[mode],
            "contours": [{"time": minutes}], "polygons": True, "generalize": SMOOTH_M,
        }  # fmt: skip
        if mode is TravelMode.PUBLIC_TRANSPORT:
            body["date_time"] = {"type": 1, "value": self._departure}
        said = self._client.question(f"{self._url}/isochrone", body, interval=self._interval, limits=LIMITS).json()
        with understood(self._url):
            return rings_of(said, start, minutes)


class OpenRouteServiceReacher:
    """openrouteservice, one's own or the public one with a key."""

    source = "openrouteservice"
    _PROFILE = {TravelMode.CAR: "driving-car", TravelMode.BICYCLE: "cycling-regular", TravelMode.FOOT: "foot-walking"}  # noqa: RUF012 - constant

    def __init__(self, client: OutsideClient, url: str, interval: float, key: str) -> None:
        self._client, self._url, self._interval, self._key = client, url, interval, key

    def reach(self, mode: TravelMode, start: Spot, minutes: int) -> tuple[Ring, ...]:
        """By car, bicycle or foot."""
        body = {"locations": [[start.lon, start.lat]], "range": [60 * minutes], "range_type": "time"}
        headers = {"Authorization": self._key} if self._key else {}
        url = f"{self._url}/v2/isochrones/{self._PROFILE[mode]}"
        said = self._client.question(url, body, interval=self._interval, headers=headers, limits=LIMITS).json()
        with understood(self._url):
            return rings_of(said, start, minutes)


def reacher_of(settings: MapForm, client: OutsideClient, *, now: datetime, key: str = "") -> Reacher | None:
    """The configured one; None where there is none, or none that knows areas."""
    interval, url = 60 / settings.router_per_minute, settings.router_url
    match settings.router:
        case "valhalla":
            return ValhallaReacher(client, url, interval, now=now)
        case "openrouteservice":
            return OpenRouteServiceReacher(client, url, interval, key)
        case _:
            return None


def rings_of(said: Any, start: Spot, minutes: int) -> tuple[Ring, ...]:
    """The lines of a FeatureCollection of polygons. Raises ValueError (and its like) for whatever else it is."""
    rings = tuple(_ring(line) for feature in said["features"] for line in _lines(feature["geometry"]))
    if sum(len(ring) for ring in rings) > MOST_POINTS:
        raise ValueError("more points than a map shows")
    farthest = minutes * FASTEST_KM_A_MINUTE + SPACE_KM
    if any(_km(start, at) > farthest for ring in rings for at in ring):
        raise ValueError("an area nobody reaches")
    # where its map has no road, Valhalla draws a blot of some 200 m
    return rings if any(_km(start, at) > BLOT_KM for ring in rings for at in ring) else ()


def _lines(geometry: Any) -> Iterator[Sequence[Any]]:
    """A polygon's line and its holes; what is one line only is no area."""
    if geometry["type"] == "Polygon":
        yield from geometry["coordinates"]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["coordinates"]:
            yield from polygon
    else:
        raise ValueError("no area")


def _ring(line: Sequence[Any]) -> Ring:
    ring = tuple((float(at[1]), float(at[0])) for at in line)
    if len(ring) < 4 or not all(isfinite(lat) and isfinite(lon) for lat, lon in ring):
        raise ValueError("no line around anything")
    return ring


def _km(start: Spot, at: tuple[float, float]) -> float:
    """Near enough for a check."""
    return KM_PER_DEGREE * hypot(at[0] - start.lat, (at[1] - start.lon) * cos(radians(start.lat)))

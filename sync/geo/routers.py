"""Routers: minutes from one place to many, through the office's one HTTP client. What they say is checked."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from domain.errors import Unavailable
from domain.geocoding.map_settings import MapForm
from domain.travel.ways import Routed, Spot
from domain.values import TravelMode
from sync.http.answers import Limits
from sync.http.client import OutsideClient

AT_ONCE = 90  # ends of one question: what public servers allow, and what an address has room for
LIMITS = Limits(total=60.0, together=90.0)
TUESDAY = 1  # of the week, as Python counts
LONGEST_MINUTES = 24 * 60  # nobody goes further; a larger number is nonsense


class Router(Protocol):
    """Says the ways by one mode. `source` names it to people."""

    source: str

    def ways(self, mode: TravelMode, start: Spot, ends: Sequence[Spot]) -> list[Routed]:
        """Minutes and kilometres, in the order of `ends` (at most AT_ONCE). Raises Unavailable."""
        ...


class OsrmRouter:
    """An OSRM: one table a question. Its profile is that of the server, a car's."""

    source = "osrm"

    def __init__(self, client: OutsideClient, url: str, interval: float) -> None:
        self._client, self._url, self._interval = client, url, interval

    def ways(self, mode: TravelMode, start: Spot, ends: Sequence[Spot]) -> list[Routed]:
        """By car only."""
        assert mode is TravelMode.CAR
        places = ";".join(f"{spot.lon:.5f},{spot.lat:.5f}" for spot in (start, *ends))
        targets = ";".join(str(number) for number in range(1, len(ends) + 1))
        url = f"{self._url}/table/v1/driving/{places}?sources=0&destinations={targets}&annotations=duration,distance"
        said = self._client.get(url, interval=self._interval, limits=LIMITS).json()
        with understood(self._url):
            seconds, metres = said["durations"][0], said["distances"][0]
            return _checked(
                [
                    Routed(_minutes(s), None if s is None or m is None else m / 1000)
                    for s, m in zip(seconds, metres, strict=True)
                ],
                len(ends),
            )


class ValhallaRouter:
    """A Valhalla: a matrix for car, bicycle and foot; by bus and train one way after the other, a Tuesday at nine."""

    source = "valhalla"
    _COSTING = {TravelMode.CAR: "auto", TravelMode.BICYCLE: "bicycle", TravelMode.FOOT: "pedestrian"}  # noqa: RUF012 - constant

    def __init__(self, client: OutsideClient, url: str, interval: float, *, now: datetime) -> None:
        self._client, self._url, self._interval = client, url, interval
        self._departure = departure(now)

    def ways(self, mode: TravelMode, start: Spot, ends: Sequence[Spot]) -> list[Routed]:
        """By any mode."""
        if mode is TravelMode.PUBLIC_TRANSPORT:
            return [self._transit(start, end) for end in ends]
        body = {"sources": [_at(start)], "targets": [_at(end) for end in ends], "costing": self._COSTING[mode]}
        said = self._client.question(
            f"{self._url}/sources_to_targets", body, interval=self._interval, limits=LIMITS
        ).json()
        with understood(self._url):
            row = said["sources_to_targets"][0]
            by_target = {cell["to_index"]: Routed(_minutes(cell["time"]), cell["distance"]) for cell in row}
            return _checked([by_target[number] for number in range(len(ends))], len(ends))

    def _transit(self, start: Spot, end: Spot) -> Routed:
        body = {
            "locations": [_at(start), _at(end)], "costing": "multimodal",
            "date_time": {"type": 1, "value": self._departure}, "directions_type": "none",
        }  # fmt: skip
        try:
            said = self._client.question(f"{self._url}/route", body, interval=self._interval, limits=LIMITS).json()
        except Unavailable as exc:
            if exc.code == "outside.status":  # 400: it knows no way
                return Routed(None, None)
            raise
        with understood(self._url):
            summary = said["trip"]["summary"]
            return _checked([Routed(_minutes(summary["time"]), summary["length"])], 1)[0]


class OpenRouteServiceRouter:
    """openrouteservice, one's own or the public one with a key."""

    source = "openrouteservice"
    _PROFILE = {TravelMode.CAR: "driving-car", TravelMode.BICYCLE: "cycling-regular", TravelMode.FOOT: "foot-walking"}  # noqa: RUF012 - constant

    def __init__(self, client: OutsideClient, url: str, interval: float, key: str) -> None:
        self._client, self._url, self._interval, self._key = client, url, interval, key

    def ways(self, mode: TravelMode, start: Spot, ends: Sequence[Spot]) -> list[Routed]:
        """By car, bicycle or foot."""
        body = {
            "locations": [[spot.lon, spot.lat] for spot in (start, *ends)], "sources": [0],
            "destinations": list(range(1, len(ends) + 1)), "metrics": ["duration", "distance"], "units": "km",
        }  # fmt: skip
        headers = {"Authorization": self._key} if self._key else {}
        url = f"{self._url}/v2/matrix/{self._PROFILE[mode]}"
        said = self._client.question(url, body, interval=self._interval, headers=headers, limits=LIMITS).json()
        with understood(self._url):
            pairs = zip(said["durations"][0], said["distances"][0], strict=True)
            return _checked([Routed(_minutes(seconds), km) for seconds, km in pairs], len(ends))


def router_of(settings: MapForm, client: OutsideClient, *, now: datetime, key: str = "") -> Router | None:
    """The configured one; None where there is none."""
    interval, url = 60 / settings.router_per_minute, settings.router_url
    match settings.router:
        case "osrm":
            return OsrmRouter(client, url, interval)
        case "valhalla":
            return ValhallaRouter(client, url, interval, now=now)
        case "openrouteservice":
            return OpenRouteServiceRouter(client, url, interval, key)
        case _:
            return None


def departure(now: datetime) -> str:
    """When one leaves by bus or train: the next Tuesday at nine, in the time of the place."""
    tuesday = now + timedelta(days=(TUESDAY - now.weekday() - 1) % 7 + 1)
    return f"{tuesday:%Y-%m-%d}T09:00"


def in_parts(ends: Sequence[Spot]) -> Iterator[Sequence[Spot]]:
    """The ends of one question after the other."""
    for first in range(0, len(ends), AT_ONCE):
        yield ends[first : first + AT_ONCE]


class understood:  # noqa: N801 - reads as a statement
    """Whatever shape nobody expects is garbage."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __enter__(self) -> None:
        """Begin reading."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError)):
            raise Unavailable("outside.garbage", host=self._url) from error


def _minutes(seconds: Any) -> float | None:
    return None if seconds is None else float(seconds) / 60


def _checked(said: list[Routed], wanted: int) -> list[Routed]:
    if len(said) != wanted:
        raise ValueError("not as many ways as asked for")
    for way in said:
        if way.minutes is not None and not 0 <= way.minutes <= LONGEST_MINUTES:
            raise ValueError("a way nobody goes")
        if way.km is not None and not 0 <= float(way.km) < 5000:
            raise ValueError("a distance beyond the map")
    return said


def _at(spot: Spot) -> dict[str, float]:
    return {"lat": spot.lat, "lon": spot.lon}

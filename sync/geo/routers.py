"""Routers: minutes from one place to many, through the office's one HTTP client. What they say is checked."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

from domain.errors import Unavailable
from domain.geocoding.map_settings import MapForm
from domain.travel.ways import Routed, Spot
from domain.values import TravelMode
from sync.http.answers import Answer, Limits
from sync.http.client import OutsideClient

LIMITS = Limits(total=60.0, together=90.0)
TUESDAY = 1  # of the week, as Python counts
LONGEST_MINUTES = 24 * 60  # nobody goes further; a larger number is nonsense


SNAPPED_M = 1500  # from a place to the nearest road a router knows; further, the way would begin somewhere else
REFUSALS = (400, 404)  # of which the reason is read
# of Valhalla: too far, unconnected, no road near, too far from a stop, unreachable, no path
NO_WAY = frozenset({154, 170, 171, 440, 441, 442})
# of openrouteservice: no road near a point, no path
NO_POINT = frozenset({2009, 2010, 6010})


class Unroutable(Exception):
    """The router understood, and knows no way from or to one of the places."""


class Router(Protocol):
    """Says the ways by one mode. `source` names it to people."""

    source: str

    def ways(self, mode: TravelMode, start: Spot, ends: Sequence[Spot]) -> list[Routed]:
        """Minutes and kilometres, in the order of `ends` (few: `one_by_one`). Raises Unavailable, Unroutable."""
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
        answer = self._client.get(url, interval=self._interval, limits=LIMITS, understood=REFUSALS)
        _refused(answer, lambda said: said["code"] == "NoSegment")
        said = answer.json()
        with understood(self._url):
            seconds, metres = said["durations"][0], said["distances"][0]
            pairs = [Routed(_minutes(s), _km(s, m, 1000)) for s, m in zip(seconds, metres, strict=True)]
            return _checked(_near(pairs, said.get("sources"), said.get("destinations"), "distance"), len(ends))


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
        said = self._ask("sources_to_targets", body)
        with understood(self._url):
            row = said["sources_to_targets"][0]
            by_target = {
                cell["to_index"]: Routed(_minutes(cell["time"]), _km(cell["time"], cell["distance"])) for cell in row
            }
            return _checked([by_target[number] for number in range(len(ends))], len(ends))

    def _transit(self, start: Spot, end: Spot) -> Routed:
        body = {
            "locations": [_at(start), _at(end)], "costing": "multimodal",
            "date_time": {"type": 1, "value": self._departure}, "directions_type": "none",
        }  # fmt: skip
        try:
            said = self._ask("route", body)
        except Unroutable:
            return Routed(None, None)
        with understood(self._url):
            summary = said["trip"]["summary"]
            return _checked([Routed(_minutes(summary["time"]), _km(summary["time"], summary["length"]))], 1)[0]

    def _ask(self, name: str, body: Any) -> Any:
        url = f"{self._url}/{name}"
        answer = self._client.question(url, body, interval=self._interval, limits=LIMITS, understood=REFUSALS)
        _refused(answer, lambda said: answer.status == 400 and said["error_code"] in NO_WAY)
        return answer.json()


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
        answer = self._client.question(
            url, body, interval=self._interval, headers=headers, limits=LIMITS, understood=REFUSALS
        )
        _refused(answer, lambda said: said["error"]["code"] in NO_POINT)
        said = answer.json()
        with understood(self._url):
            pairs = zip(said["durations"][0], said["distances"][0], strict=True)
            routed = [Routed(_minutes(seconds), _km(seconds, km)) for seconds, km in pairs]
            return _checked(_near(routed, said.get("sources"), said.get("destinations"), "snapped_distance"), len(ends))


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


class understood:  # noqa: N801 - reads as a statement
    """Whatever shape nobody expects is garbage."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __enter__(self) -> None:
        """Begin reading."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError)):
            raise Unavailable("outside.garbage", host=self._url) from error


def _refused(answer: Answer, says_no_way: Callable[[Any], bool]) -> None:
    """Raise where it refused: Unroutable for want of a way, else Unavailable, since it did not understand us."""
    if answer.status not in REFUSALS:
        return
    try:
        no_way = says_no_way(answer.json())
    except (KeyError, TypeError, Unavailable):
        no_way = False
    if no_way:
        raise Unroutable
    raise Unavailable("outside.status", host=urlsplit(answer.url).hostname, status=answer.status)


def _near(said: list[Routed], sources: Any, ends: Any, name: str) -> list[Routed]:
    """What was said of places that have a road near; a server of one region takes the nearest it knows, however far."""

    def far(place: Any) -> bool:
        return place is not None and float(place.get(name) or 0) > SNAPPED_M

    if sources and far(sources[0]):
        return [Routed(None, None)] * len(said)
    if not ends:
        return said
    return [Routed(None, None) if far(end) else way for way, end in zip(said, ends, strict=True)]


def _minutes(seconds: Any) -> float | None:
    return None if seconds is None else _number(seconds) / 60


def _km(seconds: Any, said: Any, each: int = 1) -> float | None:
    return None if seconds is None or said is None else _number(said) / each


def _number(said: Any) -> float:
    if isinstance(said, bool) or not isinstance(said, (int, float)):
        raise TypeError("no number")
    return float(said)


def _checked(said: list[Routed], wanted: int) -> list[Routed]:
    if len(said) != wanted:
        raise ValueError("not as many ways as asked for")
    for way in said:
        if way.minutes is not None and not 0 <= way.minutes <= LONGEST_MINUTES:
            raise ValueError("a way nobody goes")
        if way.km is not None and not 0 <= way.km < 5000:
            raise ValueError("a distance beyond the map")
    return said


def _at(spot: Spot) -> dict[str, float]:
    return {"lat": spot.lat, "lon": spot.lon, "search_cutoff": SNAPPED_M}

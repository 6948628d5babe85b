"""Ways from one place to many: what a router said, where it was asked, else the estimate; each says which it is."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.travel.estimate import Served, estimate
from domain.travel.pairs import Points
from domain.travel.stops import served
from domain.values import TravelMode

KEPT = timedelta(days=180)  # timetables change twice a year
NONE_KEPT = timedelta(days=7)  # that there is no way may be a gap of the router's map, or of its server's day
ESTIMATE = "estimate"
NEGLIGIBLE_KM = 0.3
# what a kilometre more or less changes, near home
MINUTES_A_KM = {
    TravelMode.CAR: 1.5, TravelMode.PUBLIC_TRANSPORT: 4.0, TravelMode.BICYCLE: 5.0, TravelMode.FOOT: 15.0,
}  # fmt: skip
_RASTER = Decimal("0.001")
_SCALE = 10_000  # a degree in the cache
_KNOWN = """
SELECT mode, to_lat, to_lon, minutes, km, source FROM geocoding_service.travel_time
WHERE from_lat = :lat AND from_lon = :lon AND known_at > CASE WHEN minutes IS NULL THEN :none_since ELSE :since END
  AND mode = ANY (:modes)
  AND (to_lat, to_lon) IN (SELECT * FROM unnest(cast(:lats AS int[]), cast(:lons AS int[])))
"""
_KEEP = """
INSERT INTO geocoding_service.travel_time (from_lat, from_lon, to_lat, to_lon, mode, minutes, km, source, known_at)
SELECT :lat, :lon, u.lat, u.lon, :mode, u.minutes, u.km, :source, :now
FROM unnest(cast(:lats AS int[]), cast(:lons AS int[]), cast(:minutes AS real[]), cast(:kms AS real[]))
     AS u (lat, lon, minutes, km)
ON CONFLICT (from_lat, from_lon, mode, to_lat, to_lon) DO UPDATE
SET minutes = excluded.minutes, km = excluded.km, source = excluded.source, known_at = excluded.known_at
"""
_FORGET = """
DELETE FROM geocoding_service.travel_time WHERE known_at < :since OR (minutes IS NULL AND known_at < :none_since)
"""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place: degrees, and how far it may be off (m)."""

    lat: float
    lon: float
    uncertainty_m: int = 0

    def rounded(self) -> "Spot":
        """On the raster of about 100 m on which patients' places leave the office."""
        return Spot(_rounded(self.lat), _rounded(self.lon))

    def cell(self) -> tuple[int, int]:
        """As the cache knows it."""
        return round(self.lat * _SCALE), round(self.lon * _SCALE)


@dataclass(frozen=True, slots=True)
class Way:
    """Minutes from `low` to `high`; equal where a router said them of known places, None where it knows no way.

    `source` is osrm, valhalla, openrouteservice or estimate.
    """

    mode: TravelMode
    low: float | None
    high: float | None
    source: str

    @property
    def estimated(self) -> bool:
        """Whether nobody was asked."""
        return self.source == ESTIMATE


@dataclass(frozen=True, slots=True)
class Routed:
    """What a router said of one way; None where it knows none."""

    minutes: float | None
    km: float | None


def ways(
    session: Session,
    start: Spot,
    ends: Sequence[Spot],
    *,
    now: datetime,
    modes: Sequence[TravelMode] = tuple(TravelMode),
) -> list[Mapping[TravelMode, Way]]:
    """For each end its way by each mode, in the order of `ends`; one query, however many."""
    if not ends:
        return []
    known = known_ways(session, start, ends, now=now, modes=modes)
    found: list[dict[TravelMode, Way]] = [{} for _ in ends]
    for mode in modes:
        guessed = estimated(mode, start, ends)
        for number, end in enumerate(ends):
            said = known.get((mode, end.cell()))
            found[number][mode] = _doubted(said, start, end) if said is not None else guessed[number]
    return list(found)


def known_ways(
    session: Session, start: Spot, ends: Sequence[Spot], *, now: datetime, modes: Sequence[TravelMode]
) -> dict[tuple[TravelMode, tuple[int, int]], Way]:
    """What a router said of these ways and still holds, by mode and end."""
    lat, lon = start.rounded().cell()
    cells = [end.cell() for end in ends]
    values = {
        "lat": lat, "lon": lon, "since": now - KEPT, "none_since": now - NONE_KEPT,
        "modes": [str(mode) for mode in modes],
        "lats": [cell[0] for cell in cells], "lons": [cell[1] for cell in cells],
    }  # fmt: skip
    return {
        (TravelMode(row.mode), (row.to_lat, row.to_lon)): Way(
            TravelMode(row.mode), row.minutes, row.minutes, row.source
        )
        for row in session.execute(text(_KNOWN), values)
    }


def keep_ways(
    session: Session,
    start: Spot,
    ends: Sequence[Spot],
    said: Sequence[Routed],
    *,
    mode: TravelMode,
    source: str,
    now: datetime,
) -> None:
    """Keep what a router said; `start` is on the raster already."""
    lat, lon = start.cell()
    # two practices in one house are one way
    by_cell = {end.cell(): way for end, way in zip(ends, said, strict=True)}
    values = {
        "lat": lat, "lon": lon, "mode": str(mode), "source": source, "now": now,
        "lats": [cell[0] for cell in by_cell], "lons": [cell[1] for cell in by_cell],
        "minutes": [way.minutes for way in by_cell.values()], "kms": [way.km for way in by_cell.values()],
    }  # fmt: skip
    session.execute(text(_KEEP), values)


def forget_ways(session: Session, *, now: datetime) -> None:
    """Those that no longer hold."""
    session.execute(text(_FORGET), {"since": now - KEPT, "none_since": now - NONE_KEPT})


def _doubted(way: Way, start: Spot, end: Spot) -> Way:
    """A router's minutes between places of which only the PLZ is known are a span, too."""
    off = math.hypot(start.uncertainty_m, end.uncertainty_m) / 2000
    if way.low is None or way.high is None or off < NEGLIGIBLE_KM:
        return way
    minutes = off * MINUTES_A_KM[way.mode]
    return replace(way, low=max(0.0, way.low - minutes), high=way.high + minutes)


def _rounded(degrees: float) -> float:
    """As the database rounds it (its travel_origin), halves up: else the cache would miss at an edge."""
    return float(Decimal(f"{degrees:.15g}").quantize(_RASTER, ROUND_HALF_UP))


def estimated(mode: TravelMode, start: Spot, ends: Sequence[Spot]) -> list[Way]:
    """The estimate for each end."""
    places = np.array([(end.lat, end.lon) for end in ends])
    distance = Points(places).km_to(start.lat, start.lon)
    # rarely is a place at the edge of what it may be off: half of both together
    off = np.hypot(np.array([end.uncertainty_m for end in ends]), start.uncertainty_m) / 2000
    here = there = None
    if mode is TravelMode.PUBLIC_TRANSPORT:
        there = served(places)
        one = served(np.array([[start.lat, start.lon]]))
        here = Served(np.repeat(one.stops, len(ends)), np.repeat(one.rail, len(ends)))
    found = estimate(mode, distance, off, here=here, there=there)
    return [Way(mode, float(low), float(high), ESTIMATE) for low, high in zip(found.low, found.high, strict=True)]

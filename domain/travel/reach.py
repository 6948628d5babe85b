"""How far somebody gets within some minutes: what a router said, where it was asked, else an honest ring.

The ring turns the estimate of ways round: within `near_km` even the longer end of the estimate is in time, beyond
`far_km` not even the shorter one. Knows neither router nor patient.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.travel.estimate import DENSE_STOPS, Served, estimate
from domain.travel.stops import served
from domain.travel.ways import ESTIMATE, KEPT, Spot
from domain.values import TravelMode

SHORTEST, LONGEST = 5, 120  # minutes one may ask for; the database keeps them, too
FARTHEST_KM, STEP_KM = 250.0, 0.1

Ring = tuple[tuple[float, float], ...]  # lat, lon

_KNOWN = """
SELECT rings, source FROM geocoding_service.reach_area
WHERE lat = :lat AND lon = :lon AND mode = :mode AND minutes = :minutes AND known_at > :since
"""
_KEEP = """
INSERT INTO geocoding_service.reach_area (lat, lon, mode, minutes, rings, source, known_at)
VALUES (:lat, :lon, :mode, :minutes, cast(:rings AS jsonb), :source, :now)
ON CONFLICT (lat, lon, mode, minutes) DO UPDATE
SET rings = excluded.rings, source = excluded.source, known_at = excluded.known_at
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """An area around a place. A router's is its `rings` (inside an odd number of them); an estimate has none, but km.

    `source` is valhalla, openrouteservice or estimate.
    """

    mode: TravelMode
    minutes: int
    source: str
    rings: tuple[Ring, ...] = ()
    near_km: float = 0.0
    far_km: float = 0.0

    @property
    def estimated(self) -> bool:
        """Whether nobody was asked."""
        return self.source == ESTIMATE


def estimated_reach(mode: TravelMode, start: Spot, minutes: int) -> Reach:
    """The ring; a place that may be off itself widens it. By bus and train the far edge is one that is served well."""
    km = np.arange(0.0, FARTHEST_KM + STEP_KM, STEP_KM)
    off = np.full_like(km, start.uncertainty_m / 2000)
    worst = best = here = None
    if mode is TravelMode.PUBLIC_TRANSPORT:
        one = served(np.array([[start.lat, start.lon]]))
        here = Served(np.repeat(one.stops, len(km)), np.repeat(one.rail, len(km)))
        worst = Served(np.zeros_like(km), np.zeros(len(km), dtype=bool))
        best = Served(np.full_like(km, DENSE_STOPS), np.ones(len(km), dtype=bool))
    surely = estimate(mode, km, off, here=here, there=worst).high <= minutes
    perhaps = estimate(mode, km, off, here=here, there=best).low <= minutes

    def last(within: np.ndarray) -> float:
        return float(km[within].max()) if within.any() else 0.0

    return Reach(mode, minutes, ESTIMATE, near_km=last(surely), far_km=last(perhaps))


def known_reach(session: Session, start: Spot, mode: TravelMode, minutes: int, *, now: datetime) -> Reach | None:
    """What a router said of this area and still holds."""
    lat, lon = start.rounded().cell()
    values = {"lat": lat, "lon": lon, "mode": str(mode), "minutes": minutes, "since": now - KEPT}
    row = session.execute(text(_KNOWN), values).one_or_none()
    if row is None:
        return None
    rings = tuple(tuple((float(at[0]), float(at[1])) for at in ring) for ring in row.rings)
    return Reach(mode, minutes, row.source, rings)


def keep_reach(
    session: Session,
    start: Spot,
    rings: Sequence[Ring],
    *,
    mode: TravelMode,
    minutes: int,
    source: str,
    now: datetime,
) -> None:
    """Keep what a router said; `start` is on the raster already."""
    lat, lon = start.cell()
    # as text: a number of JSON is what the database makes of it, and no adapter of ours
    listed = "[" + ",".join("[" + ",".join(f"[{a:.5f},{b:.5f}]" for a, b in ring) + "]" for ring in rings) + "]"
    values = {
        "lat": lat, "lon": lon, "mode": str(mode), "minutes": minutes, "rings": listed, "source": source, "now": now,
    }  # fmt: skip
    session.execute(text(_KEEP), values)

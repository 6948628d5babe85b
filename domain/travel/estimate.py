"""Minutes from door to door where no router is asked: a range, never a promise. Pure, and for arrays of any length.

Sources. Roads are longer than the straight line: 1.3 times over long ways (10.1038/s44260-024-00023-x; 1.343 in
10.1177/23998083231168870), more over short ones. By car: 4 minutes to set off and to park, then a speed that grows
with the way from 18 km/h in a town to 70 on a motorway; fitted by hand, ±30 %. Public transport takes twice the time
of a car where stops are dense (2.06: mobility institute berlin 2021) and nearly three times elsewhere
(10.1186/s12544-021-00507-0), never longer than walking, never under 12 minutes. Bicycle 15 km/h and foot 4.8 km/h on
ways 1.25 times the straight line are assumptions of this program.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.values import TravelMode

Floats = NDArray[np.float64]

# how much shorter and longer than the middle a way may really take
SPREAD: Final[Mapping[TravelMode, tuple[float, float]]] = {
    TravelMode.CAR: (0.7, 1.3),
    TravelMode.PUBLIC_TRANSPORT: (0.7, 1.4),
    TravelMode.BICYCLE: (0.8, 1.3),
    TravelMode.FOOT: (0.85, 1.2),
}
DENSE_STOPS = 20  # stops within STOP_KM that make a place well served
STOP_KM = 1.0
RAIL_KM = 1.0
RAIL_FROM_KM = 8.0  # below, a train saves nothing
DETOUR = 1.25  # of ways on foot and by bicycle
WALKING_KMH, CYCLING_KMH = 4.8, 15.0
SHORTEST_TRANSIT = 12.0  # minutes: to the stop, waiting, from the stop
CYCLING_START = 2.0


@dataclass(frozen=True, slots=True)
class Served:
    """How well places are served: stops within STOP_KM, and whether a railway station is within RAIL_KM."""

    stops: Floats
    rail: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Range:
    """From the shortest to the longest that is likely, in minutes."""

    low: Floats
    high: Floats


def road_km(distance: Floats) -> Floats:
    """Kilometres by road for kilometres in a straight line."""
    km: Floats = distance * (1.3 + 0.2 * np.exp(-distance / 15))
    return km


def car_minutes(distance: Floats) -> Floats:
    """Minutes by car for kilometres in a straight line."""
    minutes: Floats = 4 + 60 * distance / (18 + 52 * (1 - np.exp(-distance / 45)))
    return minutes


def foot_minutes(distance: Floats) -> Floats:
    """Minutes on foot."""
    minutes: Floats = distance * DETOUR / WALKING_KMH * 60
    return minutes


def bicycle_minutes(distance: Floats) -> Floats:
    """Minutes by bicycle."""
    minutes: Floats = CYCLING_START + distance * DETOUR / CYCLING_KMH * 60
    return minutes


def transit_minutes(distance: Floats, here: Served, there: Served) -> Floats:
    """Minutes by bus and train; what counts is the end that is served worse."""
    density = np.clip(np.minimum(here.stops, there.stops) / DENSE_STOPS, 0, 1)
    by_rail = here.rail & there.rail & (distance > RAIL_FROM_KM)
    ratio = 2.9 - 0.8 * density - 0.2 * by_rail
    return np.minimum(foot_minutes(distance), np.maximum(ratio * car_minutes(distance), SHORTEST_TRANSIT))


def estimate(
    mode: TravelMode, distance: Floats, uncertainty: Floats, *, here: Served | None = None, there: Served | None = None
) -> Range:
    """The range for ways of `distance` km whose ends may be off by `uncertainty` km together.

    Public transport needs both ends' Served.
    """

    def minutes(km: Floats) -> Floats:
        if mode is TravelMode.CAR:
            return car_minutes(km)
        if mode is TravelMode.BICYCLE:
            return bicycle_minutes(km)
        if mode is TravelMode.FOOT:
            return foot_minutes(km)
        assert here is not None
        assert there is not None
        return transit_minutes(km, here, there)

    shorter, longer = SPREAD[mode]
    return Range(minutes(np.maximum(distance - uncertainty, 0)) * shorter, minutes(distance + uncertainty) * longer)

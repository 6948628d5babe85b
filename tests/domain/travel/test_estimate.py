"""Estimated minutes: plausible, monotonous, honest about how little they know."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.travel.estimate import Served, car_minutes, estimate, road_km
from domain.travel.stops import served
from domain.values import TravelMode

DISTANCES = st.floats(min_value=0, max_value=500)
AACHEN, EIFEL = (50.7678, 6.0914), (50.6245, 6.4790)  # the main station; a forest in the Rureifel


def both(stops: float, *, rail: bool = False) -> Served:
    """A place served like that."""
    return Served(np.array([stops]), np.array([rail]))


def minutes(
    mode: TravelMode, km: float, off: float = 0.0, *, stops: float = 10, rail: bool = False
) -> tuple[float, float]:
    """Shortest and longest."""
    found = estimate(mode, np.array([km]), np.array([off]), here=both(stops, rail=rail), there=both(stops, rail=rail))
    return float(found.low[0]), float(found.high[0])


@pytest.mark.parametrize(("km", "shortest", "longest"), [(1, 5, 9), (5, 14, 20), (20, 30, 46), (100, 85, 110)])
def test_a_car_takes_what_cars_take(km: float, shortest: float, longest: float) -> None:
    """In town, between towns, across the country."""
    assert shortest < float(car_minutes(np.array([km]))[0]) < longest


@given(DISTANCES, DISTANCES, st.sampled_from(list(TravelMode)), st.floats(0, 60), st.booleans())
def test_further_is_never_sooner(one: float, other: float, mode: TravelMode, stops: float, rail: bool) -> None:
    """By any mode; a railway may win a little beyond eight kilometres."""
    near, far = sorted((one, other))
    slack = 1.1 if mode is TravelMode.PUBLIC_TRANSPORT and rail else 1.0
    assert (
        minutes(mode, near, stops=stops, rail=rail)[1] <= slack * minutes(mode, far, stops=stops, rail=rail)[1] + 1e-9
    )


@given(DISTANCES, st.floats(0, 20), st.sampled_from(list(TravelMode)), st.floats(0, 60))
def test_a_range_is_one_and_doubt_makes_it_wider(km: float, off: float, mode: TravelMode, stops: float) -> None:
    """Never below zero, never turned round."""
    low, high = minutes(mode, km, off, stops=stops)
    sure_low, sure_high = minutes(mode, km, stops=stops)
    assert 0 <= low <= sure_low + 1e-9
    assert sure_low <= sure_high <= high + 1e-9


@given(DISTANCES, st.floats(0, 60), st.booleans())
def test_nobody_takes_a_bus_that_is_slower_than_walking(km: float, stops: float, rail: bool) -> None:
    """The upper bound is the way on foot."""
    bus = minutes(TravelMode.PUBLIC_TRANSPORT, km, stops=stops, rail=rail)[1] / 1.4
    walk = minutes(TravelMode.FOOT, km)[1] / 1.2
    assert bus <= walk + 1e-9


def test_many_stops_make_it_quicker() -> None:
    """Dense stops, then a railway."""
    thin, dense = (minutes(TravelMode.PUBLIC_TRANSPORT, 20, stops=n)[0] for n in (1, 30))
    assert dense < thin
    assert minutes(TravelMode.PUBLIC_TRANSPORT, 20, stops=30, rail=True)[0] < dense


def test_roads_are_longer_than_the_straight_line() -> None:
    """By half over a kilometre, by less over a hundred."""
    short, long = road_km(np.array([1.0, 100.0]))
    assert 1.4 < short < 1.5
    assert 130 <= long < 131


def test_a_town_is_served_better_than_a_forest() -> None:
    """The table of stops knows both."""
    found = served(np.array([AACHEN, EIFEL]))
    assert found.stops[0] > 5 * found.stops[1]
    assert list(found.rail) == [True, False]

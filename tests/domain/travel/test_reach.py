"""The ring of what can be reached is the estimate of ways, turned round."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.travel.estimate import estimate
from domain.travel.reach import estimated_reach
from domain.travel.ways import Spot
from domain.values import TravelMode
from tests.examples import examples

AACHEN = Spot(50.7753, 6.0839, 1500)
WHEELS = (TravelMode.CAR, TravelMode.BICYCLE, TravelMode.FOOT)


@settings(max_examples=examples(10))
@given(st.sampled_from(list(TravelMode)), st.integers(5, 115))
def test_more_minutes_are_no_smaller_a_ring(mode: TravelMode, minutes: int) -> None:
    """Both edges grow, and the surer one is the nearer one."""
    one, more = estimated_reach(mode, AACHEN, minutes), estimated_reach(mode, AACHEN, minutes + 5)
    assert one.near_km <= one.far_km
    assert one.near_km <= more.near_km
    assert one.far_km < more.far_km
    assert one.estimated


@settings(max_examples=examples(10))
@given(st.sampled_from(WHEELS), st.integers(10, 120), st.integers(0, 3000))
def test_the_edges_are_those_of_the_estimate(mode: TravelMode, minutes: int, uncertainty: int) -> None:
    """At the near edge even the longer time is enough; beyond the far one not even the shorter."""
    found = estimated_reach(mode, Spot(50.7753, 6.0839, uncertainty), minutes)
    off = np.array([uncertainty / 2000])
    if found.near_km > 0:
        assert estimate(mode, np.array([found.near_km]), off).high[0] <= minutes
    assert estimate(mode, np.array([found.far_km + 0.2]), off).low[0] > minutes


def test_a_place_that_is_known_only_roughly_has_a_wider_ring() -> None:
    """What is not known is no certainty."""
    exact, rough = (estimated_reach(TravelMode.CAR, Spot(50.8, 6.1, off), 30) for off in (0, 4000))
    assert rough.near_km < exact.near_km < exact.far_km < rough.far_km


@pytest.mark.parametrize("mode", list(TravelMode))
def test_half_an_hour_is_a_likely_distance(mode: TravelMode) -> None:
    """No ring is absurd: on foot some kilometres, by car some tens."""
    bounds = {
        TravelMode.CAR: (6, 35), TravelMode.PUBLIC_TRANSPORT: (0.5, 16), TravelMode.BICYCLE: (3, 8),
        TravelMode.FOOT: (1, 3),
    }  # fmt: skip
    found = estimated_reach(mode, Spot(50.7753, 6.0839, 100), 30)
    low, high = bounds[mode]
    assert low <= found.far_km <= high

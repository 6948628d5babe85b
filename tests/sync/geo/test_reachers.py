"""What routers say of areas, read without trust."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Unavailable
from domain.travel.reach import Ring
from domain.travel.ways import Spot
from sync.geo.reachers import MOST_POINTS, rings_of
from sync.geo.routers import understood

START = Spot(50.775, 6.084)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.integers() | st.just(10**400) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["features", "geometry", "type", "coordinates", "Polygon", "x"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)
NUMBER = st.floats(allow_nan=True) | st.just(10**400) | st.floats(5.9, 6.2) | st.none() | st.text(max_size=2)
LINE = st.lists(st.lists(NUMBER, max_size=3), max_size=8)


def feature(kind: object, coordinates: object) -> dict[str, Any]:
    """An answer of one area."""
    return {"features": [{"geometry": {"type": kind, "coordinates": coordinates}}]}


@given(JSON | st.lists(LINE, max_size=3).map(lambda lines: feature("Polygon", lines)))
def test_whatever_a_router_says_is_an_area_or_garbage(said: object) -> None:
    """Never another error, never a point that is none or lies where nobody gets."""
    rings: tuple[Ring, ...] = ()
    with suppress(Unavailable), understood("wege.example"):
        rings = rings_of(said, START, 30)
    assert all(len(ring) >= 4 for ring in rings)
    assert all(48 < lat < 53 and 2 < lon < 10 for ring in rings for lat, lon in ring)
    assert sum(map(len, rings)) <= MOST_POINTS


def test_holes_and_parts_are_lines_by_themselves() -> None:
    """GeoJSON has longitude first; every line comes back as latitude and longitude."""
    square = [[6.0, 50.7], [6.2, 50.7], [6.2, 50.9], [6.0, 50.7]]
    said = json.loads(json.dumps(feature("MultiPolygon", [[square, square], [square]])))
    assert rings_of(said, START, 30) == (((50.7, 6.0), (50.7, 6.2), (50.9, 6.2), (50.7, 6.0)),) * 3


@pytest.mark.parametrize("minutes", [5, 120])
def test_how_far_is_too_far_depends_on_the_time(minutes: int) -> None:
    """Nobody gets from Aachen to Berlin in five minutes; in two hours a train might."""
    far = [[13.0, 52.5], [13.5, 52.5], [13.5, 52.6], [13.0, 52.5]]
    if minutes == 120:
        assert rings_of(feature("Polygon", [far]), START, minutes)
    else:
        with pytest.raises(ValueError, match="nobody"):
            rings_of(feature("Polygon", [far]), START, minutes)

"""Areas: inside and outside, circles and rectangles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.geocoding.earth import great_circle_km
from ui.map.shapes import Point, circle, inside, rectangle, region, within

DEGREES = st.floats(47, 55), st.floats(6, 15)
GRID = st.tuples(st.integers(4700, 5500).map(lambda n: n / 100), st.integers(600, 1500).map(lambda n: n / 100))
POINTS = st.lists(st.tuples(*DEGREES), max_size=20)


def _slowly(point: Point, area: list[Point]) -> bool:
    """Another reading of the same rule: edges to the east of the point, counted one by one."""
    count = 0
    for here, there in zip(area, area[1:] + area[:1], strict=True):
        low, high = sorted((here, there))
        if low[0] <= point[0] < high[0]:
            east = low[1] + (point[0] - low[0]) / (high[0] - low[0]) * (high[1] - low[1])
            count += point[1] < east
    return count % 2 == 1


@given(points=st.lists(GRID, max_size=20), area=st.lists(GRID, min_size=3, max_size=12))
def test_both_readings_agree(points: list[Point], area: list[Point]) -> None:
    """Whatever line somebody draws, also one that crosses itself."""
    # beside the lines of the grid, so that no point lies on an edge, where either answer is right
    beside = [(lat + 0.000317, lon + 0.000071) for lat, lon in points]
    for point, found in zip(beside, inside(beside, area), strict=True):
        assert found == _slowly(point, area)


@given(lat=DEGREES[0], lon=DEGREES[1], km=st.integers(1, 200), points=POINTS)
def test_a_circle_holds_who_is_near_and_nobody_who_is_far(lat: float, lon: float, km: int, points: list[Point]) -> None:
    """Within three per cent: a circle on the map is drawn with corners on a flat plane."""
    for point, found in zip(points, inside(points, circle(lat, lon, km)), strict=True):
        far = great_circle_km(lat, lon, *point)
        assert found or far > 0.97 * km
        assert not found or far < 1.03 * km


def test_a_rectangle_and_no_area() -> None:
    """Corners as they are seen; two corners enclose nothing."""
    assert inside([(51, 7), (53, 7)], rectangle(50, 6, 52, 8)) == [True, False]
    assert inside([(51, 7)], [(50, 6), (52, 8)]) == [False]
    assert inside([], rectangle(50, 6, 52, 8)) == []


def test_a_known_distance() -> None:
    """Aachen to Köln, 63 km by the map."""
    assert great_circle_km(50.7753, 6.0839, 50.9413, 6.9583) == pytest.approx(64, abs=1)


def test_one_far_away_does_not_widen_the_region() -> None:
    """A hundred around Aachen and a mistake in Bavaria: the map shows Aachen."""
    points = [(50.7 + n / 1000, 6.0 + n / 1000) for n in range(100)]
    south, west, north, east = region([*points, (48.1, 11.6)])
    assert (50.6, 6.0) < (south, west) < (50.8, 6.1)
    assert north < 50.9
    assert east < 6.2
    assert region([(50.7, 6.1)]) == (50.7, 6.1, 50.7, 6.1)


def test_an_area_has_holes_and_parts() -> None:
    """Inside an odd number of lines: in the ring but not in its hole, and in the part apart."""
    lines = (rectangle(50, 6, 51, 7), rectangle(50.4, 6.4, 50.6, 6.6), rectangle(52, 8, 53, 9))
    assert within([(50.1, 6.1), (50.5, 6.5), (52.5, 8.5), (49.0, 6.5)], lines) == [True, False, True, False]
    assert within([(50.1, 6.1)], ((),)) == [False]

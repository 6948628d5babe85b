"""Phone windows as rules: spread, joined, parted at midnight, right when the clocks change, holidays by place."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.communication.phone_windows import (
    HORIZON_DAYS,
    Window,
    after_window,
    coming_windows,
    free_slot,
    holidays_in_week,
    is_holiday,
)
from domain.database import Database
from domain.geocoding.regions import regions_of
from domain.values import MINUTES_PER_DAY, WeekSpan
from domain.weektime import BERLIN
from tests.examples import examples

WEEK = 7 * MINUTES_PER_DAY
SPANS = st.lists(
    st.tuples(st.integers(0, WEEK - 25), st.integers(25, 2000)).map(lambda s: WeekSpan(s[0], min(s[0] + s[1], WEEK))),
    min_size=1,
    max_size=6,
)
MOMENTS = st.integers(0, 2 * 365 * 24 * 60 * 60).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def minute_of_week(moment: datetime) -> int:
    """By the clock on the wall in Berlin."""
    local = moment.astimezone(BERLIN)
    return local.weekday() * MINUTES_PER_DAY + local.hour * 60 + local.minute


@given(spans=SPANS, moment=MOMENTS)
def test_windows_are_in_order_apart_and_inside_the_hours(spans: list[WeekSpan], moment: datetime) -> None:
    """Whatever overlaps, runs over midnight or falls on a Sunday at two in March."""
    found = coming_windows(spans, moment, region="NW", days=10)
    assert all(window.start < window.end and window.end > moment for window in found)
    assert all(first.end <= then.start for first, then in pairwise(found))
    for window in found:
        assert not is_holiday(window.start.astimezone(BERLIN).date(), "NW")
        assert any(span.start <= minute_of_week(window.start) < span.end for span in spans) or (
            # the hour that does not exist is told as the one after it
            window.start.astimezone(BERLIN).month == 3
        )


@settings(max_examples=examples(20))
@given(spans=SPANS, moment=MOMENTS, calls=st.integers(1, 30), minutes=st.integers(5, 20))
def test_calls_are_spread_as_long_as_there_is_room(
    spans: list[WeekSpan], moment: datetime, calls: int, minutes: int
) -> None:
    """No two nearer than a call takes; closer only where four weeks have no such minute left, and none is refused."""
    distance = timedelta(minutes=minutes)
    windows = coming_windows(spans, moment, region="BY", days=HORIZON_DAYS)
    busy: list[datetime] = []
    for _ in range(calls):
        slot = free_slot(spans, after=moment, taken=busy, region="BY", distance=distance)
        if slot is None:
            assert all(window.end - moment <= timedelta(minutes=5) for window in windows)
            return
        assert slot > moment
        assert any(window.start <= slot < window.end for window in windows)
        if any(abs(slot - other) < distance for other in busy):
            assert not any(room_left(window, moment, busy, distance) for window in windows)
            return
        busy.append(slot)


def room_left(window: Window, moment: datetime, busy: list[datetime], distance: timedelta) -> bool:
    """Whether a window has a minute far enough from every call; tried minute by minute."""
    minute = max(window.start, moment + timedelta(minutes=5))
    while minute < window.end:
        if all(abs(minute - other) >= distance for other in busy):
            return True
        minute += timedelta(minutes=1)
    return False


def test_a_full_month_is_no_reason_to_lose_a_call() -> None:
    """One narrow window a week and fifty calls: the rest share minutes, evenly."""
    monday = [WeekSpan(540, 565)]
    busy: list[datetime] = []
    for _ in range(50):
        slot = free_slot(monday, after=datetime(2026, 6, 1, tzinfo=UTC), taken=busy, region="NW")
        assert slot is not None
        busy.append(slot)
    assert max(busy.count(slot) for slot in busy) <= 3


def test_a_window_over_midnight_has_a_part_on_each_day() -> None:
    """Monday 23:00 to Tuesday 01:00."""
    night = [WeekSpan(23 * 60, 25 * 60)]
    tuesday = datetime(2026, 11, 24, 0, 10, tzinfo=BERLIN)
    assert coming_windows(night, tuesday, region="NW", days=0)[0].end == datetime(2026, 11, 24, 1, tzinfo=BERLIN)


def test_overlapping_windows_are_one() -> None:
    """Who is not reached at 9:45 is not called at 9:55 because a second line of the list ends later."""
    spans = [WeekSpan(540, 590), WeekSpan(570, 720)]
    moment = datetime(2026, 11, 23, 9, 45, tzinfo=BERLIN)
    assert after_window(spans, moment) == datetime(2026, 11, 23, 12, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("day", "region", "closed"),
    [
        (date(2026, 6, 4), "NW", True),  # Fronleichnam
        (date(2026, 6, 4), "BE", False),
        (date(2026, 8, 8), "Augsburg", True),  # Friedensfest
        (date(2026, 8, 8), "BY", False),
        (date(2025, 8, 15), "BY", True),  # Mariä Himmelfahrt
        (date(2025, 8, 15), "SL", True),
        (date(2025, 8, 15), "NW", False),
        (date(2026, 11, 18), "SN", True),  # Buß- und Bettag
        (date(2026, 3, 8), "BE", True),  # Frauentag
        (date(2027, 9, 20), "TH", True),  # Weltkindertag
    ],
)
def test_each_land_keeps_its_own_holidays(day: date, region: str, closed: bool) -> None:
    """And Augsburg one more."""
    assert is_holiday(day, region) is closed


def test_hours_of_a_holiday_week_say_nothing_of_the_holiday() -> None:
    """The week of 1 May 2026, a Friday."""
    assert holidays_in_week(date(2026, 4, 27), "NW") == (date(2026, 5, 1),)
    assert holidays_in_week(date(2026, 11, 23), "NW") == ()


def test_a_postal_code_tells_whose_holidays_a_practice_keeps(database: Database) -> None:
    """The city of Augsburg is not the district around it; an unknown code tells nothing."""
    with database.read() as session:
        found = regions_of(session, ["52062", "10115", "86150", "86420", "01067", "", "99999"])
    assert found == {"52062": "NW", "10115": "BE", "86150": "Augsburg", "86420": "BY", "01067": "SN"}

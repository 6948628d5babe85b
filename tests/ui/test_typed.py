"""Days and times as people type them: read, or refused with the reason that is true."""

from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.typed import Unreadable, read_clock, read_day, read_minutes


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    """With and without leading zeros."""
    assert read_day(f"{day:%d.%m.%Y}") == read_day(f" {day.day}.{day.month}.{day.year}") == day


@given(st.times().map(lambda at: at.replace(second=0, microsecond=0)))
def test_every_minute_is_read_as_it_is_written(at: time) -> None:
    """With a colon or a full stop."""
    assert read_clock(f"{at:%H:%M}") == read_clock(f"{at.hour}.{at:%M}") == at


@given(st.text())
def test_nothing_typed_is_more_than_refused(text: str) -> None:
    """Whatever is typed, it is read or said to be none."""
    for read in (read_day, read_clock):
        with suppress(Unreadable):
            assert (read(text) is None) == (not text.strip())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("30.02.2026", "Den 30.02.2026 gibt es nicht."),
        ("29.2.2026", "Den 29.2.2026 gibt es nicht."),
        ("1.13.2026", "Den 1.13.2026 gibt es nicht."),
        ("30.02.26", "Bitte als TT.MM.JJJJ eingeben."),
        ("2026-02-28", "Bitte als TT.MM.JJJJ eingeben."),
        ("morgen", "Bitte als TT.MM.JJJJ eingeben."),
    ],
)
def test_a_day_that_does_not_exist_is_no_wrong_form(text: str, said: str) -> None:
    """The sentence says which of both it is."""
    with pytest.raises(Unreadable) as refused:
        read_day(text)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("text", "said"), [("24:00", "24:00 Uhr gibt es nicht."), ("8 Uhr", "Bitte als HH:MM eingeben.")]
)
def test_a_time_that_does_not_exist_is_no_wrong_form(text: str, said: str) -> None:
    """The same of times."""
    with pytest.raises(Unreadable) as refused:
        read_clock(text)
    assert str(refused.value) == said


@pytest.mark.parametrize("typed", ["121", "000000000121", "0" * 5000, "٣", "²", "-1", "1.5"])
def test_minutes_that_are_none_are_refused(typed: str) -> None:
    """However many noughts stand before them."""
    assert (read_minutes("120", longest=120), read_minutes(" ", longest=120)) == (120, 0)
    with pytest.raises(Unreadable, match="höchstens 120"):
        read_minutes(typed, longest=120)

"""German words for a day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.communication.reading.dates import find_day
from domain.communication.reading.feasts import easter
from domain.communication.reading.folding import fold

SENT = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("words", "last", "day"),
    [
        ("bis 15.1.", True, date(2027, 1, 15)),
        ("ab 1. März", False, date(2027, 3, 1)),
        ("bis Ende Februar", True, date(2027, 2, 28)),
        ("ab Mitte Januar", False, date(2027, 1, 15)),
        ("in etwa sechs Wochen", False, date(2027, 1, 4)),
        ("Wartezeit ca. 6-9 Monate", True, date(2027, 8, 23)),
        ("rechnen Sie mit einem halben Jahr", True, date(2027, 5, 23)),
        ("ab dem nächsten Quartal", False, date(2027, 1, 1)),
        ("im 2. Quartal 2027", False, date(2027, 4, 1)),
        ("Q3/2027", True, date(2027, 9, 30)),
        ("ab KW 49", False, date(2026, 11, 30)),
        ("ab KW 12", False, date(2027, 3, 22)),
        ("bis 31.12.2026", True, date(2026, 12, 31)),
        ("vom 21.12. bis 6.1.", True, date(2027, 1, 6)),
        ("bis 03/2027", True, date(2027, 3, 31)),
        ("am 3. bin ich wieder da", True, date(2026, 12, 3)),
        ("seit Oktober, ab Mai wieder", False, date(2027, 5, 1)),
        ("bis Ostern", True, date(2027, 3, 28)),
        ("nach Dreikönig", False, date(2027, 1, 6)),
        ("bis Sommer", True, date(2027, 8, 31)),
        ("bis Montag", True, date(2026, 11, 30)),
        ("am 31.2.", True, None),
        ("irgendwann", True, None),
        ("Frau Mai ruft an", True, None),
    ],
)
def test_german_words_for_a_day(words: str, last: bool, day: date | None) -> None:
    """Written as practices write them, in November 2026."""
    assert find_day(fold(words).text, sent_on=SENT, last=last) == day


def test_easter_is_on_its_day() -> None:
    """As calendars have it."""
    assert [easter(year) for year in (2024, 2025, 2026, 2027, 2038)] == [
        date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28), date(2038, 4, 25),
    ]  # fmt: skip


@given(st.text(max_size=120), st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.booleans())
def test_no_text_breaks_the_calendar(text: str, sent_on: date, last: bool) -> None:
    """Whatever is written, on whatever day."""
    found = find_day(fold(text).text, sent_on=sent_on, last=last)
    assert found is None or isinstance(found, date)


@pytest.mark.parametrize(
    "words",
    ["ab 30. Februar", "ab 31.02.2027", "ab 31.11.", "ab dem 45. Mai", "ab 1.1.99999", "ab 12.1.1999", "ab 1.1.9999"],
)
def test_a_day_nobody_can_mean_is_none(words: str) -> None:
    """One its month does not have is not the month's first; one long past or far off is a slip of the pen."""
    assert find_day(fold(words).text, sent_on=SENT, last=False) is None

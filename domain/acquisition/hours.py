"""Published hours: calendar days of one week, folded to weekdays. No hours at all means unknown, not "never"."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from domain.acquisition.clock import plain, spans
from domain.acquisition.text import clean
from domain.values import MINUTES_PER_DAY, WeekSpan

WEEKDAYS = {"mo": 0, "di": 1, "mi": 2, "do": 3, "fr": 4, "sa": 5, "so": 6}
OFTEN = 40  # characters of hours that many practices write alike
LONGEST_DAY = len("2026-11-23")


@dataclass(slots=True)
class Week:
    """Hours gathered from a file: spans, the days they were published for, and what could not be read."""

    phone: set[WeekSpan] = field(default_factory=set)
    office: set[WeekSpan] = field(default_factory=set)
    days: list[date] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, weekday: int, text: str, *, by_phone: bool) -> None:
        """Add every time span of a text to a weekday (0 Monday)."""
        for span in spans_of(weekday, text, self.notes):
            (self.phone if by_phone else self.office).add(span)


def spans_of(weekday: int, text: str, notes: list[str]) -> Iterator[WeekSpan]:
    """The time spans a text like "09:00-09:50; 14:00 bis 15:00" names on a weekday."""
    times, remarks = _often(text) if len(text) <= OFTEN else _times(text)
    notes += remarks
    first = weekday * MINUTES_PER_DAY
    for start, end in times:
        yield WeekSpan(first + start, first + end)


def _times(text: str) -> tuple[tuple[tuple[int, int], ...], tuple[str, ...]]:
    """The times of a day (minutes from and to) a text names, and what is to be noted of it."""
    found = tuple(spans(plain(clean(text))))
    if not found and any(c.isdigit() for c in text):
        return (), ("hours_unreadable",)
    return tuple(span for span in found if span is not None), ("hours_impossible",) * found.count(None)


_often = lru_cache(1024)(_times)


def weekday_of(text: str) -> int | None:
    """The weekday of "Mo.", "Montag", "Mo 12.01.2026"; None when it is none."""
    return WEEKDAYS.get(clean(text)[:2].lower())


def day_of(text: str, *, today: date, weekday: int | None = None) -> date | None:
    """The day of "2026-11-23" or "23.11.".

    Without a year it is the one that falls on the weekday, if that is known, and is nearest to the file's date
    (a file of December read in January).
    """
    return None if len(text := clean(text)) > LONGEST_DAY else _day_of(text, today, weekday)


@lru_cache(1024)  # a directory's file names the same seven days for everybody
def _day_of(text: str, today: date, weekday: int | None) -> date | None:
    if match := re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text):
        return _date(*(int(part) for part in match.groups()))
    if match := re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.?", text):
        candidates = [_date(today.year + shift, int(match[2]), int(match[1])) for shift in (-1, 0, 1)]
        days = [candidate for candidate in candidates if candidate is not None]
        fitting = [day for day in days if day.weekday() == weekday]
        return min(fitting or days, key=lambda d: abs(d - today), default=None)
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def published(spans: Iterable[WeekSpan]) -> tuple[WeekSpan, ...] | None:
    """Sorted spans; None where none were published (a holiday week shows none, too)."""
    return tuple(sorted(spans)) or None


def as_of(days: Iterable[date]) -> date | None:
    """Monday of the week the hours were published for."""
    first = min(days, default=None)
    return None if first is None else first - timedelta(days=first.weekday())

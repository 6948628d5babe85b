"""The office's day, Berlin's; weekly times as int4multirange and as lists of WeekSpan (minutes since Monday 00:00)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import Range

from domain.values import WeekSpan

BERLIN = ZoneInfo("Europe/Berlin")


def office_day(now: datetime) -> date:
    """The day it is in the office, whatever zone a moment is told in."""
    return now.astimezone(BERLIN).date()


def to_multirange(spans: Iterable[WeekSpan] | None) -> list[Range[int]] | None:
    """For storing; None stays None (unknown), an empty list is "never"."""
    if spans is None:
        return None
    return [Range(span.start, span.end) for span in merged(spans)]


def from_multirange(value: Iterable[Any] | None) -> tuple[WeekSpan, ...] | None:
    """From a stored value (SQLAlchemy or psycopg ranges), sorted; None stays None."""
    if value is None:
        return None
    return tuple(sorted(WeekSpan(item.lower, item.upper) for item in value))


def merged(spans: Iterable[WeekSpan]) -> tuple[WeekSpan, ...]:
    """Overlapping and touching spans joined, in order, as PostgreSQL would."""
    joined: list[WeekSpan] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = WeekSpan(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def common(first: Iterable[WeekSpan], second: Iterable[WeekSpan], *, minutes: int) -> tuple[WeekSpan, ...]:
    """Where both are free for at least so many minutes in one piece, in order."""
    others = merged(second)
    shared = (
        WeekSpan(max(one.start, other.start), min(one.end, other.end))
        for one in merged(first)
        for other in others
        if min(one.end, other.end) - max(one.start, other.start) >= minutes
    )
    return tuple(sorted(shared))

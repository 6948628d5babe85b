"""When a practice answers the phone: weekly windows folded from published hours, holidays, and free slots in them.

Windows are published for one calendar week; folded to weekdays they are a good guess, nothing more. Pure, no database.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.values import MINUTES_PER_DAY, WeekSpan

BERLIN = ZoneInfo("Europe/Berlin")
SLOT = timedelta(minutes=5)  # the shortest distance between two planned calls of one person
HORIZON_DAYS = 28
SHORTEST_UNIT = 25  # minutes
FULL_SEAT_MINUTES, HALF_SEAT_MINUTES = 200, 100
# Where a practice publishes no hours: weekday mornings, when most practices publish theirs.
DEFAULT_WINDOWS = tuple(WeekSpan(day * MINUTES_PER_DAY + 9 * 60, day * MINUTES_PER_DAY + 12 * 60) for day in range(5))


def free_slot(
    windows: Sequence[WeekSpan], *, after: datetime, taken: Collection[datetime], land: str
) -> datetime | None:
    """The first slot (UTC) inside a phone window that no other call occupies; None within four weeks.

    `after` is aware; public holidays of `land` (two letters, e.g. NW) are skipped.
    """
    local = after.astimezone(BERLIN)
    busy = {moment.astimezone(UTC) for moment in taken}
    for offset in range(HORIZON_DAYS):
        day = local.date() + timedelta(days=offset)
        if is_holiday(day, land):
            continue
        for start, end in _windows_of(windows, day):
            slot = start
            while slot < end:
                moment = slot.astimezone(UTC)
                if slot > local and all(abs(moment - other) >= SLOT for other in busy):
                    return moment
                slot += SLOT
    return None


def _windows_of(windows: Sequence[WeekSpan], day: date) -> list[tuple[datetime, datetime]]:
    midnight = datetime.combine(day, time(0), BERLIN)
    first = day.weekday() * MINUTES_PER_DAY
    return [
        (_at(midnight, span.start - first), _at(midnight, min(span.end - first, MINUTES_PER_DAY)))
        for span in sorted(windows)
        if first <= span.start < first + MINUTES_PER_DAY
    ]


def _at(midnight: datetime, minutes: int) -> datetime:
    # wall clock, so that a window at 9:00 stays at 9:00 on the day the clocks change
    return midnight + timedelta(minutes=minutes)


def after_window(windows: Sequence[WeekSpan], moment: datetime) -> datetime:
    """The end (UTC) of the phone window that is open at a moment; the moment itself outside of all windows."""
    local = moment.astimezone(BERLIN)
    ends = [end for start, end in _windows_of(windows, local.date()) if start <= local < end]
    return max(ends).astimezone(UTC) if ends else moment


@lru_cache(maxsize=4096)
def is_holiday(day: date, land: str) -> bool:
    """Whether a day is a public holiday of a Land (two letters, e.g. NW)."""
    # heavy, and needed only when a call is planned or shown
    import holidays

    return day in holidays.country_holidays("DE", subdiv=land, years=day.year)


@dataclass(frozen=True, slots=True)
class Window:
    """A phone window on a day (UTC)."""

    start: datetime
    end: datetime


def coming_windows(windows: Sequence[WeekSpan], moment: datetime, *, land: str, days: int) -> tuple[Window, ...]:
    """The windows that are open at a moment or begin within so many days, holidays left out, in order."""
    local = moment.astimezone(BERLIN)
    found = [
        Window(start.astimezone(UTC), end.astimezone(UTC))
        for offset in range(days + 1)
        if not is_holiday(local.date() + timedelta(days=offset), land)
        for start, end in _windows_of(windows, local.date() + timedelta(days=offset))
    ]
    return tuple(window for window in found if window.end > moment)


def untried(windows: Sequence[WeekSpan], attempts: Collection[datetime]) -> Sequence[WeekSpan]:
    """The windows in which nobody tried yet; all of them once every one was tried."""
    minutes = {_minute_of_week(moment) for moment in attempts}
    fresh = [span for span in windows if not any(span.start <= minute < span.end for minute in minutes)]
    return fresh or windows


def published_minutes(windows: Sequence[WeekSpan]) -> int:
    """Minutes a week at which the practice says it answers; spans below 25 minutes do not count.

    A full seat owes 200, a half one 100, in units of at least 25 minutes (§ 1 (8) Psychotherapie-Vereinbarung).
    """
    return sum(span.end - span.start for span in windows if span.end - span.start >= SHORTEST_UNIT)


def _minute_of_week(moment: datetime) -> int:
    local = moment.astimezone(BERLIN)
    return local.weekday() * MINUTES_PER_DAY + local.hour * 60 + local.minute

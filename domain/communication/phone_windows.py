"""When a practice answers the phone: weekly windows folded from published hours, holidays, and free slots in them.

Windows are published for one calendar week; folded to weekdays they are a good guess, nothing more. Pure, no database.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from domain.values import MINUTES_PER_DAY, WeekSpan
from domain.weektime import BERLIN, merged

SLOT = timedelta(minutes=5)  # the shortest distance between two planned calls of one person
HORIZON_DAYS = 28
SHORTEST_UNIT = 25  # minutes
MOST_MINUTES = 24 * 60  # a week; more are office hours rather than hours somebody answers the phone
FULL_SEAT_MINUTES, HALF_SEAT_MINUTES = 200, 100
# Where a practice publishes no hours: weekday mornings, when most practices publish theirs.
DEFAULT_WINDOWS = tuple(WeekSpan(day * MINUTES_PER_DAY + 9 * 60, day * MINUTES_PER_DAY + 12 * 60) for day in range(5))


@dataclass(frozen=True, slots=True)
class Window:
    """A phone window on a day (UTC)."""

    start: datetime
    end: datetime


def free_slot(
    windows: Sequence[WeekSpan],
    *,
    after: datetime,
    taken: Collection[datetime],
    region: str,
    distance: timedelta = SLOT,
) -> datetime | None:
    """The first minute (UTC) inside a phone window with no other call nearer than `distance`.

    `after` is aware; public holidays of `region` (`domain.geocoding.regions`) are skipped. Where four weeks are full,
    calls stand closer: the least crowded minute. None only where no window opens in that time.
    """
    start = _next_mark(after.astimezone(UTC))
    busy = sorted(moment.astimezone(UTC) for moment in taken)
    open_times = [
        Window(max(window.start, start), window.end)
        for window in coming_windows(windows, start, region=region, days=HORIZON_DAYS)
        if window.end > start
    ]
    for window in open_times:
        slot = window.start
        while slot < window.end:
            clash = max((other for other in busy if abs(slot - other) < distance), default=None)
            if clash is None:
                return slot
            slot = clash + distance
    return min(
        (minute for window in open_times for minute in _marks(window)),
        key=lambda minute: (sum(abs(minute - other) < distance for other in busy), minute),
        default=None,
    )


def _next_mark(moment: datetime) -> datetime:
    """The next five minutes on the clock, after the moment."""
    return datetime.fromtimestamp((moment.timestamp() // SLOT.total_seconds() + 1) * SLOT.total_seconds(), UTC)


def _marks(window: Window) -> Iterator[datetime]:
    minute = window.start
    while minute < window.end:
        yield minute
        minute += SLOT


def _windows_of(windows: Sequence[WeekSpan], day: date) -> list[Window]:
    """The windows of a day, those that meet joined; one that runs over midnight has a part on each day."""
    midnight = datetime.combine(day, time(0), BERLIN)
    first = day.weekday() * MINUTES_PER_DAY
    parts = [
        Window(_at(midnight, max(span.start - first, 0)), _at(midnight, min(span.end - first, MINUTES_PER_DAY)))
        for span in merged(windows)
        if span.start < first + MINUTES_PER_DAY and span.end > first
    ]
    return [part for part in parts if part.start < part.end]  # none where the clocks skip its hour


def _at(midnight: datetime, minutes: int) -> datetime:
    # wall clock, so that a window at 9:00 stays at 9:00 on the day the clocks change
    return (midnight + timedelta(minutes=minutes)).astimezone(UTC)


def after_window(windows: Sequence[WeekSpan], moment: datetime) -> datetime:
    """The end (UTC) of the phone window that is open at a moment; the moment itself outside of all windows."""
    today = _windows_of(windows, moment.astimezone(BERLIN).date())
    return next((window.end for window in today if window.start <= moment < window.end), moment)


def is_holiday(day: date, region: str) -> bool:
    """Whether a day is a public holiday of a region: a Land (two letters, e.g. NW) or Augsburg."""
    return day in _holidays(region, day.year)


@lru_cache(maxsize=256)
def _holidays(region: str, year: int) -> frozenset[date]:
    # heavy, and needed only when a call is planned or shown
    import holidays

    # Mariä Himmelfahrt is kept in five of six communities of Bavaria: to ring there in vain is dearer than to wait
    kinds = ("public", "catholic") if region == "BY" else ("public",)
    return frozenset(holidays.country_holidays("DE", subdiv=region, years=year, categories=kinds))


def holidays_in_week(monday: date, region: str) -> tuple[date, ...]:
    """The working days of a week that were holidays: hours published for it say nothing of them."""
    days = (monday + timedelta(days=n) for n in range(5))
    return tuple(day for day in days if is_holiday(day, region))


def coming_windows(windows: Sequence[WeekSpan], moment: datetime, *, region: str, days: int) -> tuple[Window, ...]:
    """The windows that are open at a moment or begin within so many days, holidays left out, in order."""
    today = moment.astimezone(BERLIN).date()
    coming = (today + timedelta(days=offset) for offset in range(days + 1))
    found = [w for day in coming if not is_holiday(day, region) for w in _windows_of(windows, day)]
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

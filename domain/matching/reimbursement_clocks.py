"""The clocks of the way to reimbursement: the appointment service's and the insurer's. Pure, days only.

Sources: § 75 Abs. 1a SGB V (one week to mediate an appointment, which may lie four weeks off; two weeks for acute
treatment) and § 13 Abs. 3a SGB V (three weeks from receipt; five with a medical opinion, if the insured person was
told of it within the three). A period ends as § 26 SGB X says: not on a Saturday, Sunday or public holiday, but on the
next working day. Nothing of it holds for who is insured privately.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

TSS_DAYS = {"": 35, "timely": 35, "acute": 14}
DECISION_WEEKS, OPINION_WEEKS = 3, 5


class ClockState(StrEnum):
    """How a clock stands."""

    STOPPED = "stopped"  # what it waits for has happened, in time
    LATE = "late"  # it has happened, after the end
    RUNNING = "running"
    OVER = "over"
    EXCUSED = "excused"  # the insurer told why it takes longer


@dataclass(frozen=True, slots=True)
class Clock:
    """A period: its first day, its last, its length in days, and how it stands on a day.

    `excused_until` is the day the insurer named when it told in time why it takes longer.
    """

    begins: date
    ends: date
    days: int
    state: ClockState
    excused_until: date | None = None

    @property
    def lapses_on(self) -> date:
        """The last day to wait for."""
        return self.ends if self.excused_until is None else max(self.ends, self.excused_until)


def tss_clock(*, asked_on: date, urgency: str, answered_on: date | None, today: date) -> Clock:
    """The appointment service's clock, from the day it was asked. Its days are days of the calendar."""
    days = TSS_DAYS[urgency]
    ends = asked_on + timedelta(days=days)
    return Clock(asked_on, ends, days, _state(ends, answered_on, today))


def insurer_clock(
    *,
    applied_on: date,
    opinion_told_on: date | None,
    decided_on: date | None,
    delay_told_on: date | None,
    delay_until: date | None,
    today: date,
    land: str,
) -> Clock:
    """The insurer's clock, from the day the application arrived there; `land` says which holidays count.

    `opinion_told_on`: when the insured person was told that an opinion is asked; after three weeks it is too late.
    """

    def end_of(weeks: int) -> date:
        return next_working_day(applied_on + timedelta(weeks=weeks), land)

    told = opinion_told_on is not None and opinion_told_on <= end_of(DECISION_WEEKS)
    weeks = OPINION_WEEKS if told else DECISION_WEEKS
    ends = end_of(weeks)
    in_time = delay_told_on is not None and delay_told_on <= ends
    clock = Clock(applied_on, ends, 7 * weeks, ClockState.RUNNING, delay_until if in_time else None)
    state = _state(clock.lapses_on, decided_on, today)
    if in_time and decided_on is None and today > ends and (delay_until is None or today <= clock.lapses_on):
        state = ClockState.EXCUSED
    return replace(clock, state=state)


def next_working_day(day: date, land: str) -> date:
    """The day itself, or the first after it that is no Saturday, Sunday or public holiday."""
    import holidays

    while day.weekday() >= 5 or day in holidays.country_holidays("DE", subdiv=land, years=day.year):
        day += timedelta(days=1)
    return day


def _state(ends: date, done_on: date | None, today: date) -> ClockState:
    if done_on is not None:
        return ClockState.STOPPED if done_on <= ends else ClockState.LATE
    return ClockState.RUNNING if today <= ends else ClockState.OVER

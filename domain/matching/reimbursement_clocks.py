"""The clocks of the way to reimbursement: the appointment service's and the insurer's. Pure, days only.

Sources: § 75 Abs. 1a SGB V (one week to mediate an appointment, which may lie four weeks off; two weeks for acute
treatment) and § 13 Abs. 3a SGB V (three weeks from receipt, five with a medical opinion). A period ends as § 26 SGB X
says: not on a Saturday, Sunday or public holiday, but on the next working day.
"""

from dataclasses import dataclass
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
    """A period: its first day, its last, its length in days, and how it stands on a day."""

    begins: date
    ends: date
    days: int
    state: ClockState


def tss_clock(*, asked_on: date, urgency: str, answered_on: date | None, today: date) -> Clock:
    """The appointment service's clock, from the day it was asked. Its days are days of the calendar."""
    days = TSS_DAYS[urgency]
    ends = asked_on + timedelta(days=days)
    return Clock(asked_on, ends, days, _state(ends, answered_on, today))


def insurer_clock(
    *,
    applied_on: date,
    opinion_asked: bool,
    decided_on: date | None,
    delay_told_on: date | None,
    today: date,
    land: str,
) -> Clock:
    """The insurer's clock, from the day the application arrived there; `land` says which holidays count."""
    days = 7 * (OPINION_WEEKS if opinion_asked else DECISION_WEEKS)
    ends = next_working_day(applied_on + timedelta(days=days), land)
    state = _state(ends, decided_on, today)
    if state is ClockState.OVER and delay_told_on is not None and delay_told_on <= ends:
        state = ClockState.EXCUSED
    return Clock(applied_on, ends, days, state)


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

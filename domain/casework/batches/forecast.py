"""When the mails of a batch leave, and how long it takes: undo window, sending hours, so many an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from domain.access import office
from domain.communication.accounts import default_account_id
from domain.communication.leaving import WayOut, way_out
from domain.communication.send_times import HOUR, hourly_limit, next_opening, undo_window

SECONDS_A_MAIL = 0.25  # four at once, about a second each with a usual server
SECONDS_A_LINE = 0.2  # measured by benchmarks/test_batches.py


@dataclass(frozen=True, slots=True)
class Forecast:
    """`first` and `last` mail (UTC), `per_hour` None without a limit, `undo_seconds` in which all can be taken back.

    With a limit both are the earliest there can be: what waits besides, of other teams, too, takes its turn.
    `out` is the way by which they leave, and what keeps them.
    """

    first: datetime
    last: datetime
    per_hour: int | None
    undo_seconds: int
    out: WayOut


def forecast(session: Session, mails: int, *, now: datetime, under_way: bool = False) -> Forecast:
    """For some mails that are released now, or (`under_way`) wait already, their undo window over."""
    settings = office(session)
    account_id = default_account_id(session)
    per_hour = hourly_limit(session, settings, account_id)
    undo = undo_window(settings, in_batch=True)
    first = next_opening(now if under_way else now + undo, settings)
    seconds = mails * (SECONDS_A_MAIL if under_way else max(SECONDS_A_MAIL, SECONDS_A_LINE))
    last = first + timedelta(seconds=seconds)
    if per_hour is not None:
        for _ in range(max(0, -(-mails // per_hour) - 1)):
            last = next_opening(last + HOUR, settings)
    return Forecast(first, last, per_hour, int(undo.total_seconds()), way_out(session, account_id, now=now))

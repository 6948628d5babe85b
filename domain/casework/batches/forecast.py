"""When the mails of a batch leave, and how long it takes: undo window, sending hours, so many an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from domain.access import office
from domain.communication.account_models import MailAccount
from domain.communication.account_states import in_the_way
from domain.communication.accounts import default_account_id
from domain.communication.send_times import HOUR, next_opening, undo_window

SECONDS_A_MAIL = 0.25  # four at once, about a second each with a usual server
SECONDS_A_LINE = 0.2  # measured by benchmarks/test_batches.py


@dataclass(frozen=True, slots=True)
class Forecast:
    """`first` and `last` mail (UTC), `per_hour` None without a limit, `undo_seconds` in which all can be taken back.

    `has_account` says whether the office has one that sends them; else they wait for a person to send them by hand.
    `trouble` is the code of what keeps all its mails now, and not only one of them (empty: nothing), `server` its
    host:port.
    """

    first: datetime
    last: datetime
    per_hour: int | None
    undo_seconds: int
    has_account: bool
    trouble: str = ""
    server: str = ""


def forecast(session: Session, mails: int, *, now: datetime, under_way: bool = False) -> Forecast:
    """For some mails that are released now, or (`under_way`) wait already, their undo window over."""
    settings = office(session)
    limits = [settings.mails_per_hour]
    account_id = default_account_id(session)
    trouble = server = ""
    if account_id is not None:
        account = session.get_one(MailAccount, account_id)
        limits.append(account.mails_per_hour)
        trouble = in_the_way(session, account_id, now=now) if account.confirmed else "mail_account.unconfirmed"
        server = f"{account.smtp_host}:{account.smtp_port}"
    per_hour = min((limit for limit in limits if limit is not None), default=None)
    undo = undo_window(settings, in_batch=True)
    first = next_opening(now if under_way else now + undo, settings)
    seconds = mails * (SECONDS_A_MAIL if under_way else max(SECONDS_A_MAIL, SECONDS_A_LINE))
    last = first + timedelta(seconds=seconds)
    if per_hour is not None:
        for _ in range(max(0, -(-mails // per_hour) - 1)):
            last = next_opening(last + HOUR, settings)
    return Forecast(first, last, per_hour, int(undo.total_seconds()), account_id is not None, trouble, server)

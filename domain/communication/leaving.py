"""When mails leave, and what keeps them: for whoever has just sent one, or is about to release many."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from domain.access import office
from domain.communication.account_models import MailAccount
from domain.communication.account_states import in_the_way
from domain.communication.accounts import sending_account_id
from domain.communication.models import Email
from domain.communication.queries import mail_of_inquiry
from domain.communication.send_times import hourly_limit


@dataclass(frozen=True, slots=True)
class WayOut:
    """By what mails leave. `has_account`: whether one sends them; else the worker's own server does, if it has one.

    That it has one (`claiming.claim`, `without_account`) is known to the worker alone.

    `trouble` is the code of what keeps all of them now, and not only one (empty: nothing), `server` its host:port.
    """

    has_account: bool
    trouble: str = ""
    server: str = ""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A mail that waits: not before `at` (None: the worker has it), by which way, and how many leave in an hour.

    `per_hour` is None without a limit. With one, nobody can say how many wait before it: other teams' are not seen.
    """

    at: datetime | None
    out: WayOut
    per_hour: int | None = None


def way_out(session: Session, account_id: int | None, *, now: datetime) -> WayOut:
    """How mails of an account leave now, else by the default one."""
    goes_by = sending_account_id(session, account_id)
    if goes_by is None:
        return WayOut(has_account=False)
    account = session.get_one(MailAccount, goes_by)
    trouble = in_the_way(session, goes_by, now=now)
    return WayOut(has_account=True, trouble=trouble, server=f"{account.smtp_host}:{account.smtp_port}")


def leaving(session: Session, email_id: int, *, now: datetime) -> Leaving:
    """How a mail that was just queued leaves."""
    email = session.get_one(Email, email_id)
    goes_by = sending_account_id(session, email.account_id)
    limit = hourly_limit(session, office(session), goes_by) if email.not_before is not None else None
    return Leaving(email.not_before, way_out(session, goes_by, now=now), limit)


def inquiry_leaving(session: Session, inquiry_id: int, *, now: datetime) -> Leaving | None:
    """The same of the mail of an inquiry that was just made; None where it has none: a call, a letter."""
    email_id = mail_of_inquiry(session, inquiry_id)
    return leaving(session, email_id, now=now) if email_id is not None else None

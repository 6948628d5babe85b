"""Before a practice is reminded by hand: whether it is time, what it would read, whether it has answered already."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.access import office
from domain.casework.letters import compose
from domain.communication.incoming.models import IncomingEmail
from domain.communication.mails import Letter
from domain.matching.inquiries import items_of
from domain.matching.models import Inquiry
from domain.matching.silence import silent_since
from domain.matching.states import OPEN_ITEM, ItemStatus
from domain.therapists.models import Therapist
from domain.values import Channel
from domain.weektime import office_day


@dataclass(frozen=True, slots=True)
class ReminderOutlook:
    """What a reminder made now would be.

    `unread` is a mail of the practice about this inquiry that nobody has read (its id): it comes first. `due_at` is
    when the office would remind, `since` when the practice heard last; without a mail there is no `letter` and no `to`.
    """

    unread: int | None
    since: datetime | None
    due_at: datetime | None
    last_reminded_at: datetime | None
    to: str
    letter: Letter | None


def reminder_outlook(session: Session, inquiry_id: int, *, now: datetime) -> ReminderOutlook:
    """Look before reminding; nothing is written."""
    inquiry = session.get_one(Inquiry, inquiry_id)
    therapist = session.get_one(Therapist, inquiry.therapist_id)
    heard = [at for at in (inquiry.clock_started_at, inquiry.last_reminded_at) if at is not None]
    since, silent = max(heard, default=None), silent_since(session, inquiry_id)
    waiting = [item for item in items_of(session, inquiry_id) if ItemStatus(item.status) in OPEN_ITEM]
    mailed = inquiry.channel == Channel.EMAIL and bool(therapist.email) and bool(waiting)
    return ReminderOutlook(
        unread=unread_of(session, inquiry_id),
        since=since,
        due_at=silent + timedelta(days=office(session).follow_up_days) if silent is not None else None,
        last_reminded_at=inquiry.last_reminded_at,
        to=therapist.email if mailed else "",
        letter=compose(session, "reminder", inquiry, waiting, today=office_day(now)) if mailed else None,
    )


def unread_of(session: Session, inquiry_id: int) -> int | None:
    """The oldest mail about an inquiry that came in and that nobody has settled; a mail server's report is none."""
    return session.scalar(
        select(IncomingEmail.id)
        .where(IncomingEmail.inquiry_id == inquiry_id, IncomingEmail.status == "unread", IncomingEmail.kind != "bounce")
        .order_by(IncomingEmail.received_at, IncomingEmail.id)
        .limit(1)
    )

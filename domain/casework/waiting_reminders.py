"""Reminders that have not left the office when what they remind of changes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.casework.letters import compose
from domain.casework.printed_letters import drop_waiting, write_letter
from domain.communication.mails import cancel_mail, rewrite, still_here
from domain.communication.models import Email
from domain.matching.inquiries import items_of
from domain.matching.models import Inquiry
from domain.matching.states import OPEN_ITEM, ItemStatus
from domain.therapists.asking import may_be_asked
from domain.therapists.models import Therapist
from domain.weektime import office_day


def waiting_mails(session: Session, inquiry_id: int) -> Sequence[Email]:
    """Reminders of an inquiry that have not left the office, held until the transaction ends."""
    return session.scalars(
        select(Email)
        .where(Email.inquiry_id == inquiry_id, Email.kind == "reminder", still_here())
        .order_by(Email.id)
        .with_for_update(key_share=True)
    ).all()


def renew_reminders(session: Session, inquiry: Inquiry, *, now: datetime) -> None:
    """Let waiting reminders name only who still waits; without anybody, or a practice to remind, they are dropped.

    A reminder on paper that waits for the printer is one like a mail in the outbox.
    """
    session.flush()
    mails = waiting_mails(session, inquiry.id)
    on_paper = drop_waiting(session, inquiry.id, "reminder")
    if not (mails or on_paper):
        return
    left = [item for item in items_of(session, inquiry.id) if ItemStatus(item.status) in OPEN_ITEM]
    therapist = session.get_one(Therapist, inquiry.therapist_id)
    if not (left and may_be_asked(therapist.status, therapist.blocked_until, today=office_day(now))):
        for mail in mails:
            cancel_mail(session, mail.id)
        return
    for mail in mails:
        letter = compose(session, "reminder", inquiry, left, today=office_day(now))
        rewrite(session, mail, letter, item_ids=[item.id for item in left])
    if on_paper:
        write_letter(session, "reminder", inquiry, left, now=now)

"""Following up: reminding a practice by mail, call or letter, or leaving it in peace while it is away."""

from datetime import date, datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain import events
from domain.casework.letters import queue_letter
from domain.casework.printed_letters import drop_waiting, has_waiting, write_letter
from domain.casework.reminder_outlook import unread_of
from domain.communication import mails
from domain.communication.calls import cancel_call, plan_call, postpone_calls
from domain.communication.contacts import OPEN_CALLS
from domain.communication.models import PhoneCall
from domain.communication.numbers import number_of
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid
from domain.matching.inquiries import (
    current_state,
    items_of,
    note_out_of_office,
    note_reminder,
    take_back_reminder,
)
from domain.matching.models import Inquiry
from domain.matching.silence import CHASE
from domain.matching.states import INQUIRY, OPEN_ITEM, InquiryState, ItemStatus
from domain.therapists.asking import may_be_asked
from domain.therapists.models import Therapist
from domain.values import Channel
from domain.weektime import BERLIN, office_day

_DUE = f"""
    SELECT q.id FROM matching_service.inquiry q JOIN therapist_service.therapist t ON t.id = q.therapist_id
    JOIN platform.office o ON o.id = 1
    WHERE {CHASE} AND (cast(:one AS bigint) IS NULL OR q.id = :one) ORDER BY q.id"""


def remind(
    session: Session,
    inquiry_id: int,
    *,
    now: datetime,
    by_phone: bool = False,
    delay: timedelta = timedelta(0),
) -> int | None:
    """Follow up: by a mail where the inquiry went by mail, else (or `by_phone`) by a planned call; returns its id.

    A practice whose address is gone is called, one without a telephone gets a letter, which counts as a reminder once
    it is printed. A mail waits for `delay`. Works again and again, for inquiries made by phone too; a call that is
    still to come is not planned twice, nor a letter written while one waits for the printer.
    Raises Invalid where the practice may not be asked any more, Conflict (``inquiry.reply_unread``) while a mail of
    theirs about it is unread, unless one follows up by phone.
    """
    inquiry = load_for_edit(session, Inquiry, inquiry_id)
    if not by_phone and (unread := unread_of(session, inquiry_id)) is not None:
        raise Conflict("inquiry.reply_unread", inquiry_id=inquiry_id, incoming_id=unread)
    therapist = session.get_one(Therapist, inquiry.therapist_id)
    if not may_be_asked(therapist.status, therapist.blocked_until, today=office_day(now)):
        raise Invalid("inquiry.practice_closed", inquiry_id=inquiry_id)
    items = items_of(session, inquiry_id)
    open_items = [item for item in items if ItemStatus(item.status) in OPEN_ITEM]
    by_mail = inquiry.channel == Channel.EMAIL and bool(therapist.email) and not by_phone
    if not (by_mail or by_phone or number_of(session, inquiry.therapist_id)):
        INQUIRY.check(current_state(session, inquiry, items), InquiryState.REMINDED)
        if not open_items or has_waiting(session, inquiry_id, "reminder"):
            return None
        return write_letter(session, "reminder", inquiry, open_items, now=now).id
    note_reminder(session, inquiry_id, now=now)
    if by_mail:
        return queue_letter(session, "reminder", inquiry, open_items, now=now, delay=delay)
    midnight = now.astimezone(BERLIN).replace(hour=0, minute=0, second=0, microsecond=0)
    planned = session.scalar(
        select(PhoneCall.id).where(
            PhoneCall.inquiry_id == inquiry_id, PhoneCall.status.in_(OPEN_CALLS), PhoneCall.planned_at >= midnight
        )
    )
    return planned or plan_call(session, inquiry.therapist_id, now=now, inquiry_id=inquiry.id)


def due_for_reminder(session: Session, *, now: datetime, inquiry_id: int | None = None) -> tuple[int, ...]:
    """Inquiries whose practice was silent for the office's days (the chase list); of one, whether it is among them.

    Those about somebody one sees: who sees nobody of it cannot write the letter.
    """
    session.flush()
    return tuple(session.scalars(text(_DUE), {"now": now, "one": inquiry_id}))


def take_reminder_back(
    session: Session,
    inquiry_id: int,
    email_id: int | None,
    *,
    at: datetime,
    before: datetime | None,
    call_id: int | None = None,
) -> None:
    """A reminder made at a time that did not leave the office never was one: its mail, call or letter is dropped."""
    inquiry = load_for_edit(session, Inquiry, inquiry_id)
    if email_id is None and drop_waiting(session, inquiry_id, "reminder"):
        events.record(session, "inquiry.reminder_taken_back", inquiry.id)
        return  # it counts only once it is printed
    if email_id is not None:
        mails.cancel_mail(session, email_id)
    elif call_id is not None:
        cancel_call(session, call_id, reason="undone")
    take_back_reminder(session, inquiry, at=at, before=before)


def note_absence(session: Session, inquiry_id: int, *, until: date, now: datetime, version: int | None = None) -> None:
    """The practice is away: its clocks stand still, and nobody calls it before. Raises as `note_out_of_office`."""
    note_out_of_office(session, inquiry_id, until=until, now=now, version=version)
    session.flush()
    postpone_calls(session, inquiry_id, now=now)

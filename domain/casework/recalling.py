"""A waiting mail is taken back where it lies: whatever its kind, and with what it counted for."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.casework.release import UNSENT
from domain.casework.sending import undo_sending
from domain.casework.taking import first_letter_of, lock_inquiry_first
from domain.communication.mails import cancel_mail, refuse_outside
from domain.communication.models import ContactEntry, Email
from domain.editing import load_for_edit
from domain.matching.inquiries import take_back_reminder
from domain.matching.models import Inquiry


def take_mail_back(session: Session, email_id: int, *, now: datetime, version: int | None = None) -> None:
    """Let a mail stay here that has not left; an inquiry it was to make, or a reminder, is not made with it.

    Raises Conflict when it is too late, a person has it outside, or somebody changed it meanwhile.
    """
    lock_inquiry_first(session, email_id)
    email = load_for_edit(session, Email, email_id, version)
    refuse_outside(session, email)
    asked = first_letter_of(session, email)
    if asked is not None and asked.stage in UNSENT:
        undo_sending(session, asked.id, now=now)
        return
    cancel_mail(session, email_id)
    if email.kind != "reminder" or email.inquiry_id is None:
        return
    inquiry = load_for_edit(session, Inquiry, email.inquiry_id)
    before = session.scalar(
        select(func.max(ContactEntry.at)).where(
            ContactEntry.inquiry_id == inquiry.id, ContactEntry.kind == "reminder", ContactEntry.direction == "out"
        )
    )
    take_back_reminder(session, inquiry, at=email.created_at, before=before)

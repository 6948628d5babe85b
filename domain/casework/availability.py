"""Whether a therapist may be asked, and what ends with it: unsent inquiries and planned calls. Crosses slices."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.casework.release import stop_unsent
from domain.casework.waiting_reminders import renew_reminders
from domain.communication.calls import cancel_call
from domain.communication.contacts import ContactNote, note_contact, open_calls
from domain.matching.models import Inquiry
from domain.matching.states import WITH_PRACTICE
from domain.therapists.asking import may_be_asked
from domain.therapists.service import set_status
from domain.weektime import office_day

REASON = "therapist_closed"


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a therapist's leaving touches: inquiries that have not left yet, those already there, planned calls."""

    unsent: int
    sent: int
    calls: int


def consequences(session: Session, therapist_id: int) -> Consequences:
    """What would be stopped, and what goes on, if a therapist were not asked any more."""
    inquiries = _open_inquiries(session, therapist_id)
    sent = sum(inquiry.stage in WITH_PRACTICE for inquiry in inquiries)
    calls = sum(call.status == "planned" for call in open_calls(session, therapist_id))
    return Consequences(len(inquiries) - sent, sent, calls)


def change_status(
    session: Session,
    therapist_id: int,
    status: str,
    *,
    now: datetime,
    reason: str = "",
    until: date | None = None,
    version: int | None = None,
) -> None:
    """Set the status; whoever may not be asked any more is not written to and not called by anything still waiting.

    Inquiries already with the practice stay open: an answer may still come. Raises Conflict and Invalid (field).
    """
    set_status(session, therapist_id, status, reason=reason, until=until, version=version)
    if reason.strip() and status != "blocked":
        # the reason of a block stands on the record; every other word of the practice belongs to its history
        note_contact(session, therapist_id, ContactNote(now, "note", "in", "", reason), now=now)
    if not may_be_asked(status, until, today=office_day(now)):
        stop_what_waits(session, therapist_id, now=now)


def stop_what_waits(session: Session, therapist_id: int, *, now: datetime) -> None:
    """Nothing that still waits for somebody who may not be asked any more is written or called."""
    for inquiry in _open_inquiries(session, therapist_id):
        if inquiry.stage not in WITH_PRACTICE:
            stop_unsent(session, inquiry, reason=REASON, now=now)
        else:
            renew_reminders(session, inquiry, now=now)
    session.flush()  # calls of a stopped inquiry are cancelled with it
    for call in open_calls(session, therapist_id):
        if call.status == "planned":
            cancel_call(session, call.call_id, reason=REASON)


def _open_inquiries(session: Session, therapist_id: int) -> list[Inquiry]:
    """Those of which whoever does this sees somebody; of another team's the last look stops what waits."""
    return list(
        session.scalars(
            select(Inquiry)
            .where(Inquiry.therapist_id == therapist_id, Inquiry.closed_at.is_(None))
            .where(func.matching_service.sees_inquiry(Inquiry.id))
            .order_by(Inquiry.id)
        )
    )

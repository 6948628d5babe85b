"""Letters came out of the printer: only now the practice is asked, reminded, or told of a withdrawal."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.casework.prior_states import keep, read
from domain.casework.sending import mark_sent
from domain.communication.letter_models import PrintedLetter
from domain.communication.models import ContactEntry
from domain.editing import load_for_edit
from domain.matching.inquiries import current_state, note_reminder
from domain.matching.models import Inquiry
from domain.matching.states import INQUIRY, InquiryStage, InquiryState
from domain.values import Channel


def note_printed(session: Session, letter_ids: Sequence[int], *, now: datetime) -> int:
    """Letters came out of the printer, or a person sent them otherwise; the first time counts.

    Returns how many are gone meanwhile. An inquiry by letter is sent from now on and its clocks run; a reminder counts
    from now on.
    """
    wanted = select(PrintedLetter.inquiry_id).where(PrintedLetter.id.in_(letter_ids))
    # inquiry before letter, in the order of ids, as everybody else locks them
    inquiries = {n: load_for_edit(session, Inquiry, n) for n in sorted(set(session.scalars(wanted)))}
    printed = session.execute(
        update(PrintedLetter)
        .where(PrintedLetter.id.in_(letter_ids), PrintedLetter.printed_at.is_(None))
        .values(printed_at=now)
        .returning(PrintedLetter.id, PrintedLetter.kind, PrintedLetter.inquiry_id, PrintedLetter.subject)
    ).all()
    for letter in sorted(printed, key=lambda one: one.id):
        inquiry = inquiries[letter.inquiry_id]
        before = read(session, [("inquiry", inquiry.id)]) if inquiry.stage == InquiryStage.OUT_OF_OFFICE else {}
        _went_out(session, inquiry, letter.kind, letter.subject, now=now)
        keep(session, before, now=now, letter_id=letter.id)  # an absence that a reminder ends
        events.record(session, "letter.printed", letter.id, inquiry_id=letter.inquiry_id)
    there = set(session.scalars(select(PrintedLetter.id).where(PrintedLetter.id.in_(letter_ids))))
    return len(set(letter_ids) - there)


def _went_out(session: Session, inquiry: Inquiry, kind: str, subject: str, *, now: datetime) -> None:
    if kind == "inquiry" and inquiry.stage == InquiryStage.APPROVED:
        mark_sent(session, inquiry.id, now=now, subject=subject)
        return
    # one that was answered while its letter waited is not reminded any more, yet the letter went out
    if kind == "reminder" and INQUIRY.allows(current_state(session, inquiry), InquiryState.REMINDED):
        note_reminder(session, inquiry.id, now=now)
    session.add(
        ContactEntry(
            at=now, channel=Channel.LETTER, direction="out", kind=kind, inquiry_id=inquiry.id,
            therapist_id=inquiry.therapist_id, person_id=me(session).id, body=subject,
        )
    )  # fmt: skip

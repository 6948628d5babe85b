"""A letter that counts as sent did not go out after all: a new entry of the history says so, and it waits again.

What was noted stays in the history; that it does not count stands beside it. The inquiry is as it was before.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from domain import events
from domain.access import me
from domain.casework.prior_states import changes_of, forget, put_back
from domain.communication.letter_models import PrintedLetter
from domain.communication.models import ContactEntry
from domain.editing import load_for_edit
from domain.errors import Conflict, NotFound
from domain.matching.inquiries import take_back_reminder, take_back_sent
from domain.matching.models import Inquiry
from domain.matching.states import InquiryStage
from domain.values import Channel

KIND = "letter_taken_back"


def take_back_printed(session: Session, letter_id: int, *, now: datetime) -> None:
    """The letter waits for the printer again; an inquiry or a reminder that counted because of it counts no more.

    Raises NotFound, and Conflict where somebody took it back already (``letter.not_printed``), or where more came of it
    (``letter.followed``): an answer, a later letter or reminder, the end of the inquiry; or where its words were erased
    (``letter.words_erased``): it would be printed with gaps.
    """
    inquiry_id = session.scalar(select(PrintedLetter.inquiry_id).where(PrintedLetter.id == letter_id))
    if inquiry_id is None:
        raise NotFound("letter.none")
    inquiry = load_for_edit(session, Inquiry, inquiry_id)  # inquiry before letter, as everybody else locks them
    letter = load_for_edit(session, PrintedLetter, letter_id)
    if letter.printed_at is None:
        raise Conflict("letter.not_printed")
    if session.scalar(select(func.audit.words_erased("communication_service.printed_letter", letter_id))):
        raise Conflict("letter.words_erased")
    later = select(PrintedLetter.id).where(PrintedLetter.inquiry_id == inquiry_id, PrintedLetter.id > letter_id)
    entry = _entry_of(session, letter)
    if entry is None or session.scalars(later.limit(1)).first() is not None:
        raise Conflict("letter.followed")
    _uncount(session, inquiry, letter, printed_at=letter.printed_at)
    session.add(
        ContactEntry(
            at=max(now, entry.at), channel=Channel.LETTER, direction="none", kind=KIND, inquiry_id=inquiry.id,
            therapist_id=entry.therapist_id, person_id=me(session).id, body=entry.body, takes_back=entry.id,
        )
    )  # fmt: skip
    session.flush()  # only then the database lets the letter wait again
    letter.printed_at = None
    session.flush()
    events.record(session, "letter.taken_back", letter.id, inquiry_id=inquiry.id)


def _entry_of(session: Session, letter: PrintedLetter) -> ContactEntry | None:
    """What the history says of its going out."""
    back = aliased(ContactEntry)
    return session.scalars(
        select(ContactEntry)
        .where(
            ContactEntry.inquiry_id == letter.inquiry_id,
            ContactEntry.channel == Channel.LETTER,
            ContactEntry.direction == "out",
            ContactEntry.kind == letter.kind,
            ContactEntry.at == letter.printed_at,
            ~select(back.id).where(back.takes_back == ContactEntry.id).exists(),
        )
        .order_by(ContactEntry.id.desc())
        .limit(1)
    ).first()


def _uncount(session: Session, inquiry: Inquiry, letter: PrintedLetter, *, printed_at: datetime) -> None:
    """What counted from the moment it was printed."""
    if letter.kind == "inquiry":
        # taken back is only what nobody answered yet; `take_back_sent` refuses the rest
        if inquiry.stage != InquiryStage.SENT or inquiry.sent_at != printed_at or inquiry.reminders:
            raise Conflict("letter.followed")
        try:
            take_back_sent(session, inquiry)
        except Conflict as exc:
            raise Conflict("letter.followed") from exc
    elif letter.kind == "reminder":
        if inquiry.stage != InquiryStage.SENT or (inquiry.last_reminded_at or printed_at) > printed_at:
            raise Conflict("letter.followed")
        if inquiry.last_reminded_at == printed_at:
            before = _reminded_before(session, inquiry, printed_at)
            take_back_reminder(session, inquiry, at=printed_at, before=before)
        _away_again(session, inquiry, letter)


def _away_again(session: Session, inquiry: Inquiry, letter: PrintedLetter) -> None:
    """An absence that ended because the practice was reminded is noted as before, where nobody changed it since."""
    key = ("inquiry", inquiry.id)
    change = changes_of(session, letter_id=letter.id).get(key)
    if change is not None and change.untouched:
        put_back(session, key, change.before)
        events.record(session, "inquiry.absence_changed", inquiry.id)
    forget(session, letter_id=letter.id)


def _reminded_before(session: Session, inquiry: Inquiry, at: datetime) -> datetime | None:
    """When the practice was reminded last before that, as the history has it."""
    back = aliased(ContactEntry)
    return session.scalar(
        select(func.max(ContactEntry.at)).where(
            ContactEntry.inquiry_id == inquiry.id,
            ContactEntry.kind == "reminder",
            ContactEntry.direction == "out",
            ContactEntry.at < at,
            ~select(back.id).where(back.takes_back == ContactEntry.id).exists(),
        )
    )

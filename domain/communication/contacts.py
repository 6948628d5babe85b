"""Contacts a caseworker enters by hand: notes, and calls made to a practice, planned or not.

Mails and inquiries write their own entries; nothing here knows about them.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.communication.calls import ask_callback, end_call
from domain.communication.models import (
    BODY_LENGTH,
    COUNTERPART_LENGTH,
    EARLIEST,
    ContactEntry,
    PhoneCall,
)
from domain.communication.states import RESULTS, CallStatus
from domain.database import is_kept
from domain.editing import load_for_edit
from domain.errors import Invalid
from domain.patients.lifecycle import refuse_closed
from domain.patients.models import Patient
from domain.weektime import BERLIN

CHANNELS = ("phone", "visit", "email", "letter", "note")
# a year; the database's own bound is 400 days, since it counts from the first end of a call that may be ended anew
FURTHEST_CALLBACK = 366
LONGEST_ELSEWHERE = 120  # minutes: as long as a call counts at most (`call_minutes.LONGEST`)
OPEN_CALLS = (CallStatus.PLANNED, CallStatus.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class ContactNote:
    """What a caseworker writes down: when, by which channel, which way (out, in, none), with whom, and what."""

    at: datetime
    channel: str
    direction: str
    counterpart: str
    body: str


@dataclass(frozen=True, slots=True)
class CallResult:
    """What came of a call: the result, whom one spoke with, the words, and perhaps when to call again.

    `callback_at` is the time of that day (Berlin) the practice named; without it any of its phone hours will do.
    `minutes` is how long a call took that was made with another telephone and never was under way here.
    """

    status: CallStatus
    counterpart: str = ""
    outcome: str = ""
    callback_on: date | None = None
    callback_at: time | None = None
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call still to be made."""

    call_id: int
    version: int
    status: str
    planned_at: datetime
    attempt: int
    inquiry_id: int | None


def note_contact(session: Session, therapist_id: int, note: ContactNote, *, now: datetime) -> int:
    """Write a contact with a practice down for good (the history is append-only); returns its id.

    Raises Invalid (field).
    """
    return _note(session, note, now=now, therapist_id=therapist_id)


def note_patient_contact(session: Session, patient_id: int, note: ContactNote, *, now: datetime) -> int:
    """Write a contact with a patient down for good; returns its id.

    Raises Invalid (field), Forbidden while the processing of the patient's data is restricted.
    """
    refuse_closed(session.get_one(Patient, patient_id))
    return _note(session, note, now=now, patient_id=patient_id)


def _note(session: Session, note: ContactNote, *, now: datetime, **about: int) -> int:
    if not note.body.strip():
        raise Invalid("contact.body_missing", field="body")
    if note.at > now:
        raise Invalid("contact.in_future", field="at")
    if note.at < EARLIEST:
        raise Invalid("contact.long_ago", field="at", year=EARLIEST.year)
    refuse_unkept(note.body, field="body")
    refuse_unkept(note.counterpart, field="counterpart", longest=COUNTERPART_LENGTH)
    entry = ContactEntry(
        at=note.at, channel=note.channel, direction=note.direction, kind="note", person_id=me(session).id,
        counterpart=note.counterpart.strip(), body=note.body.strip(), **about,
    )  # fmt: skip
    session.add(entry)
    session.flush()
    events.record(session, "contact.noted", entry.id, **about)
    return entry.id


def refuse_unkept(words: str, *, field: str, longest: int = BODY_LENGTH) -> None:
    """Raise Invalid for words the history cannot keep: too long, or with a character it has no place for."""
    if not is_kept(words):
        raise Invalid("text.control_character", field=field)
    if len(words.strip()) > longest:
        raise Invalid("contact.too_long", field=field, length=len(words.strip()), longest=longest)


def open_calls(session: Session, therapist_id: int) -> tuple[OpenCall, ...]:
    """Calls to a practice that are planned or under way, the next one first."""
    calls = session.scalars(
        select(PhoneCall)
        .where(PhoneCall.therapist_id == therapist_id, PhoneCall.status.in_(OPEN_CALLS))
        .order_by(PhoneCall.planned_at, PhoneCall.id)
    )
    return tuple(OpenCall(c.id, c.version, c.status, c.planned_at, c.attempt, c.inquiry_id) for c in calls)


def record_call(session: Session, therapist_id: int, result: CallResult, *, now: datetime) -> int | None:
    """A call that was not planned, with its result; returns the id of the call planned next, if one is needed."""
    call = PhoneCall(therapist_id=therapist_id, planned_at=now, person_id=me(session).id)
    session.add(call)
    session.flush()
    return record_result(session, call.id, result, now=now)


def record_result(
    session: Session, call_id: int, result: CallResult, *, now: datetime, version: int | None = None
) -> int | None:
    """The result of a planned call; returns the id of the call planned next, if one is needed.

    Nobody reached: planned again in a later window. Asked to call back: planned on that day. Raises Conflict
    when somebody else was faster, Invalid for a day that is over or far away, for words that cannot be kept, and for
    minutes no call takes.
    """
    refuse_unkept(result.outcome, field="outcome")
    refuse_unkept(result.counterpart, field="counterpart", longest=COUNTERPART_LENGTH)
    if result.status not in RESULTS:
        raise Invalid("phone_call.not_a_result", result=result.status)
    if not 0 <= result.minutes <= LONGEST_ELSEWHERE:
        raise Invalid("phone_call.minutes", field="minutes", longest=LONGEST_ELSEWHERE)
    load_for_edit(session, PhoneCall, call_id, version)
    if result.callback_on is not None:
        refuse_callback(result.callback_on, result.callback_at, now=now)
    following = end_call(
        session, call_id, result.status, now=now, outcome=result.outcome.strip(),
        counterpart=result.counterpart.strip(), lasted=timedelta(minutes=result.minutes),
    )  # fmt: skip
    if result.status is CallStatus.REACHED and result.callback_on is not None:
        return ask_callback(session, call_id, on=result.callback_on, at=result.callback_at, now=now)
    return following


def refuse_callback(on: date, at: time | None, *, now: datetime) -> None:
    """Raise Invalid for a callback in the past, or further ahead than anybody plans."""
    local = now.astimezone(BERLIN)
    if on < local.date() or (at is not None and datetime.combine(on, at, BERLIN) < local):
        raise Invalid("phone_call.callback_past", field="callback_on")
    last = local.date() + timedelta(days=FURTHEST_CALLBACK)
    if on > last:
        raise Invalid("phone_call.callback_far", field="callback_on", last_day=last.isoformat())

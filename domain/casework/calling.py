"""Phoning about an inquiry: what the result of a call means for the inquiry it was about."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events
from domain.access import me, person_name
from domain.casework.answers import Decision, Recorded, lock_for_answers, record_answer
from domain.casework.letters import compose_script, office_context
from domain.casework.sending import mark_sent
from domain.communication.calls import ask_callback, refuse_theirs, replan, start_call
from domain.communication.contacts import CallResult, record_result, refuse_callback
from domain.communication.models import ContactEntry, PhoneCall
from domain.communication.states import CALL_PUT_BACK, CallStatus
from domain.editing import load_for_edit
from domain.errors import Conflict, NotFound
from domain.matching.inquiries import items_of
from domain.matching.models import Inquiry
from domain.matching.states import OPEN_ITEM, InquiryStage, ItemStatus
from domain.therapists.models import Therapist
from domain.values import Channel

LEFT_AFTER = timedelta(hours=2)  # nobody phones that long: the program went away, or the result was forgotten


def begin_call(session: Session, call_id: int, *, now: datetime, version: int | None = None) -> None:
    """The caseworker dials; raises Conflict (who, when) when somebody else has the call, or one is under way."""
    refuse_second(session, call_id)
    start_call(session, call_id, now=now, version=version)


def refuse_second(session: Session, call_id: int) -> None:
    """Nobody phones twice at once: raises Conflict (with whom) while another call of the same person is under way."""
    other = session.execute(
        select(PhoneCall.id, Therapist.first_name, Therapist.last_name)
        .join(Therapist, Therapist.id == PhoneCall.therapist_id)
        .where(
            PhoneCall.status == CallStatus.IN_PROGRESS,
            PhoneCall.person_id == me(session).id,
            PhoneCall.id != call_id,
        )
    ).first()
    if other is not None:
        practice = f"{other.first_name} {other.last_name}".strip()
        raise Conflict("phone_call.still_on", practice=practice, call_id=other.id)


def finish_call(
    session: Session, call_id: int, result: CallResult, *, now: datetime, version: int | None = None
) -> int | None:
    """Record what came of a call; reached, its inquiry counts as sent. Returns the call planned next, if any.

    Raises as `record_result` does.
    """
    # locks in one order everywhere: inquiry, then its calls
    inquiry = inquiry_of(session, call_id)
    following = record_result(session, call_id, result, now=now, version=version)
    if result.status is CallStatus.REACHED and inquiry is not None and inquiry.stage == InquiryStage.APPROVED:
        mark_sent(session, inquiry.id, now=now)
    return following


@dataclass(frozen=True, slots=True)
class Settled:
    """What a call's result led to: the call planned next, if any, and what became of each answer."""

    following: int | None
    recorded: tuple[Recorded, ...] = ()


def finish_with_answers(
    session: Session,
    call_id: int,
    result: CallResult,
    answers: Sequence[Decision],
    *,
    now: datetime,
    version: int | None = None,
) -> Settled:
    """Record what came of a call and what the practice said of each patient.

    Raises as `finish_call` and `record_answer` do; then nothing of it is written.
    """
    by_item = {answer.item_id: answer for answer in answers}
    order = lock_for_answers(session, list(by_item))
    # a callback is planned last: with the last answer the inquiry is over and its planned calls are cancelled
    asked = result.callback_on if answers and result.status is CallStatus.REACHED else None
    if asked is not None:
        refuse_callback(asked, result.callback_at, now=now)
    first = result if asked is None else replace(result, callback_on=None, callback_at=None)
    following = finish_call(session, call_id, first, now=now, version=version)
    recorded = tuple(
        record_answer(
            session, answer.item_id, answer.status, now=now, channel=Channel.PHONE, note=result.outcome,
            waitlisted_until=answer.until, place_from=answer.place_from, version=answer.version,
        )
        for answer in (by_item[item_id] for item_id in order)
    )  # fmt: skip
    if asked is not None:
        session.flush()
        following = ask_callback(session, call_id, on=asked, at=result.callback_at, now=now)
    return Settled(following, recorded)


def note_phone_tag(
    session: Session, call_id: int, *, now: datetime, version: int | None = None, called: bool = True
) -> None:
    """The practice called back and found nobody: the call comes first. `called` False takes a mistaken one back."""
    call = load_for_edit(session, PhoneCall, call_id, version)
    if call.status != CallStatus.PLANNED:
        raise Conflict("phone_call.transition", before=call.status, after=CallStatus.PLANNED.value)
    if call.phone_tag == called:
        return
    call.phone_tag = called
    session.add(
        ContactEntry(
            at=now, channel="phone", direction="in" if called else "none", inquiry_id=call.inquiry_id,
            kind="phone_tag" if called else "phone_tag_undone", therapist_id=call.therapist_id, call_id=call.id,
            person_id=me(session).id,
        )
    )  # fmt: skip
    events.record(session, "phone_call.tagged", call.id, inquiry_id=call.inquiry_id)


def take_over(session: Session, call_id: int, *, now: datetime, version: int | None = None) -> None:
    """Another person makes a planned call, or ends one that was left under way long ago.

    Raises Conflict where that is not so, and for who is on the phone already and would have two.
    """
    call = load_for_edit(session, PhoneCall, call_id, version)
    if call.status == CallStatus.IN_PROGRESS and call.started_at is not None and call.started_at < now - LEFT_AFTER:
        refuse_second(session, call_id)
        call.started_at = now
    elif call.status != CallStatus.PLANNED:
        raise Conflict("phone_call.transition", before=call.status, after=CallStatus.PLANNED.value)
    call.person_id = me(session).id
    events.record(session, "phone_call.taken_over", call.id, inquiry_id=call.inquiry_id)


def put_back(session: Session, call_id: int, *, version: int | None = None) -> None:
    """A call of one's own that was begun and not made, or left when the window went away, is to be made again.

    Raises Conflict for a call that is not under way, or is another person's.
    """
    call = load_for_edit(session, PhoneCall, call_id, version)
    CALL_PUT_BACK.check(CallStatus(call.status), CallStatus.PLANNED)
    refuse_theirs(session, call)
    call.status = CallStatus.PLANNED
    call.started_at, call.ended_at, call.dialled = None, None, ""
    events.record(session, "phone_call.put_back", call.id, inquiry_id=call.inquiry_id)


@dataclass(frozen=True, slots=True)
class OnMachine:
    """All that may be said on a practice's answering machine: who called, where to call back, which inquiry."""

    person: str
    office: str
    phone: str
    reference: str


def machine_of(session: Session, call_id: int) -> OnMachine:
    """What to leave on the machine: nothing of any patient, since nobody knows who listens."""
    call, ours = session.get_one(PhoneCall, call_id), office_context(session)
    reference = "" if call.inquiry_id is None else session.get_one(Inquiry, call.inquiry_id).reference
    return OnMachine(ours.person, ours.name, ours.phone, reference)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a call, why, and who has it."""

    status: CallStatus
    reason: str
    person: str | None


def fate_of(session: Session, call_id: int) -> Fate:
    """What became of a call that is no longer in the queue."""
    call = session.get_one(PhoneCall, call_id)
    return Fate(CallStatus(call.status), call.cancel_reason, person_name(session, call.person_id))


def script_of(session: Session, call_id: int, *, today: date) -> str:
    """What one says when making a call: pseudonymous, as a first mail is. Empty for a call about no inquiry."""
    call = session.get_one(PhoneCall, call_id)
    if call.inquiry_id is None:
        return ""
    inquiry = session.get_one(Inquiry, call.inquiry_id)
    waiting = [item for item in items_of(session, inquiry.id) if ItemStatus(item.status) in OPEN_ITEM]
    return compose_script(session, inquiry, waiting, today=today).text if waiting else ""


def call_again(session: Session, call_id: int, *, now: datetime, version: int | None = None) -> int:
    """Plan a call anew after its wrong number was mended; returns the new call's id."""
    inquiry_of(session, call_id)
    load_for_edit(session, PhoneCall, call_id, version)
    return replan(session, call_id, now=now)


def inquiry_of(session: Session, call_id: int) -> Inquiry | None:
    """The inquiry a call is about, locked before the call. Raises NotFound."""
    row = session.execute(select(PhoneCall.inquiry_id).where(PhoneCall.id == call_id)).one_or_none()
    if row is None:
        raise NotFound("record.not_found", table="phone_call", id=call_id)
    return None if row.inquiry_id is None else load_for_edit(session, Inquiry, row.inquiry_id)

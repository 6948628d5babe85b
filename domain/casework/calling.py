"""Phoning about an inquiry: what the result of a call means for the inquiry it was about."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.casework.answers import Decision, lock_for_answers, record_answer
from domain.casework.letters import compose_script
from domain.casework.sending import mark_sent
from domain.communication.calls import replan, start_call
from domain.communication.contacts import CallResult, record_result
from domain.communication.models import ContactEntry, PhoneCall
from domain.communication.states import CallStatus
from domain.editing import load_for_edit
from domain.errors import Conflict, NotFound
from domain.matching.inquiries import items_of
from domain.matching.models import Inquiry
from domain.matching.states import OPEN_ITEM, InquiryStage, ItemStatus
from domain.values import Channel


def begin_call(session: Session, call_id: int, *, now: datetime, version: int | None = None) -> None:
    """The caseworker dials; raises Conflict (who, when) when somebody else has the call."""
    start_call(session, call_id, now=now, version=version)


def finish_call(
    session: Session, call_id: int, result: CallResult, *, now: datetime, version: int | None = None
) -> int | None:
    """Record what came of a call; reached, its inquiry counts as sent. Returns the call planned next, if any.

    Raises as `record_result` does.
    """
    # locks in one order everywhere: inquiry, then its calls
    inquiry = _inquiry_of(session, call_id)
    following = record_result(session, call_id, result, now=now, version=version)
    if result.status is CallStatus.REACHED and inquiry is not None and inquiry.stage == InquiryStage.APPROVED:
        mark_sent(session, inquiry.id, now=now)
    return following


def finish_with_answers(
    session: Session,
    call_id: int,
    result: CallResult,
    answers: Sequence[Decision],
    *,
    now: datetime,
    version: int | None = None,
) -> int | None:
    """Record what came of a call and what the practice said of each patient; returns the call planned next, if any.

    Raises as `finish_call` and `record_answer` do; then nothing of it is written.
    """
    by_item = {answer.item_id: answer for answer in answers}
    order = lock_for_answers(session, list(by_item))
    following = finish_call(session, call_id, result, now=now, version=version)
    for answer in (by_item[item_id] for item_id in order):
        record_answer(
            session, answer.item_id, answer.status, now=now, channel=Channel.PHONE, note=result.outcome,
            waitlisted_until=answer.until, version=answer.version,
        )  # fmt: skip
    return following


def note_phone_tag(session: Session, call_id: int, *, now: datetime, version: int | None = None) -> None:
    """The practice called back and found nobody: the call comes first as soon as it can be reached."""
    call = load_for_edit(session, PhoneCall, call_id, version)
    call.phone_tag = True
    session.add(
        ContactEntry(
            at=now, channel="phone", direction="in", kind="phone_tag", inquiry_id=call.inquiry_id,
            therapist_id=call.therapist_id, call_id=call.id, person_id=me(session).id,
        )
    )  # fmt: skip
    events.record(session, "phone_call.tagged", call.id, inquiry_id=call.inquiry_id)


def take_over(session: Session, call_id: int, *, version: int | None = None) -> None:
    """Another person makes a planned call."""
    call = load_for_edit(session, PhoneCall, call_id, version)
    if call.status != CallStatus.PLANNED:
        raise Conflict("phone_call.transition", before=call.status, after=CallStatus.PLANNED.value)
    call.person_id = me(session).id
    events.record(session, "phone_call.taken_over", call.id, inquiry_id=call.inquiry_id)


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
    _inquiry_of(session, call_id)
    load_for_edit(session, PhoneCall, call_id, version)
    return replan(session, call_id, now=now)


def _inquiry_of(session: Session, call_id: int) -> Inquiry | None:
    row = session.execute(select(PhoneCall.inquiry_id).where(PhoneCall.id == call_id)).one_or_none()
    if row is None:
        raise NotFound("record.not_found", table="phone_call", id=call_id)
    return None if row.inquiry_id is None else load_for_edit(session, Inquiry, row.inquiry_id)

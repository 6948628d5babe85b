"""Phoning about an inquiry: dialled, ended with a result, and what the result means for the inquiry."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.casework.sending import mark_sent
from domain.communication.calls import ask_callback, end_call, replan, start_call
from domain.communication.models import PhoneCall
from domain.communication.states import UNREACHED, CallStatus
from domain.editing import load_for_edit
from domain.errors import Invalid, NotFound
from domain.matching.models import Inquiry
from domain.matching.states import InquiryStage

RESULTS = UNREACHED | {CallStatus.REACHED}


def begin_call(session: Session, call_id: int, *, now: datetime, version: int | None = None) -> None:
    """The caseworker dials; raises Conflict (who, when) when somebody else has the call."""
    start_call(session, call_id, now=now, version=version)


def finish_call(
    session: Session,
    call_id: int,
    result: CallStatus,
    *,
    now: datetime,
    note: str = "",
    callback_on: date | None = None,
    version: int | None = None,
) -> int | None:
    """Record what came of a call, made just now if it was still planned.

    Reached, the inquiry counts as sent; with `callback_on` a further call is planned from that day on. Unreached,
    another window is planned. Returns the id of the call planned next, if any.
    """
    if result not in RESULTS:
        raise Invalid("phone_call.not_a_result", result=result)
    if callback_on is not None and callback_on < now.date():
        raise Invalid("phone_call.callback_past", field="callback_on")
    # locks in one order everywhere: inquiry, then its calls
    inquiry = _inquiry_of(session, call_id)
    call = load_for_edit(session, PhoneCall, call_id, version)
    if call.status == CallStatus.PLANNED:
        start_call(session, call_id, now=now)
    following = end_call(session, call_id, result, now=now, outcome=note.strip())
    if result is not CallStatus.REACHED:
        return following
    if inquiry is not None and inquiry.stage == InquiryStage.APPROVED:
        mark_sent(session, inquiry.id, now=now)
    return None if callback_on is None else ask_callback(session, call_id, on=callback_on, now=now)


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

"""Phoning about an inquiry: what the result of a call means for the inquiry it was about."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.casework.sending import mark_sent
from domain.communication.calls import replan, start_call
from domain.communication.contacts import CallResult, record_result
from domain.communication.models import PhoneCall
from domain.communication.states import CallStatus
from domain.editing import load_for_edit
from domain.errors import NotFound
from domain.matching.models import Inquiry
from domain.matching.states import InquiryStage


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

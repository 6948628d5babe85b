"""Taking back the result of a call that was entered by mistake: a new event; what was entered stays in the history."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.casework.calling import inquiry_of, refuse_second
from domain.communication.calls import cancel_call
from domain.communication.models import ContactEntry, PhoneCall
from domain.communication.states import CALL_TAKEN_BACK, RESULTS, CallStatus
from domain.editing import load_for_edit
from domain.errors import Conflict
from domain.matching.inquiries import take_back_sent
from domain.matching.models import Answer, Inquiry, InquiryItem

WITHIN = timedelta(hours=12)
REASON = "result_taken_back"


def take_back_result(session: Session, call_id: int, *, now: datetime) -> None:
    """The call waits for its right result, under way or, where none was begun here, still to be made.

    What the wrong result planned is cancelled.

    Raises Conflict when too much followed: the next call was made, answers were entered, or it is another person's or
    another day's call.
    """
    inquiry = inquiry_of(session, call_id)  # locks in one order everywhere: inquiry, then its calls
    call = load_for_edit(session, PhoneCall, call_id)
    before = CallStatus.PLANNED if call.noted_only else CallStatus.IN_PROGRESS
    if before is CallStatus.IN_PROGRESS:
        refuse_second(session, call_id)
    entered = _entered_at(session, call)
    if entered is None or call.ended_at is None or call.person_id != me(session).id or call.ended_at < now - WITHIN:
        raise Conflict("phone_call.not_taken_back")
    CALL_TAKEN_BACK.check(CallStatus(call.status), before)
    if inquiry is not None:
        _unsend(session, inquiry, since=entered)
    following = session.scalars(
        select(PhoneCall).where(PhoneCall.follows_id == call.id).order_by(PhoneCall.id.desc())
    ).first()
    if following is not None and following.status == CallStatus.PLANNED:
        cancel_call(session, following.id, reason=REASON)
    elif following is not None and following.status != CallStatus.CANCELLED:
        raise Conflict("phone_call.followed")
    call.callback_on = None  # with the state: the database refuses a day without a callback
    call.status = before
    if before is CallStatus.PLANNED:
        call.started_at, call.ended_at, call.dialled, call.noted_only = None, None, "", False
    session.add(
        ContactEntry(
            at=now, channel="phone", direction="none", kind=REASON, inquiry_id=call.inquiry_id,
            therapist_id=call.therapist_id, call_id=call.id, person_id=call.person_id,
        )
    )  # fmt: skip
    events.record(session, "phone_call.result_taken_back", call.id, inquiry_id=call.inquiry_id)


def _entered_at(session: Session, call: PhoneCall) -> datetime | None:
    """When the result that stands was entered; the call's end stays the first, however often it was corrected."""
    results = (
        select(ContactEntry.at)
        .where(ContactEntry.call_id == call.id, ContactEntry.kind.in_(RESULTS))
        .order_by(ContactEntry.id.desc())
    )
    return session.scalars(results.limit(1)).first()


def _unsend(session: Session, inquiry: Inquiry, *, since: datetime) -> None:
    """An inquiry that counted as made because of this call's result is still to be made."""
    items = select(InquiryItem.id).where(InquiryItem.inquiry_id == inquiry.id)
    answered = select(Answer.id).where(Answer.item_id.in_(items), Answer.at >= since, Answer.channel == "phone")
    if session.scalars(answered.limit(1)).first() is not None:
        raise Conflict("phone_call.answers_entered")
    if inquiry.sent_at == since:
        take_back_sent(session, inquiry)

"""What is expected after a call: the next one, or the day from which the practice is asked again."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from domain.access import office
from domain.communication.models import PhoneCall
from domain.matching.inquiries import items_of
from domain.matching.models import Inquiry
from domain.matching.silence import silent_since
from domain.matching.states import OPEN_ITEM, InquiryStage, ItemStatus
from domain.weektime import office_day


@dataclass(frozen=True, slots=True)
class Following:
    """`call_at`: the call that was planned. `waiting`: how many patients wait; `chased_on`: when one asks again."""

    call_at: datetime | None = None
    waiting: int = 0
    chased_on: date | None = None


def what_follows(session: Session, call_id: int, following: int | None) -> Following:
    """What is expected after the result of a call; `following` is the call its result planned."""
    call_at = None if following is None else session.get_one(PhoneCall, following).planned_at
    number = session.get_one(PhoneCall, call_id).inquiry_id
    if number is None:
        return Following(call_at)
    inquiry = session.get_one(Inquiry, number)
    waiting = sum(ItemStatus(item.status) in OPEN_ITEM for item in items_of(session, number))
    since = silent_since(session, number)
    if inquiry.stage != InquiryStage.SENT or not waiting or since is None:
        return Following(call_at, waiting)
    return Following(call_at, waiting, office_day(since + timedelta(days=office(session).follow_up_days)))

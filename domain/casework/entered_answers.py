"""Answers that a person entered by hand or after a call, taken back on the same day as those of a mail are."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.casework.answer_corrections import WITHIN, TakenBack, last_answers, restore_answers
from domain.casework.answers import lock_for_answers
from domain.casework.bringing_back import KIND
from domain.communication.incoming.models import IncomingEmail
from domain.errors import Conflict
from domain.matching.inquiries import items_of
from domain.matching.models import Answer, InquiryItem
from domain.matching.states import ANSWERS, ItemStatus

GIVEN = ANSWERS | {ItemStatus.ACCEPTED_SURPLUS}


def entered_with(session: Session, item_id: int, *, now: datetime) -> tuple[int, ...]:
    """The positions whose answers were entered together with that of a position, it among them.

    None where it may not be taken back: by another person or long ago, from a mail (Post takes that back), or where
    something else was entered since.
    """
    item = session.get_one(InquiryItem, item_id)
    last = last_answers(session, item_id)[0]
    if last is None or not _mine(session, item, last, now=now):
        return ()
    confirmed = select(IncomingEmail.id).where(
        IncomingEmail.inquiry_id == item.inquiry_id, IncomingEmail.status == "done", IncomingEmail.done_at == last.at
    )
    if session.scalars(confirmed.limit(1)).first() is not None:
        return ()
    together = []
    for other in items_of(session, item.inquiry_id):
        given = last_answers(session, other.id)[0]
        if given is not None and given.at == last.at and _mine(session, other, given, now=now):
            together.append(other.id)
    return tuple(together)


def to_take_back(session: Session, inquiry_id: int, *, now: datetime) -> dict[int, int]:
    """The positions of an inquiry whose answer may be taken back, with how many go back together."""
    found = ((item.id, entered_with(session, item.id, now=now)) for item in items_of(session, inquiry_id))
    return {item_id: len(together) for item_id, together in found if together}


def take_back_entered(session: Session, item_id: int, *, now: datetime) -> TakenBack:
    """The answer of a position, and those entered with it, are as before; a call stays noted as it was made.

    Raises Conflict (``incoming_email.not_taken_back``) when too much followed, or it is another person's or day's.
    """
    together = entered_with(session, item_id, now=now)
    order = lock_for_answers(session, _known(together))
    last = last_answers(session, item_id)[0]
    if last is None or entered_with(session, item_id, now=now) != together:
        raise Conflict("incoming_email.not_taken_back")
    inquiry_id = session.get_one(InquiryItem, item_id).inquiry_id
    found = restore_answers(session, inquiry_id, order, since=last.at, now=now)
    events.record(session, "inquiry.answers_taken_back", inquiry_id)
    return found


def _known(together: Iterable[int]) -> list[int]:
    items = list(together)
    if not items:
        raise Conflict("incoming_email.not_taken_back")
    return items


def _mine(session: Session, item: InquiryItem, last: Answer, *, now: datetime) -> bool:
    """Whether an answer that stands was entered by whoever asks, and not long ago."""
    entered = last.note != KIND and last.person_id == me(session).id and last.at > now - WITHIN
    return entered and item.status == last.status and ItemStatus(last.status) in GIVEN

"""A practice had a place for somebody who found one elsewhere: whom else to propose for it, and proposing."""

from datetime import datetime

from sqlalchemy.orm import Session

from domain import events
from domain.casework.letters import queue_letter
from domain.casework.preparing import create_and_send
from domain.communication.calls import plan_call
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid
from domain.matching.best_patients import PatientCandidate, alternatives_for_therapist, judge
from domain.matching.inquiries import items_of
from domain.matching.models import Inquiry, InquiryItem, PlaceSearch
from domain.matching.references import ITEM_LENGTH, unused
from domain.matching.rules import Rule
from domain.matching.states import WITH_PRACTICE, ItemStatus
from domain.values import Channel

LARGEST = 6  # positions of an inquiry (domain.md)


def alternatives(session: Session, item_id: int, *, now: datetime, limit: int = 6) -> tuple[PatientCandidate, ...]:
    """The best patients for the place of a surplus acceptance, longest waiting first; who was asked for is left out."""
    inquiry = session.get_one(Inquiry, session.get_one(InquiryItem, item_id).inquiry_id)
    asked = {item.search_id for item in items_of(session, inquiry.id)}
    found = alternatives_for_therapist(session, inquiry.therapist_id, now=now, limit=limit + len(asked))
    return tuple(candidate for candidate in found if candidate.search_id not in asked)[:limit]


def offer_alternative(session: Session, item_id: int, search_id: int, *, reason: str, now: datetime) -> int:
    """Propose another patient for the place; returns the inquiry's id.

    While the inquiry still waits for answers the patient joins it, else a new one is made in spite of the cooling
    period, with `reason` kept beside it. Raises Conflict when the item is no surplus acceptance (any more) or the
    inquiry is full, Invalid when a rule stands between the two.
    """
    load_for_edit(session, PlaceSearch, search_id)
    inquiry = load_for_edit(session, Inquiry, session.get_one(InquiryItem, item_id).inquiry_id)
    item = load_for_edit(session, InquiryItem, item_id)
    if item.status != ItemStatus.ACCEPTED_SURPLUS:
        raise Conflict("inquiry_item.no_surplus", item_id=item_id)
    if inquiry.stage not in WITH_PRACTICE:
        return create_and_send(
            session,
            therapist_id=inquiry.therapist_id,
            search_ids=[search_id],
            channel=Channel(inquiry.channel),
            now=now,
            cooling_override=reason,
        )
    _join(session, inquiry, search_id, now=now)
    return inquiry.id


def _join(session: Session, inquiry: Inquiry, search_id: int, *, now: datetime) -> None:
    items = items_of(session, inquiry.id, lock=True)
    if len(items) >= LARGEST:
        raise Conflict("inquiry.full", largest=LARGEST)
    (candidate,) = judge(session, therapist_id=inquiry.therapist_id, search_ids=[search_id], now=now)
    if broken := [rule.value for rule in candidate.broken if rule is not Rule.CONTACT_POINT]:
        raise Invalid("inquiry.rule_broken", patient=candidate.name, rules=broken)
    if candidate.unknown:
        raise Invalid("inquiry.rule_unknown", patient=candidate.name, rules=[rule.value for rule in candidate.unknown])
    item = InquiryItem(
        inquiry_id=inquiry.id,
        search_id=search_id,
        position=max(one.position for one in items) + 1,
        reference_code=unused(session, InquiryItem.reference_code, length=ITEM_LENGTH)[0],
    )
    session.add(item)
    session.flush()
    events.record(session, "inquiry_item.joined", item.id, inquiry_id=inquiry.id, search_id=search_id)
    if inquiry.channel == Channel.EMAIL:
        queue_letter(session, "alternative", inquiry, [item], now=now)
    elif inquiry.channel == Channel.PHONE:
        plan_call(session, inquiry.therapist_id, now=now, inquiry_id=inquiry.id)

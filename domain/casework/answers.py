"""Recording what a practice said, patient by patient, and everything that follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.access import me, office, person_name
from domain.casework.letters import queue_letter
from domain.casework.overtaken_mails import take_out_of_waiting
from domain.casework.prior_states import keep, latest_answer, look
from domain.casework.release import lock_inquiries_of, release_search
from domain.casework.reminder_outlook import unread_of
from domain.casework.waiting_reminders import renew_reminders
from domain.communication.calls import cancel_calls
from domain.communication.models import ContactEntry, Email
from domain.editing import load_for_edit
from domain.errors import Invalid, NotFound
from domain.matching.inquiries import (
    cool_down,
    items_of,
    lock_contact_point,
    move_inquiry,
    refuse_if_open,
    set_item,
    settle,
)
from domain.matching.models import Answer, Inquiry, InquiryItem, PlaceSearch
from domain.matching.searches import move_search
from domain.matching.states import (
    ANSWERS,
    CLOSED_SEARCH,
    LIVE_ACCEPTANCE,
    OPEN_STAGES,
    PLACES,
    SEARCHING,
    InquiryStage,
    ItemStatus,
    SearchStatus,
)
from domain.patients.models import Patient
from domain.therapists.models import Therapist
from domain.values import Channel
from domain.weektime import office_day

FURTHEST_PLACE = timedelta(days=730)  # nobody promises a place for longer ahead; it is a year mistyped


@dataclass(frozen=True, slots=True)
class FirstAcceptance:
    """The acceptance that was there first: for whom, practice, who recorded it, and when."""

    item_id: int
    patient: str
    practice: str
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Thanks:
    """The mail that thanks for a surplus acceptance, and when it leaves: until then it can be taken back."""

    email_id: int
    leaves_at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of an answer.

    The item's status, the first acceptance if this one is surplus, the inquiries of other practices that
    were taken back because of it (`unread`: how many of those have an answer nobody has read), and the thanks the
    practice gets. `answer_id` is the answer under which is kept what it changed.
    """

    item_id: int
    status: ItemStatus
    first: FirstAcceptance | None
    released: tuple[int, ...]
    thanks: Thanks | None = None
    unread: int = 0
    answer_id: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on one patient: status, until when (waiting list), from when (place), the version they saw."""

    item_id: int
    status: ItemStatus
    until: date | None = None
    version: int | None = None
    place_from: date | None = None


def record_answer(
    session: Session,
    item_id: int,
    answer: ItemStatus,
    *,
    now: datetime,
    channel: Channel = Channel.EMAIL,
    note: str = "",
    waitlisted_until: date | None = None,
    place_from: date | None = None,
    version: int | None = None,
) -> Recorded:
    """Record one answer for one patient.

    A second acceptance becomes `accepted_surplus`; the first stays, and the practice is thanked after the office's undo
    window. What waits to be sent there about this person and is overtaken by the answer is dropped. An acceptance
    while the search is paused counts. `place_from` is the day from which the place is free, where that is not now.
    Raises Conflict (who, when) when somebody recorded an answer meanwhile, Invalid for a status that is no answer, an
    inquiry that never left the office, or a day that is over (of a waiting list, too) or further away than promised.
    """
    if answer not in ANSWERS:
        raise Invalid("inquiry_item.not_an_answer", answer=answer)
    _refuse_days(answer, waitlisted_until, place_from, today=office_day(now))
    # Locks in one order everywhere: search, inquiry, item; then the version the caller saw is compared.
    found = session.execute(
        select(InquiryItem.search_id, InquiryItem.inquiry_id).where(InquiryItem.id == item_id)
    ).one_or_none()
    if found is None:
        raise NotFound("record.not_found", table="inquiry_item", id=item_id)
    search = load_for_edit(session, PlaceSearch, found.search_id)
    if answer is ItemStatus.ACCEPTED:
        lock_inquiries_of(session, [search.id])  # the others are taken back below
    inquiry = load_for_edit(session, Inquiry, found.inquiry_id)
    item = load_for_edit(session, InquiryItem, item_id, version)
    _refuse_moot(inquiry, search, answer)
    took_back = ItemStatus(item.status) is ItemStatus.ACCEPTED
    before = look(session, _touched(session, search, inquiry, answer), patient_id=search.patient_id)
    first = _first_acceptance(session, search.id, besides=item_id) if answer is ItemStatus.ACCEPTED else None
    if answer is ItemStatus.ACCEPTED and (first is not None or SearchStatus(search.status) in CLOSED_SEARCH):
        answer = ItemStatus.ACCEPTED_SURPLUS
    set_item(
        session, item, answer, now=now, channel=channel, note=note, person_id=me(session).id,
        waitlisted_until=waitlisted_until, place_from=place_from if answer in PLACES else None,
    )  # fmt: skip
    answer_id = latest_answer(session, item.id)
    _note_contact(session, inquiry, search, answer, channel=channel, note=note, now=now)
    take_out_of_waiting(session, inquiry, item, now=now)
    cool_down(session, inquiry, "answer", now=now)
    released: tuple[int, ...] = ()
    thanks = None
    if answer is ItemStatus.ACCEPTED:
        move_search(session, search, SearchStatus.TENTATIVE, now=now)
        released = release_search(session, search.id, ItemStatus.MATCHED_ELSEWHERE, reason="matched_elsewhere", now=now)
    elif answer is ItemStatus.ACCEPTED_SURPLUS:
        thanks = _thank(session, inquiry, item, now=now)
    elif took_back:
        move_search(session, search, SearchStatus.ACTIVE, now=now)
    _reopen_if_open(session, inquiry, answer, now=now)
    settle(session, inquiry, now=now)
    renew_reminders(session, inquiry, now=now)
    if inquiry.closed_at is not None:
        cancel_calls(session, inquiry.id, reason="answered")
    keep(session, before, now=now, answer_id=answer_id)
    unread = sum(unread_of(session, other) is not None for other in released)
    return Recorded(item.id, answer, first, released, thanks, unread, answer_id)


def _touched(session: Session, search: PlaceSearch, inquiry: Inquiry, answer: ItemStatus) -> set[int]:
    """The inquiries an answer may change: a place ends the others that ask for the same person."""
    if answer is not ItemStatus.ACCEPTED:
        return {inquiry.id}
    asked = select(InquiryItem.inquiry_id).where(InquiryItem.search_id == search.id)
    return {inquiry.id, *session.scalars(asked)}


def refuse_place_from(day: date, *, today: date) -> None:
    """Raise Invalid for a day from which no place is promised: one that is over, or years away (a mistyped year)."""
    if day < today:
        raise Invalid("inquiry_item.place_past", field="place_from")
    if day > today + FURTHEST_PLACE:
        last_day = (today + FURTHEST_PLACE).isoformat()
        raise Invalid("inquiry_item.place_far", field="place_from", last_day=last_day)


def _refuse_days(answer: ItemStatus, until: date | None, place_from: date | None, *, today: date) -> None:
    if place_from is not None and answer is ItemStatus.ACCEPTED:
        refuse_place_from(place_from, today=today)
    if until is not None and answer is ItemStatus.WAITLISTED:
        refuse_waitlisted_until(until, today=today)


def refuse_waitlisted_until(day: date, *, today: date) -> None:
    """Raise Invalid for a waiting list that would end before it began: a mistyped year, or an old answer."""
    if day < today:
        raise Invalid("inquiry_item.waitlist_past", field="waitlisted_until")


def _thank(session: Session, inquiry: Inquiry, item: InquiryItem, *, now: datetime) -> Thanks | None:
    delay = timedelta(seconds=office(session).undo_seconds)
    made = queue_letter(session, "surplus", inquiry, [item], now=now, delay=delay)
    if made is None:
        return None
    return Thanks(made, session.get_one(Email, made).not_before or now)


def lock_for_answers(session: Session, item_ids: Sequence[int]) -> list[int]:
    """Lock what answers for several patients touch, in the one order; returns the items in the order to answer them."""
    asked = select(InquiryItem.id, InquiryItem.search_id).where(InquiryItem.id.in_(item_ids))
    search_of = {row.id: row.search_id for row in session.execute(asked)}
    for search_id in sorted(search_of.values()):
        load_for_edit(session, PlaceSearch, search_id)
    lock_inquiries_of(session, list(search_of.values()))
    return sorted(search_of, key=lambda item_id: search_of[item_id])


def _first_acceptance(session: Session, search_id: int, *, besides: int) -> FirstAcceptance | None:
    row = session.execute(
        select(InquiryItem, Therapist.first_name, Therapist.last_name, Patient.first_name, Patient.last_name)
        .join(Inquiry, Inquiry.id == InquiryItem.inquiry_id)
        .join(Therapist, Therapist.id == Inquiry.therapist_id)
        .join(PlaceSearch, PlaceSearch.id == InquiryItem.search_id)
        .join(Patient, Patient.id == PlaceSearch.patient_id)
        .where(
            InquiryItem.search_id == search_id,
            InquiryItem.status.in_(LIVE_ACCEPTANCE),
            InquiryItem.ended_at.is_(None),
            InquiryItem.id != besides,
        )
    ).one_or_none()
    if row is None:
        return None
    item, first_name, last_name, *patient = row
    answer = session.scalars(
        select(Answer).where(Answer.item_id == item.id, Answer.status == ItemStatus.ACCEPTED).order_by(Answer.id.desc())
    ).first()
    return FirstAcceptance(
        item_id=item.id,
        patient=" ".join(patient).strip(),
        practice=f"{first_name} {last_name}".strip(),
        by=person_name(session, answer.person_id) if answer is not None else None,
        at=answer.at if answer is not None else item.updated_at,
    )


def _note_contact(
    session: Session,
    inquiry: Inquiry,
    search: PlaceSearch,
    answer: ItemStatus,
    *,
    channel: Channel,
    note: str,
    now: datetime,
) -> None:
    session.add(
        ContactEntry(
            at=now, channel=channel, direction="in", kind=answer.value, inquiry_id=inquiry.id,
            therapist_id=inquiry.therapist_id, patient_id=search.patient_id, person_id=me(session).id, body=note,
        )
    )  # fmt: skip


def _reopen_if_open(session: Session, inquiry: Inquiry, answer: ItemStatus, *, now: datetime) -> None:
    """A late reply reopens an expired inquiry for its other patients, unless the practice was asked anew.

    A question reopens an answered or expired one in any case: the practice waits for an answer again.
    """
    asks = answer is ItemStatus.NEEDS_INFO
    if inquiry.stage == InquiryStage.ANSWERED and asks:
        _reopen(session, inquiry, now=now)
    if inquiry.stage != InquiryStage.EXPIRED:
        return
    still = select(PlaceSearch.id).where(PlaceSearch.status.in_(SEARCHING))
    waiting = set(session.scalars(still.where(PlaceSearch.id.in_(_searches_of(session, inquiry)))))
    silent = [
        item
        for item in items_of(session, inquiry.id, lock=True)
        if item.status == ItemStatus.NO_RESPONSE and item.search_id in waiting
    ]
    asked_anew = session.scalar(
        select(Inquiry.id).where(Inquiry.contact_point_id == inquiry.contact_point_id, Inquiry.stage.in_(OPEN_STAGES))
    )
    if not asks and (not silent or asked_anew is not None):
        move_inquiry(session, inquiry, InquiryStage.ANSWERED, now=now)
        return
    _reopen(session, inquiry, now=now)
    for item in silent:
        set_item(session, item, ItemStatus.PENDING, now=now, note="late_reply")


def _searches_of(session: Session, inquiry: Inquiry) -> list[int]:
    return [item.search_id for item in items_of(session, inquiry.id)]


def _reopen(session: Session, inquiry: Inquiry, *, now: datetime) -> None:
    """Let an inquiry wait again. Raises Conflict (who, when) when its contact point was asked anew meanwhile."""
    lock_contact_point(session, inquiry.contact_point_id)
    refuse_if_open(session, inquiry.contact_point_id)
    inquiry.stage, inquiry.closed_at, inquiry.clock_started_at = InquiryStage.SENT, None, now


def _refuse_moot(inquiry: Inquiry, search: PlaceSearch, answer: ItemStatus) -> None:
    if inquiry.sent_at is None:
        raise Invalid("inquiry.not_sent", inquiry_id=inquiry.id)
    if answer is ItemStatus.NEEDS_INFO and inquiry.stage in {InquiryStage.WITHDRAWN, InquiryStage.BOUNCED}:
        raise Invalid("inquiry_item.inquiry_over", field="answer")
    if answer is ItemStatus.NEEDS_INFO and SearchStatus(search.status) not in SEARCHING:
        raise Invalid("inquiry_item.search_over", field="answer")

"""From acceptance to therapy: trial sessions, placement, and what happens when it fails.

A search is successful only after the trial sessions (probatorische Sitzungen); until then it is tentative.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.casework.letters import queue_letter
from domain.casework.overtaken_mails import take_out_of_waiting
from domain.communication.calls import plan_call
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid, NotFound
from domain.matching.inquiries import set_item
from domain.matching.models import Inquiry, InquiryItem, Placement, PlaceSearch
from domain.matching.searches import move_search
from domain.matching.states import LIVE_ACCEPTANCE, ItemStatus, PatientState, SearchStatus
from domain.patients.lifecycle import close_patient
from domain.therapists.models import Therapist

FAILURES = frozenset({ItemStatus.NO_SHOW, ItemStatus.NOT_CONTINUED, ItemStatus.REJECTION_OTHER, ItemStatus.WITHDRAWN})


def start_trial_sessions(session: Session, item_id: int, *, now: datetime, version: int | None = None) -> None:
    """The patient goes to the first trial session."""
    _, item = _lock(session, item_id, version)
    set_item(session, item, ItemStatus.IN_TRIAL_SESSIONS, now=now, person_id=me(session).id)


def begin_therapy(
    session: Session, item_id: int, *, started_on: date, now: datetime, version: int | None = None
) -> int:
    """Both sides go on after the trial sessions: the search is successful. Returns the placement's id."""
    search, item = _lock(session, item_id, version)
    set_item(session, item, ItemStatus.IN_THERAPY, now=now, person_id=me(session).id)
    therapist_id = session.get_one(Inquiry, item.inquiry_id).therapist_id
    placement = Placement(search_id=search.id, item_id=item.id, therapist_id=therapist_id, started_on=started_on)
    session.add(placement)
    session.flush()
    move_search(session, search, SearchStatus.SUCCESSFUL, now=now, reason="placed")
    events.record(session, "placement.created", placement.id, search_id=search.id, therapist_id=therapist_id)
    return placement.id


def fail_acceptance(
    session: Session,
    item_id: int,
    outcome: ItemStatus,
    *,
    now: datetime,
    note: str = "",
    version: int | None = None,
) -> tuple[int, ...]:
    """The place came to nothing: the search goes on. Returns the surplus acceptances that could take its place."""
    if outcome not in FAILURES:
        raise Invalid("inquiry_item.not_a_failure", outcome=outcome)
    search, item = _lock(session, item_id, version)
    held = item.status == ItemStatus.ACCEPTED
    set_item(session, item, outcome, now=now, note=note, person_id=me(session).id)
    if held and outcome is ItemStatus.WITHDRAWN:
        _tell_practice(session, item, now=now)
    move_search(session, search, SearchStatus.ACTIVE, now=now)
    session.flush()
    return tuple(
        session.scalars(
            select(InquiryItem.id)
            .where(InquiryItem.search_id == search.id, InquiryItem.status == ItemStatus.ACCEPTED_SURPLUS)
            .order_by(InquiryItem.answered_at)
        )
    )


def promote_surplus(session: Session, item_id: int, *, now: datetime, version: int | None = None) -> None:
    """A surplus acceptance takes the place of the one that failed; raises Conflict while the first still lives."""
    search, item = _lock(session, item_id, version)
    if search.status == SearchStatus.TENTATIVE:
        raise Conflict("inquiry_item.first_acceptance_lives", search_id=search.id)
    set_item(session, item, ItemStatus.ACCEPTED, now=now, person_id=me(session).id)
    take_out_of_waiting(session, load_for_edit(session, Inquiry, item.inquiry_id), item, now=now)
    move_search(session, search, SearchStatus.TENTATIVE, now=now)


def end_therapy(session: Session, placement_id: int, *, success: bool, ended_on: date, now: datetime) -> None:
    """The therapy ended, as planned or not; the patient's record is closed."""
    placement = load_for_edit(session, Placement, placement_id)
    if placement.ended_on is not None:
        raise Conflict("placement.ended_already", id=placement_id)
    if ended_on < placement.started_on:
        raise Invalid("placement.ended_before_start", field="ended_on")
    outcome = PatientState.CLOSED_SUCCESS if success else PatientState.CLOSED_DROPOUT
    _end_placement(session, placement, outcome, ended_on=ended_on, now=now)
    search = session.get_one(PlaceSearch, placement.search_id)
    close_patient(session, search.patient_id, outcome, now=now)


def give_up_place(session: Session, search_id: int, *, reason: str, now: datetime) -> None:
    """The patient gives back what they have: an accepted place (the practice is told), trial sessions, a therapy."""
    item = session.scalar(
        select(InquiryItem)
        .where(
            InquiryItem.search_id == search_id,
            InquiryItem.status.in_(LIVE_ACCEPTANCE),
            InquiryItem.ended_at.is_(None),
        )
        .with_for_update()
    )
    if item is None:
        return
    if item.status == ItemStatus.ACCEPTED:
        set_item(session, item, ItemStatus.WITHDRAWN, now=now, note=reason, person_id=me(session).id)
        _tell_practice(session, item, now=now)
    elif item.status == ItemStatus.IN_TRIAL_SESSIONS:
        set_item(session, item, ItemStatus.NOT_CONTINUED, now=now, note=reason, person_id=me(session).id)
    else:
        placement = session.scalars(select(Placement).where(Placement.item_id == item.id).with_for_update()).one()
        ended_on = max(now.date(), placement.started_on)
        _end_placement(session, placement, PatientState.WITHDRAWN, ended_on=ended_on, now=now)


def _end_placement(
    session: Session, placement: Placement, outcome: PatientState, *, ended_on: date, now: datetime
) -> None:
    placement.ended_on, placement.outcome = ended_on, outcome
    session.get_one(InquiryItem, placement.item_id).ended_at = now
    events.record(session, "placement.ended", placement.id, outcome=outcome)


def _tell_practice(session: Session, item: InquiryItem, *, now: datetime) -> None:
    """By mail where there is an address, else by a call: the place is free for somebody else."""
    inquiry = session.get_one(Inquiry, item.inquiry_id)
    if queue_letter(session, "place_declined", inquiry, [item], now=now) is None:
        therapist = session.get_one(Therapist, inquiry.therapist_id)
        if therapist.phone or therapist.mobile:
            plan_call(session, therapist.id, now=now, inquiry_id=inquiry.id)


def _lock(session: Session, item_id: int, version: int | None) -> tuple[PlaceSearch, InquiryItem]:
    search_id = session.scalar(select(InquiryItem.search_id).where(InquiryItem.id == item_id))
    if search_id is None:
        raise NotFound("record.not_found", table="inquiry_item", id=item_id)
    search = load_for_edit(session, PlaceSearch, search_id)
    return search, load_for_edit(session, InquiryItem, item_id, version)

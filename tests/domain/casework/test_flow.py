"""The way of a patient through every listed state, step by step, by the functions the window calls."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.casework.answers import record_answer
from domain.casework.clocks import tick
from domain.casework.consent import withdraw
from domain.casework.patient_record import reopen_record, restrict_patient, unrestrict_patient, withdraw_patient
from domain.casework.placements import begin_therapy, end_therapy, fail_acceptance, start_trial_sessions
from domain.casework.searches import (
    cancel_search,
    expire_search,
    reopen_search,
    start_search,
    state_of,
    take_reimbursement_route,
)
from domain.database import Database
from domain.errors import Conflict, Invalid, PlatzlotseError
from domain.matching.listing import find_search
from domain.matching.models import Inquiry, InquiryItem, Placement, PlaceSearch
from domain.matching.searches import pause_search, resume_search
from domain.matching.states import ItemStatus, PatientState, SearchStatus
from domain.patients.models import Patient
from domain.patients.service import give_consent, mark_ready
from tests.builders import add_patient, add_search, add_therapist
from tests.domain.casework.steps import accept, ask, calls, mails, only_item, state

P = PatientState


def brought_to(session: Session, wanted: PatientState, *, now: datetime) -> tuple[int, int | None, InquiryItem | None]:
    """A patient brought to a state the way people do it: patient, search and accepted item."""
    if wanted in {P.INTAKE, P.READY}:
        return add_patient(session, ready_at=None if wanted is P.INTAKE else now), None, None
    patient = add_patient(session)
    search = start_search(session, patient)
    if wanted is P.SEARCHING:
        return patient, search, None
    if wanted is P.PAUSED:
        pause_search(session, search, until=None, reason="Kur", now=now)
        return patient, search, None
    item = only_item(session, ask(session, search, now=now))
    record_answer(session, item.id, ItemStatus.ACCEPTED, now=now)
    if wanted is P.OFFERED:
        return patient, search, item
    start_trial_sessions(session, item.id, now=now)
    if wanted is P.IN_TRIAL_SESSIONS:
        return patient, search, item
    placement = begin_therapy(session, item.id, started_on=now.date(), now=now)
    if wanted in {P.CLOSED_SUCCESS, P.CLOSED_DROPOUT}:
        end_therapy(session, placement, success=wanted is P.CLOSED_SUCCESS, ended_on=now.date(), now=now)
    return patient, search, item


OPEN_STATES = (P.INTAKE, P.READY, P.SEARCHING, P.PAUSED, P.OFFERED, P.IN_TRIAL_SESSIONS, P.IN_THERAPY)
CLOSED_STATES = (P.CLOSED_SUCCESS, P.CLOSED_DROPOUT)


@pytest.mark.parametrize("wanted", [*OPEN_STATES, *CLOSED_STATES])
def test_every_state_is_reached_by_its_way(database: Database, now: datetime, wanted: PatientState) -> None:
    """From intake to the end of the therapy, the derived state is the one the step leads to."""
    with database.write() as session:
        patient, _, _ = brought_to(session, wanted, now=now)
        assert state_of(session, patient) is wanted


def test_intake_becomes_ready_with_checklist_and_consent(database: Database, now: datetime) -> None:
    """What is missing is named in the form's order; when nothing is, the patient is ready."""
    with database.write() as session:
        patient = add_patient(session, ready_at=None, consent=False, birth_date=None)
        with pytest.raises(Invalid) as error:
            mark_ready(session, patient, now=now)
        assert error.value.params["missing"] == ["birth_date", "consent_storage", "consent_pseudonymous_inquiry"]
        with pytest.raises(Invalid, match="patient_not_ready"):
            start_search(session, patient)
        session.get_one(Patient, patient).birth_date = date(1990, 1, 1)
        for scope in ("storage", "pseudonymous_inquiry"):
            give_consent(session, patient, scope, text_version="1", given_on=now.date(), given_by="patient")
        mark_ready(session, patient, now=now)
        assert state_of(session, patient) is P.READY


def test_a_pause_with_a_day_ends_by_itself(database: Database, now: datetime) -> None:
    """Nothing happens the day before, and without a day only a person resumes."""
    with database.write() as session:
        dated, open_ended = add_search(session), add_search(session)
        pause_search(session, dated, until=date(2026, 12, 1), reason="Reha", now=now)
        pause_search(session, open_ended, until=None, reason="Reha", now=now)
        assert tick(session, now=datetime(2026, 11, 30, 22, 59, tzinfo=UTC)).resumed_searches == ()
        assert tick(session, now=datetime(2026, 12, 1, 6, 0, tzinfo=UTC)).resumed_searches == (dated,)
        resume_search(session, open_ended, now=now)
        states = session.scalars(select(PlaceSearch.status).where(PlaceSearch.id.in_([dated, open_ended])))
        assert set(states) == {"active"}


@pytest.mark.parametrize("before", [P.SEARCHING, P.PAUSED])
def test_an_offer_ends_searching_and_pausing(database: Database, now: datetime, before: PatientState) -> None:
    """An acceptance counts in both states."""
    with database.write() as session:
        patient = add_patient(session)
        search = start_search(session, patient)
        inquiry = ask(session, search, now=now)
        if before is P.PAUSED:
            pause_search(session, search, until=date(2027, 1, 1), reason="Reha", now=now)
        assert state_of(session, patient) is before
        accept(session, inquiry, now=now)
        assert state_of(session, patient) is P.OFFERED
        shown = find_search(session, search, today=now.date())
        assert shown is not None
        assert (shown.status, shown.paused_until) == ("tentative", None)
        assert tick(session, now=datetime(2027, 1, 1, 6, 0, tzinfo=UTC)).resumed_searches == ()


@pytest.mark.parametrize(
    ("before", "outcome"),
    [
        (P.OFFERED, ItemStatus.NO_SHOW),
        (P.OFFERED, ItemStatus.NOT_CONTINUED),
        (P.OFFERED, ItemStatus.REJECTION_OTHER),
        (P.IN_TRIAL_SESSIONS, ItemStatus.NO_SHOW),
        (P.IN_TRIAL_SESSIONS, ItemStatus.NOT_CONTINUED),
    ],
)
def test_a_failed_offer_goes_back_to_searching(
    database: Database, now: datetime, before: PatientState, outcome: ItemStatus
) -> None:
    """The item keeps how it failed, and the next acceptance counts."""
    with database.write() as session:
        patient, search, item = brought_to(session, before, now=now)
        assert item is not None
        assert search is not None
        assert fail_acceptance(session, item.id, outcome, now=now) == ()
        assert (item.status, state_of(session, patient)) == (outcome, P.SEARCHING)
        assert accept(session, ask(session, search, now=now), now=now).status is ItemStatus.ACCEPTED


@pytest.mark.parametrize("before", OPEN_STATES)
def test_any_open_patient_may_withdraw(database: Database, now: datetime, before: PatientState) -> None:
    """The record closes, the search is cancelled, nothing stays open with any practice."""
    with database.write() as session:
        patient, search, _ = brought_to(session, before, now=now)
        withdraw_patient(session, patient, reason="zieht weg", now=now)
        assert state_of(session, patient) is P.WITHDRAWN
        assert open_ends(session, patient) == []
        if search is not None:
            assert session.get_one(PlaceSearch, search).closed_at is not None
        with pytest.raises(Conflict, match=r"patient\.transition"):
            withdraw_patient(session, patient, reason="noch einmal", now=now)


def open_ends(session: Session, patient: int) -> list[str]:
    """Items that still stand with a practice, and therapies without an end, as far as nobody closed them."""
    session.flush()
    searches = select(PlaceSearch.id).where(PlaceSearch.patient_id == patient)
    waiting = session.scalars(
        select(InquiryItem.status).where(
            InquiryItem.search_id.in_(searches),
            InquiryItem.status.in_(["pending", "needs_info", "waitlisted", "accepted", "in_trial_sessions"]),
        )
    )
    running = session.scalars(
        select(Placement.id).where(Placement.search_id.in_(searches), Placement.ended_on.is_(None))
    )
    return [*waiting, *(f"placement {number}" for number in running)]


@pytest.mark.parametrize("before", [*CLOSED_STATES, P.WITHDRAWN])
def test_a_closed_patient_is_reopened_with_a_reason(database: Database, now: datetime, before: PatientState) -> None:
    """The search goes on, the reason is kept, and a new acceptance counts as the first."""
    with database.write() as session:
        start = P.IN_TRIAL_SESSIONS if before is P.WITHDRAWN else before
        patient, search, _ = brought_to(session, start, now=now)
        assert search is not None
        if before is P.WITHDRAWN:
            withdraw_patient(session, patient, reason="zieht weg", now=now)
        with pytest.raises(Invalid, match="reason_missing"):
            reopen_search(session, search, reason=" ", now=now)
        reopen_search(session, search, reason="meldet sich wieder", now=now)
        assert state_of(session, patient) is P.SEARCHING
        assert session.get_one(PlaceSearch, search).reopen_reason == "meldet sich wieder"
        assert accept(session, ask(session, search, now=now), now=now).status is ItemStatus.ACCEPTED
        assert state_of(session, patient) is P.OFFERED


@pytest.mark.parametrize("before", [*OPEN_STATES, *CLOSED_STATES])
def test_a_restriction_ends_where_it_began(database: Database, now: datetime, before: PatientState) -> None:
    """Restricted patients are asked for nowhere; lifted, they are what they were and can go on from there."""
    with database.write() as session:
        patient, search, item = brought_to(session, before, now=now)
        restrict_patient(session, patient, now=now)
        assert state_of(session, patient) is P.RESTRICTED
        if search is not None and before in {P.SEARCHING, P.PAUSED}:
            with pytest.raises(Invalid, match="rule_broken"):
                ask(session, search, now=now)
        unrestrict_patient(session, patient)
        assert state_of(session, patient) is before
        if before is P.OFFERED:
            assert item is not None
            start_trial_sessions(session, item.id, now=now)
            assert state_of(session, patient) is P.IN_TRIAL_SESSIONS


def test_a_restriction_takes_open_inquiries_back(database: Database, now: datetime) -> None:
    """What waits with a practice is withdrawn."""
    with database.write() as session:
        patient = add_patient(session)
        inquiry = ask(session, start_search(session, patient), now=now)
        restrict_patient(session, patient, now=now)
        assert (only_item(session, inquiry).status, inquiry.stage) == ("withdrawn", "withdrawn")


def test_withdrawn_consent_leaves_the_place_somebody_has(database: Database, now: datetime) -> None:
    """Only what still waits is taken back; a place is not lost with the consent to ask for one."""
    with database.write() as session:
        patient, _, item = brought_to(session, P.OFFERED, now=now)
        assert item is not None
        withdraw(session, patient, "pseudonymous_inquiry", now=now)
        assert (item.status, state_of(session, patient)) == ("accepted", P.OFFERED)


@pytest.mark.parametrize("before", [P.RESTRICTED, P.IN_THERAPY, *CLOSED_STATES, P.WITHDRAWN])
def test_no_new_search_begins_for_who_is_not_ready(database: Database, now: datetime, before: PatientState) -> None:
    """Closed records are reopened with a reason, restricted ones not at all."""
    with database.write() as session:
        if before in {P.RESTRICTED, P.WITHDRAWN}:
            patient = add_patient(session)
            if before is P.RESTRICTED:
                restrict_patient(session, patient, now=now)
            else:
                withdraw_patient(session, patient, reason="zieht weg", now=now)
        else:
            patient, _, _ = brought_to(session, before, now=now)
        with pytest.raises(PlatzlotseError, match=r"patient\.(transition|restricted|closed)"):
            start_search(session, patient)


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (lambda s, i, now: cancel_search(s, i, reason="selbst gefunden", now=now), SearchStatus.CANCELLED),
        (lambda s, i, now: expire_search(s, i, reason="meldet sich nicht", now=now), SearchStatus.EXPIRED),
        (
            lambda s, i, now: take_reimbursement_route(s, i, reason="Absagen", now=now),
            SearchStatus.REIMBURSEMENT_ROUTE,
        ),
    ],
    ids=["cancelled", "expired", "reimbursement_route"],
)
def test_an_ended_search_takes_its_inquiries_back(
    database: Database, now: datetime, end: object, status: SearchStatus
) -> None:
    """The patient is ready again, and the search may be reopened."""
    assert callable(end)
    with database.write() as session:
        patient = add_patient(session)
        search = start_search(session, patient)
        inquiry = ask(session, search, now=now)
        end(session, search, now + timedelta(days=1))
        assert (session.get_one(PlaceSearch, search).status, only_item(session, inquiry).status) == (
            status,
            "withdrawn",
        )
        assert state_of(session, patient) is P.READY
        reopen_search(session, search, reason="doch nicht", now=now)
        assert state_of(session, patient) is P.SEARCHING


def test_a_running_therapy_is_not_reopened(database: Database, now: datetime) -> None:
    """Its search succeeded; the therapy has to end first."""
    with database.write() as session:
        _, search, _ = brought_to(session, P.IN_THERAPY, now=now)
        assert search is not None
        with pytest.raises(Conflict, match=r"patient\.transition"):
            reopen_search(session, search, reason="Versehen", now=now)


def test_the_practice_learns_that_its_place_is_free(database: Database, now: datetime) -> None:
    """Who withdraws with a promised place gives it back by mail, under the code and without a name."""
    with database.write() as session:
        patient, _, item = brought_to(session, P.OFFERED, now=now)
        assert item is not None
        withdraw_patient(session, patient, reason="zieht weg", now=now)
        (mail,) = mails(session, session.get_one(Inquiry, item.inquiry_id), "place_declined")
        assert item.reference_code in mail.body_text
        assert session.get_one(Patient, patient).last_name not in mail.body_text + mail.body_html


def test_a_practice_without_mail_is_called_about_its_place(database: Database, now: datetime) -> None:
    """Where no address is known, a call is planned."""
    with database.write() as session:
        patient = add_patient(session)
        inquiry = ask(session, start_search(session, patient), therapist=add_therapist(session, email=""), now=now)
        accept(session, inquiry, now=now)
        withdraw_patient(session, patient, reason="zieht weg", now=now)
        assert [call.status for call in calls(session, inquiry)] == ["planned"]


def test_a_therapy_given_up_ends_as_withdrawn(database: Database, now: datetime) -> None:
    """The placement carries the outcome, and the day is not before it began."""
    with database.write() as session:
        patient, search, _ = brought_to(session, P.IN_THERAPY, now=now)
        withdraw_patient(session, patient, reason="möchte keine Hilfe mehr", now=now)
        placement = session.scalars(select(Placement).where(Placement.search_id == search)).one()
        assert (placement.outcome, placement.ended_on) == ("withdrawn", now.date())


def test_a_record_without_a_search_opens_where_it_began(database: Database, now: datetime) -> None:
    """Withdrawn before the search began, it is intake or ready again."""
    with database.write() as session:
        for before in (P.INTAKE, P.READY):
            patient, _, _ = brought_to(session, before, now=now)
            with pytest.raises(Conflict, match=r"patient\.transition"):
                reopen_record(session, patient, reason="Versehen", now=now)
            withdraw_patient(session, patient, reason="zieht weg", now=now)
            reopen_record(session, patient, reason="bleibt doch", now=now)
            assert state_of(session, patient) is before


def test_a_closed_record_goes_on_with_its_last_search(database: Database, now: datetime) -> None:
    """The same search is active again; without consent by now it is refused with what is missing."""
    with database.write() as session:
        patient, search, _ = brought_to(session, P.SEARCHING, now=now)
        withdraw_patient(session, patient, reason="zieht weg", now=now)
        reopen_record(session, patient, reason="bleibt doch", now=now)
        assert state_of(session, patient) is P.SEARCHING
        withdraw_patient(session, patient, reason="zieht doch weg", now=now)
        withdraw(session, patient, "pseudonymous_inquiry", now=now)
        with pytest.raises(Invalid, match=r"patient\.not_ready") as error:
            reopen_record(session, patient, reason="bleibt", now=now)
        assert error.value.params["missing"] == ["consent_pseudonymous_inquiry"]
        assert search is not None
        assert session.get_one(PlaceSearch, search).closed_at is not None


def test_a_search_is_not_reopened_beside_another(database: Database, now: datetime) -> None:
    """At most one search of a patient is open; the second is told of the first."""
    with database.write() as session:
        patient, first, _ = brought_to(session, P.SEARCHING, now=now)
        assert first is not None
        cancel_search(session, first, reason="selbst gefunden", now=now)
        start_search(session, patient)
        with pytest.raises(Conflict, match=r"place_search\.open_exists") as error:
            reopen_search(session, first, reason="doch nicht", now=now)
        assert error.value.params["by"] == "Jana Brand"


def test_a_refusal_corrected_to_a_question_waits_again(database: Database, now: datetime) -> None:
    """The inquiry was closed as answered; the question opens it, and a further answer closes it."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now)
        record_answer(session, only_item(session, inquiry).id, ItemStatus.REJECTION_CAPACITY, now=now)
        assert state(session, inquiry) == "answered"
        record_answer(session, only_item(session, inquiry).id, ItemStatus.NEEDS_INFO, now=now)
        assert inquiry.closed_at is None
        record_answer(session, only_item(session, inquiry).id, ItemStatus.REJECTION_CAPACITY, now=now)
        assert state(session, inquiry) == "answered"

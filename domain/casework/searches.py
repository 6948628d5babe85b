"""Beginning, ending and taking up a patient's search, with everything that follows for inquiries, mails and calls.

Locks are taken in one order everywhere: patient, search, inquiry, item.
"""

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.casework.placements import give_up_place
from domain.casework.release import release_search
from domain.editing import load_for_edit
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.matching.models import PlaceSearch
from domain.matching.searches import move_search, open_search, refuse_if_open
from domain.matching.states import CLOSED_PATIENT, PATIENT, ItemStatus, PatientState, SearchStatus
from domain.patients.checklist import missing_for_search
from domain.patients.lifecycle import lock_patient, open_record
from domain.patients.models import Patient


def state_of(session: Session, patient_id: int) -> PatientState:
    """The patient's state, as the database derives it."""
    session.flush()
    value = session.scalar(
        text("SELECT state FROM matching_service.patient_state WHERE patient_id = :id"), {"id": patient_id}
    )
    return PatientState(value)


def start_search(session: Session, patient_id: int, *, urgency: int = 0) -> int:
    """Open the search of a patient who is ready; the wait counts from registration. Returns the search's id.

    Raises Invalid when the checklist is not complete yet, Forbidden for a restricted record, Conflict when a
    search is open already (who, when), the record is closed (it is reopened with a reason) or the patient in therapy.
    """
    patient = lock_patient(session, patient_id)
    before = state_of(session, patient_id)
    if before is PatientState.INTAKE:
        raise Invalid("place_search.patient_not_ready")
    if before is PatientState.RESTRICTED:
        raise Forbidden("patient.restricted", patient_id=patient_id)
    if before in CLOSED_PATIENT:
        raise Conflict("patient.closed", patient_id=patient_id)
    refuse_if_open(session, patient_id)
    PATIENT.check(before, PatientState.SEARCHING)
    return open_search(session, patient_id, waiting_since=patient.registered_on, urgency=urgency)


def cancel_search(session: Session, search_id: int, *, reason: str, now: datetime, version: int | None = None) -> None:
    """End a search without a place; open inquiries and an accepted place are given back."""
    _end(session, search_id, SearchStatus.CANCELLED, reason=reason, now=now, version=version)


def expire_search(session: Session, search_id: int, *, reason: str, now: datetime, version: int | None = None) -> None:
    """End a search because nobody wants it any more (no sign of the patient)."""
    _end(session, search_id, SearchStatus.EXPIRED, reason=reason, now=now, version=version)


def take_reimbursement_route(
    session: Session, search_id: int, *, reason: str, now: datetime, version: int | None = None
) -> None:
    """Go on by reimbursement (§ 13 (3) SGB V) instead of searching among statutory seats."""
    _end(session, search_id, SearchStatus.REIMBURSEMENT_ROUTE, reason=reason, now=now, version=version)


def _end(
    session: Session, search_id: int, after: SearchStatus, *, reason: str, now: datetime, version: int | None
) -> None:
    if not reason.strip():
        raise Invalid("place_search.reason_missing", field="reason")
    search = load_for_edit(session, PlaceSearch, search_id, version)
    move_search(session, search, after, now=now, reason=reason.strip())
    give_up_place(session, search_id, reason=reason, now=now)
    release_search(session, search_id, ItemStatus.WITHDRAWN, reason=reason, now=now)


def reopen_search(session: Session, search_id: int, *, reason: str, now: datetime, version: int | None = None) -> None:
    """Take a closed search up again (reason logged); the patient's record opens with it.

    Raises Conflict while the therapy it led to is running or another search is open, Forbidden for a restricted
    record, and Invalid when something the search needs is missing by now, a withdrawn consent for example.
    """
    if not reason.strip():
        raise Invalid("place_search.reason_missing", field="reason")
    patient_id = session.scalar(select(PlaceSearch.patient_id).where(PlaceSearch.id == search_id))
    if patient_id is None:
        raise NotFound("record.not_found", table="place_search", id=search_id)
    patient = lock_patient(session, patient_id)
    search = load_for_edit(session, PlaceSearch, search_id, version)
    before = state_of(session, patient_id)
    if before is PatientState.RESTRICTED:
        raise Forbidden("patient.restricted", patient_id=patient_id)
    refuse_if_open(session, patient_id)
    PATIENT.check(before, PatientState.SEARCHING)
    refuse_incomplete(session, patient, now=now)
    open_record(session, patient_id)
    move_search(session, search, SearchStatus.ACTIVE, now=now)
    search.reopen_reason = reason.strip()


def refuse_incomplete(session: Session, patient: Patient, *, now: datetime) -> None:
    """Raise Invalid with what is missing before anybody may be asked for this patient."""
    if missing := missing_for_search(session, patient, today=now.date()):
        raise Invalid("patient.not_ready", missing=list(missing))

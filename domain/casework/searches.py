"""Beginning and ending a patient's search, with everything that follows for inquiries, mails and calls."""

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.casework.release import release_search
from domain.editing import load_for_edit
from domain.errors import Invalid
from domain.matching.models import PlaceSearch
from domain.matching.searches import move_search, open_search
from domain.matching.states import PATIENT, ItemStatus, PatientState, SearchStatus
from domain.patients.lifecycle import close_patient, lift_restriction, lock_patient, reopen_patient, restrict


def state_of(session: Session, patient_id: int) -> PatientState:
    """The patient's state, as the database derives it."""
    session.flush()
    value = session.scalar(
        text("SELECT state FROM matching_service.patient_state WHERE patient_id = :id"), {"id": patient_id}
    )
    return PatientState(value)


def start_search(session: Session, patient_id: int, *, urgency: int = 0) -> int:
    """Open the search of a patient who is ready; the wait counts from registration. Returns the search's id.

    Raises Invalid when the checklist is not complete yet, Conflict (who, when) when a search is open already.
    """
    patient = lock_patient(session, patient_id)
    before = state_of(session, patient_id)
    if before is PatientState.INTAKE:
        raise Invalid("place_search.patient_not_ready")
    if before is PatientState.READY:
        PATIENT.check(before, PatientState.SEARCHING)
    return open_search(session, patient_id, waiting_since=patient.registered_on, urgency=urgency)


def cancel_search(session: Session, search_id: int, *, reason: str, now: datetime, version: int | None = None) -> None:
    """End a search without a place; open inquiries are taken back."""
    _end(session, search_id, SearchStatus.CANCELLED, reason=reason, now=now, version=version)


def expire_search(session: Session, search_id: int, *, now: datetime, version: int | None = None) -> None:
    """End a search because nobody wants it any more (no sign of the patient)."""
    _end(session, search_id, SearchStatus.EXPIRED, reason="expired", now=now, version=version)


def take_reimbursement_route(session: Session, search_id: int, *, now: datetime, version: int | None = None) -> None:
    """Go on by reimbursement (§ 13 (3) SGB V) instead of searching among statutory seats."""
    _end(session, search_id, SearchStatus.REIMBURSEMENT_ROUTE, reason="reimbursement_route", now=now, version=version)


def _end(
    session: Session, search_id: int, after: SearchStatus, *, reason: str, now: datetime, version: int | None
) -> None:
    if not reason.strip():
        raise Invalid("place_search.reason_missing", field="reason")
    search = load_for_edit(session, PlaceSearch, search_id, version)
    move_search(session, search, after, now=now, reason=reason.strip())
    release_search(session, search_id, ItemStatus.WITHDRAWN, reason=reason, now=now)


def reopen_search(session: Session, search_id: int, *, reason: str, now: datetime) -> None:
    """Take a closed search up again (reason logged); the patient's record opens with it."""
    if not reason.strip():
        raise Invalid("place_search.reason_missing", field="reason")
    search = load_for_edit(session, PlaceSearch, search_id)
    lock_patient(session, search.patient_id)
    reopen_patient(session, search.patient_id)
    move_search(session, search, SearchStatus.ACTIVE, now=now)
    search.reopen_reason = reason.strip()


def withdraw_patient(session: Session, patient_id: int, *, reason: str, now: datetime) -> None:
    """The patient wants no help any more: search cancelled, inquiries taken back, record closed."""
    lock_patient(session, patient_id)
    PATIENT.check(state_of(session, patient_id), PatientState.WITHDRAWN)
    search = session.scalar(
        select(PlaceSearch)
        .where(PlaceSearch.patient_id == patient_id, PlaceSearch.closed_at.is_(None))
        .with_for_update()
    )
    if search is not None:
        cancel_search(session, search.id, reason=reason, now=now)
    close_patient(session, patient_id, PatientState.WITHDRAWN, now=now)


def restrict_patient(session: Session, patient_id: int, *, now: datetime) -> None:
    """Restrict processing (Art. 18): queued mails stop, open inquiries are taken back at once."""
    lock_patient(session, patient_id)
    PATIENT.check(state_of(session, patient_id), PatientState.RESTRICTED)
    restrict(session, patient_id, now=now)
    _release_all(session, patient_id, reason="restricted", now=now)


def unrestrict_patient(session: Session, patient_id: int) -> None:
    """Lift the restriction; the patient is again what it was before."""
    lift_restriction(session, patient_id)


def stop_after_withdrawn_consent(session: Session, patient_id: int, *, now: datetime) -> None:
    """Consent to pseudonymous inquiries is withdrawn: queued mail and open inquiries stop at once."""
    _release_all(session, patient_id, reason="consent_withdrawn", now=now)


def _release_all(session: Session, patient_id: int, *, reason: str, now: datetime) -> None:
    for search_id in session.scalars(select(PlaceSearch.id).where(PlaceSearch.patient_id == patient_id)).all():
        release_search(session, search_id, ItemStatus.WITHDRAWN, reason=reason, now=now)

"""A patient's record as a whole: withdrawn, reopened, restricted; and what that means for searches and practices.

A place somebody has got is theirs: restriction and withdrawn consent stop asking, they take no place away.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.casework.placements import give_up_place
from domain.casework.release import release_patient
from domain.casework.searches import cancel_search, reopen_search, state_of
from domain.errors import Conflict, Invalid
from domain.matching.models import PlaceSearch
from domain.matching.states import CLOSED_PATIENT, PATIENT, PatientState
from domain.patients.lifecycle import close_patient, lift_restriction, lock_patient, open_record, restrict


def withdraw_patient(session: Session, patient_id: int, *, reason: str, now: datetime) -> None:
    """The patient wants no help any more: search cancelled, places given back, record closed."""
    if not reason.strip():
        raise Invalid("place_search.reason_missing", field="reason")
    lock_patient(session, patient_id)
    PATIENT.check(state_of(session, patient_id), PatientState.WITHDRAWN)
    for search in _searches(session, patient_id):
        if search.closed_at is None:
            cancel_search(session, search.id, reason=reason, now=now)
        else:
            give_up_place(session, search.id, reason=reason, now=now)
    close_patient(session, patient_id, PatientState.WITHDRAWN, now=now)


def reopen_record(session: Session, patient_id: int, *, reason: str, now: datetime) -> None:
    """Open a closed record again (reason logged): its last search goes on; without one it is where it began.

    Raises Conflict when the record is not closed, and what `reopen_search` raises.
    """
    if not reason.strip():
        raise Invalid("place_search.reason_missing", field="reason")
    lock_patient(session, patient_id)
    before = state_of(session, patient_id)
    if before not in CLOSED_PATIENT:
        raise Conflict("patient.transition", before=before.value, after=PatientState.SEARCHING.value)
    searches = _searches(session, patient_id)
    if searches:
        reopen_search(session, searches[-1].id, reason=reason, now=now)
    else:
        open_record(session, patient_id)


def restrict_patient(session: Session, patient_id: int, *, now: datetime) -> None:
    """Restrict processing (Art. 18): queued mails stop, open inquiries are taken back at once."""
    lock_patient(session, patient_id)
    PATIENT.check(state_of(session, patient_id), PatientState.RESTRICTED)
    restrict(session, patient_id, now=now)
    release_patient(session, patient_id, reason="restricted", now=now)


def unrestrict_patient(session: Session, patient_id: int) -> None:
    """Lift the restriction; the patient is again what it was before."""
    lift_restriction(session, patient_id)


def _searches(session: Session, patient_id: int) -> list[PlaceSearch]:
    """All searches of the patient, locked, oldest first."""
    query = select(PlaceSearch).where(PlaceSearch.patient_id == patient_id).order_by(PlaceSearch.id).with_for_update()
    return list(session.scalars(query))

"""Marks that close or restrict a patient's record. The states people read derive from them (matching).

Which marks may follow which is decided by the caller (casework), which sees the search as well.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from domain import events
from domain.editing import load_for_edit
from domain.errors import Forbidden, NotFound
from domain.patients.models import Patient


def lock_patient(session: Session, patient_id: int) -> Patient:
    """The patient's row, locked until the transaction ends; raises NotFound."""
    return load_for_edit(session, Patient, patient_id)


def refuse_closed(patient: Patient, code: str = "patient.restricted") -> None:
    """Raise Forbidden (`code`, ``patient_id``) while a record's processing is restricted, and once it is erased."""
    if patient.restricted_at is not None or patient.erased_at is not None:
        raise Forbidden(code, patient_id=patient.id)


def close_patient(session: Session, patient_id: int, outcome: str, *, now: datetime) -> None:
    """Mark the record closed as `closed_success`, `closed_dropout` or `withdrawn`."""
    patient = lock_patient(session, patient_id)
    patient.closed_at, patient.closed_outcome = now, outcome
    events.record(session, "patient.closed", patient_id, outcome=outcome)


def open_record(session: Session, patient_id: int) -> None:
    """Take the closing mark away again."""
    patient = lock_patient(session, patient_id)
    if patient.closed_at is not None:
        patient.closed_at = patient.closed_outcome = None
        events.record(session, "patient.reopened", patient_id)


def restrict(session: Session, patient_id: int, *, now: datetime) -> None:
    """Restrict processing (Art. 18 GDPR): the record stays, nobody is asked any more."""
    patient = lock_patient(session, patient_id)
    patient.restricted_at = now
    events.record(session, "patient.restricted", patient_id)


def lift_restriction(session: Session, patient_id: int) -> None:
    """End the restriction: the record returns to the state it had."""
    patient = lock_patient(session, patient_id)
    if patient.restricted_at is None:
        raise NotFound("patient.not_restricted", id=patient_id)
    patient.restricted_at = None
    events.record(session, "patient.restriction_lifted", patient_id)

"""Taking an intake over: a new patient, or what is new about a known one. The same person twice is one patient."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import events
from domain.acquisition.records import PatientRecord
from domain.patients.checklist import ADULT_AGE, age_on, missing_for_search
from domain.patients.models import Consent, MedicalInformation, Patient, Wishes
from domain.values import Coordinate
from domain.weektime import to_multirange


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an entry: imported, updated or unchanged; and the scopes of consent it withdrew."""

    patient_id: int
    became: str
    withdrawn: frozenset[str] = frozenset()


def apply_intake(
    session: Session, record: PatientRecord, place: Coordinate | None, *, now: datetime, today: date
) -> Taken:
    """Insert or complete a patient.

    A known patient's gaps are filled; what stands there already stays, since a caseworker may have mended it and
    a file holds the same person twice with different values. Consent once withdrawn stays withdrawn, and a later
    form that says no withdraws an earlier yes.
    """
    patient = _known(session, record)
    profile = _profile(record, place)
    if patient is None:
        patient = Patient(**profile, registered_on=record.registered_on or _given_on(record) or today, source="intake")
        session.add(patient)
        session.flush()
        session.add(MedicalInformation(patient_id=patient.id, **_medical(record)))
        session.add(Wishes(patient_id=patient.id, **_wishes(record)))
        _give(session, patient, record, today=today)
        session.flush()
        if not missing_for_search(session, patient, today=today):
            patient.ready_at = now
        events.record(session, "patient.created", patient.id)
        return Taken(patient.id, "imported")
    changed = _complete(patient, profile)
    changed |= _complete(session.get_one(MedicalInformation, patient.id), _medical(record))
    changed |= _complete(session.get_one(Wishes, patient.id), _wishes(record))
    changed |= _give(session, patient, record, today=today)
    if changed:
        if patient.ready_at is None and not missing_for_search(session, patient, today=today):
            patient.ready_at = now
        events.record(session, "patient.updated", patient.id)
    withdrawn = _withdraw(session, patient, record)
    if withdrawn:
        events.record(session, "patient.consent_withdrawn", patient.id, scopes=" ".join(sorted(withdrawn)))
    return Taken(patient.id, "updated" if changed or withdrawn else "unchanged", withdrawn)


def _known(session: Session, record: PatientRecord) -> Patient | None:
    """The same name and birth date; where one side lacks the date, the same name and mail address."""
    same_name = (
        func.public.fold(Patient.last_name) == func.public.fold(record.last_name),
        func.public.fold(Patient.first_name) == func.public.fold(record.first_name),
        Patient.erased_at.is_(None),
    )
    for patient in session.scalars(select(Patient).where(*same_name).order_by(Patient.id)):
        if patient.birth_date is not None and record.birth_date is not None:
            if patient.birth_date == record.birth_date:
                return patient
        elif record.email and patient.email == record.email:
            return patient
    return None


def _profile(record: PatientRecord, place: Coordinate | None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "first_name": record.first_name,
        "last_name": record.last_name,
        "birth_date": record.birth_date,
        "sex": record.sex.value,
        "street": record.street,
        "house_number": record.house_number,
        "plz": record.plz,
        "city": record.city,
        "email": record.email,
        "phone": record.phone,
        "insurer": record.insurer,
        "insurance_kind": record.insurance_kind,
        "insurance_number": record.insurance_number,
    }
    if place is not None:
        values |= {
            "lat": place.lat,
            "lon": place.lon,
            "geo_quality": place.quality.value,
            "geo_uncertainty_m": place.uncertainty_m,
            "geo_source": place.source,
        }
    return values


def _medical(record: PatientRecord) -> dict[str, Any]:
    return {
        "complaints": list(record.complaints),
        "diagnoses": list(record.diagnoses),
        "previous_therapy_end": record.previous_therapy_end,
        "consultation_on": record.consultation_on,
        "timely_needed": record.timely_needed,
    }


def _wishes(record: PatientRecord) -> dict[str, Any]:
    return {
        "methods": sorted(method.value for method in record.methods),
        "group_ok": record.group_ok,
        "therapist_sex": record.therapist_sex.value,
        "radius_km": record.radius_km,
        "travel_mode": record.travel_mode.value if record.travel_mode else None,
        "languages": sorted(record.languages),
        "availability": to_multirange(record.availability),
    }


_UNKNOWN: tuple[object, ...] = ("", "unknown", "not_stated", "any", "none", False, None, [])


def _complete(row: Any, values: dict[str, Any]) -> bool:
    """Fill the row's gaps from what the record knows; True if anything changed."""
    changed = False
    for name, value in values.items():
        if value in _UNKNOWN or getattr(row, name) not in _UNKNOWN:
            continue
        setattr(row, name, value)
        changed = True
    return changed


def _given_on(record: PatientRecord) -> date | None:
    return record.consent.given_on if record.consent is not None else None


def _give(session: Session, patient: Patient, record: PatientRecord, *, today: date) -> bool:
    if record.consent is None:
        return False
    known = set(session.scalars(select(Consent.scope).where(Consent.patient_id == patient.id)))
    age = age_on(today, patient.birth_date)
    fresh = sorted(record.consent.scopes - known)
    session.add_all(
        Consent(
            patient_id=patient.id,
            scope=scope,
            text_version=record.consent.version,
            given_on=record.consent.given_on,
            # the form does not say who signed for a minor: unknown until somebody notes it
            given_by="patient" if age is not None and age >= ADULT_AGE else None,
        )
        for scope in fresh
    )
    return bool(fresh)


def _withdraw(session: Session, patient: Patient, record: PatientRecord) -> frozenset[str]:
    """End the consents a later form refuses; returns their scopes."""
    if record.consent is None or not record.consent.refused:
        return frozenset()
    ended = session.scalars(
        select(Consent).where(
            Consent.patient_id == patient.id,
            Consent.scope.in_(record.consent.refused),
            Consent.withdrawn_on.is_(None),
            Consent.given_on < record.consent.given_on,
        )
    ).all()
    for consent in ended:
        consent.withdrawn_on = record.consent.given_on
    return frozenset(consent.scope for consent in ended)

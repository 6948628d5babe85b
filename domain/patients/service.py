"""Editing patients: profile, needs and wishes in one form, guardians, consents, readiness.

Every function checks the version the caller saw; the first to save wins and the other is told who it was.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.acquisition.phone_numbers import phone as read_phone
from domain.acquisition.text import email as read_email
from domain.acquisition.text import fold_name
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid
from domain.geocoding.lookup import locate, whole_plz
from domain.languages import language, unknown
from domain.patients.checklist import missing_for_search
from domain.patients.models import Consent, Guardian, MedicalInformation, Patient, Wishes
from domain.values import WeekSpan
from domain.weektime import to_multirange

ICD10 = re.compile(r"[A-Z]\d{2}(\.\d{1,2})?")
OLDEST = date(1900, 1, 2)


@dataclass(frozen=True, slots=True)
class PatientForm:
    """What a caseworker enters; empty texts and None mean "not known"."""

    first_name: str
    last_name: str
    birth_date: date | None
    sex: str
    street: str
    house_number: str
    plz: str
    city: str
    email: str
    phone: str
    insurer: str
    insurance_kind: str
    insurance_number: str
    registered_on: date
    responsible_id: int | None
    deputy_id: int | None
    resubmission_on: date | None
    resubmission_note: str
    note: str
    wants_status: bool
    complaints: tuple[str, ...]
    diagnoses: tuple[str, ...]
    complaint_note: str
    previous_therapy_end: date | None
    consultation_on: date | None
    timely_needed: bool
    ptv11_code: str
    methods: tuple[str, ...]
    group_ok: bool
    therapist_sex: str
    radius_km: int | None
    travel_mode: str | None
    languages: tuple[str, ...]
    accessibility_needed: bool
    reimbursement_ok: bool
    availability: tuple[WeekSpan, ...] | None


def create_patient(session: Session, form: PatientForm, *, today: date) -> int:
    """A new patient; returns the id. The person who enters it is responsible unless another is named."""
    patient = Patient(last_name=form.last_name.strip(), registered_on=form.registered_on)
    _apply_profile(session, patient, form, today=today)
    if patient.responsible_id is None:
        patient.responsible_id = me(session).id
    session.add(patient)
    session.flush()
    session.add_all([MedicalInformation(patient_id=patient.id), Wishes(patient_id=patient.id)])
    session.flush()
    _apply_needs(session, patient.id, form)
    events.record(session, "patient.created", patient.id)
    return patient.id


def update_patient(session: Session, patient_id: int, version: int, form: PatientForm, *, today: date) -> None:
    """Save a form over the version the caller saw; raises Conflict (who, when) and Invalid (field)."""
    patient = load_for_edit(session, Patient, patient_id, version)
    _apply_profile(session, patient, form, today=today)
    changed = _apply_needs(session, patient_id, form)
    if changed:
        # the form is one record to the person who edits it: needs count into the profile's version
        patient.updated_at = datetime.now(tz=patient.updated_at.tzinfo)
    events.record(session, "patient.updated", patient_id)


def set_contact(session: Session, patient_id: int, *, email: str, phone: str) -> None:
    """Change how a patient is reached, and nothing else. Raises Invalid (field)."""
    patient = load_for_edit(session, Patient, patient_id)
    patient.email, patient.phone = _reached_by(email, phone)
    events.record(session, "patient.updated", patient_id)


def _reached_by(email_text: str, phone_text: str) -> tuple[str, str]:
    email, phone = read_email(email_text), read_phone(phone_text)
    if email_text.strip() and not email:
        raise Invalid("patient.email", field="email")
    if phone_text.strip() and not phone:
        raise Invalid("patient.phone", field="phone")
    return email, phone


def _apply_profile(session: Session, patient: Patient, form: PatientForm, *, today: date) -> None:
    if not form.last_name.strip():
        raise Invalid("patient.last_name_missing", field="last_name")
    if form.birth_date is not None and not OLDEST <= form.birth_date <= today:
        raise Invalid("patient.birth_date", field="birth_date")
    if form.registered_on > today:
        raise Invalid("patient.registered_in_future", field="registered_on")
    postal = whole_plz(session, form.plz, form.city)
    if form.deputy_id is not None and form.deputy_id == form.responsible_id:
        raise Invalid("patient.deputy", field="deputy_id")
    email, phone = _reached_by(form.email, form.phone)
    written = (form.street.strip(), form.house_number.strip(), postal, form.city.strip())
    # a house that was looked up says nothing about the next one
    moved = (patient.street, patient.house_number, patient.plz, patient.city) != written
    patient.first_name, patient.last_name = form.first_name.strip(), form.last_name.strip()
    patient.birth_date, patient.sex = form.birth_date, form.sex
    patient.street, patient.house_number = form.street.strip(), form.house_number.strip()
    patient.plz, patient.city = postal, form.city.strip()
    patient.email, patient.phone = email, phone
    patient.insurer, patient.insurance_kind = form.insurer.strip(), form.insurance_kind
    patient.insurance_number = form.insurance_number.strip()
    patient.registered_on = form.registered_on
    patient.responsible_id, patient.deputy_id = form.responsible_id, form.deputy_id
    patient.resubmission_on, patient.resubmission_note = form.resubmission_on, form.resubmission_note.strip()
    patient.note, patient.wants_status = form.note.strip(), form.wants_status
    if moved:
        _place(session, patient)


def _place(session: Session, patient: Patient) -> None:
    found = locate(session, patient.plz, patient.city) if patient.plz else None
    patient.lat = found.lat if found else None
    patient.lon = found.lon if found else None
    patient.geo_quality = found.quality if found else "none"
    patient.geo_uncertainty_m = found.uncertainty_m if found else None
    patient.geo_source = found.source if found else None


def _apply_needs(session: Session, patient_id: int, form: PatientForm) -> bool:
    diagnoses = tuple(code.strip().upper() for code in form.diagnoses if code.strip())
    if wrong := [code for code in diagnoses if not ICD10.fullmatch(code)]:
        raise Invalid("patient.diagnosis", field="diagnoses", codes=wrong)
    code = form.ptv11_code.strip().upper().replace("-", "")
    if code and not re.fullmatch(r"[A-Z0-9]{12}", code):
        raise Invalid("patient.ptv11_code", field="ptv11_code")
    medical = load_for_edit(session, MedicalInformation, patient_id)
    medical.complaints, medical.diagnoses = [c for c in form.complaints if c], list(diagnoses)
    medical.complaint_note = form.complaint_note.strip()
    medical.previous_therapy_end, medical.consultation_on = form.previous_therapy_end, form.consultation_on
    medical.timely_needed, medical.ptv11_code = form.timely_needed, code
    wishes = load_for_edit(session, Wishes, patient_id)
    wishes.methods, wishes.group_ok, wishes.therapist_sex = list(form.methods), form.group_ok, form.therapist_sex
    wishes.radius_km, wishes.travel_mode = form.radius_km, form.travel_mode
    # what stands there from before the list may stay until somebody corrects it; no letter takes it
    if new := [word for word in unknown(form.languages) if word not in wishes.languages]:
        raise Invalid("patient.language", field="languages", codes=new)
    wishes.languages = list(dict.fromkeys(language(word) or word for word in form.languages))
    wishes.accessibility_needed, wishes.reimbursement_ok = form.accessibility_needed, form.reimbursement_ok
    availability = to_multirange(form.availability)
    if availability != (None if wishes.availability is None else list(wishes.availability)):
        wishes.availability = availability
    return bool(session.dirty)


def mark_ready(session: Session, patient_id: int, *, now: datetime, version: int | None = None) -> None:
    """Intake complete: the search may begin. Raises Invalid with what is missing."""
    patient = load_for_edit(session, Patient, patient_id, version)
    missing = missing_for_search(session, patient, today=now.date())
    if missing:
        raise Invalid("patient.not_ready", missing=list(missing))
    if patient.ready_at is None:
        patient.ready_at = now
        events.record(session, "patient.ready", patient_id)


def give_consent(
    session: Session, patient_id: int, scope: str, *, text_version: str, given_on: date, given_by: str | None
) -> None:
    """Note a consent; raises Conflict if a valid one of that scope is there."""
    load_for_edit(session, Patient, patient_id)
    valid = select(Consent.id).where(
        Consent.patient_id == patient_id, Consent.scope == scope, Consent.withdrawn_on.is_(None)
    )
    if session.scalar(valid) is not None:
        raise Conflict("consent.given_already", scope=scope)
    session.add(
        Consent(patient_id=patient_id, scope=scope, text_version=text_version, given_on=given_on, given_by=given_by)
    )
    events.record(session, "patient.consent_given", patient_id, scope=scope)


def withdraw_consent(session: Session, patient_id: int, scope: str, *, on: date) -> None:
    """Note a withdrawal; what follows for open inquiries is casework (`casework.consent`)."""
    load_for_edit(session, Patient, patient_id)
    consent = session.scalar(
        select(Consent).where(Consent.patient_id == patient_id, Consent.scope == scope, Consent.withdrawn_on.is_(None))
    )
    if consent is None:
        raise Conflict("consent.not_given", scope=scope)
    consent.withdrawn_on = max(on, consent.given_on)
    events.record(session, "patient.consent_withdrawn", patient_id, scope=scope)


def add_guardian(session: Session, patient_id: int, *, name: str, relation: str, phone: str, email: str) -> int:
    """A person with custody of a minor; returns the id. Raises Invalid where they cannot be reached as written."""
    if not name.strip():
        raise Invalid("guardian.name_missing", field="name")
    email, phone = _reached_by(email, phone)
    load_for_edit(session, Patient, patient_id)
    guardian = Guardian(patient_id=patient_id, name=name.strip(), relation=relation.strip(), phone=phone, email=email)
    session.add(guardian)
    session.flush()
    events.record(session, "patient.guardian_added", patient_id)
    return guardian.id


def remove_guardian(session: Session, guardian_id: int) -> None:
    """Take a guardian off the record."""
    guardian = load_for_edit(session, Guardian, guardian_id)
    session.delete(guardian)
    events.record(session, "patient.guardian_removed", guardian.patient_id)


@dataclass(frozen=True, slots=True)
class Namesake:
    """A record that may be the same person."""

    patient_id: int
    name: str
    birth_date: date | None
    city: str


def find_duplicates(
    session: Session, *, last_name: str, first_name: str, birth_date: date | None, besides: int | None = None
) -> tuple[Namesake, ...]:
    """Patients of the same name whose birth date does not contradict."""
    found = session.scalars(
        select(Patient).where(Patient.sort_name.like(f"{_like(last_name)}%"), Patient.id != (besides or 0)).limit(50)
    )
    return tuple(
        Namesake(p.id, f"{p.first_name} {p.last_name}".strip(), p.birth_date, p.city)
        for p in found
        if fold_name(p.last_name) == fold_name(last_name)
        and fold_name(p.first_name) == fold_name(first_name)
        and (birth_date is None or p.birth_date is None or p.birth_date == birth_date)
    )


def _like(name: str) -> str:
    """The first letters as the database folds them; umlauts lose their dots there."""
    plain = name.strip().lower().translate(str.maketrans("äöüß", "aous"))
    return re.sub(r"[%_\\]", "", plain)[:3]

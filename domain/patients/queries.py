"""Reading patients: the list, and one record in full. The state comes from matching's view (ARCHITECTURE.md)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, func, select, text
from sqlalchemy.orm import Session

from domain.access import Person, Team
from domain.audit import record_reading
from domain.errors import NotFound
from domain.listing import Listing, fetch_page
from domain.paging import ListQuery, Page
from domain.patients.checklist import age_on, missing_for_search
from domain.patients.models import Consent, Guardian, MedicalInformation, Patient, Wishes
from domain.patients.service import PatientForm
from domain.weektime import from_multirange


@dataclass(frozen=True, slots=True)
class PatientRow:
    """One patient in the list."""

    patient_id: int
    name: str
    age: int | None
    plz: str
    city: str
    insurer: str
    state: str
    registered_on: date
    responsible: str | None
    resubmission_on: date | None
    team: str | None


_LIST = Listing(
    select="""
    SELECT p.id AS patient_id, concat_ws(', ', p.last_name, nullif(p.first_name, '')) AS name,
           extract(year FROM age(:today, p.birth_date))::int AS age, p.plz, p.city,
           coalesce(nullif(p.insurer, ''), p.insurance_kind) AS insurer, v.state, p.registered_on,
           r.display_name AS responsible, p.resubmission_on, t.name AS team
    FROM patient_service.patient p
    JOIN matching_service.patient_state v ON v.patient_id = p.id
    LEFT JOIN platform.person r ON r.id = p.responsible_id
    LEFT JOIN platform.team t ON t.id = p.team_id""",
    sorts={
        "name": 'p.sort_name COLLATE "C"',
        "age": "p.birth_date",
        "city": "public.fold(p.city)",
        "state": "v.state",
        "waiting": "p.registered_on",
        "resubmission": "p.resubmission_on",
        "responsible": "r.display_name",
    },
    filters={
        "state": "v.state = :state",
        "mine": "p.responsible_id = cast(:mine AS bigint) OR p.deputy_id = cast(:mine AS bigint)",
        "code": "EXISTS (SELECT FROM matching_service.inquiry_item i JOIN matching_service.place_search s ON s.id = i.search_id"
        " WHERE s.patient_id = p.id AND i.reference_code = upper(:code))",
        "due": "p.resubmission_on <= :today",
    },
    default_sort="name",
    tiebreak="p.id",
    searched="p.search_text",
    where="p.erased_at IS NULL",
)


def list_patients(session: Session, query: ListQuery, *, today: date) -> Page[PatientRow]:
    """Patients; sort keys name, age, city, state, waiting, resubmission, responsible; filters state, mine, due."""
    return fetch_page(session, _LIST, query, _row, today=today)


def _row(row: RowMapping) -> PatientRow:
    return PatientRow(**row)


@dataclass(frozen=True, slots=True)
class ConsentDetail:
    """One consent, valid or withdrawn."""

    scope: str
    text_version: str
    given_on: date
    given_by: str | None
    withdrawn_on: date | None


@dataclass(frozen=True, slots=True)
class GuardianDetail:
    """One guardian."""

    guardian_id: int
    name: str
    relation: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class PatientDetail:
    """One patient in full: the form, what is derived, and the lists beside it."""

    patient_id: int
    version: int
    form: PatientForm
    state: str
    search_id: int | None
    age: int | None
    geo_quality: str
    geo_locked: bool
    missing: tuple[str, ...]
    consents: tuple[ConsentDetail, ...]
    guardians: tuple[GuardianDetail, ...]
    updated_at: datetime
    source: str
    team: str | None  # None where it belongs to no team
    has_teams: bool  # whether the office has any
    persons: tuple[tuple[int, str], ...]  # who may be responsible or deputy, and who is


def open_patient(session: Session, patient_id: int, *, today: date) -> PatientDetail:
    """One record for somebody who opens it: the reading is logged. Raises NotFound. Needs a writing session."""
    detail = get_patient(session, patient_id, today=today)
    record_reading(session, "patient_service.patient", patient_id)
    return detail


def get_patient(session: Session, patient_id: int, *, today: date) -> PatientDetail:
    """One record; raises NotFound, also for one that was erased."""
    patient = session.get(Patient, patient_id)
    if patient is None or patient.erased_at is not None:
        raise NotFound("record.not_found", table="patient", id=patient_id)
    medical = session.get_one(MedicalInformation, patient_id)
    wishes = session.get_one(Wishes, patient_id)
    state = session.execute(
        text("SELECT state, search_id FROM matching_service.patient_state WHERE patient_id = :id"), {"id": patient_id}
    ).one()
    team = session.execute(
        select(select(Team.name).where(Team.id == patient.team_id).scalar_subquery(), select(Team.id).exists())
    ).one()
    consents = session.scalars(
        select(Consent).where(Consent.patient_id == patient_id).order_by(Consent.given_on, Consent.id)
    )
    guardians = session.scalars(select(Guardian).where(Guardian.patient_id == patient_id).order_by(Guardian.id))
    return PatientDetail(
        patient_id=patient_id,
        version=patient.version,
        form=_form(patient, medical, wishes),
        state=state.state,
        search_id=state.search_id,
        age=age_on(today, patient.birth_date),
        geo_quality=patient.geo_quality,
        geo_locked=patient.geo_locked,
        missing=missing_for_search(session, patient, today=today),
        consents=tuple(
            ConsentDetail(c.scope, c.text_version, c.given_on, c.given_by, c.withdrawn_on) for c in consents
        ),
        guardians=tuple(GuardianDetail(g.id, g.name, g.relation, g.phone, g.email) for g in guardians),
        updated_at=patient.updated_at,
        source=patient.source,
        team=team[0],
        has_teams=team[1],
        persons=_may_look_after(session, patient.team_id, {patient.responsible_id, patient.deputy_id}),
    )


def _form(patient: Patient, medical: MedicalInformation, wishes: Wishes) -> PatientForm:
    own: dict[str, Any] = {name: getattr(patient, name) for name in PatientForm.__slots__ if hasattr(patient, name)}
    needs: dict[str, Any] = {
        "complaints": tuple(medical.complaints),
        "diagnoses": tuple(medical.diagnoses),
        "complaint_note": medical.complaint_note,
        "previous_therapy_end": medical.previous_therapy_end,
        "consultation_on": medical.consultation_on,
        "timely_needed": medical.timely_needed,
        "ptv11_code": medical.ptv11_code,
        "methods": tuple(wishes.methods),
        "group_ok": wishes.group_ok,
        "therapist_sex": wishes.therapist_sex,
        "radius_km": wishes.radius_km,
        "travel_mode": wishes.travel_mode,
        "languages": tuple(wishes.languages),
        "accessibility_needed": wishes.accessibility_needed,
        "reimbursement_ok": wishes.reimbursement_ok,
        "availability": from_multirange(wishes.availability),
    }
    return PatientForm(**own, **needs)


def list_persons(session: Session) -> tuple[tuple[int, str], ...]:
    """Who may be responsible for somebody new, or deputy: active, and sees records of the own team."""
    own = session.scalar(select(Person.team_id).where(Person.role_name == func.session_user()))
    return _may_look_after(session, own, set())


def _may_look_after(session: Session, team_id: int | None, chosen: set[int | None]) -> tuple[tuple[int, str], ...]:
    """Whoever is chosen already stays to be read, though it may not be any more."""
    may = Person.active & func.platform.may_look_after(Person.id, team_id)
    found = select(Person.id, Person.display_name).where(may | Person.id.in_(chosen - {None}))
    return tuple(session.execute(found.order_by(Person.display_name)))

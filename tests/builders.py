"""Builders of single rows for tests: everything fits everything unless a test says otherwise."""

from datetime import UTC, date, datetime
from itertools import count

from sqlalchemy.orm import Session

from domain.matching.models import PlaceSearch
from domain.patients.models import Consent, MedicalInformation, Patient, Wishes
from domain.therapists.models import ContactPoint, Practice, PracticeSite, Therapist
from domain.values import WeekSpan
from domain.weektime import to_multirange

AACHEN = (50.7753, 6.0839)
_numbers = count(1)


def located(place: tuple[float, float] | None) -> dict[str, object]:
    """Columns of a place, or of none."""
    if place is None:
        return {"lat": None, "lon": None, "geo_quality": "none"}
    return {"lat": place[0], "lon": place[1], "geo_quality": "plz", "geo_uncertainty_m": 1500, "geo_source": "test"}


def add_patient(
    session: Session,
    *,
    place: tuple[float, float] | None = AACHEN,
    consent_by: str | None = "patient",
    consent: bool = True,
    wishes: dict[str, object] | None = None,
    diagnoses: tuple[str, ...] = ("F32.1",),
    availability: tuple[WeekSpan, ...] | None = None,
    **profile: object,
) -> int:
    """A ready patient in Aachen, 34 years old, statutory insurance, consent given; returns the id."""
    number = next(_numbers)
    values: dict[str, object] = {
        "first_name": "Lea",
        "last_name": f"Berger{number}",
        "birth_date": date(1992, 5, 4),
        "sex": "female",
        "plz": "52062",
        "city": "Aachen",
        "insurance_kind": "statutory",
        "registered_on": date(2026, 9, 1),
        "ready_at": datetime(2026, 9, 2, tzinfo=UTC),
    }
    patient = Patient(**(values | located(place) | profile))
    session.add(patient)
    session.flush()
    session.add(MedicalInformation(patient_id=patient.id, diagnoses=list(diagnoses), complaints=["Angst"]))
    session.add(Wishes(patient_id=patient.id, availability=to_multirange(availability), **(wishes or {})))
    if consent:
        for scope in ("storage", "pseudonymous_inquiry"):
            session.add(
                Consent(
                    patient_id=patient.id, scope=scope, text_version="2026-01", given_on=date(2026, 9, 1),
                    given_by=consent_by,
                )
            )  # fmt: skip
    session.flush()
    return patient.id


def add_search(session: Session, patient_id: int | None = None, **values: object) -> int:
    """An active search (of a new patient unless one is named); returns its id."""
    if patient_id is None:
        patient_id = add_patient(session)
    search = PlaceSearch(**({"patient_id": patient_id, "status": "active", "waiting_since": date(2026, 9, 1)} | values))
    session.add(search)
    session.flush()
    return search.id


def add_therapist(
    session: Session,
    *,
    place: tuple[float, float] | None = AACHEN,
    seat: str = "statutory",
    accessible: bool | None = None,
    contact_point_id: int | None = None,
    practice_id: int | None = None,
    treatment_hours: tuple[WeekSpan, ...] | None = None,
    phone_hours: tuple[WeekSpan, ...] | None = None,
    **values: object,
) -> int:
    """An active behaviour therapist for adults in Aachen with a mailbox and a phone; returns the id."""
    number = next(_numbers)
    if practice_id is None:
        practice = Practice(name=f"Praxis {number}", seat=seat)
        session.add(practice)
        session.flush()
        practice_id = practice.id
    site = PracticeSite(practice_id=practice_id, plz="52062", city="Aachen", accessible=accessible, **located(place))
    session.add(site)
    email = str(values.pop("email", f"praxis{number}@praxis.example"))
    if contact_point_id is None:
        point = ContactPoint(mailbox=email) if email else ContactPoint(practice_id=practice_id)
        session.add(point)
        session.flush()
        contact_point_id = point.id
    session.flush()
    defaults: dict[str, object] = {
        "first_name": "Ina",
        "last_name": f"Sommer{number}",
        "sex": "female",
        "salutation": "Frau",
        "licence": "psychological",
        "offers": ["cbt:adult:individual"],
        "phone": "+492411234567",
        "email": email,
    }
    therapist = Therapist(
        practice_id=practice_id,
        site_id=site.id,
        contact_point_id=contact_point_id,
        treatment_hours=to_multirange(treatment_hours),
        phone_hours=to_multirange(phone_hours),
        **(defaults | values),
    )
    session.add(therapist)
    session.flush()
    return therapist.id

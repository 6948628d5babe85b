"""The checklist "bereit für die Suche": what is missing before a search may begin. Codes, no words."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.patients.models import Consent, Guardian, MedicalInformation, Patient

REQUIRED_SCOPES = ("storage", "pseudonymous_inquiry")
ADULT_AGE = 18


def age_on(day: date, birth_date: date | None) -> int | None:
    """Completed years, or None where no birth date is known."""
    if birth_date is None:
        return None
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def missing_for_search(session: Session, patient: Patient, *, today: date) -> tuple[str, ...]:
    """Codes of what is missing, in the order of the form; empty when the patient is ready."""
    session.flush()
    medical = session.get(MedicalInformation, patient.id)
    rows = session.execute(
        select(Consent.scope, Consent.given_by).where(Consent.patient_id == patient.id, Consent.withdrawn_on.is_(None))
    )
    scopes = dict(rows.all())
    age = age_on(today, patient.birth_date)
    checks = {
        "name": bool(patient.first_name and patient.last_name),
        "birth_date": patient.birth_date is not None,
        "place": patient.lat is not None,
        "insurance": patient.insurance_kind != "unknown",
        "complaint": medical is not None and bool(medical.complaints or medical.diagnoses or medical.complaint_note),
        **{f"consent_{scope}": scope in scopes for scope in REQUIRED_SCOPES},
    }
    if age is not None and age < ADULT_AGE:
        has_guardian = session.scalar(select(Guardian.id).where(Guardian.patient_id == patient.id)) is not None
        checks["guardian"] = has_guardian
        checks["guardian_consent"] = scopes.get("pseudonymous_inquiry") == "guardian"
    return tuple(code for code, there in checks.items() if not there)

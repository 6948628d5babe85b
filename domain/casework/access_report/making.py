"""Making an access report (Art. 15 and 20 GDPR): by whose record it is, noted as a reading and for good.

Restricted processing (Art. 18) does not stop it: the right stays. It is no contact, so the contact log has nothing of
it; who made one when stands in a table of its own, as for an evidence.
"""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain import events
from domain.access import Person, me, office
from domain.audit import record_reading
from domain.casework.access_report.collecting import collect
from domain.casework.access_report.document import Report, to_json
from domain.casework.access_report.paper import Say, to_pdf
from domain.errors import Forbidden, NotFound
from domain.patients.models import Patient
from domain.patients.report_models import AccessReport

_OF_RECORD = text("SELECT patient_service.is_of_record(:patient)")


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A report: the file for machines and the readable one."""

    json: bytes
    pdf: bytes


@dataclass(frozen=True, slots=True)
class EarlierReport:
    """When the last report was made, and by whom."""

    made_at: datetime
    made_by: str


def make_access_report(session: Session, patient_id: int, *, say: Say, now: datetime) -> MadeReport:
    """Collect everything about a patient and note that it was; `say` gives the words people read for codes.

    Raises NotFound for who is not there (any more), Forbidden (``access_report.not_yours``) for whose record it is not.
    """
    patient = session.get(Patient, patient_id)
    if patient is None or patient.erased_at is not None:
        raise NotFound("access_report.nobody", id=patient_id)
    if not session.scalar(_OF_RECORD, {"patient": patient_id}):
        raise Forbidden("access_report.not_yours")
    report = Report(office(session), now, collect(session, patient_id))
    made = MadeReport(to_json(report), to_pdf(report, say))
    session.add(
        AccessReport(
            patient_id=patient_id, made_by=me(session).id, made_at=now,
            json_sha256=sha256(made.json).digest(), pdf_sha256=sha256(made.pdf).digest(),
        )
    )  # fmt: skip
    record_reading(session, "patient_service.patient", patient_id)
    events.record(session, "patient.access_report_made", patient_id)
    return made


def last_report(session: Session, patient_id: int) -> EarlierReport | None:
    """The report made last, if there is one."""
    row = session.execute(
        select(AccessReport.made_at, Person.display_name)
        .join(Person, Person.id == AccessReport.made_by)
        .where(AccessReport.patient_id == patient_id)
        .order_by(AccessReport.made_at.desc(), AccessReport.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else EarlierReport(*row)


def file_stem(patient_id: int, made_on: date) -> str:
    """A name without a person's: folders and lists of recent files are read by others."""
    return f"Auskunft Akte {patient_id} {made_on:%Y-%m-%d}"

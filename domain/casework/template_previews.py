"""How a template would read: filled with a case of the office's, or with an invented one. Nothing is sent or kept."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from domain.access import works_with_records
from domain.casework.letters import inquiry_context, office_context
from domain.casework.patient_letters import patient_case
from domain.communication.mails import Letter
from domain.communication.templates.contexts import LetterContext, PatientLetterContext
from domain.communication.templates.kinds import KINDS, Audience
from domain.communication.templates.language import check
from domain.communication.templates.rendering import Source, render
from domain.communication.templates.samples import sample
from domain.communication.templates.service import sources_for
from domain.matching.inquiries import items_of
from domain.matching.models import Inquiry, PlaceSearch
from domain.patients.models import Patient
from domain.therapists.models import Therapist

NEWEST = 25  # cases offered to look at
# a block is seen inside a letter that holds it
SHOWN_IN = {"profile": "inquiry", "signature": "inquiry"}


@dataclass(frozen=True, slots=True)
class Case:
    """Something a template can be looked at with: an inquiry or a patient."""

    id: int
    label: str


def cases(session: Session, kind: str) -> tuple[Case, ...]:
    """The newest inquiries of the office, or patients with a search, as the kind's reader wants; an admin has none."""
    if not works_with_records(session):
        return ()
    if _is_to_patient(kind):
        patients = session.execute(
            select(Patient.id, Patient.last_name, Patient.first_name)
            .where(Patient.restricted_at.is_(None), exists().where(PlaceSearch.patient_id == Patient.id))
            .order_by(Patient.id.desc())
            .limit(NEWEST)
        )
        return tuple(Case(row.id, f"{row.last_name}, {row.first_name}") for row in patients)
    inquiries = session.execute(
        select(Inquiry.id, Inquiry.reference, Therapist.last_name)
        .join(Therapist, Therapist.id == Inquiry.therapist_id)
        .order_by(Inquiry.id.desc())
        .limit(NEWEST)
    )
    return tuple(Case(row.id, f"PL-{row.reference} · {row.last_name}") for row in inquiries)


def preview(
    session: Session, kind: str, *, subject: str, body: str, case_id: int | None, count: int = 1, today: date
) -> Letter:
    """The letter an unsaved text would make of a case, or of an invented one with `count` persons.

    The letterhead is always the office's own.

    Raises Invalid (field, line) for a text that could not be saved.
    """
    check(KINDS[kind], subject=subject, body=body)
    shown = SHOWN_IN.get(kind, kind)
    sources = sources_for(session, shown) | {kind: Source(subject, body)}
    context = (
        replace(sample(shown, count, today=today), office=office_context(session))
        if case_id is None
        else _context(session, shown, case_id, today=today)
    )
    return render(shown, context, sources)


def _context(session: Session, kind: str, case_id: int, *, today: date) -> LetterContext | PatientLetterContext:
    if _is_to_patient(kind):
        found = patient_case(session, session.get_one(Patient, case_id), today=today)
        invented = sample(kind, 1, today=today)
        assert isinstance(invented, PatientLetterContext)
        return replace(found, practice=invented.practice, practice_phone=invented.practice_phone)
    inquiry = session.get_one(Inquiry, case_id)
    return inquiry_context(session, inquiry, items_of(session, case_id), profiles=True, today=today)


def _is_to_patient(kind: str) -> bool:
    return KINDS[kind].audience in {Audience.PATIENT, Audience.PATIENT_CALL}

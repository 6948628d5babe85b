"""Erasing a whole record (Art. 17 GDPR): the words of contacts and mails, papers, then who it was and what it needed.

Each by the function that may; only who leads the office. What is left is a number with states, and that it was erased.
"""

from contextlib import suppress
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain import events
from domain.casework.mail_erasure import unseen_mails
from domain.casework.searches import state_of
from domain.casework.word_erasure import Erased, erase_words
from domain.errors import Conflict, NotFound
from domain.matching.states import OPEN_PATIENT
from domain.patients.files import erase_file
from domain.patients.files_models import PatientFile
from domain.patients.lifecycle import lock_patient, refuse_closed

_ERASE = text("SELECT audit.erase_record(:patient)")


def erase_record(session: Session, patient_id: int, *, reason: str, now: datetime) -> Erased | None:
    """Erase a closed record for good before its time is over: its person asks for it.

    Raises Conflict (``patient.erasure_open``) for a record that is not closed, or not any more: somebody may have
    opened it again since it was looked at. Else as `erase_due_record`.
    """
    lock_patient(session, patient_id)
    if state_of(session, patient_id) in OPEN_PATIENT:
        raise Conflict("patient.erasure_open")
    return erase_due_record(session, patient_id, reason=reason, now=now)


def erase_due_record(session: Session, patient_id: int, *, reason: str, now: datetime) -> Erased | None:
    """Erase for good a record whose time is over; that no search is open any more the caller knows (`retention`).

    Returns what became of the words, None where nobody wrote any.

    Raises Conflict (``contact.erasure_mail_leaving``) while a mail is being sent, ``patient.erasure_unassigned`` while
    mails of nobody name the person and nobody was told of them: nothing would find them afterwards. Forbidden for who
    does not lead the office, and for a record that is restricted or erased already.
    """
    refuse_closed(lock_patient(session, patient_id))
    if unseen_mails(session, patient_id):
        raise Conflict("patient.erasure_unassigned")
    papers = select(PatientFile.id).where(PatientFile.patient_id == patient_id, PatientFile.erased_at.is_(None))
    for file_id in session.scalars(papers).all():
        erase_file(session, file_id, reason=reason, now=now)
    erased = None
    with suppress(NotFound):  # nobody wrote anything of them
        erased = erase_words(session, patient_id, reason=reason, now=now)
    session.flush()
    session.execute(_ERASE, {"patient": patient_id})
    session.expire_all()  # what was read before is gone
    events.record(session, "patient.erased", patient_id)
    return erased

"""Erasing what the contact log says of a patient (Art. 17 GDPR): the words go, that there was a contact stays.

Only who leads the office may; the database (`audit.erase_contacts`) keeps that, and which contacts are a patient's own,
with who, when and why. The chain over the log stays sound: an entry's salt goes with its words, and a check tells
erased from changed.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain import events
from domain.errors import Invalid, NotFound
from domain.patients.lifecycle import lock_patient

_ERASE = text("SELECT audit.erase_contacts(:patient, :reason)")


def erase_contacts(session: Session, patient_id: int, *, reason: str) -> int:
    """Erase the words of every contact that is this patient's alone, also at its calls and answers; returns how many.

    Raises Invalid without a reason, Forbidden for who does not lead the office, NotFound where there is nothing (left).
    """
    if not reason.strip():
        raise Invalid("contact.erasure_reason", field="reason")
    lock_patient(session, patient_id)
    session.flush()
    erased: int = session.scalar(_ERASE, {"patient": patient_id, "reason": reason.strip()}) or 0
    if not erased:
        raise NotFound("contact.nothing_to_erase")
    events.record(session, "patient.contacts_erased", patient_id, count=erased)
    return erased

"""Erasing what the contact log says of a patient (Art. 17 GDPR): the words go, that there was a contact stays.

Only who leads the office may; the database keeps it (`audit.erase_contact`), with who, when and why. The chain over the
log stays sound: an entry's salt goes with its words, and a check tells erased from changed.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain import events
from domain.errors import Invalid, NotFound
from domain.patients.lifecycle import lock_patient

# The patient's own, and of inquiries those that were about nobody else: what is about several people is theirs, too,
# and names nobody by rule; patients stand in it by their codes.
_THEIRS = text("""
    SELECT c.id FROM communication_service.contact_entry c
    WHERE (c.patient_id = :patient OR c.patient_id IS NULL AND EXISTS (
            SELECT FROM matching_service.inquiry_item i JOIN matching_service.place_search s ON s.id = i.search_id
            WHERE i.inquiry_id = c.inquiry_id HAVING bool_and(s.patient_id = :patient)))
      AND NOT EXISTS (SELECT FROM audit.contact_erasure x WHERE x.entry_id = c.id)
    ORDER BY c.id""")
_ERASE = text("SELECT audit.erase_contact(:entry, :reason)")


def erase_contacts(session: Session, patient_id: int, *, reason: str) -> int:
    """Erase the words of every contact that is this patient's alone, also of the calls they tell of; returns how many.

    Raises Invalid without a reason, Forbidden for who does not lead the office, NotFound where there is nothing (left).
    """
    if not reason.strip():
        raise Invalid("contact.erasure_reason", field="reason")
    lock_patient(session, patient_id)
    session.flush()
    entries = session.scalars(_THEIRS, {"patient": patient_id}).all()
    if not entries:
        raise NotFound("contact.nothing_to_erase")
    for entry in entries:
        session.execute(_ERASE, {"entry": entry, "reason": reason.strip()})
    events.record(session, "patient.contacts_erased", patient_id, count=len(entries))
    return len(entries)

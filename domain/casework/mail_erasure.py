"""Mails that came in and belong to nobody, and yet tell of somebody: found for an erasure, erased one by one (Art. 17).

A patient's erasure empties what belongs to the patient. Who wrote from another address, or about somebody, is found
here by name, address or code, and a person decides, since another may have the same name. Reads across schemas.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.communication.incoming.models import IncomingEmail
from domain.editing import load_for_edit
from domain.errors import Invalid

_OF = text("""
SELECT p.first_name, p.last_name,
       ARRAY(SELECT lower(a) FROM (SELECT p.email UNION SELECT g.email FROM patient_service.guardian g
                                   WHERE g.patient_id = p.id) AS x (a) WHERE a <> '') AS addresses,
       ARRAY(SELECT lower(i.reference_code) FROM matching_service.inquiry_item i
             JOIN matching_service.place_search s ON s.id = i.search_id WHERE s.patient_id = p.id) AS codes
FROM patient_service.patient p WHERE p.id = :patient""")
_NOBODYS = text("""
SELECT * FROM (
    SELECT m.id, coalesce(nullif(m.from_name, ''), m.from_address) AS sender, m.subject, m.received_at, m.created_at,
           lower(m.from_name || ' ' || m.from_address || ' ' || m.subject || ' ' || m.body_text) AS words
    FROM communication_service.incoming_email m
    WHERE m.inquiry_id IS NULL AND m.therapist_id IS NULL AND m.patient_id IS NULL) AS nobodys
WHERE EXISTS (SELECT FROM unnest(cast(:parts AS text[])) AS one (part) WHERE strpos(words, part) > 0)
ORDER BY received_at DESC, id DESC""")
_ERASE = text("SELECT audit.erase_incoming(:mail, :reason)")


@dataclass(frozen=True, slots=True)
class NamingMail:
    """A mail of nobody that may tell of somebody: who sent it when, and about what."""

    incoming_id: int
    sender: str
    subject: str
    received_at: datetime
    came_at: datetime


def mails_naming(session: Session, patient_id: int) -> tuple[NamingMail, ...]:
    """Mails of nobody with a patient's address, a guardian's, a code, or first and last name, the newest first."""
    who = session.execute(_OF, {"patient": patient_id}).one_or_none()
    if who is None:
        return ()
    names = [name.strip().lower() for name in (who.first_name, who.last_name)]
    exact = [*who.addresses, *who.codes]
    parts = exact + ([names[1]] if all(names) else [])
    if not parts:
        return ()
    return tuple(
        NamingMail(row.id, row.sender, row.subject, row.received_at, row.created_at)
        for row in session.execute(_NOBODYS, {"parts": parts})
        if any(part in row.words for part in exact) or (all(names) and all(_stands(one, row.words) for one in names))
    )


def unseen_mails(session: Session, patient_id: int) -> tuple[NamingMail, ...]:
    """Those that came (or were read in) since the patient's words were last erased, which lists them."""
    last = session.scalar(text("SELECT at FROM audit.patient_erasure WHERE patient_id = :id"), {"id": patient_id})
    return tuple(mail for mail in mails_naming(session, patient_id) if last is None or mail.came_at > last)


def erase_mail(session: Session, incoming_id: int, *, reason: str, now: datetime, version: int | None = None) -> None:
    """Erase the words and files of a mail that belongs to nobody; that one came stays. It wants nothing done any more.

    Raises Invalid without a reason, Forbidden for who does not lead the office, and where it stands in a history.
    """
    if not reason.strip():
        raise Invalid("incoming_email.erasure_reason", field="reason")
    mail = load_for_edit(session, IncomingEmail, incoming_id, version)
    if mail.status == "unread":
        mail.status, mail.done_at, mail.done_by = "set_aside", now, me(session).id
        session.flush()
    session.execute(_ERASE, {"mail": incoming_id, "reason": reason.strip()})
    session.expire_all()  # what was read before still has its words
    events.record(session, "incoming_email.erased", incoming_id)


def _stands(name: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words) is not None

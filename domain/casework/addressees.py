"""Whom one can write to: found by a few letters, and those kept on a machine that may lose the server.

Reads across schemas: names and addresses belong to patients and therapists, whom they matter for to matching.
"""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.communication.drafts.records import CachedContact, ContactData
from domain.communication.wording import Recipient
from domain.errors import NotFound

FOUND = 20
KEPT = 2000  # contacts of each kind on one machine
RECENT = timedelta(days=60)

_THERAPISTS = """
SELECT 'therapist' AS kind, t.id, trim(t.title || ' ' || t.first_name || ' ' || t.last_name) AS name, t.salutation,
       t.title, t.first_name, t.last_name, t.is_institution, t.email, t.phone, t.mobile
FROM therapist_service.therapist t WHERE t.status NOT IN ('opted_out', 'merged') AND {where}
ORDER BY t.last_name, t.first_name LIMIT :limit
"""
_PATIENTS = """
SELECT 'patient' AS kind, p.id, trim(p.first_name || ' ' || p.last_name) AS name,
       CASE p.sex WHEN 'female' THEN 'Frau' WHEN 'male' THEN 'Herr' ELSE '' END AS salutation, '' AS title,
       p.first_name, p.last_name, false AS is_institution, p.email, p.phone, '' AS mobile
FROM patient_service.patient p WHERE p.restricted_at IS NULL AND {where}
ORDER BY p.last_name, p.first_name LIMIT :limit
"""
_ASKED = """t.id IN (SELECT q.therapist_id FROM matching_service.inquiry q WHERE q.created_at > :since)"""
_SEARCHING = """p.id IN (SELECT s.patient_id FROM matching_service.place_search s
    WHERE s.status IN ('active', 'paused', 'tentative'))"""


def find_addressees(session: Session, words: str) -> tuple[CachedContact, ...]:
    """Therapists and patients with a mail address whose name or address holds each of the words."""
    asked = [f"%{_literal(word)}%" for word in words.split()[:5]]
    if not asked:
        return ()
    found: list[CachedContact] = []
    for query, row in ((_THERAPISTS, "t"), (_PATIENTS, "p")):
        name = f"({row}.first_name || ' ' || {row}.last_name || ' ' || {row}.email)"
        where = " AND ".join([f"{row}.email <> ''", *(f"{name} ILIKE :w{n}" for n in range(len(asked)))])
        found += _contacts(session, query.format(where=where), limit=FOUND, **{f"w{n}": w for n, w in enumerate(asked)})
    return tuple(found[:FOUND])


def get_addressee(session: Session, kind: str, record_id: int) -> CachedContact:
    """One therapist or patient. Raises NotFound, also for who may not be written to any more."""
    query, row = (_PATIENTS, "p") if kind == "patient" else (_THERAPISTS, "t")
    found = _contacts(session, query.format(where=f"{row}.id = :id"), limit=1, id=record_id)
    if not found:
        raise NotFound("record.not_found", table=kind, id=record_id)
    return found[0]


def contacts_to_keep(session: Session, *, now: datetime) -> tuple[CachedContact, ...]:
    """Practices asked lately and patients with a search: whom one may need to write to while the server is away."""
    asked = _contacts(session, _THERAPISTS.format(where=_ASKED), limit=KEPT, since=now - RECENT)
    return (*asked, *_contacts(session, _PATIENTS.format(where=_SEARCHING), limit=KEPT))


def recipient(contact: CachedContact) -> Recipient:
    """How a letter addresses a contact."""
    return Recipient(
        contact.salutation, contact.title, contact.first_name, contact.last_name, is_institution=contact.is_institution
    )


def _contacts(session: Session, query: str, **values: object) -> list[CachedContact]:
    return [
        CachedContact(
            kind=row.kind,
            id=row.id,
            name=row.name,
            salutation=row.salutation,
            title=row.title,
            first_name=row.first_name,
            last_name=row.last_name,
            is_institution=row.is_institution,
            contact=ContactData(row.email, row.phone, row.mobile),
        )
        for row in session.execute(text(query), values)
    ]


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

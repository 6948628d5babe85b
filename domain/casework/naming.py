"""Whom a mail of one's own names, and whether the practice it goes to was ever asked about them: else a person says so.

The rule is the database's (`communication_service.patients_named`), so that window, handing over and the worker's last
look cannot disagree. Reads across schemas: names are patients', inquiries matching's, whose practice it is therapists'.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.communication.drafts.records import Addressee, Draft
from domain.communication.models import EmailPatient

_NAMED = text("""
SELECT n.patient_id, n.asked, trim(p.first_name || ' ' || p.last_name) AS name
FROM communication_service.patients_named(:words, :therapist, :address) AS n
JOIN patient_service.patient p ON p.id = n.patient_id
ORDER BY p.last_name, p.first_name, p.id""")


@dataclass(frozen=True, slots=True)
class Named:
    """A patient a mail names; `asked` says whether its practice was ever asked about them."""

    patient_id: int
    name: str
    asked: bool


def named_in(session: Session, to: Addressee, words: Sequence[str]) -> tuple[Named, ...]:
    """Whom a mail names, in its subject, text and names of files. Of a mail to a patient nothing is asked."""
    if to.patient_id is not None:
        return ()
    values = {"words": "\n".join(words), "therapist": to.therapist_id, "address": to.address}
    return tuple(Named(row.patient_id, row.name, row.asked) for row in session.execute(_NAMED, values))


def named_in_draft(session: Session, draft: Draft) -> tuple[Named, ...]:
    """Whom a draft names."""
    return named_in(session, draft.addressee, [draft.subject, draft.body, *(file.name for file in draft.files)])


def unasked_in(session: Session, draft: Draft) -> tuple[Named, ...]:
    """Whom a draft names though its practice was never asked about them, and nobody confirmed that it may."""
    return tuple(n for n in named_in_draft(session, draft) if not n.asked and n.patient_id not in draft.confirmed)


def note_named(session: Session, email_id: int, named: Collection[Named], *, now: datetime) -> None:
    """Keep with a mail whom it names; for whom its practice was never asked about, the person confirms it."""
    person = me(session).id
    for one in named:
        by, at = (None, None) if one.asked else (person, now)
        session.add(EmailPatient(email_id=email_id, patient_id=one.patient_id, confirmed_by=by, confirmed_at=at))
    if any(not one.asked for one in named):
        events.record(session, "email.naming_confirmed", email_id)
    session.flush()

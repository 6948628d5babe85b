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
from domain.communication.drafts.records import Addressee, Confirmation, Draft
from domain.communication.drafts.store import LONGEST_BODY
from domain.communication.models import EmailPatient
from domain.errors import Invalid

_NAMED = text("""
SELECT n.patient_id, n.asked, trim(p.first_name || ' ' || p.last_name) AS name
FROM communication_service.patients_named(:words, :therapist, :address) AS n
JOIN patient_service.patient p ON p.id = n.patient_id
ORDER BY p.last_name, p.first_name, p.id""")


# its own address or a guardian's, as the database's last look has it
_OF_THE_PATIENT = text("""
SELECT EXISTS (SELECT FROM patient_service.patient p WHERE p.id = :patient AND lower(p.email) = lower(:address))
    OR EXISTS (SELECT FROM patient_service.guardian g
               WHERE g.patient_id = :patient AND lower(g.email) = lower(:address))""")


@dataclass(frozen=True, slots=True)
class Named:
    """A patient a mail names; `asked` says whether its practice was ever asked about them."""

    patient_id: int
    name: str
    asked: bool


def named_in(session: Session, to: Addressee, words: Sequence[str]) -> tuple[Named, ...]:
    """Whom a mail names, in its subject, text and names of files.

    Of a mail to a patient's own address nothing is asked; in their thread it may go elsewhere: the address counts.
    Raises Invalid for more words than are looked through.
    """
    own = {"patient": to.patient_id, "address": to.address}
    if to.patient_id is not None and session.scalar(_OF_THE_PATIENT, own):
        return ()
    longest = max(map(len, words), default=0)
    if longest > LONGEST_BODY:
        raise Invalid("drafts.too_long", field="body", limit=LONGEST_BODY, found=longest)
    values = {"words": "\n".join(words), "therapist": to.therapist_id, "address": to.address}
    return tuple(Named(row.patient_id, row.name, row.asked) for row in session.execute(_NAMED, values))


def named_in_draft(session: Session, draft: Draft) -> tuple[Named, ...]:
    """Whom a draft names."""
    return named_in(session, draft.addressee, [draft.subject, draft.body, *(file.name for file in draft.files)])


def unasked_in(session: Session, draft: Draft) -> tuple[Named, ...]:
    """Whom a draft names though its practice was never asked about them, and this person did not confirm it."""
    return unconfirmed(session, draft, named_in_draft(session, draft))


def unconfirmed(session: Session, draft: Draft, named: Collection[Named]) -> tuple[Named, ...]:
    """Of those: whose practice was never asked, and this person did not confirm.

    Another one's word is not theirs. Whoever confirmed a name saw that name, whoever else bears it since.
    """
    confirmed = draft.confirmed if draft.confirmed and draft.confirmed_by == me(session).id else frozenset()
    seen = {one.name for one in named if one.patient_id in confirmed}
    return tuple(n for n in named if not n.asked and n.patient_id not in confirmed and n.name not in seen)


def question_of(session: Session, draft: Draft) -> tuple[tuple[Named, ...], Confirmation]:
    """Whom a person is asked about before a draft leaves, and what is kept with it when they say yes."""
    unasked = unasked_in(session, draft)
    return unasked, Confirmation(frozenset(one.patient_id for one in unasked), me(session).id, draft.revision)


def note_named(session: Session, email_id: int, named: Collection[Named], *, now: datetime) -> None:
    """Keep with a mail whom it names; for whom its practice was never asked about, the person confirms it."""
    person = me(session).id
    for one in named:
        by, at = (None, None) if one.asked else (person, now)
        session.add(EmailPatient(email_id=email_id, patient_id=one.patient_id, confirmed_by=by, confirmed_at=at))
    if any(not one.asked for one in named):
        events.record(session, "email.naming_confirmed", email_id)
    session.flush()

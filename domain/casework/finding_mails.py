"""The part of the search over everything that looks into mails of nobody known: they stand in no history.

Told by sender and subject; no words of the mail, since whoever wrote it may have told of an illness.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.finding_contacts import SHORTEST
from domain.casework.history import STEMS
from domain.casework.history_words import questions, terms_of, words_of

_MAILS = """
SELECT id, coalesce(nullif(from_name, ''), from_address) AS sender, subject, received_at
FROM communication_service.incoming_email
WHERE inquiry_id IS NULL AND therapist_id IS NULL AND patient_id IS NULL
  AND id IN (SELECT communication_service.unknown_mails_with({asked}, :each))
ORDER BY received_at DESC, id DESC LIMIT :each
"""


@dataclass(frozen=True, slots=True)
class MailHit:
    """A mail that came in and belongs to nobody: who sent it when, and about what."""

    incoming_id: int
    sender: str
    subject: str
    received_at: datetime


def find_unknown_mails(session: Session, typed: str, *, each: int) -> tuple[MailHit, ...]:
    """The newest that hold every word, in any German form; none for what is too short to tell anything."""
    terms = terms_of(typed)
    if not any(len(word) >= SHORTEST for term in terms for word in term.words if not term.without):
        return ()
    stems = {row[0]: row[1] for row in session.execute(text(STEMS), {"words": words_of(terms)})}
    asked = questions(terms, stems)
    if not any(not term.without for term, _ in asked):
        return ()
    together = " && ".join(f"cast(:q{number} AS tsquery)" for number in range(len(asked)))
    values: dict[str, object] = {f"q{number}": query for number, (_, query) in enumerate(asked)}
    rows = session.execute(text(_MAILS.format(asked=together)), values | {"each": each})
    return tuple(MailHit(*row) for row in rows)

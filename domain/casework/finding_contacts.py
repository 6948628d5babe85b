"""The part of the search over everything that looks into what was said and written: entries of the contact history.

Reads across schemas, as the history does: an entry is told by whose it is, and that record shows it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.history import STEMS
from domain.casework.history_words import Term, marks, questions, terms_of, words_of

SHORTEST = 3  # letters of the longest word: two are in half of all entries
AROUND = 40  # letters shown before and after the word that was found
RECENT = 4_000  # entries among which a frequent word is found at once

# A frequent word is among the newest entries, which are read and compared; a rare one is found by the words' index.
# Left alone, PostgreSQL would go back through a million entries for a rare word, or sort all those of a frequent one.
_NEWEST = """
WITH newest AS MATERIALIZED (
    SELECT id, words FROM communication_service.contact_entry ORDER BY id DESC LIMIT :recent)
SELECT id FROM newest WHERE {where} ORDER BY id DESC LIMIT :each
"""
_ALL = "SELECT communication_service.entries_with({asked}, :each)"
_ENTRIES = """
SELECT c.at, c.kind, c.counterpart, pa.id AS patient, coalesce(t.merged_into_id, t.id) AS therapist,
       CASE WHEN c.email_id IS NULL OR c.direction <> 'out' THEN c.body ELSE split_part(c.body, chr(10), 1) END AS body,
       nullif(trim(pa.first_name || ' ' || pa.last_name), '') AS patient_name,
       nullif(trim(t.first_name || ' ' || t.last_name), '') AS therapist_name
FROM communication_service.contact_entry c
LEFT JOIN matching_service.inquiry q ON q.id = c.inquiry_id
LEFT JOIN patient_service.patient pa ON pa.id = c.patient_id
LEFT JOIN therapist_service.therapist t ON t.id = coalesce(c.therapist_id, q.therapist_id)
WHERE c.id = ANY(:ids) ORDER BY c.at DESC, c.id DESC
"""


@dataclass(frozen=True, slots=True)
class ContactHit:
    """An entry of a history: the page and record that show it, whose it is, when, what kind, and some words.

    No words of a patient's own history, and of a mail of ours no more than its subject: who reads those opens the
    record, and that reading is noted.
    """

    page: str
    record_id: int
    name: str
    at: datetime
    kind: str
    words: str


def find_contacts(session: Session, typed: str, *, each: int) -> tuple[ContactHit, ...]:
    """The newest entries that hold every word, in any German form; none for what is too short to tell anything."""
    terms = terms_of(typed)
    if not any(len(word) >= SHORTEST for term in terms for word in term.words if not term.without):
        return ()
    stems = {row[0]: row[1] for row in session.execute(text(STEMS), {"words": words_of(terms)})}
    asked = [query for term, query in questions(terms, stems)]
    if not any(not term.without for term, _ in questions(terms, stems)):
        return ()
    where = " AND ".join(f"words @@ cast(:q{number} AS tsquery)" for number in range(len(asked)))
    values: dict[str, object] = {f"q{number}": query for number, query in enumerate(asked)}
    values |= {"each": each, "recent": RECENT}
    found = session.scalars(text(_NEWEST.format(where=where)), values).all()
    if len(found) < each:
        together = " && ".join(f"cast(:q{number} AS tsquery)" for number in range(len(asked)))
        found = session.scalars(text(_ALL.format(asked=together)), values).all()
    rows = session.execute(text(_ENTRIES), {"ids": list(found)}).mappings()
    return tuple(
        ContactHit(
            page="patients" if row["patient"] is not None else "therapists",
            record_id=row["patient"] if row["patient"] is not None else row["therapist"],
            name=row["patient_name"] or row["therapist_name"] or row["counterpart"],
            at=row["at"],
            kind=row["kind"],
            words=extract(row["body"], terms, stems) if row["patient"] is None else "",
        )
        for row in rows
        if row["patient"] is not None or row["therapist"] is not None
    )


def extract(body: str, terms: tuple[Term, ...], stems: dict[str, str | None]) -> str:
    """One line around the first word that was looked for, else the beginning."""
    places = marks(body, terms, stems)
    first, last = places[0] if places else (0, 0)
    start, end = max(0, first - AROUND), max(last + AROUND, 2 * AROUND)
    start = body.find(" ", start) + 1 if 0 < start < first and " " in body[start:first] else start
    said = " ".join(body[start:end].split())
    return ("… " if start else "") + said + (" …" if end < len(body) else "")

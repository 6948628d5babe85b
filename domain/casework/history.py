"""One timeline of every contact: of a patient, a therapist or an inquiry, newest first.

Reads across schemas: the history belongs to communication, the answers to matching, the names to patients and
therapists; a person at the phone needs them in one list.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry: when, by which channel, which way, what kind, who, about whom, and the words."""

    at: datetime
    channel: str
    direction: str
    kind: str
    person: str | None
    patient: str | None
    practice: str | None
    inquiry_id: int | None
    counterpart: str
    body: str


_TIMELINE = """
SELECT c.at, c.channel, c.direction, c.kind, p.display_name AS person,
       nullif(trim(pa.first_name || ' ' || pa.last_name), '') AS patient,
       nullif(trim(coalesce(t.first_name, qt.first_name) || ' ' || coalesce(t.last_name, qt.last_name)), '') AS practice,
       c.inquiry_id, c.counterpart, c.body
FROM communication_service.contact_entry c
LEFT JOIN platform.person p ON p.id = c.person_id
LEFT JOIN patient_service.patient pa ON pa.id = c.patient_id
LEFT JOIN therapist_service.therapist t ON t.id = c.therapist_id
LEFT JOIN matching_service.inquiry q ON q.id = c.inquiry_id
LEFT JOIN therapist_service.therapist qt ON qt.id = q.therapist_id
WHERE {about}{search} ORDER BY c.at DESC, c.id DESC LIMIT :limit
"""
_ABOUT_PATIENT = """(c.patient_id = :id OR (c.patient_id IS NULL AND c.inquiry_id IN (
    SELECT i.inquiry_id FROM matching_service.inquiry_item i
    JOIN matching_service.place_search s ON s.id = i.search_id WHERE s.patient_id = :id)))"""
# everybody of the practice, since a colleague answers as well
_ABOUT_PAIR = f"""{_ABOUT_PATIENT} AND coalesce(c.therapist_id, q.therapist_id) IN (
    SELECT colleague.id FROM therapist_service.therapist asked
    JOIN therapist_service.therapist colleague ON colleague.practice_id = asked.practice_id WHERE asked.id = :other)"""
_ABOUT_THERAPIST = "(c.therapist_id = :id OR (c.therapist_id IS NULL AND q.therapist_id = :id))"
_COLLEAGUES = """ARRAY(SELECT colleague.id FROM therapist_service.therapist asked
    JOIN therapist_service.therapist colleague ON colleague.practice_id = asked.practice_id WHERE asked.id = :id)"""
_ABOUT_PRACTICE = f"""(c.therapist_id = ANY({_COLLEAGUES})
    OR (c.therapist_id IS NULL AND q.therapist_id = ANY({_COLLEAGUES})))"""
_SEARCH = " AND c.words @@ to_tsquery('german', :wanted)"
_ABOUT_INQUIRY = "c.inquiry_id = :id"


def patient_history(
    session: Session, patient_id: int, *, words: str = "", limit: int = 200
) -> tuple[TimelineEntry, ...]:
    """Everything that happened with or for a patient; with `words` what holds all of them, in any German form."""
    return _timeline(session, _ABOUT_PATIENT, patient_id, limit, words=words)


def pair_history(
    session: Session, patient_id: int, therapist_id: int, *, limit: int = 200
) -> tuple[TimelineEntry, ...]:
    """Everything that happened between a patient and a therapist's practice."""
    return _timeline(session, _ABOUT_PAIR, patient_id, limit, other=therapist_id)


def therapist_history(
    session: Session, therapist_id: int, *, words: str = "", whole_practice: bool = False, limit: int = 200
) -> tuple[TimelineEntry, ...]:
    """Everything that happened with a therapist, or with everybody of the practice; `words` as for a patient."""
    about = _ABOUT_PRACTICE if whole_practice else _ABOUT_THERAPIST
    return _timeline(session, about, therapist_id, limit, words=words)


def inquiry_history(session: Session, inquiry_id: int, *, limit: int = 200) -> tuple[TimelineEntry, ...]:
    """Everything that happened in one inquiry."""
    return _timeline(session, _ABOUT_INQUIRY, inquiry_id, limit)


def _timeline(
    session: Session, about: str, row_id: int, limit: int, *, other: int | None = None, words: str = ""
) -> tuple[TimelineEntry, ...]:
    wanted = _query(words)
    query = _TIMELINE.format(about=about, search=_SEARCH if wanted else "")
    rows = session.execute(text(query), {"id": row_id, "limit": limit, "other": other, "wanted": wanted})
    return tuple(TimelineEntry(*row) for row in rows)


def _query(words: str) -> str:
    """Every word, the last one perhaps not typed to its end; nothing a person types is an operator."""
    found = re.findall(r"\w+", words)
    return " & ".join([*(f"'{word}'" for word in found[:-1]), f"'{found[-1]}':*"]) if found else ""

"""One timeline of every contact: of a patient, a therapist or an inquiry, newest first.

Reads across schemas: the history belongs to communication, the answers to matching, the names to patients and
therapists; a person at the phone needs them in one list.
"""

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
WHERE {about} ORDER BY c.at DESC, c.id DESC LIMIT :limit
"""
_ABOUT_PATIENT = """(c.patient_id = :id OR (c.patient_id IS NULL AND c.inquiry_id IN (
    SELECT i.inquiry_id FROM matching_service.inquiry_item i
    JOIN matching_service.place_search s ON s.id = i.search_id WHERE s.patient_id = :id)))"""
# everybody of the practice, since a colleague answers as well
_ABOUT_PAIR = f"""{_ABOUT_PATIENT} AND coalesce(c.therapist_id, q.therapist_id) IN (
    SELECT colleague.id FROM therapist_service.therapist asked
    JOIN therapist_service.therapist colleague ON colleague.practice_id = asked.practice_id WHERE asked.id = :other)"""
_ABOUT_THERAPIST = "(c.therapist_id = :id OR (c.therapist_id IS NULL AND q.therapist_id = :id))"
_ABOUT_INQUIRY = "c.inquiry_id = :id"


def patient_history(session: Session, patient_id: int, *, limit: int = 200) -> tuple[TimelineEntry, ...]:
    """Everything that happened with or for a patient."""
    return _timeline(session, _ABOUT_PATIENT, patient_id, limit)


def pair_history(
    session: Session, patient_id: int, therapist_id: int, *, limit: int = 200
) -> tuple[TimelineEntry, ...]:
    """Everything that happened between a patient and a therapist's practice."""
    return _timeline(session, _ABOUT_PAIR, patient_id, limit, other=therapist_id)


def therapist_history(session: Session, therapist_id: int, *, limit: int = 200) -> tuple[TimelineEntry, ...]:
    """Everything that happened with a therapist."""
    return _timeline(session, _ABOUT_THERAPIST, therapist_id, limit)


def inquiry_history(session: Session, inquiry_id: int, *, limit: int = 200) -> tuple[TimelineEntry, ...]:
    """Everything that happened in one inquiry."""
    return _timeline(session, _ABOUT_INQUIRY, inquiry_id, limit)


def _timeline(
    session: Session, about: str, row_id: int, limit: int, other: int | None = None
) -> tuple[TimelineEntry, ...]:
    rows = session.execute(text(_TIMELINE.format(about=about)), {"id": row_id, "limit": limit, "other": other})
    return tuple(TimelineEntry(*row) for row in rows)

"""Who was promised a place: on a waiting list until a day, or free from a day on; by which practice. Reading only.

A promise stands while the answer of its inquiry is "waiting list", or a place that is free later and not begun;
whose patient somebody may not see, their promise
is not seen either (the tables' own policies).
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.weektime import office_day


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise that stands. `until` None: no day was named; `place_from`: a place, free from that day on."""

    item_id: int
    inquiry_id: int
    therapist_id: int
    therapist: str
    patient_id: int
    patient: str
    promised_on: date | None
    until: date | None
    place_from: date | None = None


_PROMISES = """
SELECT i.id AS item_id, q.id AS inquiry_id, t.id AS therapist_id,
       trim(t.title || ' ' || t.first_name || ' ' || t.last_name) AS therapist,
       p.id AS patient_id, trim(p.first_name || ' ' || p.last_name) AS patient, i.answered_at,
       i.waitlisted_until AS until, i.place_from
FROM matching_service.inquiry_item i
JOIN matching_service.inquiry q ON q.id = i.inquiry_id
JOIN therapist_service.therapist t ON t.id = q.therapist_id
JOIN matching_service.place_search s ON s.id = i.search_id
JOIN patient_service.patient p ON p.id = s.patient_id
WHERE (i.status = 'waitlisted' AND s.status IN ('active', 'paused')
       OR i.status = 'accepted' AND i.place_from IS NOT NULL AND s.status = 'tentative') AND {where}
ORDER BY coalesce(i.place_from, i.waitlisted_until) NULLS LAST, i.id LIMIT 100
"""


def promises_of(session: Session, therapist_id: int) -> tuple[Promise, ...]:
    """What a therapist's contact point promised, what falls due first at the top."""
    where = "q.contact_point_id = (SELECT contact_point_id FROM therapist_service.therapist WHERE id = :id)"
    return _read(session, where, therapist_id)


def promises_to(session: Session, patient_id: int) -> tuple[Promise, ...]:
    """On which waiting lists a patient stands."""
    return _read(session, "s.patient_id = :id", patient_id)


def _read(session: Session, where: str, number: int) -> tuple[Promise, ...]:
    rows = session.execute(text(_PROMISES.format(where=where)), {"id": number})
    return tuple(
        Promise(
            r.item_id, r.inquiry_id, r.therapist_id, r.therapist, r.patient_id, r.patient,
            None if r.answered_at is None else office_day(r.answered_at), r.until, r.place_from,
        )
        for r in rows
    )  # fmt: skip

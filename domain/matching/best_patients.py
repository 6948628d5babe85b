"""The best patients for a practice, and all verdicts for one pair.

Ranking: urgency, then the longest wait, then the distance (domain.md: longest waiting first, urgency above).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from domain.geocoding.boxes import DEGREES_PER_KM, WIDEST_DEGREES_PER_KM
from domain.matching.facts import SEARCH_FACTS, THERAPIST_FACTS
from domain.matching.judging import ORDER, judged
from domain.matching.rules import Rule


@dataclass(frozen=True, slots=True)
class PatientCandidate:
    """A search judged for a therapist of one contact point; `broken` and `unknown` name the rules in the way."""

    search_id: int
    patient_id: int
    therapist_id: int
    name: str
    age: int | None
    city: str
    urgency: int
    waiting_since: date
    distance_km: float | None
    broken: tuple[Rule, ...]
    unknown: tuple[Rule, ...]


_PATIENT_COLUMNS = (
    "s.search_id, s.patient_id, t.therapist_id, s.first_name, s.last_name, s.age, s.city, s.urgency, s.waiting_since"
)
_BEST = """
SELECT * FROM (
    SELECT DISTINCT ON (urgency, waiting_since, search_id) * FROM sorted
    WHERE broken IS NULL AND unknown IS NULL
    ORDER BY urgency DESC, waiting_since, search_id, distance_km, therapist_id) AS best
LIMIT :limit
"""


# A practice that has a place may be asked in spite of rule 11: everything else must fit.
_SPARED = ORDER.index(Rule.CONTACT_POINT) + 1
_OTHERS = f"(verdicts[1:{_SPARED - 1}] || verdicts[{_SPARED + 1}:{len(ORDER)}])"
_BEST_ANYWAY = _BEST.replace(
    "broken IS NULL AND unknown IS NULL",
    f"array_position({_OTHERS}, false) IS NULL AND array_position({_OTHERS}, NULL) IS NULL",
)


def _best_of(therapists: str, *, best: str = _BEST) -> str:
    """Only searches whose own limit reaches one of the sites are looked at: whoever is out of reach cannot fit."""
    reached = f"""
 WHERE ps.status = 'active' AND EXISTS (
    SELECT FROM therapist_service.therapist th JOIN therapist_service.practice_site st ON st.id = th.site_id
    {therapists}
      AND p.lat BETWEEN st.lat - coalesce(w.radius_km, o.radius_km) * {DEGREES_PER_KM}
                    AND st.lat + coalesce(w.radius_km, o.radius_km) * {DEGREES_PER_KM}
      AND p.lon BETWEEN st.lon - coalesce(w.radius_km, o.radius_km) * {WIDEST_DEGREES_PER_KM}
                    AND st.lon + coalesce(w.radius_km, o.radius_km) * {WIDEST_DEGREES_PER_KM})"""
    searches = SEARCH_FACTS + reached
    return judged(searches=searches, therapists=THERAPIST_FACTS + therapists, columns=_PATIENT_COLUMNS) + best


_FOR_CONTACT_POINT = _best_of(" WHERE th.contact_point_id = :id")
_FOR_THERAPIST = _best_of(" WHERE th.id = :id")
_INSTEAD = _best_of(" WHERE th.id = :id", best=_BEST_ANYWAY)


def patients_for_contact_point(
    session: Session, contact_point_id: int, *, now: datetime, limit: int = 6
) -> tuple[PatientCandidate, ...]:
    """The best patients for a practice: everyone who fits one of its persons, longest waiting first.

    Which person inside a shared mailbox is free: the nearest fitting one is named.
    """
    return _best(session, _FOR_CONTACT_POINT, contact_point_id, now, limit)


def patients_for_therapist(
    session: Session, therapist_id: int, *, now: datetime, limit: int = 6
) -> tuple[PatientCandidate, ...]:
    """The best patients for one therapist, longest waiting first, urgency above."""
    return _best(session, _FOR_THERAPIST, therapist_id, now, limit)


def alternatives_for_therapist(
    session: Session, therapist_id: int, *, now: datetime, limit: int = 6
) -> tuple[PatientCandidate, ...]:
    """The best patients for a therapist who has a place now: an open inquiry or a cooling period does not count."""
    return _best(session, _INSTEAD, therapist_id, now, limit)


def _best(session: Session, query: str, row_id: int, now: datetime, limit: int) -> tuple[PatientCandidate, ...]:
    params = {"id": row_id, "now": now, "today": now.date(), "limit": limit}
    return _patients(session.execute(text(query), params).mappings().all())


_PAIR = (
    judged(
        searches=SEARCH_FACTS + " WHERE ps.id = ANY (:search_ids)",
        therapists=THERAPIST_FACTS + " WHERE th.id = :therapist_id",
        columns=_PATIENT_COLUMNS,
    )
    + " SELECT * FROM sorted ORDER BY urgency DESC, waiting_since, search_id"
)


def judge(
    session: Session, *, therapist_id: int, search_ids: Sequence[int], now: datetime
) -> tuple[PatientCandidate, ...]:
    """All verdicts for one therapist and some searches, e.g. just before an inquiry is made."""
    params = {"therapist_id": therapist_id, "search_ids": list(search_ids), "now": now, "today": now.date()}
    return _patients(session.execute(text(_PAIR), params).mappings().all())


def _patients(rows: Sequence[RowMapping]) -> tuple[PatientCandidate, ...]:
    return tuple(_patient(row) for row in rows)


def _patient(fact: RowMapping) -> PatientCandidate:
    verdicts: Sequence[bool | None] = fact["verdicts"]
    return PatientCandidate(
        name=" ".join(part for part in (fact["first_name"], fact["last_name"]) if part),
        broken=tuple(rule for rule, verdict in zip(ORDER, verdicts, strict=True) if verdict is False),
        unknown=tuple(rule for rule, verdict in zip(ORDER, verdicts, strict=True) if verdict is None),
        **{
            name: fact[name]
            for name in (
                "search_id", "patient_id", "therapist_id", "age", "city", "urgency", "waiting_since", "distance_km",
            )
        },
    )  # fmt: skip

"""What keeps a search from being judged: the missing facts, each with the record and the field to fill.

Verdicts come from the rules (NULL is unknown); this module says which side's fact a rule missed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.geocoding.boxes import box
from domain.matching.facts import AGE, SEARCH_FACTS, THERAPIST_FACTS
from domain.matching.judging import NEAR, ORDER, judged, start_of
from domain.matching.rules import Rule
from domain.therapists.asking import asked_where


class Side(StrEnum):
    """Whose record lacks the fact."""

    PATIENT = "patient"
    THERAPIST = "therapist"


# Which fact a rule missed, as SQL over judged facts: '<side>.<field>'; fields are named as on the records' forms.
_MISSED: Mapping[Rule, str] = {
    Rule.CONSENT: "'patient.consent'",
    Rule.AGE: "CASE WHEN age IS NULL THEN 'patient.birth_date' ELSE 'therapist.offers' END",
    Rule.METHOD: "'therapist.offers'",
    Rule.SETTING: "'therapist.offers'",
    Rule.DISTANCE: "CASE WHEN search_lat IS NULL THEN 'patient.plz' ELSE 'therapist.plz' END",
    Rule.DIAGNOSIS: "'patient.diagnoses'",
    Rule.INSURANCE: "CASE WHEN seat = 'unknown' THEN 'therapist.seat' ELSE 'patient.insurance_kind' END",
    Rule.NEEDS: """CASE WHEN accessibility_needed AND accessible IS NULL THEN 'therapist.accessible'
                        ELSE 'therapist.languages' END""",
}
_CASES = " ".join(f"WHEN {ORDER.index(rule) + 1} THEN {missed}" for rule, missed in _MISSED.items())
_PAIRS = judged(
    searches=SEARCH_FACTS + " WHERE ps.id = :search_id",
    therapists=THERAPIST_FACTS + NEAR,
    columns="""s.patient_id, s.first_name AS patient_first, s.last_name AS patient_last, s.lat AS search_lat, s.age,
               s.accessibility_needed, t.therapist_id, t.first_name, t.last_name, t.city, t.seat, t.accessible""",
)
_MISSING = f"""
{_PAIRS}, missed AS (
    SELECT DISTINCT missed, therapist_id, patient_id, patient_first, patient_last, first_name, last_name, city, distance_km
    FROM sorted CROSS JOIN LATERAL unnest(verdicts) WITH ORDINALITY AS v (verdict, rule)
    CROSS JOIN LATERAL (SELECT CASE rule {_CASES} END AS missed) AS m
    WHERE broken IS NULL AND verdict IS NULL)
SELECT split_part(missed, '.', 1) AS side, split_part(missed, '.', 2) AS field, patient_id AS record_id,
       trim(patient_first || ' ' || patient_last) AS name, '' AS city, count(DISTINCT therapist_id) AS practices,
       NULL::float8 AS distance_km
FROM missed WHERE missed LIKE 'patient.%' GROUP BY 1, 2, 3, 4
UNION ALL
SELECT split_part(missed, '.', 1), split_part(missed, '.', 2), therapist_id, trim(first_name || ' ' || last_name), city, 1,
       distance_km
FROM missed WHERE missed LIKE 'therapist.%'
ORDER BY side, distance_km NULLS LAST, name, field
LIMIT :limit
"""
LIMIT = 200


@dataclass(frozen=True, slots=True)
class MissingFact:
    """One fact to fill: where, in which field, and how many practices wait for it."""

    side: Side
    field: str
    record_id: int
    name: str
    city: str
    practices: int
    distance_km: float | None


def missing_facts(session: Session, search_id: int, *, now: datetime) -> tuple[MissingFact, ...]:
    """Everything unknown between a search and practices nothing else excludes; the patient's own facts first.

    Raises NotFound when there is no such search.
    """
    start = start_of(session, search_id)
    if start is None:
        raise NotFound("place_search.not_found", id=search_id)
    params = {
        "search_id": search_id, "now": now, "today": now.date(), "limit": LIMIT,
        **box(start.lat, start.lon, start.radius_km),
    }  # fmt: skip
    return tuple(_fact(row) for row in session.execute(text(_MISSING), params).mappings())


_EVERYWHERE = f"""
SELECT 'patient' AS side, field, p.id AS record_id, trim(p.first_name || ' ' || p.last_name) AS name, p.city,
       0 AS practices, NULL::float8 AS distance_km
FROM matching_service.place_search s
JOIN patient_service.patient p ON p.id = s.patient_id
LEFT JOIN patient_service.consent c
       ON c.patient_id = p.id AND c.scope = 'pseudonymous_inquiry' AND c.withdrawn_on IS NULL
CROSS JOIN LATERAL (VALUES ('plz', p.lat IS NULL), ('birth_date', p.birth_date IS NULL),
                           ('consent', {AGE} < 18 AND c.id IS NOT NULL AND c.given_by IS NULL)) AS f (field, missing)
WHERE s.status = 'active' AND f.missing
UNION ALL
SELECT 'therapist', field, t.id, trim(t.first_name || ' ' || t.last_name), st.city, 0, NULL
FROM therapist_service.therapist t JOIN therapist_service.practice_site st ON st.id = t.site_id
CROSS JOIN LATERAL (VALUES ('plz', st.lat IS NULL), ('offers', t.offers = '{{}}')) AS f (field, missing)
WHERE {asked_where("t")} AND f.missing
ORDER BY side, name, field
LIMIT :limit
"""


def missing_everywhere(session: Session, *, today: date, limit: int = LIMIT) -> tuple[MissingFact, ...]:
    """Facts without which nobody, or hardly anybody, can be judged: of all active searches and therapists."""
    return tuple(_fact(row) for row in session.execute(text(_EVERYWHERE), {"today": today, "limit": limit}).mappings())


def _fact(row: RowMapping) -> MissingFact:
    return MissingFact(**{**row, "side": Side(row["side"])})

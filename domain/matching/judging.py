"""The head of every question of matching: pairs of facts with the verdict of each rule, and who is near enough.

Verdicts come from the database (rules.py over facts.py); who asks sorts them into fit, broken and unknown.
"""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.matching.rules import RULES

ORDER = tuple(rule.code for rule in RULES)
_VERDICTS = "ARRAY[" + ",\n".join(f"({rule.verdict})" for rule in RULES) + "]::boolean[]"


def judged(*, searches: str, therapists: str, columns: str) -> str:
    """The head of every query here: pairs of facts with their verdicts, `sorted` into broken and unknown."""
    return f"""
WITH s AS MATERIALIZED ({searches}),
t AS MATERIALIZED ({therapists}),
judged AS MATERIALIZED (
    SELECT {columns}, public.distance_km(s.lat, s.lon, t.lat, t.lon) AS distance_km, {_VERDICTS} AS verdicts
    FROM s CROSS JOIN t),
sorted AS MATERIALIZED (
    SELECT judged.*, array_position(verdicts, false) AS broken, array_position(verdicts, NULL) AS unknown
    FROM judged)
"""


# A pair too far apart is not looked at any closer: the map's index finds who is near, and "too far" is what a
# person wants to read of the others. A site without coordinates is never far.
NEAR = """
 WHERE (st.lat BETWEEN :south AND :north AND st.lon BETWEEN :west AND :east) OR st.lat IS NULL
    OR cast(:everywhere AS boolean)"""

_FROM_WHERE = """
SELECT p.lat, p.lon, coalesce(w.radius_km, o.radius_km) AS radius_km, o.response_prior AS prior
FROM matching_service.place_search ps
JOIN patient_service.patient p ON p.id = ps.patient_id
JOIN platform.office o ON o.id = 1
LEFT JOIN patient_service.wishes w ON w.patient_id = p.id
WHERE ps.id = :search_id
"""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a search looks from, how far (km), and the office's prior for an acceptance."""

    lat: float | None
    lon: float | None
    radius_km: int
    prior: float


def start_of(session: Session, search_id: int) -> Start | None:
    """Where a search looks from; None when there is no such search."""
    row = session.execute(text(_FROM_WHERE), {"search_id": search_id}).one_or_none()
    return None if row is None else Start(*row)

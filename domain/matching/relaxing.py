"""Eine Regel lockern: how many more practices would fit if the patient gave up one single wish.

Every therapist near enough is judged once; a relaxation then looks only at those whom nothing else stands in the
way of, and asks the rules it touches again with the wish changed. Nobody is relaxed into an unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.geocoding.boxes import box
from domain.matching.facts import SEARCH_FACTS, THERAPIST_FACTS
from domain.matching.judging import NEAR, start_of
from domain.matching.rules import ALL_BITS, GROUP_BITS, INDIVIDUAL_BITS, RULES, Rule

NAMED = 5  # how many of the practices won are named


class Relaxation(StrEnum):
    """A wish a patient may give up, as a code."""

    RADIUS_5 = "radius_5"
    RADIUS_10 = "radius_10"
    RADIUS_25 = "radius_25"
    GROUP = "group"
    ANY_SEX = "any_sex"
    ANY_METHOD = "any_method"
    ANY_LANGUAGE = "any_language"
    ANY_TIME = "any_time"
    REIMBURSEMENT = "reimbursement"


FURTHER_KM: Mapping[Relaxation, int] = {
    Relaxation.RADIUS_5: 5,
    Relaxation.RADIUS_10: 10,
    Relaxation.RADIUS_25: 25,
}


@dataclass(frozen=True, slots=True)
class _Change:
    """What a relaxation changes: facts of the search by other expressions, and the rules that look at them.

    `there` says in SQL whether there is a wish to give up.
    """

    there: str
    touches: tuple[Rule, ...]
    facts: Mapping[str, str] = field(default_factory=dict)


_CHANGES: Mapping[Relaxation, _Change] = {
    **{
        code: _Change(f"s.radius_km + {km} <= 500", (Rule.DISTANCE,), {"s.radius_km": f"(s.radius_km + {km})"})
        for code, km in FURTHER_KM.items()
    },
    Relaxation.GROUP: _Change(
        f"s.setting_bits = {INDIVIDUAL_BITS}",
        (Rule.METHOD, Rule.SETTING),
        {"s.setting_bits": str(INDIVIDUAL_BITS | GROUP_BITS)},
    ),
    Relaxation.ANY_SEX: _Change("s.therapist_sex <> 'any'", (Rule.SEX,), {"s.therapist_sex": "'any'"}),
    Relaxation.ANY_METHOD: _Change(
        "NOT s.any_method", (Rule.METHOD,), {"s.method_bits": str(ALL_BITS), "s.any_method": "true"}
    ),
    Relaxation.ANY_LANGUAGE: _Change("s.languages <> '{}'", (Rule.NEEDS,), {"s.languages": "'{}'::text[]"}),
    Relaxation.ANY_TIME: _Change(
        "s.availability IS NOT NULL", (Rule.AVAILABILITY,), {"s.availability": "NULL::int4multirange"}
    ),
    Relaxation.REIMBURSEMENT: _Change(
        "NOT s.reimbursement_ok AND s.insurance_kind = 'statutory'",
        (Rule.INSURANCE,),
        {"s.reimbursement_ok": "true"},
    ),
}
_BIT = {rule.code: 1 << number for number, rule in enumerate(RULES)}
_SQL = {rule.code: rule.verdict for rule in RULES}
_IN_THE_WAY = " | ".join(f"CASE WHEN ({rule.verdict}) THEN 0 ELSE {_BIT[rule.code]} END" for rule in RULES)


def _relaxed(code: Relaxation, change: _Change) -> str:
    touched = sum(_BIT[rule] for rule in change.touches)
    verdicts = []
    for rule in change.touches:
        verdict = _SQL[rule]
        for fact, expression in change.facts.items():
            verdict = verdict.replace(fact, expression)
        verdicts.append(f"({verdict})")
    elsewhere = sum(_BIT.values()) & ~touched
    return f"""
SELECT '{code}' AS code, t.first_name, t.last_name, j.distance_km
FROM judged j JOIN t USING (therapist_id) CROSS JOIN s
WHERE j.fails <> 0 AND j.fails & {elsewhere} = 0 AND {change.there} AND {" AND ".join(verdicts)}"""


_QUERY = f"""
WITH s AS MATERIALIZED ({SEARCH_FACTS} WHERE ps.id = :search_id),
t AS MATERIALIZED ({THERAPIST_FACTS} {NEAR}),
judged AS MATERIALIZED (
    SELECT t.therapist_id, public.distance_km(s.lat, s.lon, t.lat, t.lon) AS distance_km, {_IN_THE_WAY} AS fails
    FROM s CROSS JOIN t),
won AS ({" UNION ALL ".join(_relaxed(code, change) for code, change in _CHANGES.items())})
SELECT code, count(*) AS gain,
       (array_agg(trim(first_name || ' ' || last_name) ORDER BY distance_km NULLS LAST))[1:{NAMED}] AS names
FROM won GROUP BY code
"""


@dataclass(frozen=True, slots=True)
class Gain:
    """What one relaxation would add: how many practices, and the nearest of them by name."""

    relaxation: Relaxation
    count: int
    names: tuple[str, ...]


def gains(session: Session, search_id: int, *, now: datetime) -> tuple[Gain, ...]:
    """What each single relaxed wish would add to a search, in the order of the codes; nothing where nothing is won.

    Raises NotFound when there is no such search.
    """
    start = start_of(session, search_id)
    if start is None:
        raise NotFound("place_search.not_found", id=search_id)
    around = box(start.lat, start.lon, start.radius_km + max(FURTHER_KM.values()))
    rows = session.execute(text(_QUERY), {"search_id": search_id, "now": now, "today": now.date(), **around})
    found = {Relaxation(row.code): Gain(Relaxation(row.code), row.gain, tuple(row.names)) for row in rows}
    return tuple(found[code] for code in Relaxation if code in found)

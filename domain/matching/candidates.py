"""Practices for a patient: ranked, and every excluded or unknown one with its reason.

Ranking of practices: expected answer (expected.py) × closeness, which falls linearly to one half at the patient's
distance limit. A specialty or qualification is no rule: directories name them by chance, so a person may narrow the list
to those who name it, or put them first, and is told how many others fit.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.geocoding.boxes import box
from domain.matching.expected import COLUMNS, EXPECTED, ExpectedAnswer, expected_answer
from domain.matching.facts import SEARCH_FACTS, THERAPIST_FACTS
from domain.matching.judging import NEAR, ORDER, judged, start_of
from domain.matching.rules import Rule
from domain.values import WeekSpan
from domain.weektime import from_multirange

SAMPLE = 50
BEYOND_KM = 15  # how far beyond the limit those "too far" are still named
FIT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class PracticeCandidate:
    """A therapist judged for a patient: where, how far (km), and, of those who fit, the expected answer.

    `skilled` says that they name the specialty or qualification asked for; of none, everybody does.
    """

    therapist_id: int
    contact_point_id: int
    name: str
    title: str
    practice_name: str
    street: str
    plz: str
    city: str
    lat: float | None
    lon: float | None
    geo_quality: str
    distance_km: float | None
    expected: ExpectedAnswer | None
    sex: str
    offers: tuple[str, ...]
    languages: tuple[str, ...]
    phone: str
    email: str
    phone_hours: tuple[WeekSpan, ...] | None
    capacity_note: str
    open_inquiry_id: int | None
    cooling_until: datetime | None
    skilled: bool


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """The therapists one rule sorts out: how many, and the nearest of them."""

    rule: Rule
    count: int
    nearest: tuple[PracticeCandidate, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """All therapists judged for one search: fit (ranked, cut at the limit), excluded and unknown by rule.

    `unskilled` fit and do not name the skill asked for; `unsaid` of them name no specialty or qualification at all.
    """

    search_id: int
    fit: tuple[PracticeCandidate, ...]
    fit_total: int
    excluded: tuple[RuleGroup, ...]
    unknown: tuple[RuleGroup, ...]
    unskilled: int = 0
    unsaid: int = 0


@dataclass(frozen=True, slots=True)
class SkillWish:
    """A specialty or qualification, word for word ('' for none): `only` who names it, else they come first."""

    skill: str = ""
    only: bool = True


_SKILLED = """(cast(:skill AS text) = '' OR sk.specialties @> ARRAY[cast(:skill AS text)]
     OR sk.qualifications @> ARRAY[cast(:skill AS text)])"""
_FAR = ORDER.index(Rule.DISTANCE) + 1

_FOR_PATIENT = (
    judged(
        searches=SEARCH_FACTS + " WHERE ps.id = :search_id",
        therapists=THERAPIST_FACTS + NEAR,
        columns="t.therapist_id, t.contact_point_id, s.radius_km",
    )
    + f""", ranked AS (
    SELECT sorted.therapist_id, sorted.distance_km, radius_km, e.mean AS expected, {_SKILLED} AS skilled,
           sk.specialties = '{{}}' AND sk.qualifications = '{{}}' AS unsaid
    FROM sorted JOIN t AS x ON x.therapist_id = sorted.therapist_id {EXPECTED}
    JOIN therapist_service.therapist sk ON sk.id = sorted.therapist_id
    WHERE broken IS NULL AND unknown IS NULL),
best AS (
    SELECT *, expected * (1 - 0.5 * distance_km / radius_km) AS score FROM ranked
    WHERE skilled OR NOT cast(:only AS boolean)
    ORDER BY skilled DESC, score DESC, distance_km, therapist_id LIMIT :limit),
rest AS (
    SELECT CASE WHEN broken IS NULL THEN 'unknown' ELSE 'excluded' END AS kind,
           CASE WHEN verdicts[{_FAR}] = false THEN {_FAR} ELSE coalesce(broken, unknown) END AS rule,
           therapist_id, distance_km
    FROM sorted WHERE broken IS NOT NULL OR unknown IS NOT NULL),
beyond AS (SELECT (SELECT count(*) FROM therapist_service.therapist) - (SELECT count(*) FROM sorted) AS count)
SELECT 'fit' AS kind, NULL::int AS rule, (SELECT count(*) FROM ranked WHERE skilled OR NOT cast(:only AS boolean)) AS total,
       array_agg(therapist_id ORDER BY skilled DESC, score DESC, distance_km, therapist_id) AS ids,
       array_agg(distance_km ORDER BY skilled DESC, score DESC, distance_km, therapist_id) AS distances
FROM best
UNION ALL
SELECT 'unskilled', NULL, count(*), '{{}}', '{{}}' FROM ranked WHERE NOT skilled
UNION ALL
SELECT 'unsaid', NULL, count(*), '{{}}', '{{}}' FROM ranked WHERE NOT skilled AND unsaid
UNION ALL
SELECT kind, rule, count(*),
       (array_agg(therapist_id ORDER BY distance_km NULLS LAST, therapist_id))[1:{SAMPLE}],
       (array_agg(distance_km ORDER BY distance_km NULLS LAST, therapist_id))[1:{SAMPLE}]
FROM rest GROUP BY kind, rule
UNION ALL
SELECT 'beyond', {_FAR}, count, '{{}}', '{{}}' FROM beyond WHERE count > 0
ORDER BY kind DESC, rule
"""
)

_DETAILS = f"""SELECT x.*, {COLUMNS}, {_SKILLED} AS skilled FROM ({THERAPIST_FACTS}) AS x {EXPECTED}
JOIN therapist_service.therapist sk ON sk.id = x.therapist_id WHERE x.therapist_id = ANY (:ids)"""


def candidates_for_search(
    session: Session, search_id: int, *, now: datetime, limit: int = FIT_LIMIT, wish: SkillWish | None = None
) -> Candidates:
    """Judge every therapist for one search. Raises NotFound when there is no such search.

    Whom the distance alone excludes is counted under that rule, whatever else may be in the way.
    """
    start = start_of(session, search_id)
    if start is None:
        raise NotFound("place_search.not_found", id=search_id)
    skill = wish or SkillWish()
    params: dict[str, object] = {
        "skill": skill.skill, "only": skill.only,
        "search_id": search_id, "now": now, "today": now.date(), "limit": limit, "prior": start.prior,
        **box(start.lat, start.lon, start.radius_km + BEYOND_KM),
    }  # fmt: skip
    rows = session.execute(text(_FOR_PATIENT), params).all()
    ids = sorted({id_ for row in rows for id_ in row.ids or ()})
    details = {row.therapist_id: row for row in session.execute(text(_DETAILS), params | {"ids": ids})}
    fit: tuple[PracticeCandidate, ...] = ()
    total = 0
    lacking = {"unskilled": 0, "unsaid": 0}
    groups: dict[str, dict[Rule, RuleGroup]] = {"excluded": {}, "unknown": {}}
    for row in rows:
        if row.kind == "fit":
            total = row.total
            fit = tuple(
                _practice(details[id_], distance, expected=expected_answer(details[id_], prior=start.prior))
                for id_, distance in zip(row.ids or (), row.distances or (), strict=True)
            )
        elif row.kind in lacking:
            lacking[row.kind] = row.total
        elif row.kind == "beyond":
            near = groups["excluded"].get(Rule.DISTANCE)
            groups["excluded"][Rule.DISTANCE] = RuleGroup(
                Rule.DISTANCE, row.total + (near.count if near else 0), near.nearest if near else ()
            )
        else:
            rule = ORDER[row.rule - 1]
            nearest = tuple(_practice(details[i], d) for i, d in zip(row.ids, row.distances, strict=True))
            groups[row.kind][rule] = RuleGroup(rule, row.total, nearest)
    in_order = {kind: tuple(found[rule] for rule in ORDER if rule in found) for kind, found in groups.items()}
    return Candidates(search_id, fit, total, in_order["excluded"], in_order["unknown"], **lacking)


def _practice(fact: Any, distance_km: float | None, *, expected: ExpectedAnswer | None = None) -> PracticeCandidate:
    return PracticeCandidate(
        name=" ".join(part for part in (fact.first_name, fact.last_name) if part),
        distance_km=distance_km,
        expected=expected,
        offers=tuple(fact.offers),
        languages=tuple(fact.languages),
        phone_hours=None if fact.phone_hours is None else from_multirange(fact.phone_hours),
        **{
            name: getattr(fact, name)
            for name in (
                "therapist_id", "contact_point_id", "title", "practice_name", "street", "plz", "city", "lat", "lon", "geo_quality",
                "sex", "phone", "email", "capacity_note", "open_inquiry_id", "cooling_until", "skilled",
            )
        },
    )  # fmt: skip

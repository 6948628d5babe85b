"""Candidates both ways: practices for a patient, patients for a practice. Every excluded one keeps its reason.

Verdicts come from the database (rules.py over facts.py); this module only asks and sorts into fit, excluded
(a rule is broken) and unknown (no rule is broken, at least one cannot be judged).

Ranking of practices: expected answer × closeness. The expected answer is the mean of a Beta distribution whose
prior is the office's response prior worth PRIOR_WEIGHT inquiries, updated by the contact point's own answers;
closeness falls linearly to one half at the patient's distance limit. Ranking of patients: urgency, then the
longest wait, then the distance (domain.md: longest waiting first, urgency above).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.geocoding.boxes import DEGREES_PER_KM, WIDEST_DEGREES_PER_KM, box
from domain.matching.facts import SEARCH_FACTS, THERAPIST_FACTS
from domain.matching.rules import RULES, Rule
from domain.values import WeekSpan
from domain.weektime import from_multirange

PRIOR_WEIGHT = 10
SAMPLE = 50
BEYOND_KM = 15  # how far beyond the limit those "too far" are still named
FIT_LIMIT = 200

_VERDICTS = "ARRAY[" + ",\n".join(f"({rule.verdict})" for rule in RULES) + "]::boolean[]"
_ORDER = tuple(rule.code for rule in RULES)


@dataclass(frozen=True, slots=True)
class PracticeCandidate:
    """A therapist who fits a patient: where, how far (km), and how likely an acceptance is (0–1)."""

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
    expected_answer: float
    answers: int
    acceptances: int
    sex: str
    offers: tuple[str, ...]
    languages: tuple[str, ...]
    phone: str
    email: str
    phone_hours: tuple[WeekSpan, ...] | None
    capacity_note: str
    open_inquiry_id: int | None
    cooling_until: datetime | None


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """The therapists one rule sorts out: how many, and the nearest of them."""

    rule: Rule
    count: int
    nearest: tuple[PracticeCandidate, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """All therapists judged for one search: fit (ranked, cut at the limit), excluded and unknown by rule."""

    search_id: int
    fit: tuple[PracticeCandidate, ...]
    fit_total: int
    excluded: tuple[RuleGroup, ...]
    unknown: tuple[RuleGroup, ...]


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


def _judged(*, searches: str, therapists: str, columns: str) -> str:
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


_ANSWERS = """
SELECT count(*) AS answers,
       count(*) FILTER (WHERE i.status IN ('accepted', 'accepted_surplus', 'in_trial_sessions', 'in_therapy',
                                           'no_show', 'not_continued')) AS acceptances
FROM matching_service.inquiry_item i JOIN matching_service.inquiry q ON q.id = i.inquiry_id
WHERE q.contact_point_id = sorted.contact_point_id AND i.status NOT IN ('pending', 'withdrawn', 'matched_elsewhere')
"""

# A pair too far apart is not looked at any closer: the map's index finds who is near, and "too far" is what a
# person wants to read of the others. A site without coordinates is never far.
_NEAR = """
 WHERE (st.lat BETWEEN :south AND :north AND st.lon BETWEEN :west AND :east) OR st.lat IS NULL
    OR cast(:everywhere AS boolean)"""
_FAR = _ORDER.index(Rule.DISTANCE) + 1

_FOR_PATIENT = (
    _judged(
        searches=SEARCH_FACTS + " WHERE ps.id = :search_id",
        therapists=THERAPIST_FACTS + _NEAR,
        columns="t.therapist_id, t.contact_point_id, s.radius_km",
    )
    + f""", ranked AS (
    SELECT therapist_id, distance_km,
           (:prior * {PRIOR_WEIGHT} + coalesce(a.acceptances, 0)) / ({PRIOR_WEIGHT} + coalesce(a.answers, 0)) AS expected,
           coalesce(a.answers, 0) AS answers, coalesce(a.acceptances, 0) AS acceptances, radius_km
    FROM sorted LEFT JOIN LATERAL ({_ANSWERS}) a ON true
    WHERE broken IS NULL AND unknown IS NULL),
best AS (
    SELECT *, expected * (1 - 0.5 * distance_km / radius_km) AS score FROM ranked
    ORDER BY score DESC, distance_km, therapist_id LIMIT :limit),
rest AS (
    SELECT CASE WHEN broken IS NULL THEN 'unknown' ELSE 'excluded' END AS kind,
           CASE WHEN verdicts[{_FAR}] = false THEN {_FAR} ELSE coalesce(broken, unknown) END AS rule,
           therapist_id, distance_km
    FROM sorted WHERE broken IS NOT NULL OR unknown IS NOT NULL),
beyond AS (SELECT (SELECT count(*) FROM therapist_service.therapist) - (SELECT count(*) FROM sorted) AS count)
SELECT 'fit' AS kind, NULL::int AS rule, (SELECT count(*) FROM ranked) AS total,
       array_agg(therapist_id ORDER BY score DESC, distance_km, therapist_id) AS ids,
       array_agg(distance_km ORDER BY score DESC, distance_km, therapist_id) AS distances,
       array_agg(expected ORDER BY score DESC, distance_km, therapist_id) AS expected,
       array_agg(answers ORDER BY score DESC, distance_km, therapist_id) AS answers,
       array_agg(acceptances ORDER BY score DESC, distance_km, therapist_id) AS acceptances
FROM best
UNION ALL
SELECT kind, rule, count(*),
       (array_agg(therapist_id ORDER BY distance_km NULLS LAST, therapist_id))[1:{SAMPLE}],
       (array_agg(distance_km ORDER BY distance_km NULLS LAST, therapist_id))[1:{SAMPLE}], NULL, NULL, NULL
FROM rest GROUP BY kind, rule
UNION ALL
SELECT 'beyond', {_FAR}, count, '{{}}', '{{}}', NULL, NULL, NULL FROM beyond WHERE count > 0
ORDER BY kind DESC, rule
"""
)

_DETAILS = f"SELECT * FROM ({THERAPIST_FACTS}) AS t WHERE t.therapist_id = ANY (:ids)"


_FROM_WHERE = """
SELECT p.lat, p.lon, coalesce(w.radius_km, o.radius_km) AS radius_km, o.response_prior AS prior
FROM matching_service.place_search ps
JOIN patient_service.patient p ON p.id = ps.patient_id
JOIN platform.office o ON o.id = 1
LEFT JOIN patient_service.wishes w ON w.patient_id = p.id
WHERE ps.id = :search_id
"""


def candidates_for_search(session: Session, search_id: int, *, now: datetime, limit: int = FIT_LIMIT) -> Candidates:
    """Judge every therapist for one search. Raises NotFound when there is no such search.

    Whom the distance alone excludes is counted under that rule, whatever else may be in the way.
    """
    start = session.execute(text(_FROM_WHERE), {"search_id": search_id}).one_or_none()
    if start is None:
        raise NotFound("place_search.not_found", id=search_id)
    params: dict[str, object] = {
        "search_id": search_id, "now": now, "today": now.date(), "limit": limit, "prior": start.prior,
        **box(start.lat, start.lon, start.radius_km + BEYOND_KM),
    }  # fmt: skip
    rows = session.execute(text(_FOR_PATIENT), params).all()
    ids = sorted({id_ for row in rows for id_ in row.ids or ()})
    details = {row["therapist_id"]: row for row in session.execute(text(_DETAILS), params | {"ids": ids}).mappings()}
    fit: tuple[PracticeCandidate, ...] = ()
    total = 0
    groups: dict[str, dict[Rule, RuleGroup]] = {"excluded": {}, "unknown": {}}
    for row in rows:
        if row.kind == "fit":
            total = row.total
            fit = tuple(
                _practice(details[id_], distance, expected=p, answers=n, acceptances=k)
                for id_, distance, p, n, k in zip(
                    row.ids or (), row.distances or (), row.expected or (), row.answers or (), row.acceptances or (),
                    strict=True,
                )
            )  # fmt: skip
        elif row.kind == "beyond":
            near = groups["excluded"].get(Rule.DISTANCE)
            groups["excluded"][Rule.DISTANCE] = RuleGroup(
                Rule.DISTANCE, row.total + (near.count if near else 0), near.nearest if near else ()
            )
        else:
            rule = _ORDER[row.rule - 1]
            nearest = tuple(_practice(details[i], d) for i, d in zip(row.ids, row.distances, strict=True))
            groups[row.kind][rule] = RuleGroup(rule, row.total, nearest)
    in_order = {kind: tuple(found[rule] for rule in _ORDER if rule in found) for kind, found in groups.items()}
    return Candidates(search_id, fit, total, in_order["excluded"], in_order["unknown"])


def _practice(
    fact: RowMapping,
    distance_km: float | None,
    *,
    expected: float = 0.0,
    answers: int = 0,
    acceptances: int = 0,
) -> PracticeCandidate:
    hours = fact["phone_hours"]
    return PracticeCandidate(
        name=" ".join(part for part in (fact["first_name"], fact["last_name"]) if part),
        distance_km=distance_km,
        expected_answer=float(expected),
        answers=answers,
        acceptances=acceptances,
        offers=tuple(fact["offers"]),
        languages=tuple(fact["languages"]),
        phone_hours=None if hours is None else from_multirange(hours),
        **{
            name: fact[name]
            for name in (
                "therapist_id", "contact_point_id", "title", "practice_name", "street", "plz", "city", "lat", "lon", "geo_quality",
                "sex", "phone", "email", "capacity_note", "open_inquiry_id", "cooling_until",
            )
        },
    )  # fmt: skip


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


def _best_of(therapists: str) -> str:
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
    return _judged(searches=searches, therapists=THERAPIST_FACTS + therapists, columns=_PATIENT_COLUMNS) + _BEST


_FOR_CONTACT_POINT = _best_of(" WHERE th.contact_point_id = :id")
_FOR_THERAPIST = _best_of(" WHERE th.id = :id")


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


def _best(session: Session, query: str, row_id: int, now: datetime, limit: int) -> tuple[PatientCandidate, ...]:
    params = {"id": row_id, "now": now, "today": now.date(), "limit": limit}
    return _patients(session.execute(text(query), params).mappings().all())


_PAIR = (
    _judged(
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
        broken=tuple(rule for rule, verdict in zip(_ORDER, verdicts, strict=True) if verdict is False),
        unknown=tuple(rule for rule, verdict in zip(_ORDER, verdicts, strict=True) if verdict is None),
        **{
            name: fact[name]
            for name in (
                "search_id", "patient_id", "therapist_id", "age", "city", "urgency", "waiting_since", "distance_km",
            )
        },
    )  # fmt: skip

"""The week's plan as the page Vermittlung shows it: its figures, and its lines with names and reasons' facts."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from domain.listing import Listing, fetch_page
from domain.paging import ListQuery, Page


@dataclass(frozen=True, slots=True)
class PlanLineRow:
    """One contact of the plan. `probability` 0–1; `waiting_since` of the one waiting longest; kilometres of the nearest."""

    line_id: int
    therapist_id: int
    therapist: str
    city: str
    channel: str
    slot_at: datetime | None
    status: str
    probability: float
    gain: float
    search_ids: tuple[int, ...]
    patients: str
    count: int
    waiting_since: date | None
    urgent: int
    nearest_km: float | None
    inquiry_id: int | None
    version: int


_LINES = Listing(
    select="""
    SELECT l.id AS line_id, l.therapist_id, trim(t.title || ' ' || t.first_name || ' ' || t.last_name) AS therapist, st.city,
           l.channel, l.slot_at, l.status, l.probability, l.gain, l.search_ids, a.patients, cardinality(l.search_ids) AS count,
           a.waiting_since, a.urgent, a.nearest_km, l.inquiry_id, l.version
    FROM matching_service.plan_line l
    JOIN matching_service.week_plan w ON w.id = l.plan_id
    JOIN therapist_service.therapist t ON t.id = l.therapist_id
    JOIN therapist_service.practice_site st ON st.id = t.site_id
    LEFT JOIN LATERAL (
        SELECT string_agg(trim(p.first_name || ' ' || p.last_name), ', ' ORDER BY s.urgency DESC, s.waiting_since, s.id) AS patients,
               min(s.waiting_since) AS waiting_since, count(*) FILTER (WHERE s.urgency > 0) AS urgent,
               min(public.distance_km(p.lat, p.lon, st.lat, st.lon)) AS nearest_km
        FROM matching_service.place_search s JOIN patient_service.patient p ON p.id = s.patient_id
        WHERE s.id = ANY (l.search_ids)) AS a ON true""",
    sorts={
        "order": "l.gain * CASE WHEN l.status = 'skipped' THEN 0 ELSE 1 END",
        "therapist": 't.sort_name COLLATE "C"',
        "slot": "l.slot_at",
        "chance": "l.probability",
        "waiting": "a.waiting_since",
        "status": "l.status",
    },
    filters={"status": "l.status = :status"},
    default_sort="order",
    tiebreak="l.id",
    searched="t.search_text",
    where="w.monday = :monday",
)


def list_plan_lines(session: Session, query: ListQuery, *, monday: date) -> Page[PlanLineRow]:
    """The lines of a week; sort keys order, therapist, slot, chance, waiting, status; filter status."""
    return fetch_page(session, _LINES, query, _line, monday=monday)


def _line(row: RowMapping) -> PlanLineRow:
    return PlanLineRow(**{**row, "search_ids": tuple(row["search_ids"]), "patients": row["patients"] or ""})


@dataclass(frozen=True, slots=True)
class WeekSummary:
    """A week in figures: budgets, how many of what, how many patients may expect a place, and how good it can be.

    `gap` is the share (0–1) by which a better plan could exceed this one at most.
    """

    monday: date
    mails: int
    minutes: int
    expected: float
    gap: float
    planned_at: datetime
    mail_lines: int
    call_lines: int
    people: int
    accepted: int


_SUMMARY = """
SELECT w.monday, w.mails, w.minutes, w.expected, CASE WHEN w.bound > 0 THEN 1 - w.value / w.bound ELSE 0 END AS gap,
       w.planned_at, coalesce(n.mail_lines, 0) AS mail_lines, coalesce(n.call_lines, 0) AS call_lines,
       coalesce(n.people, 0) AS people, coalesce(n.accepted, 0) AS accepted
FROM matching_service.week_plan w
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE l.channel = 'email' AND l.status <> 'skipped') AS mail_lines,
           count(*) FILTER (WHERE l.channel = 'phone' AND l.status <> 'skipped') AS call_lines,
           (SELECT count(DISTINCT s) FROM matching_service.plan_line p CROSS JOIN unnest(p.search_ids) AS s
            WHERE p.plan_id = w.id AND p.status <> 'skipped') AS people,
           count(*) FILTER (WHERE l.status = 'accepted') AS accepted
    FROM matching_service.plan_line l WHERE l.plan_id = w.id) AS n ON true
WHERE w.monday = :monday
"""


def week_summary(session: Session, monday: date) -> WeekSummary | None:
    """The week's figures, or None when nobody planned it yet."""
    row = session.execute(text(_SUMMARY), {"monday": monday}).mappings().one_or_none()
    return None if row is None else WeekSummary(**row)

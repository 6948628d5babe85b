"""Practices' own pages read by themselves: one after the other, so many an hour, those whose last reading is old.

Nothing but `web_reading` says how far it is: whoever goes on after a kill, a stop or a weekend finds the same rows. At
most one practice is asked for by the schedule at a time; stopping is that nobody takes it and no other is asked for.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain import events
from domain.editing import load_for_edit
from domain.errors import Invalid
from domain.therapists.web_models import WebSchedule

BOUNDS = {"every_days": (7, 365), "per_hour": (1, 120)}
_ONE_AT_A_TIME = 7235023  # two workers at once ask for one practice
# who is read: asked at all (nobody who opted out), and with an address that looks like a page (`website_of`)
_READABLE = """t.status = 'active' AND t.merged_into_id IS NULL AND t.web LIKE '%.%' AND t.web NOT LIKE '%@%'"""


@dataclass(frozen=True, slots=True)
class ScheduleForm:
    """What a person sets."""

    enabled: bool = False
    every_days: int = 90
    per_hour: int = 20


@dataclass(frozen=True, slots=True)
class ScheduleProgress:
    """Of the therapists with a page: how many were read lately, failed among them, and are to be read now.

    `reading` names whose page is being read by the schedule, `last_at` when one was last read, `suggested` how many
    therapists have suggestions that wait for a decision.
    """

    pages: int
    done: int
    failed: int
    due: int
    reading: str
    last_at: datetime | None
    suggested: int


def read_schedule(session: Session) -> tuple[ScheduleForm, int]:
    """The settings and their version; the migration made the row."""
    row = session.get_one(WebSchedule, 1)
    return ScheduleForm(row.enabled, row.every_days, row.per_hour), row.version


def save_schedule(session: Session, form: ScheduleForm, *, version: int | None = None) -> None:
    """Save. Raises Invalid (field), Conflict, and Forbidden for whoever may not."""
    for name, (low, high) in BOUNDS.items():
        if not low <= getattr(form, name) <= high:
            raise Invalid("office.out_of_bounds", field=name, low=low, high=high)
    row = load_for_edit(session, WebSchedule, 1, version)
    row.enabled, row.every_days, row.per_hour = form.enabled, form.every_days, form.per_hour
    events.record(session, "web_schedule.changed", 1)


def ask_scheduled(session: Session, *, now: datetime) -> int | None:
    """Ask for the next practice if it is time; returns the therapist, None where nobody is asked for."""
    form, _ = read_schedule(session)
    if not form.enabled or not session.scalar(text("SELECT pg_try_advisory_xact_lock(:n)"), {"n": _ONE_AT_A_TIME}):
        return None
    last = session.execute(text(_LAST), {"now": now}).one()
    if last.under_way or (last.at is not None and last.at + timedelta(hours=1) / form.per_hour > now):
        return None
    found: int | None = session.scalar(text(_NEXT), {"old": now - timedelta(days=form.every_days), "now": now})
    if found is not None:
        events.record(session, "web_finding.asked", found)
    return found


def progress(session: Session, *, now: datetime) -> ScheduleProgress:
    """How far it is."""
    form, _ = read_schedule(session)
    row = session.execute(text(_PROGRESS), {"old": now - timedelta(days=form.every_days)}).one()
    return ScheduleProgress(*row)


# one that was put off waits for its host and hinders no other
_LAST = """
SELECT max(asked_at) AS at,
       coalesce(bool_or(done_at IS NULL AND (state = 'reading' OR not_before <= :now)), false) AS under_way
FROM therapist_service.web_reading WHERE asked_by IS NULL
"""
_NEXT = f"""
INSERT INTO therapist_service.web_reading AS w (therapist_id, asked_at, not_before)
SELECT t.id, :now, :now FROM therapist_service.therapist t
LEFT JOIN therapist_service.web_reading r ON r.therapist_id = t.id
WHERE {_READABLE} AND (r.therapist_id IS NULL OR r.done_at < :old)
ORDER BY r.done_at NULLS FIRST, t.id LIMIT 1
ON CONFLICT (therapist_id) DO UPDATE
    SET state = 'waiting', asked_by = NULL, asked_at = :now, not_before = :now, claimed_until = NULL, tries = 0,
        cause = '', params = '{{}}', pages = 0, done_at = NULL
    WHERE w.done_at IS NOT NULL
RETURNING therapist_id
"""
_PROGRESS = f"""
SELECT count(*), count(*) FILTER (WHERE r.done_at >= :old),
       count(*) FILTER (WHERE r.done_at >= :old AND r.state = 'failed'),
       count(*) FILTER (WHERE r.therapist_id IS NULL OR r.done_at IS NULL OR r.done_at < :old),
       coalesce(min(trim(t.first_name || ' ' || t.last_name)) FILTER (WHERE r.state = 'reading'), ''),
       max(r.done_at),
       (SELECT count(DISTINCT f.therapist_id) FROM therapist_service.web_finding f WHERE f.state = 'suggested')
FROM therapist_service.therapist t LEFT JOIN therapist_service.web_reading r ON r.therapist_id = t.id
WHERE {_READABLE}
"""

"""How long records are kept, who is due, and the run that erases them when a person says so.

The periods are the office's settings. Their defaults are those of the office's concept (`Löschkonzept`): without a
placement 6 months after the end of the search, since the consent's purpose is over (Art. 5 (1) (e), Art. 17 (1) (a)
GDPR); with one 3 years from the end of that year, as long as claims may be made (§§ 195, 199 (1) BGB). Nothing is ever
erased by itself.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain import events
from domain.access import me, office, works_with_records
from domain.casework.record_erasure import erase_due_record
from domain.database import translated_errors
from domain.errors import NotFound, PlatzlotseError
from domain.patients.retention_models import RetentionLine, RetentionRun
from domain.weektime import office_day

REASON = "Aufbewahrungsfrist abgelaufen"
NOT_DUE = "not_due"

# A record is at its end when no search is open and one was, or when it was closed. What keeps it is a code each.
_DUE = """
SELECT k.*, ARRAY_REMOVE(ARRAY[
    CASE WHEN k.restricted THEN 'restricted' END,
    CASE WHEN EXISTS (SELECT FROM matching_service.reimbursement_case c
                      JOIN matching_service.place_search s ON s.id = c.search_id
                      WHERE c.patient_id = k.patient_id AND c.decided_on IS NULL
                        AND (c.applied_on IS NOT NULL OR s.status = 'reimbursement_route')) THEN 'reimbursement' END,
    CASE WHEN EXISTS (SELECT FROM communication_service.incoming_email m
                      WHERE m.patient_id = k.patient_id AND m.status = 'unread') THEN 'unread_mail' END,
    CASE WHEN EXISTS (SELECT FROM communication_service.email m WHERE m.patient_id = k.patient_id
                      AND m.status IN ('queued', 'sending', 'retry_wait', 'unclear')) THEN 'waiting_mail' END
    ], NULL) AS kept_by
FROM (
    SELECT e.*, CASE WHEN placed
        THEN make_date(extract(year FROM ended_on)::int + :years + 1, 1, 1)
        ELSE (ended_on + make_interval(months => :months))::date END AS due_on
    FROM (
        SELECT p.id AS patient_id, trim(p.first_name || ' ' || p.last_name) AS name,
               p.restricted_at IS NOT NULL AS restricted,
               (greatest(p.closed_at, max(s.closed_at)) AT TIME ZONE 'Europe/Berlin')::date AS ended_on,
               bool_or(coalesce(s.status = 'successful', false))
                   OR coalesce(p.closed_outcome IN ('closed_success', 'closed_dropout'), false) AS placed
        FROM patient_service.patient p
        LEFT JOIN matching_service.place_search s ON s.patient_id = p.id
        WHERE p.erased_at IS NULL AND (p.id = :patient OR cast(:patient AS bigint) IS NULL)
        GROUP BY p.id
        HAVING bool_and(s.id IS NULL OR s.closed_at IS NOT NULL) AND greatest(p.closed_at, max(s.closed_at)) IS NOT NULL
    ) e
) k WHERE k.due_on <= :today ORDER BY k.due_on, k.patient_id"""


@dataclass(frozen=True, slots=True)
class Due:
    """A record that is due: since when, why, and what keeps it all the same (codes)."""

    patient_id: int
    name: str
    ended_on: date
    placed: bool
    due_on: date
    kept_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunReport:
    """A run: who began it when, and what came of its records. `ids` are the numbers of those erased."""

    run_id: int
    begun_at: datetime
    begun_by: str
    open: int
    erased: int
    kept: int
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Retention:
    """The preview: who is due by which periods, the last runs, and whether this person may erase."""

    due: tuple[Due, ...]
    placed_years: int
    other_months: int
    runs: tuple[RunReport, ...]
    may_erase: bool


def due_records(session: Session, *, today: date, patient_id: int | None = None) -> tuple[Due, ...]:
    """Whose period is over, the longest first; with what keeps somebody."""
    settings = office(session)
    rows = session.execute(
        text(_DUE),
        {
            "today": today, "patient": patient_id,
            "years": settings.retention_placed_years, "months": settings.retention_other_months,
        },
    ).mappings()  # fmt: skip
    return tuple(
        Due(r["patient_id"], r["name"], r["ended_on"], r["placed"], r["due_on"], tuple(r["kept_by"])) for r in rows
    )


def look(session: Session, *, today: date) -> Retention | None:
    """What the preview shows; None for who reads no records."""
    if not works_with_records(session):
        return None
    settings = office(session)
    return Retention(
        due_records(session, today=today), settings.retention_placed_years, settings.retention_other_months,
        runs(session), may_erase(session),
    )  # fmt: skip


def may_erase(session: Session) -> bool:
    """Whether the person on this connection leads the office."""
    return bool(session.scalar(text("SELECT pg_has_role(session_user, 'platzlotse_supervisor', 'USAGE')")))


def begin_run(session: Session, *, now: datetime) -> int:
    """Write down whose records are to be erased now, and nobody's whom something keeps; returns the run's id.

    Raises NotFound when nobody is due, Forbidden for who does not lead the office.
    """
    today, settings = office_day(now), office(session)
    due = [one for one in due_records(session, today=today) if not one.kept_by]
    if not due:
        raise NotFound("retention.nobody_due")
    run = RetentionRun(
        begun_by=me(session).id, begun_at=now,
        placed_years=settings.retention_placed_years, other_months=settings.retention_other_months,
    )  # fmt: skip
    session.add(run)
    session.flush()
    session.add_all(RetentionLine(run_id=run.id, patient_id=one.patient_id, due_on=one.due_on) for one in due)
    events.record(session, "retention.begun", run.id, records=len(due))
    return run.id


def erase_next(session: Session, run_id: int, *, now: datetime) -> bool:
    """Erase one record of a run, in this transaction; False where none is left.

    Looked at again first: who came back, or whom something keeps by now, stays and the line says why. Whatever ends
    the program leaves whole records, and lines that wait.
    """
    line = session.scalar(
        select(RetentionLine)
        .where(RetentionLine.run_id == run_id, RetentionLine.status == "open")
        .order_by(RetentionLine.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if line is None:
        return False
    line_id, patient_id = line.id, line.patient_id
    session.execute(text("SELECT FROM patient_service.patient WHERE id = :id FOR UPDATE"), {"id": patient_id})
    found = due_records(session, today=office_day(now), patient_id=patient_id)
    kept = (found[0].kept_by or ("",))[0] if found else NOT_DUE
    if not kept:
        try:
            with translated_errors(), session.begin_nested():
                erase_due_record(session, patient_id, reason=REASON, now=now)
        except PlatzlotseError as refused:
            if refused.kind == "unavailable" or refused.code == "database.forbidden" or refused.params.get("again"):
                raise
            kept = refused.code
    line = session.get_one(RetentionLine, line_id)
    line.status, line.done_at, line.kept_by = ("kept" if kept else "erased"), now, kept
    session.flush()
    events.record(session, "retention.done", run_id, patient_id=patient_id)
    return True


def runs(session: Session, *, limit: int = 20) -> tuple[RunReport, ...]:
    """The last runs, newest first."""
    rows = session.execute(
        text("""
            SELECT r.id, r.begun_at, p.display_name,
                   count(*) FILTER (WHERE l.status = 'open') AS open,
                   count(*) FILTER (WHERE l.status = 'erased') AS erased,
                   count(*) FILTER (WHERE l.status = 'kept') AS kept,
                   coalesce(array_agg(l.patient_id ORDER BY l.id) FILTER (WHERE l.status = 'erased'), '{}') AS ids
            FROM patient_service.retention_run r JOIN platform.person p ON p.id = r.begun_by
            JOIN patient_service.retention_line l ON l.run_id = r.id
            GROUP BY r.id, p.display_name ORDER BY r.id DESC LIMIT :limit"""),
        {"limit": limit},
    ).all()
    return tuple(RunReport(r.id, r.begun_at, r.display_name, r.open, r.erased, r.kept, tuple(r.ids)) for r in rows)

"""Whom a source's reading is asked by: a person who presses a button, or its schedule; and stopping it."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import events
from domain.access import entered_by
from domain.acquisition.source_leases import end
from domain.acquisition.source_models import DirectorySource, SourceRun
from domain.acquisition.sources import addresses_of, form_of
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid

RESUMED = timedelta(hours=6)  # a reading by the schedule that found nobody there is taken up again
GOES_ON = timedelta(hours=24)  # a reading that broke off is taken up again, later everything is asked anew


def ask_run(session: Session, source_id: int, *, now: datetime, trial: bool = False) -> int:
    """Ask the worker to read a source, or only its first page; returns the run's id.

    One that broke off within a day goes on where it was. Raises Conflict where one is under way, Invalid where the
    source is not permitted.
    """
    source = load_for_edit(session, DirectorySource, source_id)
    if not source.permitted:
        raise Invalid("source.not_permitted")
    last = session.scalar(
        select(SourceRun).where(SourceRun.source_id == source_id).order_by(SourceRun.id.desc()).limit(1)
    )
    if last is not None and last.done_at is None:
        raise Conflict("source.under_way")
    broke_off = last is not None and last.state in {"failed", "stopped"} and not last.trial and not trial
    if last is not None and broke_off and last.asked_at > now - GOES_ON:
        _take_up(last, now)
        run = last
    else:
        run = SourceRun(
            source_id=source_id, trial=trial, asked_by=entered_by(session), asked_at=now, not_before=now,
            pages=1 if trial else len(addresses_of(form_of(source))),
        )  # fmt: skip
        session.add(run)
    session.flush()
    events.record(session, "source.asked", source_id)
    return run.id


def ask_stop(session: Session, source_id: int, *, now: datetime) -> None:
    """Stop the reading that is under way: after the page that is being asked for, at once where none is."""
    run = session.scalar(
        select(SourceRun).where(SourceRun.source_id == source_id, SourceRun.done_at.is_(None)).with_for_update()
    )
    if run is None:
        return
    run.stop_asked = True
    if run.state == "waiting":
        end(run, "stopped", now)
    events.record(session, "source.stopping", source_id)


def ask_due(session: Session, *, now: datetime) -> int:
    """Begin the readings whose time has come; returns how many."""
    last = select(func.max(SourceRun.asked_at)).where(
        SourceRun.source_id == DirectorySource.id, SourceRun.trial.is_(False)
    )
    open_one = select(SourceRun.id).where(SourceRun.source_id == DirectorySource.id, SourceRun.done_at.is_(None))
    due = session.scalars(
        select(DirectorySource.id).where(
            DirectorySource.enabled,
            DirectorySource.every_days > 0,
            func.coalesce(
                last.scalar_subquery() + func.make_interval(0, 0, 0, DirectorySource.every_days) <= now, True
            ),
            ~open_one.exists(),
        )
    ).all()
    begun = _resume(session, now)
    for source_id in due:
        form = form_of(session.get_one(DirectorySource, source_id))
        values = {"source_id": source_id, "asked_at": now, "not_before": now, "pages": len(addresses_of(form))}
        made = session.scalar(insert(SourceRun).values(values).on_conflict_do_nothing().returning(SourceRun.id))
        if made is not None:  # another worker was not faster
            events.record(session, "source.asked", source_id)
            begun += 1
    return begun


def _resume(session: Session, now: datetime) -> int:
    """Take up the scheduled readings again that ended because nobody was there; returns how many."""
    last = select(func.max(SourceRun.id)).where(SourceRun.source_id == DirectorySource.id, SourceRun.trial.is_(False))
    broken = session.scalars(
        select(SourceRun)
        .join(DirectorySource, DirectorySource.id == SourceRun.source_id)
        .where(
            DirectorySource.enabled,
            DirectorySource.every_days > 0,
            SourceRun.id == last.correlate(DirectorySource).scalar_subquery(),
            SourceRun.state == "failed",
            SourceRun.cause == "source.away",
            SourceRun.done_at <= now - RESUMED,
        )
        .with_for_update(of=SourceRun, skip_locked=True)
    ).all()
    begun = 0
    for run in broken:
        open_one = select(SourceRun.id).where(SourceRun.source_id == run.source_id, SourceRun.done_at.is_(None))
        if session.scalar(open_one) is None:  # nobody tries it out just now
            _take_up(run, now)
            events.record(session, "source.asked", run.source_id)
            begun += 1
    session.flush()
    return begun


def _take_up(run: SourceRun, now: datetime) -> None:
    run.state, run.done_at, run.stop_asked, run.tries = "waiting", None, False, 0
    run.cause, run.params, run.not_before = "", {}, now

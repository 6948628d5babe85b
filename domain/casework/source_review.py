"""What a source's changed pages would do to therapists, and doing it: an import like that of a person's file.

A dry run is `review` in a session that keeps nothing. Taking over and discarding end the review; a source of which the
office chose so is taken over by whichever window hears of it first.
"""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events
from domain.acquisition.reading import recognise
from domain.acquisition.source_models import DirectorySource, SourceRun
from domain.casework.imports import ImportReport, import_file
from domain.editing import load_for_edit
from domain.errors import Conflict
from domain.therapists.changes import ALL, Choice
from domain.weektime import office_day

OnBatch = Callable[[int], None] | None  # hears how many rows were read; what it raises ends the import
OnWait = Callable[[], None] | None  # hears that another file is being read in; what it raises ends the waiting


def review(
    session: Session,
    run_id: int,
    *,
    now: datetime,
    today: date,
    choice: Choice = ALL,
    on_batch: OnBatch = None,
    on_wait: OnWait = None,
) -> ImportReport:
    """Import what a reading brought; `on_batch` as of a file. Raises Conflict where it waits for no review any more."""
    run = _waiting(session, run_id)
    assert run.content is not None
    assert run.done_at is not None
    directory = session.get_one(DirectorySource, run.source_id)
    name = directory.name
    read_on = min(office_day(run.done_at), today)
    content = run.content
    with tempfile.TemporaryDirectory(prefix="platzlotse-") as folder:
        # named for whoever reads the list of imports; a name with a slash is no path
        path = Path(folder) / f"{name.replace('/', '-')[:80]} {read_on:%d.%m.%Y}.json"
        path.write_bytes(content)
        source = replace(recognise(path, today=today), as_of=read_on, key=f"source:{directory.id}")
        return import_file(
            session, source, now=now, today=today, choice=choice, on_batch=on_batch, on_wait=on_wait
        )  # fmt: skip


def take_over(
    session: Session,
    run_id: int,
    *,
    now: datetime,
    today: date,
    choice: Choice = ALL,
    on_batch: OnBatch = None,
    on_wait: OnWait = None,
) -> ImportReport:
    """Import it and end the review. Raises Conflict where somebody else was faster."""
    report = review(session, run_id, now=now, today=today, choice=choice, on_batch=on_batch, on_wait=on_wait)
    run = _waiting(session, run_id)  # the import let go of all it had read
    run.state, run.content, run.import_file_id = "applied", None, report.import_id
    events.record(session, "source.applied", run.source_id)
    return report


def discard(session: Session, run_id: int) -> None:
    """Take nothing of it over. It is shown again only when the directory changes again."""
    run = _waiting(session, run_id)
    run.state, run.content = "discarded", None
    events.record(session, "source.discarded", run.source_id)


def take_over_due(session: Session, *, now: datetime, today: date, on_batch: OnBatch = None) -> ImportReport | None:
    """Take over the oldest of those sources whose changes need no review; None where there is none."""
    run_id = session.scalar(
        select(SourceRun.id)
        .join(DirectorySource, DirectorySource.id == SourceRun.source_id)
        .where(SourceRun.state == "review", DirectorySource.applies_itself, DirectorySource.enabled)
        .order_by(SourceRun.id)
        .limit(1)
        .with_for_update(of=SourceRun, skip_locked=True)
    )
    return take_over(session, run_id, now=now, today=today, on_batch=on_batch) if run_id is not None else None


def _waiting(session: Session, run_id: int) -> SourceRun:
    run = load_for_edit(session, SourceRun, run_id)
    if run.state != "review":
        raise Conflict("source.reviewed")
    return run

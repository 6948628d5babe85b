"""Whose a reading is: a worker claims its next page, or all its pages to bring them together, for the time of a lease.

    waiting ⇄ reading ──▶ unchanged · review · tried · stopped · failed
    review ──▶ applied · discarded · superseded (by a newer one)

Which pages are done stands in `source_page`, so that whoever goes on after a killed worker asks for no page twice. A
worker that lost its lease writes nothing any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from domain import events
from domain.acquisition.source_models import DirectorySource, SourcePage, SourceRun
from domain.acquisition.sources import SourceForm, addresses_of, form_of
from domain.editing import load_for_edit
from domain.errors import told

LEASE = timedelta(minutes=5)  # a question with its turn, its time and the rules of its host
LATER = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
MOST_TRIES = len(LATER) + 2  # one more for a worker that was killed
NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PagesToJoin:
    """A reading whose pages are all there, as the worker takes it; `claim` is the lease."""

    run_id: int
    source_id: int
    form: SourceForm
    claim: datetime


@dataclass(frozen=True, slots=True)
class PageToRead:
    """A page as the worker takes it, with what is known of its last state; `claim` is the lease."""

    run_id: int
    source_id: int
    form: SourceForm
    trial: bool
    address: str
    claim: datetime
    tries: int
    etag: str | None = None
    last_modified: str | None = None


Taken = PageToRead | PagesToJoin


def take_step(session: Session, *, now: datetime, lease: timedelta = LEASE) -> Taken | None:
    """Claim the next page of any reading, or a reading of which no page is left; None where nothing is due.

    After `lease` it is the next worker's: the one that has it is taken for dead.
    """
    while True:
        run = session.scalar(
            select(SourceRun)
            .where(
                SourceRun.done_at.is_(None),
                SourceRun.not_before <= now,
                or_(SourceRun.state == "waiting", SourceRun.claimed_until < now),
            )
            .order_by(SourceRun.trial.desc(), SourceRun.not_before, SourceRun.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if run is None:
            return None
        form = form_of(session.get_one(DirectorySource, run.source_id))
        if run.stop_asked:
            end(run, "stopped", now)
        elif run.tries >= MOST_TRIES:
            end(run, "failed", now, "source.given_up")
        elif not form.permitted:
            end(run, "failed", now, "source.not_permitted")
        else:
            return _claimed(session, run, form, now + lease)
        session.flush()
        events.record(session, "source.read", run.source_id)


def end(run: SourceRun, state: str, now: datetime, cause: str = "", params: Mapping[str, object] = NOTHING) -> None:
    """It is over; `cause` is the code of a sentence that `params` fill."""
    run.state, run.done_at, run.claimed_until = state, now, None
    run.cause, run.params = cause, told(params)


def held(session: Session, taken: Taken) -> SourceRun | None:
    """The run, locked; None where the lease is another worker's by now."""
    run = load_for_edit(session, SourceRun, taken.run_id)
    return run if run.state == "reading" and run.claimed_until == taken.claim else None


def give_back(session: Session, taken: Taken, *, now: datetime) -> None:
    """The worker ends before it is done with it: the next one takes it at once."""
    run = held(session, taken)
    if run is not None:
        run.state, run.claimed_until, run.not_before, run.tries = "waiting", None, now, max(0, run.tries - 1)


def fail_run(
    session: Session, taken: Taken, cause: str, params: Mapping[str, object] = NOTHING, *, now: datetime
) -> None:
    """The host told us to stop, or what it says makes no sense: the reading ends with a sentence; its pages stay."""
    run = held(session, taken)
    if run is not None:
        end(run, "failed", now, cause, params)
        events.record(session, "source.read", run.source_id)


def _next_address(session: Session, run: SourceRun, form: SourceForm) -> str | None:
    addresses = addresses_of(form)
    if run.trial:
        return addresses[0]
    done = set(
        session.scalars(
            select(SourcePage.address).where(SourcePage.source_id == run.source_id, SourcePage.run_id == run.id)
        )
    )
    # whoever changes the list of pages meanwhile changes what is left
    run.pages, run.pages_done = len(addresses), sum(address in done for address in addresses)
    return next((address for address in addresses if address not in done), None)


def _claimed(session: Session, run: SourceRun, form: SourceForm, until: datetime) -> Taken:
    address = _next_address(session, run, form)
    run.state, run.claimed_until, run.tries = "reading", until, run.tries + 1
    session.flush()
    if address is None:
        return PagesToJoin(run.id, run.source_id, form, until)
    known = session.execute(
        select(SourcePage.etag, SourcePage.last_modified).where(
            SourcePage.source_id == run.source_id, SourcePage.address == address
        )
    ).one_or_none()
    etag, modified = (known.etag, known.last_modified) if known is not None and not run.trial else (None, None)
    return PageToRead(run.id, run.source_id, form, run.trial, address, until, run.tries, etag, modified)

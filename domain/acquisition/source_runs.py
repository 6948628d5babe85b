"""How far the reading of a source is: asked for, page by page taken with a lease, stopped, and what it came to.

    waiting ⇄ reading ──▶ unchanged · review · tried · stopped · failed
    review ──▶ applied · discarded · superseded (by a newer one)

Which pages are done stands in `source_page`, so that whoever goes on after a killed worker asks for no page twice. A
worker that lost its lease writes nothing any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from domain import events
from domain.acquisition.decoding import decoded
from domain.acquisition.source_content import PageContent, page_content
from domain.acquisition.source_finish import NOTHING, end, finish_or_end
from domain.acquisition.source_models import DirectorySource, SourcePage, SourceRun
from domain.acquisition.source_sample import first_read
from domain.acquisition.sources import SourceForm, addresses_of, description_of, form_of
from domain.editing import load_for_edit
from domain.errors import Invalid, told
from domain.weektime import office_day

LEASE = timedelta(minutes=5)  # a question with its turn, its time and the rules of its host
LATER = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
MOST_TRIES = len(LATER) + 2  # one more for a worker that was killed
SOON = timedelta(seconds=2)  # a turn that is so near is waited for


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


@dataclass(frozen=True, slots=True)
class PageRead:
    """What came of a page: a new body, or None where it is as it was."""

    body: bytes | None
    charset: str = "utf-8"
    etag: str | None = None
    last_modified: str | None = None


def take_page(session: Session, *, now: datetime, lease: timedelta = LEASE) -> PageToRead | None:
    """Claim the next page of any reading; None where none is due. A reading without pages left is finished here.

    After `lease` the page is the next worker's: the one that has it is taken for dead.
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
            address = _next_address(session, run, form)
            if address is not None:
                return _claimed(session, run, form, address, now + lease)
            finish_or_end(session, run, form, now)
        session.flush()
        events.record(session, "source.read", run.source_id)


def note_page(session: Session, page: PageToRead, read: PageRead, *, now: datetime) -> bool:
    """A page arrived: it is done, the reading goes on when its host's next turn is; others are read meanwhile.

    False where the lease is another worker's by now.

    A page that cannot be understood ends the reading: the directory looks otherwise than was described.
    """
    known = session.scalar(
        select(SourcePage).where(SourcePage.source_id == page.source_id, SourcePage.address == page.address)
    )
    body = read.body if read.body is not None else known.body if known is not None else b""
    charset = read.charset if read.body is not None or known is None else known.charset
    content = _content_of(page, body, charset)  # read before any row is locked
    run = _held(session, page)
    if run is None:
        return False
    if isinstance(content, Invalid):
        end(run, "failed", now, content.code, {**content.params, "page": page.address})
        events.record(session, "source.read", run.source_id)
        return True
    run.state, run.claimed_until, run.tries, run.cause, run.params = "waiting", None, 0, "", {}
    run.not_before = now if run.pages_done + 1 >= run.pages else now + _rest_of_turn(page.form)
    run.pages_done += 1
    run.entries += len(content.entries)
    if page.trial:
        end(run, "tried", now, params=first_read(content, on=office_day(now)))
    else:
        _keep(session, page, read, known, body, charset, now)
        if run.stop_asked:
            end(run, "stopped", now)
    events.record(session, "source.read", run.source_id)
    return True


def _content_of(page: PageToRead, body: bytes, charset: str) -> PageContent | Invalid:
    try:
        return page_content(decoded(body, charset), description_of(page.form), page=page.address)
    except Invalid as exc:
        return exc


def _rest_of_turn(form: SourceForm) -> timedelta:
    """How long a source's next page is left, so that whoever reads them all in turn is not kept by the slowest."""
    return max(timedelta(), timedelta(minutes=1) / form.per_minute - SOON)


def fail_run(
    session: Session, page: PageToRead, cause: str, params: Mapping[str, object] = NOTHING, *, now: datetime
) -> None:
    """The host told us to stop, or what it says makes no sense: the reading ends with a sentence; its pages stay."""
    run = _held(session, page)
    if run is not None:
        end(run, "failed", now, cause, params)
        events.record(session, "source.read", run.source_id)


def put_off_run(
    session: Session,
    page: PageToRead,
    cause: str,
    params: Mapping[str, object] = NOTHING,
    *,
    now: datetime,
    until: datetime | None = None,
) -> None:
    """Nobody answered: it goes on later, longer each time; after the last time it ends."""
    run = _held(session, page)
    if run is None:
        return
    if run.tries > len(LATER):
        end(run, "failed", now, "source.away", params)
    else:
        later = now + LATER[run.tries - 1]
        run.state, run.claimed_until, run.cause, run.params = "waiting", None, cause, told(params)
        run.not_before = max(later, until or later)
        if run.stop_asked:
            end(run, "stopped", now)
    events.record(session, "source.put_off", run.source_id)


def give_back(session: Session, page: PageToRead, *, now: datetime) -> None:
    """The worker ends before it asked: the page is the next one's at once."""
    run = _held(session, page)
    if run is not None:
        run.state, run.claimed_until, run.not_before, run.tries = "waiting", None, now, max(0, run.tries - 1)


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


def _claimed(session: Session, run: SourceRun, form: SourceForm, address: str, until: datetime) -> PageToRead:
    run.state, run.claimed_until, run.tries = "reading", until, run.tries + 1
    known = session.execute(
        select(SourcePage.etag, SourcePage.last_modified).where(
            SourcePage.source_id == run.source_id, SourcePage.address == address
        )
    ).one_or_none()
    etag, modified = (known.etag, known.last_modified) if known is not None and not run.trial else (None, None)
    session.flush()
    return PageToRead(run.id, run.source_id, form, run.trial, address, until, run.tries, etag, modified)


def _held(session: Session, page: PageToRead) -> SourceRun | None:
    run = load_for_edit(session, SourceRun, page.run_id)
    return run if run.state == "reading" and run.claimed_until == page.claim else None


def _keep(
    session: Session,
    page: PageToRead,
    read: PageRead,
    known: SourcePage | None,
    body: bytes,
    charset: str,
    now: datetime,
) -> None:
    row = known or SourcePage(source_id=page.source_id, address=page.address)
    row.run_id, row.body, row.charset, row.read_at = page.run_id, body, charset, now
    if read.body is not None:
        row.etag, row.last_modified = read.etag, read.last_modified
    session.add(row)

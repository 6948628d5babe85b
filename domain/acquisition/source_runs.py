"""How far the reading of a source is: asked for, page by page taken with a lease, stopped, and what it came to.

    waiting ⇄ reading ──▶ unchanged · review · tried · stopped · failed
    review ──▶ applied · discarded · superseded (by a newer one)

Which pages are done stands in `source_page`, so that whoever goes on after a killed worker asks for no page twice. A
worker that lost its lease writes nothing any more.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import events
from domain.access import entered_by
from domain.acquisition.source_content import combined, page_content
from domain.acquisition.source_models import DirectorySource, SourcePage, SourceRun
from domain.acquisition.source_sample import first_read
from domain.acquisition.sources import SourceForm, addresses_of, description_of, form_of
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid
from domain.weektime import office_day

LEASE = timedelta(minutes=5)  # a question with its turn, its time and the rules of its host
LATER = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
GOES_ON = timedelta(hours=24)  # a reading that broke off is taken up again, later everything is asked anew
DECIDED = ("review", "applied", "discarded", "superseded", "unchanged")


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
        last.state, last.done_at, last.stop_asked, last.tries = "waiting", None, False, 0
        last.cause, last.params, last.not_before = "", {}, now
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
        _end(run, "stopped", now)
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
    begun = 0
    for source_id in due:
        form = form_of(session.get_one(DirectorySource, source_id))
        values = {"source_id": source_id, "asked_at": now, "not_before": now, "pages": len(addresses_of(form))}
        made = session.scalar(insert(SourceRun).values(values).on_conflict_do_nothing().returning(SourceRun.id))
        if made is not None:  # another worker was not faster
            events.record(session, "source.asked", source_id)
            begun += 1
    return begun


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
            _end(run, "stopped", now)
        elif not form.permitted:
            _end(run, "failed", now, "source.not_permitted")
        else:
            address = _next_address(session, run, form)
            if address is not None:
                return _claimed(session, run, form, address, now + lease)
            finish(session, run, form, now=now)
        session.flush()
        events.record(session, "source.read", run.source_id)


def note_page(session: Session, page: PageToRead, read: PageRead, *, now: datetime) -> bool:
    """A page arrived: it is done, the reading goes on. False where the lease is another worker's by now.

    A page that cannot be understood ends the reading: the directory looks otherwise than was described.
    """
    run = _held(session, page)
    if run is None:
        return False
    known = session.scalar(
        select(SourcePage).where(SourcePage.source_id == page.source_id, SourcePage.address == page.address)
    )
    body = read.body if read.body is not None else known.body if known is not None else b""
    charset = read.charset if read.body is not None or known is None else known.charset
    try:
        content = page_content(_text(body, charset), description_of(page.form), page=page.address)
    except Invalid as exc:
        _end(run, "failed", now, exc.code, page=page.address)
        events.record(session, "source.read", run.source_id)
        return True
    run.state, run.claimed_until, run.tries, run.cause, run.params, run.not_before = "waiting", None, 0, "", {}, now
    run.pages_done += 1
    run.entries += len(content.entries)
    if page.trial:
        _end(run, "tried", now, **first_read(content, on=office_day(now)))
    else:
        _keep(session, page, read, known, body, charset, now)
        if run.stop_asked:
            _end(run, "stopped", now)
    events.record(session, "source.read", run.source_id)
    return True


def fail_run(session: Session, page: PageToRead, cause: str, /, *, now: datetime, **params: int | str) -> None:
    """The host told us to stop, or what it says makes no sense: the reading ends with a sentence; its pages stay."""
    run = _held(session, page)
    if run is not None:
        _end(run, "failed", now, cause, **params)
        events.record(session, "source.read", run.source_id)


def put_off_run(
    session: Session,
    page: PageToRead,
    cause: str,
    /,
    *,
    now: datetime,
    until: datetime | None = None,
    **params: int | str,
) -> None:
    """Nobody answered: it goes on later, longer each time; after the last time it ends."""
    run = _held(session, page)
    if run is None:
        return
    if run.tries >= len(LATER):
        _end(run, "failed", now, "source.away", **params)
    else:
        later = now + LATER[run.tries]
        run.state, run.claimed_until, run.cause, run.params = "waiting", None, cause, dict(params)
        run.not_before, run.tries = max(later, until or later), run.tries + 1
        if run.stop_asked:
            _end(run, "stopped", now)
    events.record(session, "source.put_off", run.source_id)


def give_back(session: Session, page: PageToRead, *, now: datetime) -> None:
    """The worker ends before it asked: the page is the next one's at once."""
    run = _held(session, page)
    if run is not None:
        run.state, run.claimed_until, run.not_before = "waiting", None, now


def finish(session: Session, run: SourceRun, form: SourceForm, *, now: datetime, on: date | None = None) -> None:
    """All pages are there: unchanged, or an import that waits for a review. Applies nothing."""
    addresses = addresses_of(form)
    pages = {
        page.address: page for page in session.scalars(select(SourcePage).where(SourcePage.source_id == run.source_id))
    }
    description = description_of(form)
    try:
        content = combined(page_content(_text(pages[a].body, pages[a].charset), description, page=a) for a in addresses)
    except Invalid as exc:
        _end(run, "failed", now, exc.code, page=str(exc.params.get("page", "")))
        return
    run.entries = len(content.entries)
    if not content.entries:
        # a changed page, not everybody gone
        _end(run, "failed", now, "source.nothing_found")
        return
    session.execute(
        delete(SourcePage).where(SourcePage.source_id == run.source_id, SourcePage.address.not_in(addresses))
    )
    run.content_sha256 = content.sha256
    before = session.scalar(
        select(SourceRun.content_sha256)
        .where(SourceRun.source_id == run.source_id, SourceRun.id != run.id, SourceRun.state.in_(DECIDED))
        .order_by(SourceRun.done_at.desc(), SourceRun.id.desc())
        .limit(1)
    )
    if before == content.sha256:
        _end(run, "unchanged", now)
        return
    session.execute(
        update(SourceRun)
        .where(SourceRun.source_id == run.source_id, SourceRun.state == "review")
        .values(state="superseded", content=None)
    )
    run.content = content.file(on=on or now.date())
    _end(run, "review", now)


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
    run.state, run.claimed_until = "reading", until
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


def _text(body: bytes, charset: str) -> str:
    """A page as text; PostgreSQL and our readers know no NUL."""
    try:
        return body.decode(charset, "replace").replace("\0", "\ufffd")
    except LookupError:
        return body.decode("utf-8", "replace").replace("\0", "\ufffd")


def _end(run: SourceRun, state: str, now: datetime, cause: str = "", **params: int | str) -> None:
    run.state, run.done_at, run.claimed_until = state, now, None
    run.cause, run.params = cause, dict(params)

"""What came of a page that a worker asked for: kept, later again, or the end of the reading."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events
from domain.acquisition.decoding import decoded
from domain.acquisition.source_content import PageContent, page_content
from domain.acquisition.source_leases import LATER, NOTHING, PageToRead, end, held
from domain.acquisition.source_models import SourcePage
from domain.acquisition.source_sample import first_read
from domain.acquisition.sources import SourceForm, description_of
from domain.errors import Invalid, told
from domain.weektime import office_day

SOON = timedelta(seconds=2)  # a turn that is so near is waited for


@dataclass(frozen=True, slots=True)
class PageRead:
    """What came of a page: a new body, or None where it is as it was."""

    body: bytes | None
    charset: str = "utf-8"
    etag: str | None = None
    last_modified: str | None = None


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
    run = held(session, page)
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
    run = held(session, page)
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

"""How a reading ends: with all pages there, or with a sentence why not."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from domain.acquisition.decoding import decoded
from domain.acquisition.source_content import PageContent, combined, page_content
from domain.acquisition.source_description import Description
from domain.acquisition.source_models import SourcePage, SourceRun
from domain.acquisition.sources import SourceForm, addresses_of, description_of
from domain.errors import Invalid, told
from domain.weektime import office_day

log = logging.getLogger(__name__)
NOTHING: Mapping[str, object] = MappingProxyType({})
DECIDED = ("review", "applied", "discarded", "superseded", "unchanged")


def end(run: SourceRun, state: str, now: datetime, cause: str = "", params: Mapping[str, object] = NOTHING) -> None:
    """It is over; `cause` is the code of a sentence that `params` fill."""
    run.state, run.done_at, run.claimed_until = state, now, None
    run.cause, run.params = cause, told(params)


def finish_or_end(session: Session, run: SourceRun, form: SourceForm, now: datetime) -> None:
    """A reading that cannot be finished, for whatever reason, ends: it keeps no other source waiting."""
    try:
        with session.begin_nested():
            finish(session, run, form, now=now)
    except OperationalError:
        raise  # the database's trouble, not the pages'
    # pages are somebody else's: what nobody foresaw in them hinders this source alone
    except Exception as exc:  # noqa: BLE001
        log.warning("source %d cannot be finished: %s", run.source_id, type(exc).__name__)
        session.refresh(run)
        end(run, "failed", now, "source.unforeseen")


def finish(session: Session, run: SourceRun, form: SourceForm, *, now: datetime, on: date | None = None) -> None:
    """All pages are there: unchanged, or an import that waits for a review. Applies nothing."""
    addresses = addresses_of(form)
    try:
        content = combined(_contents(session, run.source_id, addresses, description_of(form)))
    except Invalid as exc:
        end(run, "failed", now, exc.code, {"page": "", **exc.params})
        return
    run.entries = len(content.entries)
    if not content.entries:
        # a changed page, not everybody gone
        end(run, "failed", now, "source.nothing_found")
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
        end(run, "unchanged", now)
        return
    session.execute(
        update(SourceRun)
        .where(SourceRun.source_id == run.source_id, SourceRun.state == "review")
        .values(state="superseded", content=None)
    )
    run.content = content.file(on=on or office_day(now))
    end(run, "review", now)


def _contents(
    session: Session, source_id: int, addresses: Sequence[str], description: Description | None
) -> Iterator[PageContent]:
    """What each page holds; one body at a time is in memory."""
    for address in addresses:
        body, charset = session.execute(
            select(SourcePage.body, SourcePage.charset).where(
                SourcePage.source_id == source_id, SourcePage.address == address
            )
        ).one()
        yield page_content(decoded(body, charset), description, page=address)

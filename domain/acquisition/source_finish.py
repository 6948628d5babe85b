"""How a reading ends: its pages are brought together, and it is unchanged or an import that waits for a review.

Pages are somebody else's and cost time: they are read outside any transaction, one after the other. Before each the
database says whether somebody stopped it or another worker has it, and the lease begins anew. Nothing is applied.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from domain import events
from domain.acquisition.decoding import decoded
from domain.acquisition.source_content import Content, page_content
from domain.acquisition.source_leases import LEASE, PagesToJoin, end, held
from domain.acquisition.source_models import DirectorySource, SourcePage, SourceRun
from domain.acquisition.sources import SourceForm, addresses_of, description_of, form_of
from domain.errors import Invalid

DECIDED = ("review", "applied", "discarded", "superseded", "unchanged")


@dataclass(frozen=True, slots=True)
class KeptPage:
    """The last answer of a page, and the reading with its lease as it is now."""

    pages: PagesToJoin
    body: bytes
    charset: str


@dataclass(frozen=True, slots=True)
class Joined:
    """All pages as one file, how many entries it has, and by what a change is seen."""

    sha256: str
    entries: int
    file: bytes


class Joining:
    """Brings pages together; knows no database."""

    def __init__(self, form: SourceForm) -> None:
        self._form, self._content = form, Content()

    def add(self, address: str, page: KeptPage) -> None:
        """One more page. Raises Invalid where it is not what was described, or of another shape."""
        text = decoded(page.body, page.charset)
        try:
            self._content.add(page_content(text, description_of(self._form), page=address))
        except Invalid as exc:
            raise Invalid(exc.code, field=exc.field, **({"page": address} | exc.params)) from exc

    def joined(self, *, on: date) -> Joined:
        """Raises Invalid where nobody is named: a changed page, not everybody gone."""
        if not self._content.entries:
            raise Invalid("source.nothing_found")
        return Joined(self._content.sha256, len(self._content.entries), self._content.file(on=on))


def kept_page(
    session: Session, pages: PagesToJoin, address: str, *, now: datetime, lease: timedelta = LEASE
) -> KeptPage | None:
    """The next page to bring together; None where somebody stopped it, or another worker has it by now."""
    run = held(session, pages)
    if run is None:
        return None
    if run.stop_asked:
        end(run, "stopped", now)
        events.record(session, "source.read", run.source_id)
        return None
    run.claimed_until = now + lease
    body, charset = session.execute(
        select(SourcePage.body, SourcePage.charset).where(
            SourcePage.source_id == pages.source_id, SourcePage.address == address
        )
    ).one()
    return KeptPage(replace(pages, claim=run.claimed_until), body, charset)


def note_joined(session: Session, pages: PagesToJoin, joined: Joined, *, now: datetime) -> bool:
    """All pages are together; False where the lease is another worker's by now.

    Where somebody changed the source meanwhile it is taken up again as it is now.
    """
    run = held(session, pages)
    if run is None:
        return False
    if run.stop_asked:
        end(run, "stopped", now)
    elif form_of(session.get_one(DirectorySource, run.source_id)) != pages.form:
        run.state, run.claimed_until, run.not_before, run.tries = "waiting", None, now, 0
    else:
        _conclude(session, run, pages.form, joined, now)
    events.record(session, "source.read", run.source_id)
    return True


def _conclude(session: Session, run: SourceRun, form: SourceForm, joined: Joined, now: datetime) -> None:
    run.entries, run.content_sha256 = joined.entries, joined.sha256
    session.execute(
        delete(SourcePage).where(SourcePage.source_id == run.source_id, SourcePage.address.not_in(addresses_of(form)))
    )
    before = session.scalar(
        select(SourceRun.content_sha256)
        .where(SourceRun.source_id == run.source_id, SourceRun.id != run.id, SourceRun.state.in_(DECIDED))
        .order_by(SourceRun.done_at.desc(), SourceRun.id.desc())
        .limit(1)
    )
    if before == joined.sha256:
        end(run, "unchanged", now)
        return
    session.execute(
        update(SourceRun)
        .where(SourceRun.source_id == run.source_id, SourceRun.state == "review")
        .values(state="superseded", content=None)
    )
    run.content = joined.file
    end(run, "review", now)

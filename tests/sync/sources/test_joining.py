"""All pages of a reading are there and are brought together: stopped in the middle, killed, changed meanwhile."""

import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from domain.acquisition import source_finish
from domain.acquisition.source_asking import ask_stop
from domain.acquisition.source_content import PageContent, page_content
from domain.acquisition.source_description import Description
from domain.acquisition.source_finish import Joined, Joining, KeptPage, note_joined
from domain.acquisition.source_leases import PagesToJoin, take_step
from domain.acquisition.sources import RunState, SourceForm, save_source
from domain.database import Database
from domain.errors import Invalid
from sync.sources.reading import SourceReading
from tests.conftest import Office
from tests.servers.forked import Forked
from tests.servers.hostile import HostileServer
from tests.sync.geo.conftest import writer
from tests.sync.sources.conftest import DESCRIPTION, Clock, Directory, add_source, ask, page_of, read_all, state
from ui.errors import describe_code

CODES = ("1", "2", "3")


def last(database: Database) -> RunState:
    """The newest reading."""
    found = state(database).last
    assert found is not None
    return found


def pages_asked(server: HostileServer) -> list[str]:
    """What was asked for beside the rules."""
    return [asked.path for asked in server.asked if asked.path != "/robots.txt"]


@pytest.fixture
def source(
    database: Database, directory: Directory, server: HostileServer, reading: SourceReading, clock: Clock
) -> int:
    """A source of which every page was read, and nothing is brought together yet."""
    directory.pages = {f"/{code}": page_of(f"Ada Muster{code}") for code in CODES}
    made = add_source(database, f"{server.url}/{{plz}}", postcodes=CODES)
    ask(database, made, clock)
    for _ in CODES:
        assert reading.step()
    assert (last(database).state, last(database).pages_done) == ("waiting", len(CODES))
    return made


def at_second(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> list[str]:
    """Do something while the second page is brought in; the pages that were."""
    seen: list[str] = []

    def watched(said: str, description: Description | None, *, page: str) -> PageContent:
        seen.append(page[-1])
        if len(seen) == 2:
            act()
        return page_content(said, description, page=page)

    monkeypatch.setattr(source_finish, "page_content", watched)
    return seen


def test_somebody_stops_it_between_two_pages(
    database: Database, reading: SourceReading, clock: Clock, source: int, server: HostileServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Nobody waits for the rest, and whoever presses has no lock to wait for; "Jetzt lesen" asks for no page again."""

    def stop() -> None:
        with database.write() as session:
            session.execute(text("SET LOCAL lock_timeout = '30s'"))
            ask_stop(session, source, now=clock())

    seen = at_second(monkeypatch, stop)
    assert reading.step()
    assert (seen, last(database).state) == (["1", "2"], "stopped")
    monkeypatch.undo()
    ask(database, source, clock)
    read_all(reading)
    assert (last(database).state, last(database).entries) == ("review", len(CODES))
    assert pages_asked(server) == ["/1", "/2", "/3"]


@pytest.mark.usefixtures("source")
def test_a_worker_that_is_to_end_leaves_the_rest_to_the_next(
    database: Database, reading: SourceReading, clock: Clock, worker_database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """At once, without its lease, and it counts as no try."""
    seen = at_second(monkeypatch, reading.stop)
    assert reading.step()
    assert (seen, last(database).state) == (["1", "2"], "waiting")
    monkeypatch.undo()
    with database.read() as session:
        assert session.scalar(text("SELECT tries FROM scraping_service.source_run")) == 0
    assert SourceReading(writer(worker_database), now=clock).step()
    assert last(database).state == "review"


@pytest.mark.usefixtures("source")
def test_pages_of_a_killed_worker_are_brought_together_by_another(
    database: Database, office: Office, worker_database: Database, clock: Clock
) -> None:
    """With -9 in the middle: not before its lease is over, then wholly."""
    with Forked("tests.sync.sources.joining_program", office.url("worker"), "600") as worker:
        try:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "held\n"
            assert last(database).state == "reading"
            other = SourceReading(writer(worker_database), now=clock)
            assert not other.step()
        finally:
            worker.kill()
        assert worker.wait() == -signal.SIGKILL
    assert not other.step()
    clock.ahead = timedelta(seconds=610)
    assert other.step()
    assert (last(database).state, last(database).entries) == ("review", len(CODES))


@pytest.mark.usefixtures("source")
def test_pages_that_kill_every_worker_are_given_up(database: Database, worker_database: Database, clock: Clock) -> None:
    """After some tries the reading ends with a sentence and keeps no other waiting."""
    for number in range(6):
        clock.ahead = timedelta(hours=number)
        with worker_database.write() as session:
            taken = take_step(session, now=clock())
    assert taken is None
    assert (last(database).state, last(database).cause) == ("failed", "source.given_up")


@pytest.mark.usefixtures("source")
def test_who_lost_the_lease_writes_nothing(database: Database, worker_database: Database, clock: Clock) -> None:
    """A slow worker comes back when another has it."""
    taken = []
    for minutes in (0, 6):
        clock.ahead = timedelta(minutes=minutes)
        with worker_database.write() as session:
            taken.append(take_step(session, now=clock()))
    slow, other = taken
    assert isinstance(slow, PagesToJoin)
    assert isinstance(other, PagesToJoin)
    with worker_database.write() as session:
        assert not note_joined(session, slow, Joined("x", 1, b"{}"), now=clock())
    assert last(database).state == "reading"
    with worker_database.write() as session:
        assert note_joined(session, other, Joined("x", 1, b"{}"), now=clock())
    assert last(database).state == "review"


def test_a_source_that_was_changed_meanwhile_is_taken_as_it_is_now(
    database: Database, reading: SourceReading, source: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was brought together by the old list of pages is not kept."""

    def change() -> None:
        now = state(database)
        with database.write() as session:
            save_source(session, replace(now.form, postcodes=("1", "2")), source_id=source, version=now.version)

    at_second(monkeypatch, change)
    assert reading.step()
    assert last(database).state == "waiting"
    read_all(reading)
    assert (last(database).state, last(database).entries) == ("review", 2)


@pytest.mark.parametrize(
    ("bodies", "cause"),
    [
        ((b'{"arztPraxisDatas": [{"name": "Muster"}]}', b'{"therapists": [{"id": 1}]}'), "source.mixed_shapes"),
        ((b'{"therapists": []}', b'{"therapists": []}'), "source.nothing_found"),
    ],
)
def test_pages_that_make_no_file_end_the_reading(
    database: Database, directory: Directory, server: HostileServer, reading: SourceReading, clock: Clock,
    bodies: tuple[bytes, bytes], cause: str,
) -> None:  # fmt: skip
    """With a sentence; each page by itself could be read."""
    directory.pages = {f"/{number}": body for number, body in enumerate(bodies, start=1)}
    ask(
        database,
        add_source(database, f"{server.url}/{{plz}}", postcodes=("1", "2"), kind="json", description=""),
        clock,
    )
    read_all(reading)
    assert (last(database).state, last(database).cause) == ("failed", cause)
    assert describe_code(cause, **last(database).params)


@given(st.lists(st.lists(st.sampled_from(["Ada Muster", "Lea Nord", "Karl Beispiel"]), max_size=3), max_size=4))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_entries_count_once_in_whatever_order_pages_come(pages: list[list[str]]) -> None:
    """However often pages name them; without any it is a changed page."""

    def joined(order: list[list[str]]) -> Joined:
        form = SourceForm(kind="html", description=DESCRIPTION)
        joining = Joining(form)
        for number, names in enumerate(order):
            pages = PagesToJoin(1, 1, form, datetime.now(UTC))
            joining.add(str(number), KeptPage(pages, page_of(*names), "utf-8"))
        return joining.joined(on=datetime.now(UTC).date())

    if not any(pages):
        with pytest.raises(Invalid, match="nothing_found"):
            joined(pages)
        return
    assert joined(pages).sha256 == joined(pages[::-1]).sha256

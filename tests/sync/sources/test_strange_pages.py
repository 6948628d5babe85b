"""Sources whose pages, rules or hosts are strange: each comes to rest, and keeps no other one waiting."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from domain.acquisition import source_finish
from domain.database import Database
from sync.sources.reading import SourceReading
from tests.conftest import Office
from tests.servers.hostile import HostileServer, hostile, reply
from tests.sync.geo.conftest import writer
from tests.sync.sources.conftest import (
    QUICK,
    Clock,
    Directory,
    add_source,
    ask,
    json_page,
    page_of,
    read_all,
    state,
)
from tests.sync.worker_program import WorkerProgram
from ui.errors import describe_code


def pages_asked(server: HostileServer) -> list[str]:
    """What was asked for beside the rules."""
    return [asked.path for asked in server.asked if asked.path != "/robots.txt"]


def test_half_a_character_blocks_no_source(
    database: Database, directory: Directory, server: HostileServer, reading: SourceReading, clock: Clock
) -> None:
    """A page of JSON may hold one; it is read, and so is every source behind it."""
    bad = json_page("Muster").replace(b"Muster", b"Muster \\ud800")
    directory.answers = {"/bad": reply("200 OK", bad), "/good": reply("200 OK", json_page("Nord"))}
    for name in ("bad", "good"):
        ask(
            database,
            add_source(database, f"{server.url}/{name}", name=name, kind="json", description=""),
            clock,
        )
    read_all(reading)
    with database.read() as session:
        states = session.scalars(text("SELECT state FROM scraping_service.source_run")).all()
    assert states == ["review", "review"]


def test_a_reading_that_cannot_be_finished_ends(
    database: Database, directory: Directory, server: HostileServer, reading: SourceReading, clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Whatever nobody foresaw: a sentence, and the next source's turn."""
    directory.pages = {"/": page_of("Ada Muster")}
    monkeypatch.setattr(source_finish.Joining, "add", raise_unforeseen)
    ask(database, add_source(database, f"{server.url}/"), clock)
    read_all(reading)
    last = state(database).last
    assert last is not None
    assert (last.state, last.cause) == ("failed", "source.unforeseen")
    assert "womit Platzlotse nicht zurechtkommt" in describe_code(last.cause, **last.params)


def raise_unforeseen(*_: object, **__: object) -> None:
    """As a fault of our own would."""
    raise ZeroDivisionError


@pytest.mark.parametrize("said", ["text/html; charset=idna", "text/html; charset=undefined"])
def test_a_charset_nobody_writes_in_is_none(
    database: Database, directory: Directory, server: HostileServer, reading: SourceReading, clock: Clock, said: str
) -> None:
    """The page is read as UTF-8; and a strange ETag is not sent back."""
    directory.answers = {"/": reply("200 OK", page_of("Ada Muster"), Content_Type=said, ETag='"ü"')}
    source = add_source(database, f"{server.url}/")
    for expected in ("review", "unchanged"):
        ask(database, source, clock)
        read_all(reading)
        last = state(database).last
        assert last is not None
        assert last.state == expected


def test_a_directory_that_wants_endless_patience_is_told_of(
    database: Database, directory: Directory, server: HostileServer, reading: SourceReading, clock: Clock
) -> None:
    """Not read faster than it wants; what it wants within a minute is obeyed."""
    directory.robots = b"User-agent: *\nCrawl-delay: 90\n"
    directory.pages = {"/1": page_of("Ada Muster"), "/2": page_of("Lea Nord")}
    source = add_source(database, f"{server.url}/{{plz}}", postcodes=("1", "2"))
    ask(database, source, clock)
    read_all(reading)
    last = state(database).last
    assert last is not None
    assert (last.state, last.cause) == ("failed", "outside.too_slow")
    assert pages_asked(server) == []
    directory.robots, clock.ahead = b"User-agent: *\nCrawl-delay: 3\n", timedelta(hours=25)
    began = time.monotonic()
    ask(database, source, clock)
    read_all(reading)
    assert pages_asked(server) == ["/1", "/2"]
    assert time.monotonic() - began >= 3


def test_a_scheduled_reading_goes_on_by_itself_after_a_long_outage(
    database: Database, directory: Directory, server: HostileServer, reading: SourceReading, clock: Clock
) -> None:
    """Nobody presses anything: some hours after it gave up it is taken up where it was."""
    directory.pages = {"/1": page_of("Ada Muster"), "/2": page_of("Lea Nord")}
    directory.answers = {"/2": lambda connection, _: connection.close()}
    add_source(database, f"{server.url}/{{plz}}", postcodes=("1", "2"), every_days=30)
    for hours in range(6):
        clock.ahead = timedelta(hours=hours)
        reading.read()
    last = state(database).last
    assert last is not None
    assert (last.state, last.cause) == ("failed", "source.away")
    directory.answers = {}
    clock.ahead = timedelta(hours=14)
    reading.read()
    assert state(database).review is not None
    assert pages_asked(server).count("/1") == 1


def test_a_slow_source_keeps_no_fast_one_waiting(
    database: Database, directory: Directory, server: HostileServer, worker_database: Database, clock: Clock
) -> None:
    """One at a page a minute, one at sixty: while the first waits for its turn the other is read to its end."""
    directory.pages = {f"/{code}": page_of(f"Ada Muster{code}") for code in "1234"}
    work = SourceReading(writer(worker_database), now=clock, limits=QUICK)
    with hostile(directory) as slow:
        first = add_source(database, f"{slow.url}/{{plz}}", name="langsam", postcodes=("1", "2", "3"), per_minute=1)
        ask(database, first, clock)
        ask(
            database, add_source(database, f"{server.url}/{{plz}}", name="rasch", postcodes=("1", "2", "3", "4")), clock
        )
        began = time.monotonic()
        read_all(work)
        assert time.monotonic() - began < 45
        assert pages_asked(slow) == ["/1"]
        assert pages_asked(server) == ["/1", "/2", "/3", "/4"]


def test_a_hostile_page_keeps_no_worker_from_ending(
    office: Office, database: Database, directory: Directory, server: HostileServer, clock: Clock, tmp_path: Path
) -> None:
    """As it really runs: told to end while it reads one, it is gone in a moment, and the page is left to the next."""
    directory.answers = {"/": reply("200 OK", b"<li>" * 50_000, Content_Type="text/html")}
    ask(database, add_source(database, f"{server.url}/", description="Eintrag: li\nName: a"), clock)
    with WorkerProgram(office.url("worker"), 1, tmp_path / "worker.log"):
        end = time.monotonic() + 120
        while pages_asked(server) == []:
            assert time.monotonic() < end
            time.sleep(0.05)
        began = time.monotonic()
    assert time.monotonic() - began < 60
    last = state(database).last
    assert last is not None
    assert (last.state, last.cause) in {("reading", ""), ("failed", "source.page_long")}
    assert "{most}" not in describe_code("source.page_long", page="x", most=5000)

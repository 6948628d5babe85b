"""Sources as the worker reads them: politely, page by page, and what becomes of changes."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.acquisition.source_asking import ask_due, ask_stop
from domain.acquisition.source_leases import take_step
from domain.acquisition.sources import SourceForm, save_source
from domain.casework.source_review import discard, review, take_over, take_over_due
from domain.database import Database
from domain.errors import Conflict, Invalid
from domain.outside import close_breaker
from sync.sources.reading import SourceReading
from tests.servers.hostile import Answering, HostileServer, reply
from tests.sync.sources.conftest import (
    Clock,
    Directory,
    add_source,
    ask,
    json_page,
    page_of,
    read_all,
    state,
)
from ui.errors import describe_code


def therapists(database: Database) -> list[str]:
    """Who is known."""
    with database.read() as session:
        return list(session.scalars(text("SELECT last_name FROM therapist_service.therapist ORDER BY 1")))


def pages_asked(server: HostileServer) -> list[str]:
    """What was asked for beside the rules."""
    return [asked.path for asked in server.asked if asked.path != "/robots.txt"]


def test_changes_wait_for_a_person_and_are_taken_over(
    database: Database, directory: Directory, server: HostileServer, reading: SourceReading, clock: Clock
) -> None:
    """Read politely, shown as a diff, nothing written before somebody says so; then an import like any other."""
    directory.pages = {"/52062": page_of("Frau Ada Muster", "Karl Beispiel"), "/52064": page_of("Lea Nord")}
    source = add_source(database, f"{server.url}/{{plz}}", postcodes=("52062", "52064"))
    ask(database, source, clock)
    read_all(reading)
    found = state(database)
    assert found.review is not None
    assert (found.review.pages_done, found.review.pages, found.review.entries) == (2, 2, 3)
    assert therapists(database) == []
    assert server.asked[0].path == "/robots.txt"
    assert server.asked[1].headers["user-agent"].startswith("Platzlotse/")
    with database.read() as session:
        would = review(session, found.review.id, now=clock(), today=clock().date())
    assert (would.read, would.imported) == (3, 3)
    assert therapists(database) == []
    with database.write() as session:
        take_over(session, found.review.id, now=clock(), today=clock().date())
    assert therapists(database) == ["Beispiel", "Muster", "Nord"]
    after = state(database)
    assert after.last is not None
    assert (after.last.state, after.review) == ("applied", None)
    with database.write() as session, pytest.raises(Conflict):
        take_over(session, found.review.id, now=clock(), today=clock().date())


def test_an_unchanged_directory_is_nothing(
    database: Database, directory: Directory, server: HostileServer, reading: SourceReading, clock: Clock
) -> None:
    """Asked with what it said of its state, answered with 304: no review. Also where it only looks otherwise."""
    directory.pages = {"/": page_of("Ada Muster")}
    source = add_source(database, f"{server.url}/")
    ask(database, source, clock)
    read_all(reading)
    first = state(database).review
    assert first is not None
    with database.write() as session:
        discard(session, first.id)
    ask(database, source, clock)
    read_all(reading)
    assert "if-none-match" in server.asked[-1].headers
    assert state(database).last is not None
    assert state(database).last.state == "unchanged"  # type: ignore[union-attr]  # asserted before
    directory.pages["/"] += b"<!-- heute neu -->"
    ask(database, source, clock)
    read_all(reading)
    assert state(database).review is None
    directory.pages["/"] = page_of("Ada Muster", phone="0241 555099")
    ask(database, source, clock)
    read_all(reading)
    assert state(database).review is not None


def test_a_newer_change_replaces_one_nobody_looked_at(
    database: Database, directory: Directory, server: HostileServer, reading: SourceReading, clock: Clock
) -> None:
    """One review a source."""
    source = add_source(database, f"{server.url}/")
    numbers = []
    for name in ("Ada Muster", "Karl Beispiel"):
        directory.pages = {"/": page_of(name)}
        ask(database, source, clock)
        read_all(reading)
        waiting = state(database).review
        assert waiting is not None
        numbers.append(waiting.id)
    assert numbers[0] != numbers[1]
    with database.write() as session, pytest.raises(Conflict, match=r"source\.reviewed"):
        take_over(session, numbers[0], now=clock(), today=clock().date())


def test_changes_are_taken_over_by_themselves_only_where_the_office_chose_so(
    database: Database, directory: Directory, server: HostileServer, reading: SourceReading, clock: Clock
) -> None:
    """By a window of the office, once."""
    directory.pages = {"/": json_page("Muster", "Beispiel")}
    source = add_source(database, f"{server.url}/", kind="json", description="")
    ask(database, source, clock)
    read_all(reading)
    with database.write() as session:
        assert take_over_due(session, now=clock(), today=clock().date()) is None
    found = state(database)
    with database.write() as session:
        form = SourceForm(
            **{name: getattr(found.form, name) for name in found.form.__slots__} | {"applies_itself": True}
        )
        save_source(session, form, source_id=source, version=found.version)
    for expected in (2, None):
        with database.write() as session:
            report = take_over_due(session, now=clock(), today=clock().date())
        assert (report.imported if report else None) == expected
    assert therapists(database) == ["Beispiel", "Muster"]


@pytest.mark.parametrize(
    ("answer", "cause", "words"),
    [
        (reply("302 Found", Location="/anmelden"), "source.redirected", "Anmeldung"),
        (reply("302 Found", Location="https://anmeldung.example/"), "source.redirected", "Betreiber"),
        (reply("401 Unauthorized"), "source.login", "meldet sich nirgends an"),
        (reply("403 Forbidden"), "source.forbidden", "Betreiber"),
        (reply("429 Too Many Requests", Retry_After="120"), "source.too_many", "weniger Seiten je Minute"),
        (reply("500 Internal Server Error"), "source.server_error", "später weiter"),
        (reply("503 Service Unavailable", Retry_After="60"), "source.server_error", "später weiter"),
        (reply("404 Not Found"), "source.status", "Prüfen Sie die Adresse"),
        (reply("200 OK", b"<html><h1>Wartung</h1></html>"), "", ""),
    ],
)
def test_a_host_that_says_no_is_heard(
    database: Database, directory: Directory, server: HostileServer, reading: SourceReading, clock: Clock,
    worker_database: Database, answer: Answering, cause: str, words: str,
) -> None:  # fmt: skip
    """The reading ends with what to do; what was read stays, no page of the rest is asked for."""
    directory.pages = {f"/{plz}": page_of(f"Ada Muster{plz}") for plz in ("1", "3")}
    directory.answers = {"/2": answer, "/anmelden": reply("200 OK", page_of("Fremd"))}
    source = add_source(database, f"{server.url}/{{plz}}", postcodes=("1", "2", "3"))
    ask(database, source, clock)
    read_all(reading)
    last = state(database).last
    assert last is not None
    if not cause:
        assert last.state == "review"  # a page without entries among others is a page without entries
        return
    assert (last.state, last.cause, last.pages_done) == ("failed", cause, 1)
    said = describe_code(last.cause, **last.params)
    assert words in said
    assert "{" not in said
    assert pages_asked(server) == ["/1", "/2"]
    # mended: it goes on with the page that failed
    directory.answers, directory.pages["/2"] = {}, page_of("Karl Beispiel")
    with worker_database.write() as session:
        close_breaker(session, server.host)  # as after its pause
        session.execute(text("UPDATE platform.outside_host SET next_at = clock_timestamp()"))
    ask(database, source, clock)
    read_all(reading)
    assert pages_asked(server) == ["/1", "/2", "/2", "/3"]
    assert state(database).review is not None


def test_the_rules_of_a_host_are_obeyed(
    database: Database, directory: Directory, server: HostileServer, reading: SourceReading, clock: Clock
) -> None:
    """What robots.txt forbids is not asked for, and that is said."""
    directory.robots = b"User-agent: *\nDisallow: /intern\n"
    directory.pages = {"/intern": page_of("Ada Muster")}
    source = add_source(database, f"{server.url}/intern")
    ask(database, source, clock)
    read_all(reading)
    last = state(database).last
    assert last is not None
    assert (last.state, last.cause) == ("failed", "source.robots")
    assert pages_asked(server) == []
    assert "robots.txt" in describe_code(last.cause, **last.params)


def test_a_directory_that_looks_otherwise_takes_nobody_away(
    database: Database, directory: Directory, server: HostileServer, reading: SourceReading, clock: Clock
) -> None:
    """No entry on any page: the reading failed, and says what to look at."""
    directory.pages = {"/": b"<html><div class=neu>Ada Muster</div></html>"}
    ask(database, add_source(database, f"{server.url}/"), clock)
    read_all(reading)
    last = state(database).last
    assert last is not None
    assert (last.state, last.cause) == ("failed", "source.nothing_found")


def test_a_trial_reads_one_page_and_keeps_nothing(
    database: Database, directory: Directory, server: HostileServer, reading: SourceReading, clock: Clock
) -> None:
    """How many entries it finds is told."""
    directory.pages = {f"/{plz}": page_of("Ada Muster", "Karl Beispiel") for plz in ("1", "2")}
    source = add_source(database, f"{server.url}/{{plz}}", postcodes=("1", "2"), enabled=False)
    ask(database, source, clock, trial=True)
    read_all(reading)
    found = state(database)
    assert found.last is not None
    assert (found.last.state, found.last.entries, found.review) == ("tried", 2, None)
    assert pages_asked(server) == ["/1"]


def test_a_reading_is_stopped_and_goes_on_where_it_was(
    database: Database, directory: Directory, server: HostileServer, reading: SourceReading, clock: Clock
) -> None:
    """No page is asked for twice."""
    directory.pages = {f"/{plz}": page_of(f"Ada Muster{plz}") for plz in ("1", "2", "3")}
    source = add_source(database, f"{server.url}/{{plz}}", postcodes=("1", "2", "3"))
    ask(database, source, clock)
    assert reading.step()
    with database.write() as session:
        ask_stop(session, source, now=clock())
    assert not reading.step()
    last = state(database).last
    assert last is not None
    assert (last.state, last.pages_done) == ("stopped", 1)
    ask(database, source, clock)
    read_all(reading)
    assert pages_asked(server) == ["/1", "/2", "/3"]
    assert state(database).review is not None


def test_a_host_that_is_away_is_asked_again_later(database: Database, reading: SourceReading, clock: Clock) -> None:
    """Longer each time, then it ends with a sentence."""
    source = add_source(database, "http://127.0.0.1:9/")
    ask(database, source, clock)
    for _ in range(4):
        assert reading.step()
        assert not reading.step()
        clock.ahead += timedelta(hours=2)
    last = state(database).last
    assert last is not None
    assert last.state == "failed"
    assert last.cause == "source.away"


def test_readings_begin_by_themselves_when_their_day_has_come(
    database: Database, worker_database: Database, directory: Directory, server: HostileServer, reading: SourceReading,
    clock: Clock,
) -> None:  # fmt: skip
    """Every seven days, and never one that is switched off."""
    directory.pages = {"/": page_of("Ada Muster")}
    add_source(database, f"{server.url}/", every_days=7)
    add_source(database, f"{server.url}/", every_days=7, name="Aus", enabled=False)
    for ahead, begun in ((0, 1), (0, 0), (6, 0), (8, 1)):
        clock.ahead = timedelta(days=ahead)
        with worker_database.write() as session:
            assert ask_due(session, now=clock()) == begun
        read_all(reading)


@pytest.mark.parametrize(
    "address",
    [
        "https://arztsuche.116117.de/api/data", "https://arztsuche.116117.de:443/", "HTTPS://ARZTSUCHE.116117.DE./x",
        "https://www.116117.de", "ftp://kammer.example/", "https://anna:geheim@kammer.example/", "https://{plz}.example/",
        "https://kammer.example/{ort}", "kammer.example", "https://kammer.example/ a",
    ],
)  # fmt: skip
def test_addresses_nobody_may_read_are_refused(database: Database, address: str) -> None:
    """The search of the 116117 above all; at the field."""
    with pytest.raises(Invalid) as error:
        add_source(database, address, postcodes=("1",))
    assert error.value.field == "address"


def test_the_database_refuses_them_too(database: Database) -> None:
    """Whatever program writes: no 116117, no reading without permission."""
    table = "scraping_service.directory_source"
    insert = f"INSERT INTO {table} (name, kind, address) VALUES ('x', 'json', :address) RETURNING id"
    with pytest.raises(Invalid, match="ck_directory_source_never"), database.write() as session:
        session.execute(text(insert), {"address": "https://x@arztsuche.116117.de./api"})
    with database.write() as session:
        number = session.scalar(text(insert), {"address": "https://kammer.example/"})
    run = """INSERT INTO scraping_service.source_run (source_id, asked_at, not_before, asked_by)
             VALUES (:id, now(), now(), platform.current_person_id())"""
    with pytest.raises(Invalid, match="source_not_permitted"), database.write() as session:
        session.execute(text(run), {"id": number})


def test_two_workers_share_a_reading(
    database: Database, worker_database: Database, directory: Directory, server: HostileServer, clock: Clock
) -> None:
    """A page is one worker's; who lost its lease writes nothing."""
    directory.pages = {"/": page_of("Ada Muster")}
    ask(database, add_source(database, f"{server.url}/"), clock)
    with worker_database.write() as session:
        first = take_step(session, now=clock())
    assert first is not None
    with worker_database.write() as session:
        assert take_step(session, now=clock()) is None
    with worker_database.write() as session:
        second = take_step(session, now=clock() + timedelta(minutes=6))
    assert second is not None
    assert second.claim != first.claim

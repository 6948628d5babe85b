"""Practices' own pages: asked for, read politely, and nothing changes before a person accepts."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.casework.enrichment import Website, accept, ask_website, read_website, reject, take_website
from domain.casework.enrichment_schedule import ScheduleForm, save_schedule
from domain.database import Database
from domain.errors import Conflict, Invalid
from domain.therapists.queries import get_therapist
from sync.http import reach
from sync.http.reach import Reach
from sync.sources.practice_pages import PracticePages
from tests.builders import add_therapist
from tests.servers.hostile import Answering, HostileServer, hostile, reply
from tests.sync.geo.conftest import writer
from tests.sync.sources.conftest import QUICK, Clock, Directory
from ui.errors import describe_code

START = b"""<p>Sprachen: Englisch</p><a href="/kontakt">Kontakt</a><a href="/impressum">Impressum</a>"""
CONTACT = b"<p>Telefon: Mo 12-13 Uhr</p><p>neu (at) muster-praxis.example</p>"


@pytest.fixture
def pages(worker_database: Database, clock: Clock) -> PracticePages:
    """The worker's round, impatient."""
    return PracticePages(writer(worker_database), now=clock, limits=QUICK, pause=0.1, reach=Reach.ANYWHERE)


def practice(database: Database, address: str, clock: Clock) -> int:
    """A therapist with a page somebody wants read."""
    with database.write() as session:
        therapist = add_therapist(session)
        session.execute(
            text("UPDATE therapist_service.therapist SET web = :web, locked_fields = '{}' WHERE id = :id"),
            {"web": address, "id": therapist},
        )
        ask_website(session, therapist, now=clock())
    return therapist


def website(database: Database, therapist: int) -> Website:
    """Where it stands."""
    with database.read() as session:
        return read_website(session, therapist)


def test_findings_are_suggestions_a_person_decides(
    database: Database, directory: Directory, server: HostileServer, pages: PracticePages, clock: Clock
) -> None:
    """With quote, address and date; what is accepted counts as entered by hand, what is rejected comes no more."""
    directory.pages = {"/": START, "/kontakt": CONTACT}
    therapist = practice(database, f"{server.url}/", clock)
    with database.read() as session:
        before = get_therapist(session, therapist)
    assert pages.step()
    site = website(database, therapist)
    assert (site.state, site.pages) == ("done", 2)
    assert [s.kind for s in site.suggestions] == ["email", "languages", "phone_hours"]
    assert [s.address for s in site.suggestions] == [f"{server.url}/kontakt", f"{server.url}/", f"{server.url}/kontakt"]
    with database.read() as session:
        assert get_therapist(session, therapist).email == before.email
    mail, spoken, hours = site.suggestions
    for number in (mail.id, hours.id):
        with database.write() as session:
            accept(session, number, now=clock())
    with database.write() as session:
        reject(session, spoken.id, now=clock())
    with database.write() as session, pytest.raises(Conflict, match=r"web\.decided"):
        accept(session, spoken.id, now=clock())
    with database.read() as session:
        after = get_therapist(session, therapist)
    assert after.email == "neu@muster-praxis.example"
    assert after.phone_hours is not None
    assert {"email", "phone_hours"} <= set(after.locked_fields)
    with database.write() as session:
        ask_website(session, therapist, now=clock())
    assert pages.step()
    assert website(database, therapist).suggestions == ()


def test_what_was_entered_by_hand_stays(
    database: Database, directory: Directory, server: HostileServer, pages: PracticePages, clock: Clock
) -> None:
    """The suggestion is shown as locked and cannot be accepted."""
    directory.pages = {"/": CONTACT}
    therapist = practice(database, f"{server.url}/", clock)
    with database.write() as session:
        session.execute(text("UPDATE therapist_service.therapist SET locked_fields = '{email}'"))
    assert pages.step()
    locked = [s for s in website(database, therapist).suggestions if s.locked]
    assert [s.kind for s in locked] == ["email"]
    with database.write() as session, pytest.raises(Conflict, match=r"web\.locked"):
        accept(session, locked[0].id, now=clock())


def test_a_page_that_may_not_be_read_is_left_alone(
    database: Database, directory: Directory, server: HostileServer, pages: PracticePages, clock: Clock
) -> None:
    """By its rules or its refusal; both are told in words."""
    directory.robots = b"User-agent: *\nDisallow: /\n"
    directory.pages = {"/": START}
    therapist = practice(database, f"{server.url}/", clock)
    assert pages.step()
    site = website(database, therapist)
    assert (site.state, site.cause) == ("failed", "outside.robots")
    assert {asked.path for asked in server.asked} == {"/robots.txt"}
    directory.robots, directory.answers = b"", {"/": reply("403 Forbidden")}
    clock.ahead = timedelta(hours=25)  # rules are looked up once a day
    with database.write() as session:
        ask_website(session, therapist, now=clock())
    assert pages.step()
    site = website(database, therapist)
    assert (site.state, site.cause) == ("failed", "outside.refused")
    assert "{" not in describe_code(site.cause, **site.params)


def test_what_the_first_page_said_is_kept_where_a_further_one_is_refused(
    database: Database, directory: Directory, server: HostileServer, pages: PracticePages, clock: Clock
) -> None:
    """The host is left alone from then on, and that is told; what was read is suggested."""
    directory.pages = {"/": b"<p>neu@muster-praxis.example</p><a href='/kontakt'>Kontakt</a>"}
    directory.answers = {"/kontakt": reply("403 Forbidden")}
    therapist = practice(database, f"{server.url}/", clock)
    assert pages.step()
    site = website(database, therapist)
    assert (site.state, site.cause) == ("failed", "outside.refused")
    assert [s.value for s in site.suggestions] == [{"email": "neu@muster-praxis.example"}]


def test_a_killed_worker_leaves_its_practice_to_the_next(
    database: Database,
    worker_database: Database,
    directory: Directory,
    server: HostileServer,
    pages: PracticePages,
    clock: Clock,
) -> None:
    """When its lease is over; nobody reads it meanwhile."""
    directory.pages = {"/": START}
    therapist = practice(database, f"{server.url}/", clock)
    with worker_database.write() as session:
        assert take_website(session, now=clock()) is not None
    assert not pages.step()
    clock.ahead = timedelta(minutes=16)
    assert pages.step()
    assert website(database, therapist).state == "done"


@pytest.mark.parametrize(
    ("answer", "state", "cause"),
    [
        (reply("503 Busy"), "waiting", "outside.server_error"),
        (reply("404 Not Found"), "failed", "outside.status"),
        (reply("503 Busy", Retry_After=f"Mon, 01 Jan {10**19} 00:00:00 GMT"), "waiting", "outside.server_error"),
        (reply("200 OK", b"x", Content_Type="text/html; charset=idna"), "done", ""),
        (reply("200 OK", b"x", Content_Type="text/html; charset=undefined"), "done", ""),
        (reply("200 OK", b"x", ETag='"\u00fc"', Content_Type="text/html"), "done", ""),
    ],
)  # fmt: skip
def test_whatever_a_page_answers_its_row_comes_to_rest(
    database: Database, directory: Directory, server: HostileServer, pages: PracticePages, clock: Clock,
    answer: Answering, state: str, cause: str,
) -> None:  # fmt: skip
    """With a sentence where it could not be read; one that is merely away comes again, and not for ever."""
    directory.answers = {"/": answer}
    therapist = practice(database, f"{server.url}/", clock)
    assert pages.step()
    site = website(database, therapist)
    assert (site.state, site.cause) == (state, cause)
    assert "{" not in describe_code(site.cause, **site.params)
    for hours in (2, 4):
        clock.ahead = timedelta(hours=hours)
        pages.step()
    assert website(database, therapist).state in {"done", "failed"}
    assert not pages.step()


@pytest.mark.parametrize(
    ("delay", "cause"),
    [("1e300", "outside.too_slow"), ("4e9", "outside.too_slow"), ("61", "outside.too_slow"), ("inf", ""),
     ("nan", ""), ("-1e300", "")],
)  # fmt: skip
def test_rules_that_ask_for_endless_patience_are_heard_as_a_no(
    database: Database, directory: Directory, server: HostileServer, pages: PracticePages, clock: Clock, delay: str,
    cause: str,
) -> None:  # fmt: skip
    """And put nobody else's turn a century ahead."""
    directory.robots = f"User-agent: *\nCrawl-delay: {delay}\n".encode()
    directory.pages = {"/": START}
    therapist = practice(database, f"{server.url}/", clock)
    assert pages.step()
    site = website(database, therapist)
    assert site.cause == cause
    assert "{" not in describe_code(site.cause, **site.params)
    with database.read() as session:
        ahead = "SELECT max(next_at) < now() + interval '5 minutes' FROM platform.outside_host"
        assert session.scalar(text(ahead))


def test_a_page_that_kills_whoever_reads_it_is_given_up(
    database: Database, worker_database: Database, clock: Clock
) -> None:
    """Taken again and again without an end it ends with a sentence, and hinders no other."""
    therapist = practice(database, "https://boese.example/", clock)
    for _ in range(4):
        with worker_database.write() as session:
            assert take_website(session, now=clock()) is not None
        clock.ahead += timedelta(minutes=16)
    other = practice(database, "https://gut.example/", clock)
    with worker_database.write() as session:
        taken = take_website(session, now=clock())
    assert taken is not None
    assert taken.therapist_id == other
    site = website(database, therapist)
    assert (site.state, site.cause) == ("failed", "web.given_up")
    assert "mehrmals" in describe_code(site.cause, **site.params)


@pytest.mark.parametrize(
    "address",
    ["http://169.254.169.254/latest/", "http://192.168.1.1/reboot", "http://localhost.localdomain:5432/",
     "http://127.0.0.1/", "http://[::ffff:10.0.0.1]/", "http://0x7f.1/", "http://127.0.0.1:8080/"],
)  # fmt: skip
def test_a_page_in_the_offices_own_network_is_not_asked_for(
    database: Database, worker_database: Database, clock: Clock, address: str
) -> None:
    """A directory's cell leads to public servers only; as the worker really runs."""
    therapist = practice(database, address, clock)
    assert PracticePages(writer(worker_database), now=clock, limits=QUICK, pause=0.1).step()
    site = website(database, therapist)
    assert site.cause in {"outside.private", "outside.unreachable"}
    assert site.cause == "outside.private" or "localdomain" in address
    assert "{" not in describe_code(site.cause, **site.params)


def test_the_tests_own_server_is_out_of_reach_too(
    database: Database, worker_database: Database, server: HostileServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address the connection goes to is looked at, not the name: a name that leads inside asks nobody."""
    monkeypatch.setattr(reach, "DEFAULT_PORTS", {"http": server.port, "https": 443})
    therapist = practice(database, server.url, clock)
    assert PracticePages(writer(worker_database), now=clock, limits=QUICK, pause=0.1).step()
    assert website(database, therapist).cause == "outside.private"
    assert server.asked == []


@pytest.mark.parametrize(
    "address", ["https://praxis.de:abc/", "http://ex\u00adample.de/", "https://11\uff16117.de/", "https://arztsuche.116117\u3002de/"]
)  # fmt: skip
def test_an_address_that_is_none_is_told(database: Database, pages: PracticePages, clock: Clock, address: str) -> None:
    """At once, in words."""
    therapist = practice(database, address, clock)
    assert pages.step()
    site = website(database, therapist)
    assert site.state == "failed"
    assert site.cause in {"outside.address", "outside.never"}
    assert "{" not in describe_code(site.cause, **site.params)


def test_redirects_hear_the_rules_and_stay_at_their_server(
    database: Database, directory: Directory, server: HostileServer, worker_database: Database, clock: Clock
) -> None:
    """What robots.txt forbids is not read by a detour, nor another port of the host."""
    limits = replace(QUICK, redirects=2)
    work = PracticePages(writer(worker_database), now=clock, limits=limits, pause=0.1, reach=Reach.ANYWHERE)
    directory.robots = b"User-agent: *\nDisallow: /geheim\n"
    directory.answers = {"/": reply("302 Found", Location="/geheim/x")}
    directory.pages = {"/geheim/x": START}
    therapist = practice(database, f"{server.url}/", clock)
    assert work.step()
    assert website(database, therapist).cause == "outside.robots"
    assert "/geheim/x" not in [asked.path for asked in server.asked]
    with hostile(reply("200 OK", START, Content_Type="text/html")) as inner:
        directory.answers = {"/": reply("302 Found", Location=f"{inner.url}/admin")}
        with database.write() as session:
            ask_website(session, therapist, now=clock())
        assert work.step()
        assert inner.asked == []
    assert website(database, therapist).cause == "outside.redirected"


def test_a_hostile_page_keeps_no_good_one_waiting(
    database: Database, directory: Directory, server: HostileServer, pages: PracticePages, clock: Clock
) -> None:
    """Two hundred thousand bytes that say nothing: both are done within moments."""
    directory.answers = {"/boese": reply("200 OK", b"<a " * 70_000, Content_Type="text/html")}
    directory.pages = {"/gut": START}
    both = [practice(database, f"{server.url}/{name}", clock) for name in ("boese", "gut")]
    began = time.process_time()
    while pages.step():
        pass
    assert [website(database, one).state for one in both] == ["done", "done"]
    assert website(database, both[1]).suggestions
    assert time.process_time() - began < 20


def test_the_rules_of_a_host_are_asked_for_once(
    database: Database, directory: Directory, server: HostileServer, pages: PracticePages, clock: Clock
) -> None:
    """Two practices of one host, one question for its robots.txt."""
    directory.pages = {"/1": b"<p>Eins</p>", "/2": b"<p>Zwei</p>"}
    for name in "12":
        practice(database, f"{server.url}/{name}", clock)
    while pages.step():
        pass
    assert sorted(asked.path for asked in server.asked) == ["/1", "/2", "/robots.txt"]


def test_who_is_not_named_reads_nothing(
    database: Database, directory: Directory, server: HostileServer, pages: PracticePages, clock: Clock
) -> None:
    """An office without a mail address is told to enter one; no host is asked."""
    with database.write() as session:
        session.execute(text("UPDATE platform.office SET email = ''"))
    directory.pages = {"/": START}
    therapist = practice(database, f"{server.url}/", clock)
    assert pages.step()
    site = website(database, therapist)
    assert (site.state, site.cause) == ("failed", "outside.anonymous")
    assert server.asked == []


def test_the_schedule_is_followed_without_anybody_asking(
    database: Database, directory: Directory, server: HostileServer, pages: PracticePages, clock: Clock
) -> None:
    """One practice at a time, as the office set it; the next when its turn has come."""
    directory.pages = {"/": START}
    with database.write() as session:
        made = [add_therapist(session, last_name=name) for name in ("Muster", "Beispiel")]
        session.execute(text("UPDATE therapist_service.therapist SET web = :web"), {"web": f"{server.url}/"})
        save_schedule(session, ScheduleForm(enabled=True, per_hour=60))
    pages.read_websites()
    pages.read_websites()
    assert [website(database, one).state for one in made] == ["done", ""]
    clock.ahead = timedelta(minutes=1)
    pages.read_websites()
    assert [website(database, one).state for one in made] == ["done", "done"]
    assert website(database, made[1]).suggestions


def test_a_therapist_without_a_page_is_not_read(database: Database, clock: Clock) -> None:
    """And that is said."""
    with pytest.raises(Invalid, match=r"web\.none"):
        practice(database, "", clock)

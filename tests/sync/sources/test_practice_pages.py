"""Practices' own pages: asked for, read politely, and nothing changes before a person accepts."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.casework.enrichment import Website, accept, ask_website, read_website, reject, take_website
from domain.casework.enrichment_schedule import ScheduleForm, save_schedule
from domain.database import Database
from domain.errors import Conflict, Invalid
from domain.therapists.queries import get_therapist
from sync.sources.practice_pages import PracticePages
from tests.builders import add_therapist
from tests.servers.hostile import HostileServer, reply
from tests.sync.geo.conftest import writer
from tests.sync.sources.conftest import QUICK, Clock, Directory
from ui.errors import describe_code

START = b"""<p>Sprachen: Englisch</p><a href="/kontakt">Kontakt</a><a href="/impressum">Impressum</a>"""
CONTACT = b"<p>Telefon: Mo 12-13 Uhr</p><p>neu (at) muster-praxis.example</p>"


@pytest.fixture
def pages(worker_database: Database, clock: Clock) -> PracticePages:
    """The worker's round, impatient."""
    return PracticePages(writer(worker_database), now=clock, limits=QUICK, pause=0.1)


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
    with database.write() as session:
        ask_website(session, therapist, now=clock())
    assert pages.step()
    site = website(database, therapist)
    assert (site.state, site.cause) == ("failed", "outside.refused")
    assert "{" not in describe_code(site.cause, **site.params)


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

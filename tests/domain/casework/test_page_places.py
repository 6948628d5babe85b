"""What a practice's page says of places, reading after reading: suggested, accepted, aged, suggested again."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from domain.casework.enrichment import Suggestion, accept, ask_website, note_website, read_website, reject, take_website
from domain.casework.practice_page import Found, findings
from domain.database import Database
from domain.errors import Conflict
from domain.therapists.queries import TherapistDetail, get_therapist
from domain.therapists.service import note_capacity
from domain.weektime import office_day
from tests.builders import add_therapist

PAGE = "https://muster.example/"
FULL = "<p>Zurzeit habe ich leider keine freien Therapieplätze.</p>"
FREE = "<p>Ich habe derzeit freie Therapieplätze.</p>"


@pytest.fixture
def therapist(database: Database) -> int:
    """Somebody with a page of whose places nothing is known."""
    with database.write() as session:
        made = add_therapist(session)
        session.execute(
            text("UPDATE therapist_service.therapist SET web = :web, capacity = 'unknown', capacity_as_of = NULL"),
            {"web": PAGE},
        )
    return made


def read(database: Database, worker: Database, therapist: int, html: str, now: datetime) -> tuple[Suggestion, ...]:
    """The page read anew as the worker does; what is suggested of places then."""
    with database.write() as session:
        ask_website(session, therapist, now=now)
    with worker.write() as session:
        site = take_website(session, now=now)
        assert site is not None
        found: list[tuple[str, Found]] = [(PAGE, finding) for finding in findings(html, on=office_day(now))]
        note_website(session, site, found, pages=1, now=now)
    with database.read() as session:
        return tuple(s for s in read_website(session, therapist).suggestions if s.kind == "capacity")


def record(database: Database, therapist: int) -> TherapistDetail:
    """What is known of them."""
    with database.read() as session:
        return get_therapist(session, therapist)


def test_a_word_on_places_is_accepted_as_a_note_of_its_day_and_comes_again_when_old(
    database: Database, worker_database: Database, therapist: int, now: datetime
) -> None:
    """With quote, address and date; a note somebody made by hand meanwhile hinders no newer word."""
    (said,) = read(database, worker_database, therapist, FULL, now)
    assert (said.value["capacity"], said.address, said.locked) == ("full", PAGE, False)
    assert "keine freien Therapieplätze" in said.quote
    assert record(database, therapist).capacity == "unknown"
    with database.write() as session:
        accept(session, said.id, now=now)
    known = record(database, therapist)
    assert (known.capacity, known.capacity_as_of, known.capacity_note) == ("full", office_day(now), said.quote)
    assert read(database, worker_database, therapist, FULL, now + timedelta(days=30)) == ()
    (news,) = read(database, worker_database, therapist, FREE, now + timedelta(days=60))
    assert (news.value["capacity"], news.locked) == ("free", False)
    with database.write() as session:
        accept(session, news.id, now=now + timedelta(days=60))
    later = now + timedelta(days=60 + known.capacity_stale_days)
    (again,) = read(database, worker_database, therapist, FREE, later)
    with database.write() as session:
        accept(session, again.id, now=later)
    assert record(database, therapist).capacity_as_of == office_day(later)


def test_what_the_page_no_longer_says_is_no_longer_suggested(
    database: Database, worker_database: Database, therapist: int, now: datetime
) -> None:
    """The newest reading counts; what was rejected is not suggested again before it is old."""
    assert len(read(database, worker_database, therapist, FULL, now)) == 1
    (said,) = read(database, worker_database, therapist, FREE, now + timedelta(days=1))
    assert said.value["capacity"] == "free"
    assert read(database, worker_database, therapist, "<p>Willkommen</p>", now + timedelta(days=2)) == ()
    (said,) = read(database, worker_database, therapist, FREE, now + timedelta(days=3))
    with database.write() as session:
        reject(session, said.id, now=now)
    assert read(database, worker_database, therapist, FREE, now + timedelta(days=4)) == ()


def test_something_newer_somebody_noted_is_not_overwritten(
    database: Database, worker_database: Database, therapist: int, now: datetime
) -> None:
    """The suggestion is not shown any more, and cannot be accepted by a window that still shows it."""
    (said,) = read(database, worker_database, therapist, FULL, now)
    with database.write() as session:
        note_capacity(
            session,
            therapist,
            capacity="free",
            from_day=None,
            note="am Telefon",
            as_of=office_day(now) + timedelta(days=1),
        )
    with database.read() as session:
        assert [s for s in read_website(session, therapist).suggestions if s.kind == "capacity"] == []
    with database.write() as session, pytest.raises(Conflict, match=r"web\.overtaken"):
        accept(session, said.id, now=now)


def test_the_worker_deletes_no_decision(
    database: Database, worker_database: Database, therapist: int, now: datetime
) -> None:
    """The database keeps it, whatever program asks."""
    (said,) = read(database, worker_database, therapist, FULL, now)
    with database.write() as session:
        reject(session, said.id, now=now)
    with worker_database.write() as session:
        session.execute(text("DELETE FROM therapist_service.web_finding"))
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM therapist_service.web_finding")) == 1

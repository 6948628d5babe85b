"""What was read outside stays what was read: tried over direct connections, past our program."""

import json
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from domain.acquisition.sources import SourceForm
from domain.casework.enrichment import accept, ask_website, note_website, read_website, reject, take_website
from domain.casework.practice_page import Found
from domain.casework.source_review import take_over_due
from domain.database import Database
from domain.errors import Conflict, Invalid
from domain.therapists.queries import get_therapist
from domain.values import WeekSpan
from tests.builders import add_therapist
from tests.conftest import Office
from tests.sync.sources.conftest import Clock, add_source

MAIL = Found("email", {"email": "neu@praxis.example"}, "neu@praxis.example")
MORNING = Found("phone_hours", {"spans": [[540, 600]]}, "Telefon Mo 9-10 Uhr")
NOON = Found("phone_hours", {"spans": [[720, 780]]}, "Telefon Mo 12-13 Uhr")
PAGE = "https://praxis.example/"


def refused(office: Office, role: str, statement: str, **values: object) -> str:
    """What the database says to it; nothing where it does not refuse."""
    engine = create_engine(office.url(role))
    try:
        with engine.begin() as connection:
            connection.execute(text(statement), values)
    except DBAPIError as exc:
        return str(exc.orig)
    finally:
        engine.dispose()
    return ""


def practice(database: Database) -> int:
    """A therapist with a page and nothing entered by hand."""
    with database.write() as session:
        therapist = add_therapist(session, web=PAGE)
        session.execute(text("UPDATE therapist_service.therapist SET locked_fields = '{}'"))
    return therapist


def read(
    database: Database, worker: Database, therapist: int, found: Sequence[Found], clock: Clock, *, complete: bool = True
) -> list[str]:
    """One reading of the page, and the words that are suggested now."""
    with database.write() as session:
        ask_website(session, therapist, now=clock())

    def work(session: Session) -> None:
        site = take_website(session, now=clock())
        assert site is not None
        note_website(session, site, [(PAGE, one) for one in found], pages=1, now=clock(), complete=complete)

    with worker.write() as session:
        work(session)
    return suggested(database, therapist)


def suggested(database: Database, therapist: int) -> list[str]:
    """The quotes of what waits for a decision."""
    with database.read() as session:
        return sorted(s.quote for s in read_website(session, therapist).suggestions)


def decide(database: Database, therapist: int, clock: Clock, *, accepted: bool = True) -> None:
    """The first that waits."""
    with database.write() as session:
        number = read_website(session, therapist).suggestions[0].id
        if accepted:
            accept(session, number, now=clock())
        else:
            reject(session, number, now=clock())


def test_a_finding_keeps_its_words_and_is_decided_once_in_the_own_name(
    office: Office, database: Database, worker_database: Database, clock: Clock
) -> None:
    """Nobody puts another value under the quote, decides for a colleague, or decides anew."""
    therapist = practice(database)
    read(database, worker_database, therapist, [MAIL], clock)
    table = "UPDATE therapist_service.web_finding SET"
    for column in ('value = \'{"email": "mein@boese.example"}\'', "quote = 'x'", "address = 'x'", "kind = 'methods'"):
        assert "permission denied" in refused(office, "tom", f"{table} {column}")
    with database.read() as session:
        jana = session.scalar(text("SELECT platform.current_person_id()"))
    assert "in another's name" in refused(
        office, "tom", f"{table} state = 'accepted', decided_at = now(), decided_by = :jana", jana=jana
    )
    decide(database, therapist, clock)
    assert "is decided" in refused(
        office, "jana", f"{table} state = 'rejected', decided_at = now(), decided_by = :jana", jana=jana
    )
    assert refused(office, "worker", "DELETE FROM therapist_service.web_finding") == ""
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM therapist_service.web_finding")) == 1


@pytest.mark.parametrize("role", ["jana", "admin"])
def test_only_the_worker_says_what_a_source_holds(office: Office, database: Database, clock: Clock, role: str) -> None:
    """A forged review is refused, a forged content too; so no window imports it in a caseworker's name."""
    source = add_source(database, "https://kammer.example/a", applies_itself=True)
    content = json.dumps({"metadata": {}, "therapists": [{"basic_info": {"last_name": "Falsch"}}]}).encode()
    insert = (
        "INSERT INTO scraping_service.source_run (source_id, state, asked_at, not_before, done_at, content,"
        " content_sha256) VALUES (:id, :state, now(), now(), :done, :content, 'y')"
    )
    assert "only the worker" in refused(office, role, insert, id=source, state="review", done=clock(), content=content)
    assert refused(office, "worker", insert, id=source, state="review", done=clock(), content=b"{}") == ""
    change = "UPDATE scraping_service.source_run SET"
    for forged in (
        "content = 'x'",
        "content_sha256 = 'x'",
        "entries = 7",
        "asked_at = now()",
        "state = 'unchanged', content = NULL",
    ):
        assert "only the worker" in refused(office, role, f"{change} {forged}")
    assert refused(office, "jana", f"{change} state = 'discarded', content = NULL") == ""
    with database.write() as session:
        assert take_over_due(session, now=clock(), today=clock().date()) is None


@pytest.mark.parametrize(
    "address",
    ["https://arztsuche.116117\u3002de/", "https://arztsuche.11\uff16117.de/", "https://arzt\u00adsuche.116117.de/",
     "https://arztsuche.116\u00ad117.de/", "https://arztsuche\uff0e116117\uff61de/"],
)  # fmt: skip
def test_the_search_of_the_116117_is_no_source_however_it_is_written(
    office: Office, database: Database, address: str
) -> None:
    """At the field, and by the database."""
    with pytest.raises(Invalid, match=r"source\.never"):
        add_source(database, address)
    insert = "INSERT INTO scraping_service.directory_source (name, kind, address) VALUES ('x', 'json', :address)"
    assert "never read" in refused(office, "jana", insert, address=address)
    assert SourceForm().address == ""


def test_hours_from_the_page_are_renewed_by_the_page(
    database: Database, worker_database: Database, clock: Clock
) -> None:
    """They count as entered by hand against imports, not against the page they came from; old words are news again."""
    therapist = practice(database)
    for said in (MORNING, NOON, MORNING):
        clock.ahead += timedelta(days=1)
        assert read(database, worker_database, therapist, [said], clock) == [said.quote]
        decide(database, therapist, clock)
        assert read(database, worker_database, therapist, [said], clock) == []
    with database.read() as session:
        assert get_therapist(session, therapist).phone_hours == (WeekSpan(540, 600),)


def test_hours_somebody_entered_stay_until_they_are_old(
    database: Database, worker_database: Database, clock: Clock
) -> None:
    """Closed at first; when they want to be asked again, the page's word may replace them."""
    therapist = practice(database)
    with database.write() as session:
        session.execute(
            text(
                "UPDATE therapist_service.therapist SET phone_hours = '{[0,60)}', locked_fields = '{phone_hours}',"
                " hours_as_of = current_date"
            )
        )
    read(database, worker_database, therapist, [NOON], clock)
    with pytest.raises(Conflict, match=r"web\.locked"):
        decide(database, therapist, clock)
    clock.ahead = timedelta(days=400)
    with database.write() as session:
        session.execute(text("UPDATE therapist_service.therapist SET hours_as_of = current_date - 300"))
    read(database, worker_database, therapist, [NOON], clock)
    decide(database, therapist, clock)
    with database.read() as session:
        assert get_therapist(session, therapist).phone_hours == (WeekSpan(720, 780),)


def test_what_the_page_says_no_more_is_suggested_no_more(
    database: Database, worker_database: Database, clock: Clock
) -> None:
    """After a complete reading; one in which a page could not be read takes nothing back. Rejected stays rejected."""
    therapist = practice(database)
    assert read(database, worker_database, therapist, [MAIL, MORNING], clock) == [MORNING.quote, MAIL.quote]
    assert read(database, worker_database, therapist, [MAIL], clock, complete=False) == [MORNING.quote, MAIL.quote]
    assert read(database, worker_database, therapist, [NOON], clock) == [NOON.quote]
    decide(database, therapist, clock, accepted=False)
    assert read(database, worker_database, therapist, [NOON], clock) == []

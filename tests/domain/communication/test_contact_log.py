"""The contact log against a caseworker with a program of their own: the database believes nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from domain.casework import calling
from domain.casework.evidence import assemble, make_evidence
from domain.communication import calls
from domain.communication.contacts import CallResult, ContactNote, note_contact, record_call
from domain.communication.evidence.chain import chain_head, chain_waiting
from domain.communication.evidence.models import EvidenceMade
from domain.communication.models import PhoneCall
from domain.communication.states import CallStatus
from domain.database import Database
from domain.errors import Invalid
from domain.matching.models import PlaceSearch
from domain.values import Channel
from tests.builders import add_search, add_therapist
from tests.conftest import NOW, Office
from tests.domain.casework.steps import ask
from ui.errors import describe

ENTRY = """INSERT INTO communication_service.contact_entry (at, channel, kind, therapist_id, call_id, person_id, body)
    VALUES (:at, 'phone', :kind, :therapist, :call, :person, :body)"""
MADE = """INSERT INTO communication_service.evidence_made
    (patient_id, made_by, made_at, attempts, links, head, pdf_sha256)
    VALUES (:patient, platform.current_person_id(), :at, 1, :links, :head, sha256('x'))"""


@contextmanager
def psql(office: Office, person: str) -> Iterator[Connection]:
    """A connection of any program; whatever it did is not kept."""
    engine = create_engine(office.url(person))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def refusal(connection: Connection, statement: str, **values: object) -> str:
    """The constraint or the code by which the database refuses; empty where it does not."""
    try:
        connection.execute(text(statement), values)
    except DBAPIError as error:
        diag = getattr(error.orig, "diag", None)
        return str(getattr(diag, "constraint_name", None) or getattr(error.orig, "sqlstate", ""))
    finally:
        connection.rollback()
    return ""


@pytest.fixture
def therapist(database: Database) -> int:
    """A practice."""
    with database.write() as session:
        return add_therapist(session)


def person(connection: Connection, name: str) -> int:
    """The number of one of the persons."""
    found = connection.scalar(text("SELECT id FROM platform.person WHERE role_name = :r"), {"r": f"test_{name}"})
    connection.rollback()
    return int(found or 0)


def entry(connection: Connection, therapist: int, **values: object) -> str:
    """What becomes of one entry of Jana's own, but for what is said otherwise."""
    given = {"at": NOW, "kind": "note", "therapist": therapist, "call": None, "body": "x"}
    return refusal(connection, ENTRY, **(given | {"person": person(connection, "jana")} | values))


@pytest.mark.parametrize("named", ["jana", "tom", "nobody", None])
def test_nobody_writes_in_a_colleagues_name(office: Office, therapist: int, named: str | None) -> None:
    """Whatever is said, one's own is written: the release before names nobody, or the colleague whose mail it was."""
    said = "INSERT INTO communication_service.contact_entry (at, channel, therapist_id{}) VALUES (now(), 'note', :t{})"
    statement = said.format("", "") if named is None else said.format(", person_id", ", :p")
    with psql(office, "jana") as connection:
        given = {"t": therapist} if named is None else {"t": therapist, "p": person(connection, named) or None}
        mine = person(connection, "jana")
        assert connection.scalar(text(f"{statement} RETURNING person_id"), given) == mine


@pytest.mark.parametrize("begun", [True, False])
def test_a_window_of_the_release_before_ends_a_colleagues_planned_call(
    office: Office, database: Database, *, begun: bool
) -> None:
    """It leaves the call the colleague's and says so in the log; call and entry are whoever's it was who phoned."""
    with database.write() as session:
        therapist = add_therapist(session)
        call = calls.plan_call(session, therapist, now=NOW)  # Jana's
    change = "UPDATE communication_service.phone_call SET status = '{}', ended_at = now() WHERE id = :c"
    with psql(office, "tom") as connection:
        tom, jana = person(connection, "tom"), person(connection, "jana")
        if begun:
            connection.execute(text(change.format("in_progress").replace("ended", "started")), {"c": call})
        connection.execute(text(change.format("no_answer")), {"c": call})
        given = {"at": NOW, "kind": "no_answer", "therapist": therapist, "call": call, "body": "", "person": jana}
        assert connection.scalar(text(f"{ENTRY} RETURNING person_id"), given) == tom
        made_by = text("SELECT person_id FROM communication_service.phone_call WHERE id = :c")
        assert connection.scalar(made_by, {"c": call}) == tom


@pytest.mark.parametrize("values", [{"outcome": "x" * 10_001}, {"note": "x" * 10_001}])
def test_what_is_noted_of_a_call_has_an_end(office: Office, database: Database, values: dict[str, str]) -> None:
    """Whether with the call or later."""
    with database.write() as session:
        therapist = add_therapist(session)
        call = calls.plan_call(session, therapist, now=NOW)
    (column,) = values
    new = f"""INSERT INTO communication_service.phone_call (therapist_id, planned_at, attempt, {column})
        VALUES (:therapist, now(), 1, :{column})"""
    later = f"UPDATE communication_service.phone_call SET {column} = :{column} WHERE id = :call"
    with psql(office, "jana") as connection:
        assert refusal(connection, new, therapist=therapist, **values) == "ck_phone_call_length"
        assert refusal(connection, later, call=call, **values) == "ck_phone_call_length"
    assert "zu lang" in describe(Invalid("db.ck_phone_call_length"))


@pytest.mark.parametrize("day", ["9999-12-31", "infinity"])
def test_a_callback_is_near(office: Office, database: Database, day: str) -> None:
    """Nobody plans it for the next century, whatever program says so."""
    with database.write() as session:
        call = calls.plan_call(session, add_therapist(session), now=NOW)
    later = """UPDATE communication_service.phone_call SET status = 'callback_due', ended_at = now(), callback_on = :day
        WHERE id = :call"""
    with psql(office, "jana") as connection:
        assert refusal(connection, later, call=call, day=day) == "ck_phone_call_callback_near"
        assert refusal(connection, later, call=call, day="today") == ""


def test_the_worker_writes_in_the_name_of_whoever_wrote_the_mail(office: Office, therapist: int) -> None:
    """Where there is no mail it is nobody's."""
    with psql(office, "worker") as connection:
        assert entry(connection, therapist, person=None) == ""
        jana = connection.scalar(text("SELECT id FROM platform.person WHERE role_name = 'test_jana'"))
        connection.rollback()
        assert entry(connection, therapist, person=jana) == "42501"


@pytest.mark.parametrize(
    "at", ["infinity", "-infinity", "0044-03-15 12:00+00 BC", "1999-12-31", "9999-01-01", "2200-01-01"]
)
def test_a_moment_nobody_can_mean_is_refused(office: Office, therapist: int, at: str) -> None:
    """Whatever the clock of this machine says."""
    with psql(office, "jana") as connection:
        assert entry(connection, therapist, at=at) == "ck_contact_entry_at"


def test_nothing_is_noted_before_it_happened(office: Office, therapist: int) -> None:
    """Clocks may differ by hours, not by days; whose clock is wrong reads what to do."""
    with psql(office, "owner") as connection:
        connection.execute(text("ALTER TABLE communication_service.contact_entry ENABLE TRIGGER not_ahead"))
        connection.commit()
    moment = datetime.now(UTC)
    with psql(office, "jana") as connection:
        assert entry(connection, therapist, at=moment + timedelta(hours=20)) == ""
        assert entry(connection, therapist, at=moment + timedelta(hours=30)) == "ck_contact_entry_not_ahead"
    database = office.database("jana")
    ahead = moment + timedelta(days=3)
    with pytest.raises(Invalid) as caught, database.write() as session:
        note_contact(session, therapist, ContactNote(ahead, "phone", "out", "", "besetzt"), now=ahead)
    database.close()
    assert "Uhr dieses Rechners" in describe(caught.value)


def test_an_entry_chooses_no_number(office: Office, database: Database, therapist: int) -> None:
    """Neither of the log nor of what was made of it."""
    with database.write() as session:
        patient = session.get_one(PlaceSearch, add_search(session)).patient_id
    own_number = "OVERRIDING SYSTEM VALUE VALUES (7, "
    with psql(office, "jana") as connection:
        chosen = ENTRY.replace("(at,", "(id, at,").replace("VALUES (", own_number)
        given = {"at": NOW, "kind": "note", "therapist": therapist, "call": None, "body": "x"}
        assert refusal(connection, chosen, **given, person=person(connection, "jana")) == "42501"
        made = MADE.replace("(patient_id,", "(id, patient_id,").replace(
            "VALUES (", "OVERRIDING SYSTEM VALUE VALUES (7, "
        )
        assert refusal(connection, made, patient=patient, at=NOW, links=0, head=bytes(32)) == "42501"


def test_a_result_is_told_by_whoever_made_the_call(office: Office, database: Database, therapist: int) -> None:
    """Nobody takes back another's, tells one of a call to somebody else, or takes back no call's."""
    with database.write() as session:
        record_call(session, therapist, CallResult(CallStatus.REACHED, outcome="Warteliste"), now=NOW)
        elsewhere = add_therapist(session)
        call = session.scalars(select(PhoneCall)).one().id
    with psql(office, "tom") as connection:
        mine = person(connection, "tom")
        assert entry(connection, therapist, person=mine, call=call, kind="result_taken_back") == "42501"
        assert entry(connection, therapist, person=mine, call=call, kind="no_answer") == "42501"
        assert entry(connection, therapist, person=mine, kind="result_taken_back") == "42501"
        # anybody takes the practice's call back
        assert entry(connection, therapist, person=mine, call=call, kind="phone_tag") == ""
    with psql(office, "jana") as connection:
        assert entry(connection, therapist, call=call, kind="result_taken_back") == ""
        assert entry(connection, elsewhere, call=call, kind="no_answer") == "42501"


def test_an_evidence_prints_a_link_of_the_chain(office: Office, database: Database, therapist: int) -> None:
    """An invented hash, a link's hash at another number and a link that is not there are refused; so is no time."""
    with database.write() as session:
        patient = session.get_one(PlaceSearch, add_search(session)).patient_id
        for number in range(2):
            note = ContactNote(NOW, "phone", "out", "", f"besetzt {number}")
            note_contact(session, therapist, note, now=NOW)
    with psql(office, "jana") as connection:
        assert refusal(connection, MADE, patient=patient, at=NOW, links=0, head=bytes(32)) == ""
    with database.write() as session:
        chain_waiting(session)
    with database.read() as session:
        head = chain_head(session)
    with psql(office, "jana") as connection:
        given = {"patient": patient, "at": NOW, "links": head.links, "head": head.link_hash}
        assert refusal(connection, MADE, **given) == ""
        # a chain that has begun begins no more
        assert refusal(connection, MADE, **(given | {"links": 0, "head": bytes(32)})) == "ck_evidence_made_head"
        for wrong in ({"head": bytes([7] * 32)}, {"links": 1}, {"links": 3}, {"links": -1, "head": bytes(32)}):
            assert refusal(connection, MADE, **(given | wrong)) == "ck_evidence_made_head"
        assert refusal(connection, MADE, **(given | {"at": "infinity"})) == "ck_evidence_made_made_at"
    with database.write() as session:
        made = make_evidence(session, patient, now=NOW)
        session.flush()
        assert session.scalars(select(EvidenceMade)).one().head.hex() == made.head


def test_who_calls_for_a_colleague_is_named(database: Database, second_database: Database) -> None:
    """Jana prepared the inquiry, Tom made the call: the evidence names Tom at every step."""
    with database.write() as session:
        search = add_search(session)
        patient = session.get_one(PlaceSearch, search).patient_id
        ask(session, search, now=NOW, channel=Channel.PHONE, therapist=add_therapist(session))
        call = session.scalars(select(PhoneCall)).one().id
    with second_database.write() as session:
        calling.take_over(session, call, now=NOW)
        calling.finish_call(session, call, CallResult(CallStatus.REACHED), now=NOW)
    with database.read() as session:
        (attempt,) = assemble(session, patient, today=NOW.date()).attempts
    assert [(step.kind, step.person) for step in attempt.steps] == [
        ("reached", "Tom Keller"),
        ("inquiry", "Tom Keller"),
    ]


@pytest.mark.parametrize("field", ["body", "counterpart"])
def test_what_is_too_long_is_refused_by_the_database_too(office: Office, therapist: int, field: str) -> None:
    """The window says so before."""
    with psql(office, "jana") as connection:
        statement = ENTRY if field == "body" else ENTRY.replace("person_id, body)", "person_id, counterpart)")
        given = {"at": NOW, "kind": "note", "therapist": therapist, "call": None, "body": "x" * 10_001}
        assert refusal(connection, statement, **given, person=person(connection, "jana")) == "ck_contact_entry_length"

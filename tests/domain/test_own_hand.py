"""Nobody makes anything in a colleague's name by a tool of its own: the server says who it was."""

from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.database import Database
from domain.matching.inquiries import items_of
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import Office
from tests.domain.casework.steps import ask
from tests.domain.casework.test_receiving import take_in
from tests.domain.communication.incoming.letters import reply
from tests.domain.test_access import logged_in, refused

WHO = "(SELECT id FROM platform.person WHERE role_name = 'test_jana')"
# as Tom, in Jana's name
MADE = {
    "matching_service.inquiry": """INSERT INTO matching_service.inquiry
        (therapist_id, contact_point_id, stage, channel, reference, created_by)
        SELECT t.id, t.contact_point_id, 'draft', 'letter', 'ZZZZ22', {who} FROM therapist_service.therapist t
        ORDER BY t.id DESC LIMIT 1 RETURNING created_by""",
    "communication_service.email": """INSERT INTO communication_service.email
        (kind, status, to_address, subject, body_text, message_id, created_by, not_before)
        VALUES ('own', 'queued', 'a@fremd.example', 'x', 'y', '<1@x>', {who}, '2100-01-01') RETURNING created_by""",
    "communication_service.batch": """INSERT INTO communication_service.batch (kind, status, created_by)
        VALUES ('inquiries', 'draft', {who}) RETURNING created_by""",
    "communication_service.printed_letter": """INSERT INTO communication_service.printed_letter
        (inquiry_id, therapist_id, kind, sender, address, written_on, subject, body, created_by, created_at)
        SELECT q.id, q.therapist_id, 'inquiry', 'x', 'x', current_date, 'x', 'x', {who}, now()
        FROM matching_service.inquiry q LIMIT 1 RETURNING created_by""",
}
TOLD = "INSERT INTO platform.event (event_type, version, producer, payload) VALUES ('office.changed',"

# the same of what is settled, told apart or taken in, by the column that says who
SETTLED = {
    "done_by": """UPDATE communication_service.incoming_email SET status = 'done', done_at = now(), done_by = {who}
        RETURNING done_by""",
    "decided_by": """INSERT INTO therapist_service.distinct_pair (first_id, second_id, decided_by, decided_at)
        SELECT min(id), max(id), {who}, now() FROM therapist_service.therapist RETURNING decided_by""",
    "imported_by": """INSERT INTO scraping_service.import_file
        (file_name, sha256, kind, as_of, imported_at, imported_by)
        VALUES ('x', repeat('a', 64), 'directory', current_date, now(), {who}) RETURNING imported_by""",
    "undone_by": """UPDATE scraping_service.import_file SET undone_at = now(), undone_by = {who} RETURNING undone_by""",
    "person_id": """INSERT INTO communication_service.phone_call
        (therapist_id, status, person_id, planned_at, started_at, ended_at, attempt, version, dialled)
        SELECT max(id), 'reached', {who}, now(), now(), now(), 1, 1, '+491' FROM therapist_service.therapist
        RETURNING person_id""",
}


@pytest.fixture
def asked(database: Database, now: datetime) -> int:
    """A position of an inquiry of Jana's."""
    with database.write() as session:
        search = add_search(session, add_patient(session))
        number = items_of(session, ask(session, search, now=now).id)[0].id
        add_therapist(session)  # whom nobody asked yet
    return number


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("table", MADE)
def test_what_somebody_makes_bears_their_name(office: Office, table: str) -> None:
    """Whatever was given; and nobody turns it into a colleague's afterwards."""
    with logged_in(office, "tom") as connection:
        me = connection.scalar(text("SELECT platform.current_person_id()"))
        assert connection.scalar(text(MADE[table].format(who=WHO))) == me
        connection.commit()
        assert refused(connection, f"UPDATE {table} SET created_by = {WHO}")


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("column", SETTLED)
def test_what_somebody_settles_bears_their_name(office: Office, database: Database, column: str) -> None:
    """A mail, two records, a file, a call: whoever is named."""
    with database.write() as session:
        take_in(session, reply("Leider nein.", sender="fremd@web.example"))
        session.execute(text(SETTLED["imported_by"].format(who=WHO)))
    with logged_in(office, "tom") as connection:
        me = connection.scalar(text("SELECT platform.current_person_id()"))
        assert connection.scalar(text(SETTLED[column].format(who=WHO))) == me


def test_an_answer_is_its_writers_word(office: Office, asked: int) -> None:
    """What ended by itself stays nobody's."""
    insert = """INSERT INTO matching_service.answer (item_id, status, at, note, person_id)
        VALUES (:item, 'rejection_capacity', now(), '', {who}) RETURNING person_id"""
    with logged_in(office, "tom") as connection:
        me = connection.scalar(text("SELECT platform.current_person_id()"))
        assert connection.scalar(text(insert.format(who=WHO)), {"item": asked}) == me
        assert connection.scalar(text(insert.format(who="NULL")), {"item": asked}) is None


@pytest.mark.parametrize("person", ["tom", "worker", "admin"])
@pytest.mark.parametrize(("column", "value"), [("actor", "'test_jana'"), ("occurred_at", "'2020-01-01'")])
def test_an_event_says_who_and_when_by_itself(office: Office, person: str, column: str, value: str) -> None:
    """Neither is anybody's to give."""
    insert = f"""INSERT INTO platform.event (event_type, producer, payload, {column})
        VALUES ('office.changed', 'platform', '{{}}', {value})"""
    with logged_in(office, person) as connection, pytest.raises(DBAPIError, match="permission denied"):
        connection.execute(text(insert))


@pytest.mark.parametrize(
    "statement",
    [
        f"{TOLD} '1.0', 'Lea Geheimrat', '{{}}')",
        f"{TOLD} 'Lea', 'platform', '{{}}')",
        "SELECT audit.record_reading('Lea Geheimrat', 1)",
        "SELECT audit.record_reading('patient_service.lea', 1)",
    ],
)
def test_no_words_enter_what_nobody_can_erase(office: Office, statement: str) -> None:
    """Neither an event nor the audit takes a name."""
    with logged_in(office, "tom") as connection, pytest.raises(DBAPIError) as refusal:
        connection.execute(text(statement))
    # before version 16 a name that is none is refused before the rule is asked
    assert str(getattr(refusal.value.orig, "sqlstate", "")).startswith(("23", "42602"))

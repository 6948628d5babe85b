"""What one person's SQL, or one bad row, must not do to everybody else: tried over direct connections."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from domain.casework.answers import record_answer
from domain.casework.exclusions import exclude_from_search
from domain.casework.finding import find_anything
from domain.casework.searches import cancel_search
from domain.casework.word_erasure import erase_words
from domain.communication.accounts import AccountForm, account, save_account
from domain.communication.claiming import claim, release_due
from domain.communication.contacts import ContactNote, note_contact
from domain.communication.evidence.chain import link_waiting
from domain.communication.models import Email
from domain.communication.sealing import publish_key
from domain.communication.templates.service import create_own, read_template
from domain.database import Database, sqlstate
from domain.errors import Invalid, NotFound
from domain.matching.models import PlaceSearch
from domain.matching.states import ItemStatus
from domain.persons import ensure_login
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import NOW, PASSWORD, Office
from tests.domain.casework.steps import ask, evidence_made, mails, only_item
from tests.domain.casework.test_receiving import sent_inquiry, take_in
from tests.domain.communication.incoming.letters import reply

LATER = NOW + timedelta(days=1)


@pytest.fixture
def owner(office: Office) -> Iterator[Engine]:
    """The office's database as its owner."""
    engine = create_engine(office.url("owner"))
    yield engine
    engine.dispose()


def refusal(office: Office, role: str, statement: str, **values: object) -> str:
    """The state, and the rule where there is one, with which the database refuses; nothing where it does not."""
    engine = create_engine(office.url(role))
    try:
        with engine.begin() as connection:
            connection.execute(text(statement), values)
    except DBAPIError as exc:
        return getattr(getattr(exc.orig, "diag", None), "constraint_name", None) or sqlstate(exc) or "?"
    finally:
        engine.dispose()
    return ""


def queued(session: Session) -> Email:
    """A mail in the outbox."""
    (email,) = mails(session, ask(session, add_search(session), now=NOW, channel=Channel.EMAIL), "inquiry")
    return email


def test_every_table_with_a_date_or_time_is_bounded(owner: Engine) -> None:
    """A new table needs a call of platform.bound_moments."""
    query = """SELECT DISTINCT n.nspname || '.' || c.relname FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relkind = 'r' AND c.relname NOT LIKE 'procrastinate%' AND a.atttypid IN (1082, 1184)
          AND (n.nspname LIKE '%\\_service' OR n.nspname = 'platform')
          AND 2 <> (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname LIKE 'moment\\_%')"""
    with owner.connect() as connection:
        # with narrower bounds of their own
        assert set(connection.scalars(text(query))) == {
            "communication_service.contact_entry", "communication_service.evidence_made",
        }  # fmt: skip


@pytest.mark.parametrize("moment", ["-infinity", "infinity", "0044-03-15 12:00+00 BC", "99999-01-01", "2200-01-01"])
@pytest.mark.parametrize("column", ["not_before", "deferred_at"])
def test_a_moment_of_no_calendar_is_refused(office: Office, database: Database, column: str, moment: str) -> None:
    """Of a mail that waits; else nobody could read the outbox any more."""
    with database.write() as session:
        number = queued(session).id
    change = f"UPDATE communication_service.email SET {column} = '{moment}' WHERE id = :id"
    for role in ("jana", "worker"):
        assert refusal(office, role, change, id=number) == "ck_moment"


def test_an_answer_of_another_age_is_refused_and_an_old_one_spoils_no_evidence(
    office: Office, database: Database, owner: Engine
) -> None:
    """What stood there before the rule is read as the nearest day."""
    with database.write() as session:
        inquiry, _ = sent_inquiry(session)
        item = only_item(session, inquiry)
        patient = session.get_one(PlaceSearch, item.search_id).patient_id
        number = item.id
    answer = """INSERT INTO matching_service.answer (item_id, status, at, note)
                VALUES (:id, 'rejection_capacity', '99999-01-01', '')"""
    assert refusal(office, "jana", answer, id=number) == "ck_moment"
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(answer), {"id": number})
    assert evidence_made(database, patient, now=LATER).pdf


def test_a_row_from_before_the_rule_is_read_and_can_be_changed(
    database: Database, worker_database: Database, owner: Engine
) -> None:
    """One such mail hinders neither itself nor those beside it."""
    with database.write() as session:
        bad, good = queued(session), queued(session)
        for email in (bad, good):
            email.not_before, email.deferred_at = NOW, None
        ids = {bad.id, good.id}
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text(
                "UPDATE communication_service.email SET not_before = '-infinity', created_at = 'infinity'"
                " WHERE id = :id"
            ),
            {"id": min(ids)},
        )
    with worker_database.write() as session:
        assert set(release_due(session, now=NOW + timedelta(minutes=1))) == ids


def test_only_the_worker_writes_attempts_and_none_counts_ahead(
    office: Office, database: Database, worker_database: Database, owner: Engine
) -> None:
    """Nobody uses up the office's hour for good."""
    made = """INSERT INTO communication_service.email_attempt (email_id, at, outcome)
              SELECT :id, '2099-01-01', 'sent' FROM generate_series(1, 500)"""
    with Session(owner) as session:
        ensure_login(session, role_name="test_plain", password=PASSWORD, roles={"caseworker"})
        session.execute(text("UPDATE platform.office SET mails_per_hour = 5"))
        session.commit()
    with database.write() as session:
        number = queued(session).id
    assert refusal(office, "plain", made, id=number) == "42501"
    assert refusal(office, "worker", made, id=number) == ""
    with worker_database.write() as session:
        session.get_one(Email, number).not_before = None
        session.flush()
        assert claim(session, number, now=LATER) is not None


def test_the_worker_turns_no_mail_into_a_patients(office: Office, database: Database) -> None:
    """It would learn the address of whomever it names."""
    with database.write() as session:
        patient = add_patient(session, email="lea@privat.example")
        number = queued(session).id
    for change in ("patient_id = :p", "created_by = :p", "inquiry_id = :p", "subject = 'x'", "body_text = 'x'"):
        statement = f"UPDATE communication_service.email SET {change} WHERE id = :id AND :p > 0"
        assert refusal(office, "worker", statement, id=number, p=patient) == "42501"


def test_what_was_sent_and_what_came_in_stays(office: Office, database: Database) -> None:
    """Whoever writes past the program cannot rewrite either."""
    with database.write() as session:
        _, email = sent_inquiry(session)
        number, waiting = email.id, queued(session).id
        came = take_in(session, reply("Leider nein", answers=email.message_id)).incoming_id
    for change in ("subject = 'x'", "body_text = 'x'", "body_html = 'x'", "to_address = 'x@y.example'",
                   "message_id = '<x@y>'"):  # fmt: skip
        statement = f"UPDATE communication_service.email SET {change} WHERE id = :id"
        assert refusal(office, "jana", statement, id=number) == "ck_email_words"
        assert refusal(office, "jana", statement, id=waiting) == ""
    for change in (
        "body_text = 'Ja, gern'",
        "remark = 'report.read'",
        "from_address = 'x@y.example'",
        "subject = 'x'",
        "sent_at = now()",
    ):
        statement = f"UPDATE communication_service.incoming_email SET {change} WHERE id = :id"
        assert refusal(office, "jana", statement, id=came) == "ck_incoming_email_words"
    statement = "UPDATE communication_service.incoming_email SET status = 'set_aside', done_at = now() WHERE id = :id"
    assert refusal(office, "jana", statement, id=came) == ""


def test_nobody_holds_up_the_chain(office: Office, database: Database, worker_database: Database) -> None:
    """The lock that once was anybody's is nobody's business any more."""
    with database.write() as session:
        note_contact(session, add_therapist(session), ContactNote(NOW, "phone", "out", "Praxis", "Ruf"), now=NOW)
    engine = create_engine(office.url("tom"))
    with engine.connect() as connection, worker_database.write() as session:
        connection.execute(text("SELECT pg_advisory_lock(7235007)"))
        session.execute(text("SET LOCAL lock_timeout = '30s'"))
        link_waiting(session)
    engine.dispose()
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM audit.contact_link")) == 1
    for mode in ("FOR UPDATE", "FOR KEY SHARE"):
        assert refusal(office, "tom", f"SELECT 1 FROM audit.chain_turn {mode}") == "42501"


@pytest.fixture
def kept(database: Database, worker_database: Database) -> int:
    """An account with a password."""
    with worker_database.write() as session:
        publish_key(session, bytes(range(32)))
    with database.write() as session:
        return save_account(session, FORM)


FORM = AccountForm(
    "Büro", "a@b.example", smtp_host="mail.b.example", imap_host="mail.b.example", username="a", password="geheim",
    smtp_security="starttls",
)  # fmt: skip
ELSEWHERE = [
    {"smtp_host": "127.0.0.1"}, {"imap_host": "127.0.0.1"}, {"smtp_port": 2525}, {"imap_port": 1143}, {"username": "b"},
    {"smtp_security": "none"}, {"imap_security": "starttls"}, {"imap_security": "none"},
]  # fmt: skip
HERE = [{"name": "Anders"}, {"smtp_security": "tls"}, {"imap_host": ""}, {"mails_per_hour": 5}]


@pytest.mark.parametrize(("changes", "stays"), [(c, False) for c in ELSEWHERE] + [(c, True) for c in HERE])
def test_a_password_is_told_to_no_other_server(
    office: Office, database: Database, kept: int, changes: dict[str, object], stays: bool
) -> None:
    """Neither by the form nor by whoever writes past the program; what is typed anew is kept."""
    values = {name: getattr(FORM, name) for name in AccountForm.__slots__} | {"password": None} | changes
    with database.write() as session:
        save_account(session, AccountForm(**values), account_id=kept)
    with database.read() as session:
        assert (account(session, kept).sealed_password is not None) is stays
    with database.write() as session:
        save_account(session, FORM, account_id=kept)
    said = ", ".join(f"{name} = :{name}" for name in changes)
    assert refusal(office, "admin", f"UPDATE communication_service.mail_account SET {said}", **changes) == ""
    with database.read() as session:
        assert (account(session, kept).sealed_password is not None) is stays
    with database.write() as session:
        save_account(session, AccountForm(**values | {"password": "neu"}), account_id=kept)
        assert account(session, kept).sealed_password is not None


@pytest.mark.usefixtures("kept")
def test_no_account_takes_over_anothers_password(office: Office) -> None:
    """A copy of its sealed form would be opened for another server."""
    copied = """INSERT INTO communication_service.mail_account (name, address, smtp_host, sealed_password)
                SELECT 'x', 'x@y.example', '127.0.0.1', sealed_password FROM communication_service.mail_account"""
    assert refusal(office, "admin", copied) == "ck_mail_account_own_password"


Write = Callable[[Session, dict[str, int], str], object]
WRITERS: dict[str, Write] = {
    "note": lambda s, i, v: record_answer(s, i["item"], ItemStatus.REJECTION_CAPACITY, now=LATER, note=v),
    "reason": lambda s, i, v: exclude_from_search(s, i["search"], therapist_id=i["therapist"], reason=v, now=LATER),
    "cancelled": lambda s, i, v: cancel_search(s, i["search"], reason=v, now=LATER),
    "erased": lambda s, i, v: erase_words(s, i["patient"], reason=v, now=NOW),
    "subject": lambda s, _i, v: create_own(s, "own_patient", "n", subject=v, body="x"),
    "body": lambda s, _i, v: create_own(s, "own_patient", "n", subject="x", body=v),
    "name": lambda s, _i, v: create_own(s, "own_patient", v, subject="x", body="x"),
    "username": lambda s, _i, v: save_account(s, AccountForm("n", "a@b.example", smtp_host="h", username=v)),
    "found": lambda s, _i, v: find_anything(s, v),
    "counterpart": lambda s, i, v: note_contact(s, i["therapist"], ContactNote(NOW, "phone", "out", v, "x"), now=NOW),
}


def written(database: Database, writer: Write, ids: dict[str, int], words: str) -> None:
    """One transaction of a person."""
    with database.write() as session:
        writer(session, ids, words)


@pytest.mark.parametrize("bad", ["a\0b", "a\ud800b", "\udfff"])
def test_a_character_the_database_has_no_place_for_is_refused_with_its_field(database: Database, bad: str) -> None:
    """Wherever it is typed."""
    with database.write() as session:
        inquiry, _ = sent_inquiry(session)
        item = only_item(session, inquiry)
        ids = {"item": item.id, "search": item.search_id, "therapist": inquiry.therapist_id}
        ids["patient"] = session.get_one(PlaceSearch, item.search_id).patient_id
    for name, writer in WRITERS.items():
        with pytest.raises(Invalid) as caught:
            written(database, writer, ids, bad)
        assert caught.value.code == "text.control_character", name
        assert name in {"cancelled", "erased", "found"} or caught.value.field == name


def test_what_is_looked_for_may_be_long(database: Database) -> None:
    """A megabyte of words is no trouble of the database's."""
    with database.read() as session:
        assert find_anything(session, "wort " * 200_000) == ()
        for key in ("own:" + "9" * 30, "own:" + "9" * 18):
            with pytest.raises(NotFound):
                read_template(session, key)


def test_the_last_moment_is_after_every_other(database: Database) -> None:
    """Infinity is read as a day of the calendar, and so is a day before Christ."""
    with database.read() as session:
        row = session.execute(text("SELECT timestamptz 'infinity', date '-infinity', date '0044-03-15 BC'")).one()
    assert row[0] > datetime(2199, 12, 31, tzinfo=UTC)
    assert row[1] == row[2] < NOW.date()


def test_nobody_may_change_every_column_of_a_table(office: Office) -> None:
    """Else it could lock the table for everybody: a migration grants columns (`platform.change_by_columns`)."""
    owner = office.database("owner")
    with owner.read() as session:
        whole = session.scalars(
            text("""SELECT c.oid::regclass || ' ' || a.grantee::regrole FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN aclexplode(c.relacl) AS a
                WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema$)'
                  AND c.relname NOT LIKE 'procrastinate%' AND a.grantee <> c.relowner
                  AND a.privilege_type IN ('UPDATE', 'TRUNCATE')""")
        ).all()
    owner.close()
    assert list(whole) == []

"""The schema as the migration leaves it: equal to the models, guarded, audited, and refused when it is newer."""

from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import domain.access
import domain.acquisition.models
import domain.acquisition.source_models
import domain.audit
import domain.backups.models
import domain.casework.place_models
import domain.casework.prior_models
import domain.casework.reach_models
import domain.communication.evidence.models
import domain.communication.incoming.models
import domain.communication.letter_models
import domain.communication.models
import domain.event_feed
import domain.events
import domain.geocoding.map_models
import domain.geocoding.models
import domain.matching.models
import domain.matching.plan_models
import domain.matching.reimbursement_models
import domain.outside
import domain.patients.files_models
import domain.patients.report_models
import domain.patients.retention_models
import domain.therapists.identity_models
import domain.therapists.web_models
import domain.worker_troubles
from domain.communication.evidence.chain import chain_waiting
from domain.communication.evidence.verify import verify
from domain.database import Base, Database
from domain.errors import Forbidden, Unavailable
from domain.matching.models import PlaceSearch
from domain.migrations import HEAD, check, migrate
from domain.patients.models import Patient
from tests.builders import add_patient
from tests.conftest import NOW, Office
from tests.domain.earlier_office import OFFICE_OF_0012, office_at
from tests.servers.postgres import TestCluster

SCHEMAS = (
    "platform", "audit", "patient_service", "therapist_service", "matching_service", "communication_service",
    "geocoding_service", "scraping_service",
)  # fmt: skip
OURS = f"n.nspname IN {SCHEMAS} AND c.relkind = 'r' AND c.relname NOT LIKE 'procrastinate%'"


def rows(office: Office, query: str, role: str = "owner") -> list[tuple[object, ...]]:
    """The rows of a query over a direct connection."""
    url = make_url(office.url(role)).set(drivername="postgresql")
    with closing(psycopg.connect(url.render_as_string(hide_password=False))) as connection:
        return connection.execute(query.encode()).fetchall()


def test_models_and_schema_are_the_same(office: Office) -> None:
    """Alembic finds nothing to change."""
    engine = create_engine(office.url("owner"))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": lambda name, kind, _: kind != "schema" or name in SCHEMAS,
                # an index by a collation is read back as a plain column, so Alembic would make it anew for ever
                "include_object": lambda _item, name, kind, *_: (
                    not (kind == "index" and name.endswith("_sort_name"))
                    and not (kind == "table" and (name.startswith("procrastinate") or name == "alembic_version"))
                ),
            },
        )
        found = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert [change for change in found if "procrastinate" not in str(change)] == []


def test_the_program_knows_the_newest_migration() -> None:
    """HEAD is Alembic's head."""
    folder = Path(domain.access.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == HEAD


def test_a_newer_schema_is_refused(office: Office) -> None:
    """Nothing is touched."""
    engine = create_engine(office.url("owner"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE platform.alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable) as error:
        check(engine)
    engine.dispose()
    assert (error.value.code, error.value.params["found"]) == ("schema.newer", "9999")


def test_every_table_has_row_level_security_and_a_policy(office: Office) -> None:
    """A new table without a rule would be seen here."""
    query = f"""SELECT n.nspname || '.' || c.relname, c.relrowsecurity,
        EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS} AND c.relname <> 'alembic_version'"""
    found = rows(office, query)
    assert len(found) > 20
    assert [name for name, secured, policy in found if not (secured and policy)] == []


def test_every_table_with_personal_data_is_audited(office: Office) -> None:
    """Insert, update and delete each leave an entry."""
    query = """SELECT n.nspname || '.' || c.relname, count(t.oid) FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname LIKE 'audit_%'
        WHERE c.relkind = 'r' AND n.nspname IN ('patient_service', 'therapist_service', 'matching_service',
                                                'communication_service') GROUP BY 1"""
    # counts of the office, positions in a mailbox and what a server takes hold no person; files and attempts come
    # with their mail and never change; that somebody was edited says the edit's own entry
    assert {name for name, count in rows(office, query) if count != 3} == {
        "matching_service.answer_rate",
        "communication_service.mailbox_state",
        "communication_service.incoming_attachment",
        "communication_service.email_attachment",
        "communication_service.email_attempt",
        "communication_service.sending_state",
        "patient_service.patient_file_content",
        "therapist_service.hand_edit",
    }


def test_a_table_is_protected_by_one_call(office: Office) -> None:
    """A later revision's table: its roles may what was said and no more, each change is noted, others see nothing."""
    engine = create_engine(office.url("owner"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE matching_service.made_up (id bigint PRIMARY KEY, updated_by bigint)"))
        connection.execute(
            text("SELECT platform.protect('matching_service.made_up', '{\"caseworker\": \"SELECT, INSERT\"}')")
        )
    engine.dispose()
    added = "INSERT INTO matching_service.made_up (id) VALUES (7) RETURNING id, updated_by IS NOT NULL"
    assert rows(office, added, "jana") == [(7, True)]
    for role, query in (
        ("jana", "UPDATE matching_service.made_up SET id = 8 RETURNING id"),
        ("worker", "SELECT id FROM matching_service.made_up"),
        ("jana", "SELECT platform.protect('matching_service.made_up', '{}')"),
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rows(office, query, role)
    policies = "SELECT polname FROM pg_policy WHERE polrelid = 'matching_service.made_up'::regclass ORDER BY 1"
    assert rows(office, policies) == [("backup",), ("office",)]
    triggers = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'matching_service.made_up'::regclass ORDER BY 1"
    assert rows(office, triggers) == [("audit_delete",), ("audit_insert",), ("audit_update",), ("stamp",)]


def test_an_update_notes_who_changed_which_columns(office: Office, database: Database) -> None:
    """The entry names columns, the content holds before and after of these alone."""
    with database.write() as session:
        patient = add_patient(session, note="alt")
    with database.write() as session:
        session.get_one(Patient, patient).note = "neu"
    query = f"""SELECT e.actor, e.columns, c.before ->> 'note', c.after ->> 'note', c.after ? 'last_name'
        FROM audit.entry e JOIN audit.content c ON c.entry_id = e.id
        WHERE e.table_name = 'patient_service.patient' AND e.operation = 'update' AND e.row_id = {patient}"""
    (found,) = rows(office, query)
    assert found == ("test_jana", ["note", "updated_at", "version"], "alt", "neu", False)


@pytest.mark.parametrize(
    ("role", "query"),
    [
        ("worker", "SELECT * FROM patient_service.patient"),
        ("worker", "SELECT * FROM patient_service.medical_information"),
        ("auditor", "SELECT * FROM patient_service.patient"),
        ("auditor", "SELECT * FROM audit.content"),
        ("admin", "SELECT * FROM patient_service.patient"),
        ("admin", "SELECT * FROM communication_service.email"),
        ("jana", "SELECT * FROM audit.content"),
        ("jana", "INSERT INTO audit.entry (operation, table_name, row_id, columns) VALUES ('read', 'x', 1, '{}')"),
        ("jana", "INSERT INTO platform.procrastinate_jobs (queue_name, task_name) VALUES ('mail', 'send_email')"),
        ("auditor", "SELECT platform.defer_send_email(1)"),
    ],
)
def test_a_role_sees_no_more_than_it_may(office: Office, role: str, query: str) -> None:
    """Over a direct connection, without the program."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(office, query, role)


def test_nobody_rewrites_what_happened(office: Office, database: Database) -> None:
    """Events are append-only, for the owner too."""
    with database.write() as session:
        domain.events.record(session, "patient.created", 1)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(office, "DELETE FROM platform.event RETURNING id")
    with pytest.raises(Forbidden), database.write() as session:
        session.execute(text("DELETE FROM platform.event"))


def test_a_change_is_told_to_whoever_listens(office: Office, database: Database) -> None:
    """NOTIFY carries topic and id, at the commit."""
    url = make_url(office.url("tom")).set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg.connect(url, autocommit=True)) as listener:
        listener.execute("LISTEN platzlotse")
        with database.write() as session:
            patient = add_patient(session)
            search = PlaceSearch(
                patient_id=patient, status="active", waiting_since=session.get_one(Patient, patient).registered_on
            )
            session.add(search)
            session.flush()
            domain.events.record(session, "place_search.created", search.id)
        told = next(listener.notifies(timeout=60, stop_after=1))
    assert '"topic": "place_search"' in told.payload


def test_a_database_of_the_first_revision_is_brought_up(cluster: TestCluster) -> None:
    """What was entered before stays; the new columns have their defaults; doing it again changes nothing."""
    with office_at(cluster, "0001") as engine:
        with engine.begin() as connection:
            connection.execute(text("UPDATE platform.office SET name = 'Büro am Markt'"))
        with pytest.raises(Unavailable, match="schema"):
            check(engine)
        assert migrate(engine)
        assert not migrate(engine)
        check(engine)
        with engine.connect() as connection:
            row = connection.execute(text("SELECT name, plan_mails, undo_seconds FROM platform.office")).one()
    assert tuple(row) == ("Büro am Markt", 60, 0)  # an office that worked without an undo window goes on so


def test_a_new_office_can_take_mails_back(cluster: TestCluster) -> None:
    """It begins with an undo window of a minute."""
    name = cluster.clone("template0")
    engine = create_engine(cluster.admin_url(name))
    assert migrate(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT undo_seconds FROM platform.office")) == 60
    engine.dispose()
    cluster.drop(name)


def test_contacts_from_before_the_chain_are_chained(cluster: TestCluster) -> None:
    """An office that worked with the release before loses nothing: its log waits for its links."""
    with office_at(cluster, "0006") as engine:
        with engine.begin() as connection:
            connection.execute(
                text("INSERT INTO patient_service.patient (last_name, registered_on) VALUES ('Berger', '2026-01-01')")
            )
            connection.execute(
                text(
                    "INSERT INTO communication_service.contact_entry (at, channel, patient_id, body)"
                    " SELECT now(), 'phone', 1, 'Anruf ' || n FROM generate_series(1, 3) n"
                )
            )
        assert migrate(engine)
        with Session(engine) as session:
            assert chain_waiting(session) == 3
            checked = verify(session, now=NOW)
            assert (checked.links, checked.sound) == (3, True)
            session.rollback()


def test_addresses_in_words_of_servers_kept_before_are_gone(cluster: TestCluster) -> None:
    """The release before kept whom a server spoke of; nothing else of the mail changes, and no copy is made."""
    mail = "SELECT failure, server_reply, to_address, version, updated_at FROM communication_service.email"
    with office_at(cluster, "0012") as engine:
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO communication_service.email (kind, status, to_address, subject, body_text, message_id,"
                    " failure, server_reply) VALUES ('own', 'failed', 'lea.berger@mail.example', 'x', 'x', '<a@b>',"
                    " '550 <lea.berger@mail.example> unknown', '')"
                )
            )
            connection.execute(
                text(
                    "INSERT INTO communication_service.email_attempt (email_id, at, outcome, reply)"
                    " SELECT id, now(), 'refused', failure FROM communication_service.email"
                )
            )
            before = connection.execute(text(mail)).one()
            audited = connection.scalar(text("SELECT count(*) FROM audit.entry"))
        assert migrate(engine)
        with engine.connect() as connection:
            after = connection.execute(text(mail)).one()
            reply = connection.scalar(text("SELECT reply FROM communication_service.email_attempt"))
            assert (after.failure, reply) == ("550 <…> unknown",) * 2
            assert after[1:] == before[1:]
            assert connection.scalar(text("SELECT count(*) FROM audit.entry")) == audited


def test_a_log_from_before_its_rules_stays_as_it_is(cluster: TestCluster) -> None:
    """What nobody could have meant hinders nothing; of two calls one is under way; letters know their people."""
    entry = "INSERT INTO communication_service.contact_entry (at, channel, therapist_id) VALUES (:at, 'phone', 1)"
    with office_at(cluster, "0012") as engine:
        with engine.begin() as connection:
            connection.execute(text(OFFICE_OF_0012))
            connection.execute(
                text(
                    "INSERT INTO communication_service.phone_call"
                    " (therapist_id, person_id, planned_at, status, started_at) SELECT therapist_id, person_id,"
                    " planned_at + interval '1 minute', status, started_at + interval '1 minute'"
                    " FROM communication_service.phone_call"
                )
            )
            connection.execute(
                text(
                    "INSERT INTO communication_service.printed_letter (kind, inquiry_id, therapist_id, sender, address,"
                    " written_on, subject, body, created_at)"
                    " VALUES ('withdrawal', 1, 1, '', '', now(), '', 'Für ABCDE erledigt', now())"
                )
            )
            connection.execute(text(entry), {"at": "infinity"})
        assert migrate(engine)
        with engine.connect() as connection:
            of_whom = connection.execute(
                text("SELECT item_id, inquiry_id FROM communication_service.printed_letter_item")
            )
            assert [tuple(row) for row in of_whom] == [(1, 1)]
            status = text("SELECT status FROM communication_service.phone_call ORDER BY planned_at")
            assert connection.scalars(status).all() == ["planned", "in_progress"]
            there = text("SELECT count(*) FROM communication_service.contact_entry WHERE at = 'infinity'")
            assert connection.scalar(there) == 1
            with pytest.raises(IntegrityError, match="ck_contact_entry_at"):
                connection.execute(text(entry), {"at": "-infinity"})


def test_what_breaks_the_rules_of_the_log_can_be_erased_and_taken_on(cluster: TestCluster) -> None:
    """An entry at no time, a callback in no year and a note without end go as others do; such a call goes on."""
    called = """UPDATE communication_service.phone_call SET status = 'callback_due', callback_on = '9999-12-31',
        ended_at = now(), outcome = 'weinte', note = repeat('weinte ', 3000)"""
    noted = """INSERT INTO communication_service.contact_entry (at, channel, patient_id, inquiry_id, body)
        VALUES ('infinity', 'note', 1, NULL, 'weinte'), ('1999-12-31', 'note', 1, NULL, 'weinte'),
        ('-infinity', 'note', NULL, 1, 'weinte')"""
    with office_at(cluster, "0012") as engine:
        with engine.begin() as connection:
            for statement in (OFFICE_OF_0012, called, noted):
                connection.execute(text(statement))
        assert migrate(engine)
        with engine.begin() as connection:
            assert connection.scalar(text("SELECT audit.erase_contacts(1, 'Art. 17')")) == 3
            left = """SELECT count(*) FROM communication_service.contact_entry e, communication_service.phone_call c
                WHERE e.body || c.outcome || c.note LIKE '%weinte%'"""
            assert connection.scalar(text(left)) == 0
            kept = "SELECT count(*) FROM audit.content WHERE concat(before, after) LIKE '%weinte%'"
            assert connection.scalar(text(kept)) == 0
            replanned = "UPDATE communication_service.phone_call SET status = 'replanned', callback_on = NULL"
            assert connection.execute(text(replanned)).rowcount == 1


def test_whose_name_was_corrected_before_is_known_by_the_old_one(cluster: TestCluster) -> None:
    """Directories go on writing it: the audit remembers, so that nobody comes in a second time."""
    with office_at(cluster, "0012") as engine:
        with engine.begin() as connection:
            for statement in (
                "INSERT INTO therapist_service.practice (name) VALUES ('Praxis')",
                "INSERT INTO therapist_service.practice_site (practice_id) VALUES (1)",
                "INSERT INTO therapist_service.contact_point (practice_id) VALUES (1)",
                """INSERT INTO therapist_service.therapist
                   (practice_id, site_id, contact_point_id, first_name, last_name, source, identity_key)
                   VALUES (1, 1, 1, 'Ina', 'Sommer', 'arztsuche', 'sommer|52062|3')""",
                "UPDATE therapist_service.therapist SET first_name = 'Pia', locked_fields = '{first_name}'",
            ):
                connection.execute(text(statement))
        assert migrate(engine)
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT identity_key, first_name FROM therapist_service.therapist_alias"))
            assert [tuple(row) for row in rows] == [("sommer|52062|3", "Ina")]

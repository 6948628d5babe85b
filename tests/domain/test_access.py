"""Who may do what with which table: one matrix against the database's own catalogue, and tried where it matters."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from domain.casework.preparing import create_and_send
from domain.casework.printed_letters import letters_of
from domain.database import Database
from domain.matching.inquiries import items_of
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import Office
from tests.domain.casework.steps import ask

ROLES = ("caseworker", "supervisor", "auditor", "admin", "worker", "backup")
# r read, a add, w change, d delete; one letter row a role, in the order above. A new table needs a row here.
MATRIX = """
audit.chain_turn                          -     -     -     -     -     r
audit.contact_erasure                     r     r     r     -     -     r
audit.contact_link                        r     r     r     -     -     r
audit.contact_pending                     r     r     r     -     -     r
audit.contact_salt                        -     -     -     -     -     r
audit.content                             -     -     -     -     -     r
audit.entry                               -     r     r     -     -     r
audit.entry_link                          r     r     r     -     -     r
audit.entry_pending                       r     r     r     -     -     r
communication_service.account_test         ra    ra    -     ra    rw    r
communication_service.batch               raw   raw   -     -     -     r
communication_service.batch_line          raw   raw   -     -     -     r
communication_service.batch_progress      r     r     -     -     -     r
communication_service.contact_entry       r     r     -     -     r     r
communication_service.contact_patient     r     r     -     -     -     r
communication_service.email               raw   raw   -     -     r     r
communication_service.email_attachment    ra    ra    -     -     r     r
communication_service.email_item          rad   rad   -     -     r     r
communication_service.email_patient       ra    ra    -     -     -     r
communication_service.email_attempt        r     r     -     -     ra    r
communication_service.evidence_made       r     r     -     -     -     r
communication_service.incoming_attachment ra    ra    -     -     ra    r
communication_service.incoming_email      raw   raw   -     -     raw   r
communication_service.incoming_reading    ra    ra    -     -     r     r
communication_service.mail_account        r     raw   -     raw   r     r
communication_service.mailbox_state       r     r     -     -     raw   r
communication_service.phone_call          raw   raw   -     -     raw   r
communication_service.prior_state         rad   rad   -     -     rd    r
communication_service.printed_letter      rad   rad   -     -     -     r
communication_service.printed_letter_item ra    ra    -     -     -     r
communication_service.sending_state        r     r     -     r     raw   r
communication_service.template            r     raw   -     raw   r     r
communication_service.template_version    r     ra    -     ra    r     r
geocoding_service.geocode_answer          r     r     -     -     rawd  r
geocoding_service.map_settings            r     rw    -     rw    r     r
geocoding_service.place_request           raw   raw   -     r     r     r
geocoding_service.plz_place               r     r     -     -     r     r
geocoding_service.reach_area              r     r     -     -     rawd  r
geocoding_service.reach_request           raw   raw   -     r     rd    r
geocoding_service.server_test             r     ra    -     ra    rw    r
geocoding_service.suggest_request         raw   raw   -     -     rwd   r
geocoding_service.travel_request          raw   raw   -     r     rd    r
geocoding_service.travel_time             r     r     -     -     rawd  r
matching_service.answer                   ra    ra    -     -     ra    r
matching_service.answer_rate              raw   raw   -     -     raw   r
matching_service.cooling_period           raw   raw   -     -     ra    r
matching_service.exclusion                rawd  rawd  -     -     -     r
matching_service.insurer_profile          r     raw   -     -     -     r
matching_service.inquiry                  raw   raw   -     -     rw    r
matching_service.inquiry_item             raw   raw   -     -     rw    r
matching_service.inquiry_overview         r     r     -     -     r     r
matching_service.inquiry_result           r     r     -     -     r     r
matching_service.occupancy                r     r     -     -     r     r
matching_service.patient_state            r     r     -     -     -     r
matching_service.place_search             raw   raw   -     -     rw    r
matching_service.placement                raw   raw   -     -     -     r
matching_service.plan_line                rawd  rawd  -     -     -     r
matching_service.reimbursement_case       raw   raw   -     -     -     r
matching_service.week_plan                raw   raw   -     -     -     r
patient_service.access_report             ra    ra    -     -     -     r
patient_service.consent                   raw   raw   -     -     -     r
patient_service.guardian                  rawd  rawd  -     -     -     r
patient_service.medical_information       raw   raw   -     -     -     r
patient_service.patient                   raw   raw   -     -     -     r
patient_service.patient_file              raw   raw   -     -     -     r
patient_service.patient_file_content      ra    ra    -     -     -     r
patient_service.retention_line            r     ra    -     -     -     r
patient_service.retention_run             r     ra    -     -     -     r
patient_service.wishes                    raw   raw   -     -     -     r
platform.alembic_version                  r     r     r     r     r     r
platform.event                            ra    ra    -     ra    ra    r
platform.event_consumer                   r     r     -     r     raw   r
platform.event_place                      -     -     -     -     r     r
platform.event_turn                       -     -     -     -     -     r
platform.event_waiting                    -     -     -     -     -     r
platform.office                           r     rw    r     rw    r     r
platform.outside_host                     r     r     -     r     raw   r
platform.person                           r     r     r     raw   r     r
platform.procrastinate_events             -     -     -     -     rawd  r
platform.procrastinate_jobs               -     -     -     -     rawd  r
platform.procrastinate_periodic_defers    -     -     -     -     rawd  r
platform.procrastinate_workers            -     -     -     -     rawd  r
platform.worker_trouble                   r     r     -     r     rawd  r
platform.worker_key                       r     r     -     r     raw   r
platform.team                             r     r     r     raw   r     r
scraping_service.directory_source         r     raw   -     raw   r     r
scraping_service.import_change            ra    ra    -     -     -     r
scraping_service.import_file              raw   raw   -     -     -     r
scraping_service.rejected_row             ra    ra    -     -     -     r
scraping_service.source_page              -     -     -     -     rawd  r
scraping_service.source_run               raw   raw   -     raw   raw   r
therapist_service.contact_point           rawd  rawd  -     -     r     r
therapist_service.distinct_pair           ra    ra    -     -     -     r
therapist_service.practice                rawd  rawd  -     -     -     r
therapist_service.practice_site           rawd  rawd  -     -     -     r
therapist_service.therapist               rawd  rawd  -     -     r     r
therapist_service.therapist_alias         rad   rad   -     -     -     r
therapist_service.therapist_merge         ra    ra    -     -     -     r
therapist_service.web_finding             r     r     -     -     rad   r
therapist_service.web_reading             raw   raw   -     -     raw   r
therapist_service.web_schedule            r     rw    -     -     r     r
"""
CATALOGUE = """
SELECT n.nspname || '.' || c.relname AS name, role,
       coalesce(string_agg(letter, '' ORDER BY place) FILTER (
           WHERE has_table_privilege('platzlotse_' || role, c.oid, verb)), '-') AS may
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN unnest(cast(:roles AS text[])) AS role
CROSS JOIN (VALUES (1, 'SELECT', 'r'), (2, 'INSERT', 'a'), (3, 'UPDATE', 'w'), (4, 'DELETE', 'd'), (5, 'TRUNCATE', 't'),
                   (6, 'REFERENCES', 'x'), (7, 'TRIGGER', 'g')) AS verbs (place, verb, letter)
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
GROUP BY 1, 2 ORDER BY 1, 2
"""


@contextmanager
def logged_in(office: Office, person: str) -> Iterator[Connection]:
    """A connection of any program, past ours."""
    engine = create_engine(office.url(person))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_every_table_is_in_the_matrix_and_nobody_may_more(office: Office) -> None:
    """Generated from the catalogue: a table without a row, or a right without a letter, fails."""
    wanted = {
        (name, role): may
        for name, *cells in (line.split() for line in MATRIX.strip().splitlines())
        for role, may in zip(ROLES, cells, strict=True)
    }
    with logged_in(office, "owner") as connection:
        found = {(row.name, row.role): row.may for row in connection.execute(text(CATALOGUE), {"roles": list(ROLES)})}
    assert found == wanted


def test_nothing_is_open_to_everybody(office: Office) -> None:
    """No function that works with its owner's rights, no table and no schema is granted to PUBLIC."""
    functions = """
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname !~ '^(pg_|information_schema)' AND p.prosecdef
          AND has_function_privilege('public', p.oid, 'EXECUTE')"""
    tables = """
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname !~ '^(pg_|information_schema)' AND c.relkind IN ('r', 'v')
          AND has_table_privilege('public', c.oid, 'SELECT')"""
    with logged_in(office, "owner") as connection:
        assert connection.scalars(text(functions)).all() == []
        assert connection.scalars(text(tables)).all() == []


def test_every_table_of_ours_has_row_level_security(office: Office) -> None:
    """What has no policy is closed; the job queue's own tables belong to the worker alone."""
    query = """
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname ~ '(_service|^platform|^audit)$' AND c.relkind = 'r' AND NOT c.relrowsecurity ORDER BY 1"""
    with logged_in(office, "owner") as connection:
        open_tables = connection.scalars(text(query)).all()
    assert [name for name in open_tables if "procrastinate" not in name] == ["platform.alembic_version"]


def refused(connection: Connection, statement: str) -> bool:
    """Whether the database refuses for want of rights."""
    try:
        connection.execute(text(statement))
    except DBAPIError as exc:
        return getattr(exc.orig, "sqlstate", "") == "42501"
    finally:
        connection.rollback()
    return False


@pytest.mark.parametrize(
    ("person", "statement"),
    [
        ("worker", "SELECT * FROM patient_service.patient"),
        ("worker", "SELECT * FROM patient_service.medical_information"),
        ("worker", "SELECT audit.record_reading('patient', 1) FROM patient_service.consent"),
        ("auditor", "SELECT * FROM patient_service.patient"),
        ("auditor", "SELECT * FROM audit.content"),
        ("auditor", "SELECT * FROM communication_service.email"),
        ("auditor", "SELECT * FROM audit.contact_salt"),
        ("auditor", "SELECT * FROM communication_service.contact_entry"),
        ("auditor", "SELECT audit.erase_contacts(1, 'x')"),
        ("worker", "SELECT audit.erase_contacts(1, 'x')"),
        ("jana", "SELECT audit.erase_contact(1, 'x')"),
        ("auditor", "SELECT audit.chain_contacts(1)"),
        ("worker", "SELECT * FROM audit.contact_link"),
        ("worker", "INSERT INTO audit.contact_link VALUES (1, 1, '', '')"),
        ("jana", "INSERT INTO audit.contact_link VALUES (1, 1, '', '')"),
        ("jana", "UPDATE audit.contact_link SET entry_id = 1"),
        ("jana", "DELETE FROM audit.contact_link"),
        ("jana", "DELETE FROM audit.contact_pending"),
        ("jana", "UPDATE communication_service.contact_entry SET body = ''"),
        (
            "jana",
            "INSERT INTO communication_service.account_test (account_id, asked_by, asked_at) VALUES (1, NULL, now())",
        ),
        ("jana", "INSERT INTO communication_service.email_attachment SELECT 1, 'a', 'a', 'x'"),
        ("admin", "SELECT * FROM patient_service.patient"),
        ("admin", "SELECT * FROM therapist_service.therapist"),
        ("jana", "DELETE FROM audit.entry"),
        ("jana", "INSERT INTO audit.entry (operation, table_name, row_id, columns) VALUES ('read', 'x', 1, '{}')"),
        ("jana", "UPDATE matching_service.answer SET note = ''"),
        ("jana", "DELETE FROM patient_service.patient"),
        ("jana", "UPDATE platform.person SET role_name = 'x'"),
        ("jana", "TRUNCATE platform.event"),
        ("jana", "SELECT * FROM platform.procrastinate_jobs"),
        ("jana", "CREATE TABLE public.mine (id int)"),
        ("jana", "CREATE ROLE other"),
        ("jana", "SET ROLE platzlotse_admin"),
        ("jana", "ALTER TABLE patient_service.patient DISABLE ROW LEVEL SECURITY"),
        ("jana", "COPY patient_service.patient TO PROGRAM 'cat'"),
    ],
)
def test_over_a_direct_connection_it_is_refused(office: Office, person: str, statement: str) -> None:
    """Whatever program connects: the database says no."""
    with logged_in(office, person) as connection:
        assert refused(connection, statement)


def test_who_one_is_cannot_be_set(office: Office, database: Database) -> None:
    """A setting of the session does not make somebody else of a person: the stamp carries the login."""
    with database.write() as session:
        patient = add_patient(session)
    with logged_in(office, "tom") as connection:
        connection.execute(text("SET application_name = 'test_jana'"))
        connection.execute(text("SELECT set_config('platzlotse.person', '1', false)"))
        connection.execute(
            text("UPDATE patient_service.patient SET note = 'x', updated_by = NULL WHERE id = :id"), {"id": patient}
        )
        connection.commit()
        found = connection.scalar(
            text(
                "SELECT p.display_name FROM patient_service.patient a JOIN platform.person p ON p.id = a.updated_by"
                " WHERE a.id = :id"
            ),
            {"id": patient},
        )
    assert found == "Tom Keller"


def rows_changed(connection: Connection, statement: str, **values: object) -> int:
    """How many rows a statement reaches; it is not kept."""
    try:
        return connection.execute(text(statement), values).rowcount
    finally:
        connection.rollback()


def test_a_printed_letter_stays_printed(office: Office, database: Database, now: datetime) -> None:
    """Neither made unprinted without a word in the log, dated anew nor deleted; one that waits may be dropped."""
    with database.write() as session:
        printed = letters_of(session, ask(session, add_search(session), now=now).id)[0].letter_id
        waiting = create_and_send(
            session,
            therapist_id=add_therapist(session),
            search_ids=[add_search(session)],
            channel=Channel.LETTER,
            now=now,
        )
        session.flush()
        open_letter = letters_of(session, waiting)[0].letter_id
    letter = "communication_service.printed_letter"
    with logged_in(office, "jana") as connection:
        for at in ("NULL", "now()"):
            assert refused(connection, f"UPDATE {letter} SET printed_at = {at} WHERE id = {printed}")
        assert rows_changed(connection, f"DELETE FROM {letter} WHERE id = :id", id=printed) == 0
        assert rows_changed(connection, f"UPDATE {letter} SET printed_at = now() WHERE id = :id", id=open_letter) == 1
        assert rows_changed(connection, f"DELETE FROM {letter} WHERE id = :id", id=open_letter) == 1


def test_of_whom_a_letter_tells_is_fixed_when_it_is_printed(office: Office, database: Database, now: datetime) -> None:
    """Positions of its own inquiry, until it went out; those of a letter that is dropped go with it."""
    with database.write() as session:
        printed = ask(session, add_search(session), now=now).id
        waiting = create_and_send(
            session, therapist_id=add_therapist(session), search_ids=[add_search(session), add_search(session)],
            channel=Channel.LETTER, now=now,
        )  # fmt: skip
        session.flush()
        letters = {number: letters_of(session, number)[0].letter_id for number in (printed, waiting)}
        theirs = {number: items_of(session, number)[0].id for number in (printed, waiting)}
    tells = "SELECT letter_id FROM communication_service.printed_letter_item ORDER BY 1"
    add = "INSERT INTO communication_service.printed_letter_item (letter_id, item_id, inquiry_id) VALUES ({}, {}, {})"
    with logged_in(office, "jana") as connection:
        assert connection.scalars(text(tells)).all() == [letters[printed], letters[waiting], letters[waiting]]
        assert refused(connection, add.format(letters[printed], theirs[waiting], waiting))
        for inquiry in (printed, waiting):  # a position of another inquiry, whichever is named
            with pytest.raises(IntegrityError):
                connection.execute(text(add.format(letters[waiting], theirs[printed], inquiry)))
            connection.rollback()
        assert refused(connection, "DELETE FROM communication_service.printed_letter_item")
        connection.execute(text("DELETE FROM communication_service.printed_letter WHERE printed_at IS NULL"))
        assert connection.scalars(text(tells)).all() == [letters[printed]]


@pytest.mark.parametrize("change", ["erased_at = now(), erased_by = 1, erased_reason = 'x', name = ''", ""])
def test_no_content_comes_to_an_erased_file_or_a_restricted_record(
    office: Office, database: Database, *, change: str
) -> None:
    """Whatever program adds it; to another file of an open record it may."""
    with database.write() as session:
        patient = add_patient(session)
    file = """INSERT INTO patient_service.patient_file (patient_id, kind, name, media_type, size, added_at)
        VALUES (:patient, 'other', 'a.pdf', 'application/pdf', 1, now()) RETURNING id"""
    with logged_in(office, "jana") as connection:
        number = connection.scalar(text(file), {"patient": patient})
        connection.commit()
        add = (
            "INSERT INTO patient_service.patient_file_content (file_id, patient_id, content)"
            f" VALUES ({number}, {patient}, 'x')"
        )
        assert rows_changed(connection, add) == 1
        if change:
            connection.execute(text(f"UPDATE patient_service.patient_file SET {change} WHERE id = {number}"))
        else:
            connection.execute(text(f"UPDATE patient_service.patient SET restricted_at = now() WHERE id = {patient}"))
        connection.commit()
        assert refused(connection, add)

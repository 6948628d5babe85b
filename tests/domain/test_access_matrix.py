"""Role by table by verb: the page `docs/access.md` against the catalogue, and every cell tried over a connection.

Everything is generated from the catalogue, so that whatever a migration adds fails until the page says who may.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url, text
from sqlalchemy.exc import IntegrityError

from domain.access import ROLES
from domain.health.catalogue import TABLES, cells
from domain.persons import ensure_login
from tests.conftest import PASSWORD, Office
from tests.domain.access_catalogue import FUNCTIONS, PAGE, SEQUENCES, page

CANARY = "Kanarienvogel"
ATTEMPTS = {
    "r": "SELECT FROM {} LIMIT 0",
    "a": "INSERT INTO {} DEFAULT VALUES",
    "w": "UPDATE {} SET {} = DEFAULT WHERE false",
    "d": "DELETE FROM {} WHERE false",
    "t": "TRUNCATE {}",
}


@pytest.fixture
def members(office: Office) -> Iterator[None]:
    """A login of each role and of no other."""
    owner = office.database("owner")
    with owner.write() as session:
        for role in ROLES:
            ensure_login(session, role_name=f"test_only_{role}", password=PASSWORD, roles={role})
    yield
    with owner.write() as session:
        for role in ROLES:
            session.execute(text(f"DROP ROLE test_only_{role}"))
    owner.close()


@contextmanager
def connected(office: Office, role: str) -> Iterator[psycopg.Connection]:
    """A tool of that role's own."""
    url = make_url(office.url(f"only_{role}")).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def allowed(connection: psycopg.Connection, statement: sql.SQL | sql.Composed) -> bool:
    """Whether the server lets a statement begin; nothing of it stays."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(sql.SQL("SET LOCAL lock_timeout = '5s'"))
            connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege as exc:
        # a rule for rows speaks after the right to the table was there
        return "row-level security" in str(exc)
    except (psycopg.errors.ObjectNotInPrerequisiteState, psycopg.errors.WrongObjectType):
        return False  # a view: nothing can be written through it
    except psycopg.Error:
        return True
    return True


def test_the_page_says_what_the_database_does(office: Office) -> None:
    """A table, column, function, sequence or rule that is new or different fails here."""
    owner = office.database("owner")
    with owner.read() as session:
        found = page(session.connection())
    owner.close()
    assert found == PAGE.read_text("utf-8")


@pytest.mark.parametrize("role", ROLES)
def test_over_a_direct_connection_the_cells_hold(office: Office, members: None, role: str) -> None:
    """Each verb on each table and view: begun where the matrix has a letter, refused where it has none."""
    assert members is None
    owner = office.database("owner")
    with owner.read() as session:
        wanted = {name: may[role] for name, may in cells(session.connection(), TABLES, ROLES).items()}
        columns: dict[str, list[str]] = {
            row[0]: row[1]
            for row in session.execute(
                text("""SELECT c.oid::regclass::text, array_agg(quote_ident(attname)) FROM pg_class c
                    JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
                    WHERE attnum > 0 AND NOT attisdropped AND c.relkind IN ('r', 'v') AND n.nspname !~ '^(pg_|inf)'
                    GROUP BY 1""")
            )
        }
    owner.close()
    wrong: list[str] = []
    with connected(office, role) as connection:
        for name, may in wanted.items():
            table = sql.Identifier(*name.split("."))
            for verb, form in ATTEMPTS.items():
                # a column is enough: the owner gave some of them
                tries = [sql.SQL(form).format(table, sql.SQL(one)) for one in (columns[name] if verb == "w" else [""])]
                if f"({verb})" in may and verb in "ra":
                    continue  # by the page's list of columns
                if any(allowed(connection, one) for one in tries) != (verb in may):
                    wrong.append(f"{name} {verb}")
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_functions_and_sequences_of_others_are_refused(office: Office, members: None, role: str) -> None:
    """Whatever is not on the page cannot be called or counted on."""
    assert members is None
    owner = office.database("owner")
    with owner.read() as session:
        functions = cells(session.connection(), FUNCTIONS, ROLES)
        sequences = cells(session.connection(), SEQUENCES, ROLES)
        calls: dict[str, str] = {
            row[0]: row[1]
            for row in session.execute(
                text("""SELECT n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'
                           || CASE WHEN p.prosecdef THEN ' **' ELSE '' END,
                       format('SELECT %I.%I(%s)', n.nspname, p.proname,
                              (SELECT string_agg('NULL::' || format_type(t, NULL), ', ' ORDER BY o)
                               FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, o)))
                    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                    WHERE n.nspname !~ '^(pg_|inf)' AND p.prokind IN ('f', 'a')""")
            )
        }
    owner.close()
    refused = [name for name, may in functions.items() if not may[role]]
    assert refused
    with connected(office, role) as connection:
        assert [name for name in refused if allowed(connection, sql.SQL(calls[name]))] == []
        closed = [name for name, may in sequences.items() if not may[role]]
        form = sql.SQL("SELECT nextval({})")
        assert [name for name in closed if allowed(connection, form.format(sql.Literal(name)))] == []


def test_a_notification_tells_a_topic_and_numbers(office: Office, members: None) -> None:
    """Whatever an event carries, and it is the only thing of ours that notifies."""
    assert members is None
    owner = office.database("owner")
    with owner.read() as session:
        telling = """SELECT p.oid::regproc::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname !~ '^(pg_|inf)' AND prosrc ~* '(pg_notify|notify )' AND proname !~ '^procrastinate_'"""
        assert session.scalars(text(telling)).all() == ["platform.notify_event"]
    with connected(office, "caseworker") as listening, owner.write() as session:
        listening.execute("LISTEN platzlotse")
        for number in (7, None):
            session.execute(
                text(
                    "INSERT INTO platform.event (event_type, producer, entity_id, payload)"
                    " VALUES ('patient.changed', lower(:canary), :id, jsonb_build_object('kind', lower(:canary)))"
                ),
                {"canary": CANARY, "id": number},
            )
        session.commit()
        told = [json.loads(note.payload) for note in listening.notifies(timeout=30, stop_after=2)]
        with pytest.raises(IntegrityError):  # a topic is no place for a name either
            session.execute(
                text("INSERT INTO platform.event (event_type, producer, payload) VALUES (:t, 'x', '{}')"),
                {"t": f"{CANARY}.changed"},
            )
        session.rollback()
    owner.close()
    assert [(note.pop("topic"), note.pop("id")) for note in told] == [("patient", 7), ("patient", 0)]
    assert all(set(note) == {"event"} and isinstance(note["event"], int) for note in told)


@pytest.mark.parametrize("arguments", ['{"name": "Lea"}', '{"email_id": 1, "more": {"name": "Lea"}}', '{"x": ["Lea"]}'])
def test_a_job_names_rows_by_their_numbers(office: Office, arguments: str) -> None:
    """The database refuses words as arguments, whoever defers."""
    owner = office.database("owner")
    add = (
        "INSERT INTO platform.procrastinate_jobs (queue_name, task_name, args) VALUES ('mail', 'x', cast(:a AS jsonb))"
    )
    with owner.write() as session:
        session.execute(text("SET LOCAL search_path = platform"))
        session.execute(text(add), {"a": '{"email_id": 4, "timestamp": 5}'})
        with pytest.raises(IntegrityError, match="ck_procrastinate_jobs_numbers"):
            session.execute(text(add), {"a": arguments})
        session.rollback()
    owner.close()

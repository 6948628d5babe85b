"""A word planted in every column about a patient of one team: no other team and no other role finds it anywhere.

Tables, columns and functions come from the catalogue, so that a new one is looked through without being named here.
"""

import re

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text

from domain.access import ROLES
from domain.persons import ensure_login
from tests.conftest import PASSWORD, Office
from tests.domain.test_teams import at_work, people  # noqa: F401  # a fixture
from tests.domain.test_teams_by_hand import northern, tool  # noqa: F401  # a fixture

CANARY = "kanari"
ADDRESS = "geheim@mail.example"  # known to whoever tries functions
SCHEMAS = ["patient_service", "matching_service", "communication_service"]
# of the office or of practices, without anybody in it
OFFICE = {
    "communication_service.account_test", "communication_service.batch", "communication_service.mail_account",
    "communication_service.mailbox_state", "communication_service.sending_state", "communication_service.template",
    "communication_service.template_version", "matching_service.answer_rate", "matching_service.cooling_period",
    "matching_service.insurer_profile", "matching_service.plan_line", "matching_service.week_plan",
    "patient_service.retention_run",
}  # fmt: skip
# what all see of an inquiry, so that no practice looks free and nobody settles over hidden positions; and what the
# server said to a mail, whose addresses are taken out before: by it the limits of an hour are counted
FOR_ALL = {
    ("matching_service.inquiry", "reference"), ("matching_service.inquiry", "close_reason"),
    ("matching_service.inquiry", "cooling_override"), ("matching_service.inquiry_item", "reference_code"),
    ("communication_service.email_attempt", "reply"), ("communication_service.email_attempt", "cause"),
}  # fmt: skip
# the worker sends and receives: mails and what practices answered pass through it, and no record of a patient
OF_WORKER = {
    "communication_service.email", "communication_service.email_attachment", "communication_service.incoming_email",
    "communication_service.incoming_attachment", "communication_service.incoming_reading",
    "communication_service.contact_entry", "communication_service.phone_call", "communication_service.prior_state",
    "matching_service.place_search", "matching_service.answer",
}  # fmt: skip
ERASURES = {"audit.word_erasure", "audit.contact_erasure"}  # whose reasons an auditor reads
COLUMNS = """
    SELECT c.oid::regclass::text, c.relkind::text, a.attname, t.typname, a.attnotnull AND NOT a.atthasdef,
           a.attidentity <> '' OR a.attgenerated <> '',
           coalesce((SELECT string_agg(pg_get_constraintdef(k.oid), ' ') FROM pg_constraint k
                     WHERE k.conrelid = c.oid AND k.contype = 'c' AND a.attnum = ANY (k.conkey)), '')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind IN ('r', 'v', 'm', 'p') AND n.nspname !~ '^(pg_|information_schema$)' ORDER BY 1, a.attnum"""
# where a table wants one of two
OWN: dict[str, dict[str, object]] = {
    "batch_line": {"therapist_id": None, "search_ids": [1]},
    "prior_state": {"answer_id": None},
}
PLAIN = {
    "text": "kanari", "_text": "{kanari}", "jsonb": '{"kanari": 1}', "bytea": "\\x" + (b"kanari" * 6)[:32].hex(),
    "int8": 1, "int4": 1, "int2": 1, "bool": False, "float8": 0.5, "uuid": None,
    "date": "2026-11-20", "timestamptz": "2026-11-20 10:00+00",
}  # fmt: skip


def planted(owner: psycopg.Connection, ids: dict[str, int]) -> set[tuple[str, str]]:
    """Fill tables that are empty, then write the word wherever a row of them takes it; says where it stands."""
    columns: dict[str, list[tuple[str, str, bool, bool, str]]] = {}
    for table, relation, *rest in owner.execute(COLUMNS):
        if relation == "r" and _planted_in(table):
            one, kind, needed, given, rules = rest
            columns.setdefault(table, []).append((one, kind, needed, given, rules))
    stands: set[tuple[str, str]] = set()
    owner.execute("SET session_replication_role = replica")
    for table, found in columns.items():
        name = sql.Identifier(*table.split("."))
        if owner.execute(sql.SQL("SELECT count(*) FROM {}").format(name)).fetchone() == (0,):
            _fill(owner, name, found, ids)
        for column, kind, _, given, _ in found:
            if kind not in {"text", "_text", "jsonb", "bytea"} or given or (column == "email" and "patient" in table):
                continue
            form = sql.SQL("UPDATE {} SET {} = {}").format(name, sql.Identifier(column), sql.Literal(PLAIN[kind]))
            try:
                with owner.transaction():
                    if owner.execute(form).rowcount:
                        stands.add((table, column))
            except psycopg.errors.IntegrityError:
                continue  # a state, not words; or one row may bear it
    owner.execute("RESET session_replication_role")
    return stands


def _planted_in(table: str) -> bool:
    return table in ERASURES or (table.split(".", maxsplit=1)[0] in SCHEMAS and table not in OFFICE)


def _fill(
    owner: psycopg.Connection, name: sql.Identifier, found: list[tuple[str, str, bool, bool, str]], ids: dict[str, int]
) -> None:
    values: dict[str, object] = {}
    for column, kind, needed, given, rules in found:
        if given:
            continue
        if column in ids:
            values[column] = ids[column]
        elif needed:
            known = re.search(rf"{column} = ANY \(ARRAY\['(\w+)'", rules) or re.search(rf"{column} = '(\w+)'", rules)
            values[column] = known[1] if known else PLAIN.get(kind)
    values |= OWN.get(name.as_string(None).split(".")[1].strip('"'), {})
    form = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING").format(
        name, sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join(map(sql.Literal, values.values()))
    )
    try:
        with owner.transaction():
            owner.execute(form)
    except psycopg.Error:
        return  # the test says which tables stayed empty


def seen(owner: psycopg.Connection, reader: psycopg.Connection) -> set[tuple[str, str]]:
    """Where somebody finds the word, in whatever it may read."""
    places = set()
    for table, _, column, kind, *_ in owner.execute(COLUMNS).fetchall():
        if kind not in {"text", "_text", "jsonb", "json", "bytea", "tsvector", "name", "varchar"}:
            continue
        shown = sql.SQL("encode({}, 'escape')" if kind == "bytea" else "{}::text").format(sql.Identifier(column))
        form = sql.SQL("SELECT count(*) FROM {} WHERE {} ~* {}").format(
            sql.Identifier(*table.split(".")), shown, sql.Literal(CANARY)
        )
        try:
            if reader.execute(form).fetchone() != (0,):
                places.add((table, column))
        except psycopg.errors.InsufficientPrivilege:
            continue
    return places


def told(owner: psycopg.Connection, reader: psycopg.Connection, numbers: int) -> set[str]:
    """The functions that tell somebody the word, or a number for the address, whatever row they are asked about."""
    places = set()
    for name, form, kinds in owner.execute("""
        SELECT p.oid::regprocedure::text, format('SELECT (f.*)::text FROM %I.%I(', n.nspname, p.proname),
               ARRAY(SELECT t.typname::text FROM unnest(p.proargtypes) WITH ORDINALITY AS a (number, place)
                     JOIN pg_type t ON t.oid = a.number ORDER BY place)
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname !~ '^(pg_|information_schema$)' AND p.prokind = 'f'
          AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')""").fetchall():
        for number in range(1, numbers if "int8" in kinds else 2):
            given = [str(number) if kind in {"int8", "int4"} else
                     f"'{ADDRESS}'" if kind == "text" else f"NULL::{kind}" for kind in kinds]  # fmt: skip
            try:
                with reader.transaction(force_rollback=True):
                    answers = reader.execute(f"{form}{', '.join(given)}) AS f").fetchall()
            except psycopg.Error:
                continue
            if any(CANARY in str(answer).lower() for answer in answers):
                places.add(name)
    return places


@pytest.mark.usefixtures("people")
def test_no_word_of_another_teams_patient_is_found(office: Office, northern: dict[str, int]) -> None:  # noqa: F811
    """Each relation and each function, as the other team's caseworker and as every role alone."""
    with at_work(office, "owner") as session:
        for role in ROLES:
            ensure_login(session, role_name=f"test_only_{role}", password=PASSWORD, roles={role})
    try:
        with tool(office, "owner") as owner:
            numbers = owner.execute("""SELECT i.id, (SELECT min(id) FROM communication_service.printed_letter),
                (SELECT min(id) FROM communication_service.phone_call) FROM matching_service.inquiry_item i
                WHERE i.inquiry_id = %s""", (northern["email"],)).fetchone()  # fmt: skip
            assert numbers is not None
            owner.execute(
                "UPDATE patient_service.patient SET team_id = (SELECT id FROM platform.team WHERE name = 'Nord')"
            )
            ids = {
                "patient_id": northern["patient"], "search_id": northern["search"], "inquiry_id": northern["email"],
                "item_id": numbers[0], "letter_id": numbers[1], "call_id": numbers[2], "email_id": 1, "entry_id": 1,
                "file_id": 1, "incoming_id": 1, "answer_id": 1, "therapist_id": northern["called"], "batch_id": 1,
            }  # fmt: skip
            stands = planted(owner, ids)
            assert len(stands) > 60
            tables = {table for table, kind, *_ in owner.execute(COLUMNS) if kind == "r" and _planted_in(table)}
            count = sql.SQL("SELECT count(*) FROM {}")
            of = {table: owner.execute(count.format(sql.Identifier(*table.split(".")))).fetchone() for table in tables}
            empty = {table for table, found in of.items() if found == (0,)}
            assert empty == set()
            with tool(office, "north") as reader:
                own = seen(owner, reader)
                assert ("patient_service.patient", "note") in own
                assert ("communication_service.phone_call", "note") in own
            for name in ("south", "nobody", "only_caseworker"):
                with tool(office, name) as reader:
                    assert seen(owner, reader) - FOR_ALL == set(), name
                    assert told(owner, reader, 8) == set(), name
            may = {"worker": OF_WORKER, "auditor": ERASURES}
            for role in ("auditor", "admin", "worker"):
                with tool(office, f"only_{role}") as reader:
                    found = {place for place in seen(owner, reader) - FOR_ALL if place[0] not in may.get(role, ())}
                    assert found == set(), role
                    if role != "worker":  # which asks the owner's functions for what it sends
                        assert told(owner, reader, 8) == set(), role
    finally:
        with at_work(office, "owner") as session:
            for role in ROLES:
                session.execute(text(f"DROP ROLE test_only_{role}"))

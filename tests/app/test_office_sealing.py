"""What somebody with a tool of its own gets at beside the rules for rows: plans, large objects, locks."""

from datetime import date
from pathlib import Path

import psycopg
import pytest
from nacl.public import PrivateKey
from sqlalchemy import text

from app.backups.making import make_backup
from app.office_sealing import seal
from domain.backups.files import Kind
from domain.communication.models import ContactEntry
from domain.health.models import State
from domain.health.server import sealing
from domain.persons import CONNECTIONS, ensure_login
from tests.builders import add_patient
from tests.conftest import NOW, PASSWORD, Office
from tests.domain.test_teams import at_work, people  # noqa: F401  # a fixture
from tests.domain.test_teams_by_hand import tool

# a guess that is right and one that is wrong; the plan must not tell them apart
GUESSES = {
    "last_name": ("last_name < 'Z'", "last_name < 'A'", "last_name = 'Geheimrat'"),
    "birth_date": ("birth_date < '1990-01-01'", "birth_date < '1980-01-01'"),
    "note": ("starts_with(note, 'Sui')", "starts_with(note, 'Gar')"),
}
PLAN = "EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF, SUMMARY OFF, BUFFERS OFF) SELECT 1 FROM {} WHERE {} AND {}"


@pytest.fixture
def sealed(office: Office, people: dict[str, int]) -> int:  # noqa: F811
    """An office of two teams, set up; a northern patient of whom something was said."""
    with at_work(office, "owner") as session:
        assert sealing_state(session) is State.WARN
        assert seal(session)
        assert not seal(session)
        assert sealing_state(session) is State.OK
    with at_work(office, "north") as session:
        patient = add_patient(session, last_name="Geheimrat", birth_date=date(1987, 3, 14), note="Suizidversuch 2019")
        session.add(
            ContactEntry(
                at=NOW, channel="phone", direction="out", person_id=people["north"], patient_id=patient, body="Urlaub"
            )
        )
    return patient


def sealing_state(session: object) -> State:
    """What the doctor says."""
    (finding,) = sealing(session, NOW)  # type: ignore[arg-type]
    return finding.state


def plan(connection: psycopg.Connection, table: str, row: str, guess: str) -> str:
    """What EXPLAIN tells of a guess, without the guess itself."""
    lines = connection.execute(PLAN.format(table, row, guess)).fetchall()
    return "\n".join(line[0] for line in lines if "Filter:" not in line[0] and "Cond:" not in line[0])


@pytest.mark.parametrize("column", GUESSES)
def test_a_plan_tells_no_guess_from_another(office: Office, sealed: int, column: str) -> None:
    """Of a hidden patient right and wrong guesses look the same."""
    with tool(office, "south") as connection:
        plans = {
            plan(connection, "patient_service.patient", f"id = {sealed}", guess)
            for guess in GUESSES[column]
            for _ in "ab"
        }
        assert len(plans) == 1, plans


def test_nor_what_was_said(office: Office, sealed: int) -> None:
    """Words of a hidden entry are not searched for by a plan; who may read it finds it."""
    with tool(office, "south") as connection:
        guesses = (f"words @@ plainto_tsquery('german', '{word}')" for word in ("Urlaub", "Kanzlei"))
        table = "communication_service.contact_entry"
        assert len({plan(connection, table, f"patient_id = {sealed}", guess) for guess in guesses}) == 1
    asked = "SELECT communication_service.entries_with('urlaub'::tsquery, 5)"
    for name, many in (("south", 0), ("north", 1), ("lead", 1)):
        with tool(office, name) as connection:
            assert len(connection.execute(asked).fetchall()) == many, name


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize("who", ["south", "lead", "chief"])
def test_nobody_makes_a_large_object(office: Office, who: str) -> None:
    """Neither empty nor filled."""
    with tool(office, who) as connection:
        for call in ("lo_create(0)", "lo_creat(-1)", "lo_from_bytea(0, 'x')", "lo_import('/etc/hostname')"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT {call}")


def test_one_that_is_there_hinders_no_backup(office: Office, tmp_path: Path) -> None:
    """Somebody made it before: it is no part of the dump."""
    with at_work(office, "owner") as session:
        number = session.scalar(text("SELECT lo_from_bytea(0, 'x')"))
        session.execute(text(f"ALTER LARGE OBJECT {number} OWNER TO test_jana"))
        ensure_login(session, role_name="test_saver", password=PASSWORD, roles={"backup"})
    key = [bytes(PrivateKey.generate().public_key)]
    try:
        assert make_backup(office.url("saver"), tmp_path, key, kind=Kind.MANUAL, now=NOW).size > 0
    finally:
        with at_work(office, "owner") as session:
            session.execute(text("DROP ROLE test_saver"))
            session.execute(text(f"SELECT lo_unlink({number})"))


def test_nobody_locks_a_table_it_may_only_change(office: Office, people: dict[str, int]) -> None:  # noqa: F811
    """Patients, inquiries, mails: rows can be locked, the table cannot."""
    assert people
    with tool(office, "south") as connection:
        for table in ("patient_service.patient", "matching_service.inquiry", "communication_service.email"):
            for mode in ("ACCESS EXCLUSIVE", "EXCLUSIVE", "SHARE ROW EXCLUSIVE", "SHARE"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                    connection.execute(f"LOCK TABLE {table} IN {mode} MODE")
            connection.execute(f"SELECT id FROM {table} FOR UPDATE")


def test_a_person_has_so_many_connections(office: Office, people: dict[str, int]) -> None:  # noqa: F811
    """Whoever made the login; the worker has no limit."""
    assert people
    with tool(office, "chief") as connection:
        verifier = f"SCRAM-SHA-256$4096:{'A' * 22}==${'A' * 43}=:{'A' * 43}="
        connection.execute(
            "SELECT platform.create_person('test_newcomer', 'x', %s, '{auditor}', NULL, NULL, NULL)", (verifier,)
        )
    try:
        with tool(office, "owner") as connection:
            rows = connection.execute("SELECT rolname, rolconnlimit FROM pg_roles WHERE rolname ~ '^test_'").fetchall()
        limits: dict[str, int] = dict(rows)
        assert {limits[f"test_{name}"] for name in ("north", "lead", "chief", "newcomer")} == {CONNECTIONS}
        assert limits["test_worker"] == -1
    finally:
        with at_work(office, "owner") as session:
            session.execute(text("DROP ROLE test_newcomer"))

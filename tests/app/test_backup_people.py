"""Persons, roles, locks and deputies after a restore: as they were just now, and an admin can mend what differs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from app.backups.in_place import engine_as
from app.backups.making import make_roles
from app.backups.restoring import Target
from domain.access import Team
from domain.backups.content import Manifest
from domain.backups.people import follow, make_missing_logins
from domain.database import Database
from domain.person_admin import (
    NewPerson,
    create_person,
    end_deputy,
    lock_person,
    set_deputy,
    set_roles,
    set_team,
)
from domain.persons import ensure_person
from domain.weektime import office_day
from tests.app.test_backup_erasures import backed_up, brought_back, target
from tests.conftest import NOW, PASSWORD, Office

__all__ = ["target"]
LATER = NOW + timedelta(hours=1)
ROWS = """SELECT role_name, active, array_to_string(roles, ' '), t.name FROM platform.person p
    LEFT JOIN platform.team t ON t.id = p.team_id WHERE role_name ~ '^neu_' ORDER BY 1"""
DEPUTIES = """SELECT p.role_name || ' ' || d.role_name FROM platform.deputy x
    JOIN platform.person p ON p.id = x.person_id JOIN platform.person d ON d.id = x.deputy_id
    WHERE x.last_day >= platform.today() ORDER BY 1"""


@pytest.fixture
def people(office: Office) -> Iterator[dict[str, int]]:
    """A boss and three persons in two teams, with logins of their own that go away afterwards."""
    owner, numbers = office.database("owner"), {}
    with owner.write() as session:
        team = Team(name="Nord")
        session.add_all([team, Team(name="Süd")])
        session.flush()
        ensure_person(session, role_name="neu_boss", display_name="Boss", password=PASSWORD, roles={"admin"})
        for name in ("anna", "bert", "carl"):
            numbers[name] = ensure_person(
                session,
                role_name=f"neu_{name}",
                display_name=name.title(),
                password=PASSWORD,
                roles={"caseworker"},
                team_id=team.id,
            )
    owner.close()
    yield numbers
    admin = create_engine(office.url("owner"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for login in connection.scalars(text("SELECT rolname FROM pg_roles WHERE rolname ~ '^neu_'")).all():
            for statement in (f"DROP OWNED BY {login}", f"DROP ROLE {login}"):
                connection.execute(text(statement))
    admin.dispose()


def boss(office: Office) -> Database:
    """The office as its admin sees it."""
    url = make_url(office.url("owner")).set(username="neu_boss", password=PASSWORD)
    return Database(url.render_as_string(hide_password=False))


def enters(office: Office, login: str) -> bool:
    """Whether somebody can log in now."""
    url = make_url(office.url("owner")).set(username=login, password=PASSWORD)
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect():
            return True
    except OperationalError:
        return False


def asked(office: Office, query: str) -> list[tuple[object, ...]]:
    """Rows, as the owner."""
    engine = create_engine(office.url("owner"), poolclass=NullPool)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def is_member(office: Office, login: str, group: str) -> bool:
    """What the server itself says."""
    return bool(asked(office, f"SELECT pg_has_role('{login}', 'platzlotse_{group}', 'MEMBER')")[0][0])


def test_people_are_as_they_were_just_now(
    office: Office, people: dict[str, int], target: Target, tmp_path: Path
) -> None:
    """Locked, given a role, moved, made, a deputyship ended since: all stays so, and the window works on it."""
    today = office_day(datetime.now(UTC))
    admin = boss(office)
    with admin.write() as session:
        deputy = set_deputy(session, people["anna"], people["bert"], first_day=today, last_day=today + timedelta(9))
    admin.close()
    made = backed_up(office, tmp_path, NOW)
    admin = boss(office)
    with admin.write() as session:
        end_deputy(session, deputy)
        lock_person(session, people["anna"], locked=True)
        set_roles(session, people["bert"], {"caseworker", "auditor"})
        set_team(session, people["carl"], session.query(Team.id).filter_by(name="Süd").one()[0])
        newcomer, _ = create_person(session, NewPerson("neu_dora", "Dora", ("caseworker",)))
        set_deputy(session, people["bert"], newcomer, first_day=today, last_day=today)
    admin.close()
    before = (asked(office, ROWS), asked(office, DEPUTIES))
    done = brought_back(target, made, tmp_path, LATER)
    assert done.done.people_followed >= 4
    assert (asked(office, ROWS), asked(office, DEPUTIES)) == before
    assert ("neu_anna", False, "caseworker", "Nord") in before[0]
    assert not enters(office, "neu_anna")
    numbers = {
        str(name): int(str(number)) for name, number in asked(office, "SELECT role_name, id FROM platform.person")
    }
    admin = boss(office)
    with admin.write() as session:
        lock_person(session, numbers["neu_anna"], locked=False)
        set_roles(session, numbers["neu_bert"], {"caseworker"})
        lock_person(session, numbers["neu_dora"], locked=True)
    admin.close()
    assert enters(office, "neu_anna")
    assert is_member(office, "neu_anna", "caseworker")
    assert not is_member(office, "neu_bert", "auditor")
    assert not enters(office, "neu_dora")


def test_where_nobody_can_say_rows_follow_the_logins(office: Office, people: dict[str, int]) -> None:
    """A locked one, one with a role more, one without a row, a row without a login: each agrees afterwards."""
    with engine_as(office.url("owner")) as engine, engine.begin() as connection:
        for statement in (
            "ALTER ROLE neu_anna NOLOGIN", "REVOKE platzlotse_caseworker FROM neu_anna",
            "GRANT platzlotse_supervisor TO neu_bert",
            "CREATE ROLE neu_dora LOGIN", "GRANT platzlotse_caseworker TO neu_dora",
            """INSERT INTO platform.person (role_name, display_name, active, roles)
                VALUES ('neu_emil', 'Emil', false, '{caseworker}')""",
        ):  # fmt: skip
            connection.execute(text(statement))
        assert follow(connection, None) >= 3
        assert make_missing_logins(connection) == ("neu_emil",)
    assert [row[:3] for row in asked(office, ROWS)] == [
        ("neu_anna", False, "caseworker"),
        ("neu_bert", True, "caseworker supervisor"),
        ("neu_boss", True, "admin"),
        ("neu_carl", True, "caseworker"),
        ("neu_dora", True, "caseworker"),
        ("neu_emil", False, "caseworker"),
    ]
    assert not enters(office, "neu_emil")
    assert people


def test_an_admin_mends_what_a_row_says_wrongly(office: Office, people: dict[str, int]) -> None:
    """Unlocking one whose row works but whose login does not, taking a role no row knows, locking what still enters."""
    with engine_as(office.url("owner")) as engine, engine.begin() as connection:
        for statement in (
            "ALTER ROLE neu_anna NOLOGIN", "REVOKE platzlotse_caseworker FROM neu_anna",
            "GRANT platzlotse_supervisor TO neu_bert",
            "UPDATE platform.person SET active = false WHERE role_name = 'neu_carl'",
        ):  # fmt: skip
            connection.execute(text(statement))
    admin = boss(office)
    with admin.write() as session:
        lock_person(session, people["anna"], locked=False)
        set_roles(session, people["bert"], {"caseworker"})
        lock_person(session, people["carl"], locked=True)
    admin.close()
    assert (enters(office, "neu_anna"), enters(office, "neu_carl")) == (True, False)
    assert is_member(office, "neu_anna", "caseworker")
    assert not is_member(office, "neu_bert", "supervisor")
    assert not is_member(office, "neu_carl", "caseworker")
    acts = "SELECT act FROM platform.person_act ORDER BY id"
    said = [row[0] for row in asked(office, acts)]
    admin = boss(office)
    with admin.write() as session:
        lock_person(session, people["anna"], locked=False)
        set_roles(session, people["bert"], {"caseworker"})
    admin.close()
    assert [row[0] for row in asked(office, acts)] == said == ["unlocked", "roles_set", "locked"]


def test_logins_made_for_an_owner_are_the_owners_to_change(office: Office, people: dict[str, int]) -> None:
    """A superuser restores; the owner of the functions gives the password and takes the role back."""
    owner = create_engine(office.url("owner"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with owner.connect() as connection:
        connection.execute(text("CREATE ROLE neu_owner CREATEROLE"))
        for group in ("caseworker", "supervisor", "auditor", "admin", "worker"):
            connection.execute(text(f"GRANT platzlotse_{group} TO neu_owner WITH ADMIN OPTION"))
        promised = Manifest("", "manual", "0043", 15, 0, {}, {}, {"neu_fritz": ["platzlotse_caseworker"]})
        with engine_as(office.url("owner")) as mighty:
            assert make_roles(mighty, promised, "neu_owner") == ("neu_fritz",)
        assert is_member(office, "neu_fritz", "caseworker")
        connection.execute(text("SET ROLE neu_owner"))
        connection.execute(text(f"ALTER ROLE neu_fritz PASSWORD '{PASSWORD}'"))
        connection.execute(text("REVOKE platzlotse_caseworker FROM neu_fritz"))
        connection.execute(text("RESET ROLE"))
        assert not is_member(office, "neu_fritz", "caseworker")
        for login in ("neu_fritz", "neu_owner"):  # who granted something goes last
            connection.execute(text(f"DROP OWNED BY {login}"))
            connection.execute(text(f"DROP ROLE {login}"))
    assert people

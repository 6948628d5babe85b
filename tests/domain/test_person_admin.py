"""Persons made, locked and given roles by an admin: tried with their own logins, over direct connections."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from domain.access import Person
from domain.database import Database
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.person_admin import (
    ALPHABET,
    NewPerson,
    create_person,
    list_persons,
    lock_person,
    reset_password,
    set_roles,
    set_team,
)
from domain.persons import ensure_person
from tests.conftest import PASSWORD, Office

PATIENTS = "SELECT count(*) FROM patient_service.patient"
GROUPS = """SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
    JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = :login ORDER BY 1"""


@pytest.fixture
def owner(office: Office) -> Iterator[Database]:
    """The office's database as its owner, with a person who administers; logins made meanwhile go away."""
    made = office.database("owner")
    with made.write() as session:
        ensure_person(
            session, role_name="test_boss", display_name="Ada Boss", password=PASSWORD, roles={"admin", "supervisor"}
        )
    yield made
    with made.write() as session:
        for login in session.scalars(text("SELECT rolname FROM pg_roles WHERE rolname ~ '^(neu_|test_boss)'")).all():
            session.execute(text(f"DROP OWNED BY {login}"))
            session.execute(text(f"DROP ROLE {login}"))
    made.close()


@pytest.fixture
def boss(office: Office, owner: Database) -> Iterator[Database]:  # noqa: ARG001 - who made the login
    """The same database as that person."""
    made = office.database("boss")
    yield made
    made.close()


def groups(owner: Database, login: str) -> list[str]:
    """What the cluster says."""
    with owner.read() as session:
        return [name.removeprefix("platzlotse_") for name in session.scalars(text(GROUPS), {"login": login})]


def created(boss: Database, *roles: str, login: str = "neu_lea") -> tuple[int, str]:
    """A new person."""
    with boss.write() as session:
        return create_person(session, NewPerson(login, "Lea Neu", roles or ("caseworker",), email="lea@buero.example"))


def me_of(boss: Database) -> int:
    """The admin's own number."""
    with boss.read() as session:
        return session.query(Person.id).filter(Person.role_name == "test_boss").one()[0]


def test_a_new_person_has_a_login_of_its_own(office: Office, owner: Database, boss: Database) -> None:
    """By a SCRAM verifier that was made here; the password can be read out."""
    number, password = created(boss, "caseworker", "auditor")
    assert set(password) <= {*ALPHABET, "-"}
    assert len(password) == 19
    assert groups(owner, "neu_lea") == ["auditor", "caseworker"]
    with owner.read() as session:
        kept = session.scalar(text("SELECT rolpassword FROM pg_authid WHERE rolname = 'neu_lea'"))
        flags = (
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles WHERE rolname = 'neu_lea'"
        )
        assert session.scalar(text(flags)) is False
        entry = next(person for person in list_persons(session) if person.id == number)
    assert kept.startswith("SCRAM-SHA-256$")
    assert (entry.display_name, entry.roles, entry.active) == ("Lea Neu", ("caseworker", "auditor"), True)
    database = Database(make_url(office.url("jana")).set(username="neu_lea", password=password).render_as_string(False))
    with database.read() as session:
        assert session.scalar(text(PATIENTS)) == 0
    database.close()


def test_a_locked_person_may_nothing_where_it_is_connected(office: Office, owner: Database, boss: Database) -> None:
    """And not come again; unlocked it has what it had."""
    number, password = created(boss, "caseworker", "supervisor")
    url = make_url(office.url("jana")).set(username="neu_lea", password=password)
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.scalar(text(PATIENTS)) == 0
        connection.rollback()
        with boss.write() as session:
            lock_person(session, number, locked=True)
        with pytest.raises(DBAPIError, match="permission denied"):
            connection.scalar(text(PATIENTS))
        connection.rollback()
    engine.dispose()
    with pytest.raises(OperationalError, match="not permitted to log in"):
        engine.connect()
    with boss.write() as session:
        set_roles(session, number, {"caseworker"})  # kept until then
    assert groups(owner, "neu_lea") == []
    with boss.write() as session:
        lock_person(session, number, locked=False)
    assert groups(owner, "neu_lea") == ["caseworker"]
    with engine.connect() as connection:
        assert connection.scalar(text(PATIENTS)) == 0
    engine.dispose()


def test_nobody_does_it_for_oneself(owner: Database, boss: Database) -> None:
    """Neither roles nor team, password or lock."""
    number = me_of(boss)
    acts = (
        lambda s: set_roles(s, number, {"admin", "caseworker"}),
        lambda s: set_team(s, number, None),
        lambda s: lock_person(s, number, locked=True),
        lambda s: reset_password(s, number),
    )
    for act in acts:
        with pytest.raises(Invalid, match="ck_person_not_oneself"), boss.write() as session:
            act(session)
    assert groups(owner, "test_boss") == ["admin", "supervisor"]


def test_only_an_admin_of_the_office_may(office: Office, owner: Database, boss: Database, database: Database) -> None:
    """A supervisor may not, nor a login that is an admin's but no person's; the helpers are nobody's."""
    number, _ = created(boss)
    with pytest.raises(Forbidden), database.write() as session:
        set_roles(session, number, {"admin"})
    stranger = office.database("admin")
    with pytest.raises(Forbidden), stranger.write() as session:
        set_roles(session, number, {"admin"})
    stranger.close()
    for helper in ("join_groups('test_boss', '{caseworker}')", "tell_act(1, 'created', '{}')", "login_of(1)"):
        with pytest.raises(Forbidden), boss.write() as session:
            session.execute(text(f"SELECT platform.{helper}"))
    assert groups(owner, "neu_lea") == ["caseworker"]


@pytest.mark.parametrize(
    ("form", "error"),
    [
        (NewPerson("neu_x", " ", ("caseworker",)), "person.name"),
        (NewPerson("neu_x", "X", ()), "person.role_missing"),
        (NewPerson("neu_x", "X", ("worker",)), "person.role_unknown"),
        (NewPerson("neu x", "X", ("caseworker",)), "ck_person_role_name"),
        (NewPerson("platzlotse_admin", "X", ("caseworker",)), "ck_person_role_name"),
        (NewPerson("pg_monitor", "X", ("caseworker",)), "ck_person_role_name"),
        (NewPerson("postgres", "X", ("caseworker",)), "uq_person_role_name"),
        (NewPerson("test_jana", "X", ("caseworker",)), "uq_person_role_name"),
    ],
)
def test_what_is_no_person_is_refused(owner: Database, boss: Database, form: NewPerson, error: str) -> None:
    """A login that is there already belongs to somebody."""
    with pytest.raises((Invalid, Conflict), match=error), boss.write() as session:
        create_person(session, form)
    assert groups(owner, "neu_x") == []


def test_past_the_program_an_admin_gets_no_further(owner: Database, boss: Database) -> None:
    """Neither by a plain password, by a role of the worker's, nor by writing the row."""
    number, _ = created(boss)
    for statement, error in (
        (f"SELECT platform.reset_password({number}, 'geheim')", Invalid),
        (f"SELECT platform.set_person_roles({number}, '{{worker}}')", Invalid),
        (f"UPDATE platform.person SET role_name = 'test_boss' WHERE id = {number}", Forbidden),
        (f"UPDATE platform.person SET roles = '{{admin}}' WHERE id = {number}", Forbidden),
        ("UPDATE platform.person SET team_id = NULL", Forbidden),
        ("INSERT INTO platform.person (role_name, display_name) VALUES ('test_admin', 'x')", Forbidden),
        ("DELETE FROM platform.person_act", Forbidden),
        ("CREATE ROLE neu_y", Forbidden),
        ("GRANT platzlotse_caseworker TO test_boss", Forbidden),
    ):
        with pytest.raises(error), boss.write() as session:
            session.execute(text(statement))
    assert groups(owner, "neu_lea") == ["caseworker"]


def test_a_login_that_may_more_than_a_person_is_left_alone(owner: Database, boss: Database) -> None:
    """However its row came into the office."""
    with owner.write() as session:
        session.execute(text("CREATE ROLE neu_mighty LOGIN CREATEROLE"))
        number = session.scalar(
            text("INSERT INTO platform.person (role_name, display_name) VALUES ('neu_mighty', 'M') RETURNING id")
        )
        assert number is not None
    with pytest.raises(Forbidden), boss.write() as session:
        reset_password(session, number)
    with pytest.raises(NotFound), boss.write() as session:
        reset_password(session, number + 1000)


def test_each_act_is_told(boss: Database, database: Database) -> None:
    """To supervisors and auditors, with who did it; a caseworker is told nothing."""
    number, first = created(boss)
    with boss.write() as session:
        assert reset_password(session, number) != first
        set_roles(session, number, {"supervisor"})
        set_roles(session, number, {"supervisor"})  # nothing changes, nothing is told
        lock_person(session, number, locked=True)
        lock_person(session, number, locked=False)
    told = "SELECT act FROM platform.person_act WHERE person_id = :p AND actor_id = :b ORDER BY id"
    with database.read() as session:
        acts = session.scalars(text(told), {"p": number, "b": me_of(boss)}).all()
        heard = session.scalars(
            text("SELECT event_type FROM platform.event WHERE producer = 'platform' ORDER BY id")
        ).all()
    assert acts == ["created", "password_reset", "roles_set", "locked", "unlocked"]
    assert [event for event in heard if event.startswith("person.")] == [f"person.{act}" for act in acts]


def test_a_caseworker_is_told_of_no_act(office: Office, owner: Database, boss: Database) -> None:
    """The table answers with nothing."""
    _, password = created(boss)
    engine = create_engine(make_url(office.url("jana")).set(username="neu_lea", password=password))
    with Session(engine) as session:
        assert session.scalar(text("SELECT count(*) FROM platform.person_act")) == 0
    engine.dispose()
    with owner.read() as session:
        assert session.scalar(text("SELECT count(*) FROM platform.person_act")) == 1

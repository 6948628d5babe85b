"""Logins made and reset by an owner who is no superuser, on each PostgreSQL there is: 15 and those since 16 differ."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from app.postgres_binaries import wheel_binaries
from domain.access import ROLES, group_role
from domain.database import Database
from domain.errors import Forbidden
from domain.persons import ensure_login
from tests.conftest import PASSWORD
from tests.servers.postgres import DEBIAN, TestCluster, debian_binaries, in_memory
from ui.errors import describe

SERVERS = {"wheel": wheel_binaries, **({"debian": debian_binaries} if any(Path(DEBIAN).glob("*/bin")) else {})}
OTHER = "another-invented-one"


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[TestCluster]:
    """A server whose owner of the program is nobody mighty, and made the groups."""
    with TestCluster(SERVERS[request.param](), within=in_memory()) as running:
        as_superuser(running, "CREATE ROLE owner LOGIN CREATEROLE")
        with as_owner(running) as session:
            for role in ROLES:
                session.execute(text(f"CREATE ROLE {group_role(role)} NOLOGIN"))
        yield running


@pytest.fixture(autouse=True)
def fresh(server: TestCluster) -> Iterator[None]:
    """Nobody of an earlier test is there."""
    yield
    as_superuser(server, "DROP ROLE IF EXISTS lea")


def as_superuser(server: TestCluster, *statements: str) -> list[object]:
    """What the administration does with psql, and the first column of the last answer."""
    engine = create_engine(server.admin_url("postgres"), isolation_level="AUTOCOMMIT")
    found: list[object] = []
    with engine.connect() as connection:
        for statement in statements:
            result = connection.execute(text(statement))
            found = [row[0] for row in result] if result.returns_rows else []
    engine.dispose()
    return found


@contextmanager
def as_owner(server: TestCluster) -> Iterator[Session]:
    """One transaction of the owner."""
    url = make_url(server.admin_url("postgres")).set(username="owner")
    database = Database(url.render_as_string(hide_password=False), pool_size=1)
    try:
        with database.write() as session:
            yield session
    finally:
        database.close()


def groups(server: TestCluster) -> list[object]:
    """What Lea belongs to."""
    return as_superuser(
        server,
        "SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
        " JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = 'lea' ORDER BY 1",
    )


def password_of(server: TestCluster) -> object:
    """What the server keeps of it."""
    return as_superuser(server, "SELECT rolpassword FROM pg_authid WHERE rolname = 'lea'")[0]


def make(server: TestCluster, *roles: str, password: str = PASSWORD) -> None:
    """As set-up does it."""
    with as_owner(server) as session:
        ensure_login(session, role_name="lea", password=password, roles=roles)


def test_an_owner_makes_a_login_and_resets_it(server: TestCluster) -> None:
    """The second time it is there: another password, exactly the roles that are named."""
    make(server, "caseworker", "admin")
    assert groups(server) == ["platzlotse_admin", "platzlotse_caseworker"]
    before = password_of(server)
    assert str(before).startswith("SCRAM-SHA-256$")
    make(server, "caseworker", "supervisor", password=OTHER)
    assert groups(server) == ["platzlotse_caseworker", "platzlotse_supervisor"]
    assert password_of(server) != before
    make(server)
    assert groups(server) == []


def test_a_login_that_was_shut_and_may_too_much_is_put_right(server: TestCluster) -> None:
    """What differs is changed and nothing else is named."""
    make(server, "caseworker")
    as_superuser(server, "ALTER ROLE lea NOLOGIN CREATEROLE")
    make(server, "caseworker")
    assert as_superuser(server, "SELECT rolcanlogin AND NOT rolcreaterole FROM pg_roles WHERE rolname = 'lea'") == [
        True
    ]


@pytest.mark.parametrize("mighty", ["SUPERUSER", "BYPASSRLS", "REPLICATION"])
def test_a_mighty_login_is_not_the_owner_s(server: TestCluster, mighty: str) -> None:
    """A sentence says so, and the login is as it was."""
    as_superuser(server, f"CREATE ROLE lea LOGIN {mighty} PASSWORD 'hers'")
    before = password_of(server)
    with pytest.raises(Forbidden) as refusal:
        make(server, "caseworker")
    assert "„lea“" in describe(refusal.value)
    assert groups(server) == []
    assert password_of(server) == before


def test_who_backs_up_is_made_by_a_superuser(server: TestCluster) -> None:
    """To pass the rules of rows is not the owner's to give."""
    with pytest.raises(Forbidden):
        make(server, "backup")
    assert as_superuser(server, "SELECT 1 FROM pg_roles WHERE rolname = 'lea'") == []
    engine = create_engine(server.admin_url("postgres"))
    with Session(engine) as session:
        for _ in range(2):
            ensure_login(session, role_name="lea", password=PASSWORD, roles={"backup"})
        session.commit()
    engine.dispose()
    assert as_superuser(server, "SELECT rolbypassrls FROM pg_roles WHERE rolname = 'lea'") == [True]
    as_superuser(server, "REVOKE platzlotse_backup FROM lea")


def test_a_login_of_a_superuser_s_making(server: TestCluster) -> None:
    """Until 15 it is the owner's as every other; since 16 it is refused until it was handed over."""
    as_superuser(server, "CREATE ROLE lea LOGIN", "GRANT platzlotse_worker TO lea")
    if server.major >= 16:
        with pytest.raises(Forbidden):
            make(server, "worker")
        assert password_of(server) is None
        as_superuser(server, "GRANT lea TO owner WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
    make(server, "worker")
    assert groups(server) == ["platzlotse_worker"]
    assert password_of(server) is not None


def test_a_role_somebody_else_gave_is_not_believed_to_be_gone(server: TestCluster) -> None:
    """Since 16 taking it away is a mere warning: that is an error here, and nothing was changed."""
    make(server, "caseworker")
    before = password_of(server)
    as_superuser(server, "GRANT platzlotse_supervisor TO lea")
    if server.major >= 16:
        with pytest.raises(Forbidden):
            make(server, "caseworker", password=OTHER)
        assert groups(server) == ["platzlotse_caseworker", "platzlotse_supervisor"]
        assert password_of(server) == before
        as_superuser(server, "REVOKE platzlotse_supervisor FROM lea")
    else:
        make(server, "caseworker", password=OTHER)
        assert groups(server) == ["platzlotse_caseworker"]

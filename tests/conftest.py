"""Fixtures every test may use: a real PostgreSQL, a fresh database per test, persons who work in it."""

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pytestqt.qtbot import QtBot
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from domain.database import Database
from domain.migrations import migrate
from domain.persons import ensure_login, ensure_person
from tests.compiled import remember, sharing_words
from tests.examples import THOROUGH
from tests.servers.forked import end_all
from tests.servers.guard import Guard
from tests.servers.pgbouncer import PgBouncer
from tests.servers.postgres import TestCluster, in_memory

# how long examples and their making take says more about the machine's other users than about the program
# and a run says the same of the same program; the long one (`make soak`) tries others each time, and more
settings.register_profile(
    "shared",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=not THOROUGH,
    max_examples=100 if THOROUGH else 50,
)
settings.load_profile("shared")
HERE = Path(__file__).parent
TEMPLATE = "platzlotse_template"
PASSWORD = "invented-for-tests"
PATIENCE_MS = 60_000
CATALOGUE = """SELECT oid::regclass::text FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'pg_catalog'::regnamespace AND NOT relisshared"""
LONG_FIRST = (
    *("e2e", "app", "deploy", "sync"),
    # single files of a quarter of a minute
    "domain/communication/drafts/test_cut_anywhere.py",
    "domain/casework/test_bringing_back.py",
    "domain/health/test_health.py",
    "domain/acquisition/test_tame_html.py",
    "domain/casework/test_inquiry_flow.py",
    "domain/communication/evidence/test_chain.py",
    "domain/communication/reading/test_reader.py",
)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


# what a page shows comes from threads and a server: on a busy machine a wait of a test ends with the state, not before
for waiting in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitCallback):
    if (defaults := waiting.__kwdefaults__) is not None:
        defaults["timeout"] = PATIENCE_MS


def pytest_addoption(parser: pytest.Parser) -> None:
    """The whole suite, or a part of it, through a pooler."""
    parser.addoption(
        "--through-pgbouncer", action="store_true", help="desks reach the database through PgBouncer (transaction mode)"
    )


@pytest.hookimpl(trylast=True)  # after the tests were put in a random order
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest for its number of tests: else one process ends alone with it."""

    @cache
    def place(path: Path) -> int:
        for number, folder in enumerate(LONG_FIRST):
            if path.is_relative_to(HERE / folder):
                return number
        return len(LONG_FIRST)

    items.sort(key=lambda item: place(item.path))


def pytest_collection_finish() -> None:
    """What there is now stays to the end: no collection of garbage needs to look through it again."""
    gc.collect()
    gc.freeze()


@dataclass(frozen=True)
class Office:
    """A fresh database with two caseworkers and a worker, as URLs to log in with."""

    cluster: TestCluster
    name: str
    pooler: PgBouncer | None = None

    def url(self, role: str) -> str:
        """SQLAlchemy URL of one of the roles jana, tom (caseworkers), worker, auditor, admin or the owner."""
        owner = make_url(self.cluster.admin_url(self.name))
        if role == "owner":
            return owner.render_as_string(hide_password=False)
        return owner.set(username=f"test_{role}", password=PASSWORD).render_as_string(hide_password=False)

    def database(self, role: str) -> Database:
        """A Database logged in as that role; the caller closes it. Only desks go through a pooler."""
        if self.pooler is not None and role in {"jana", "tom"}:
            url = self.pooler.through(self.url(role))
            return sharing_words(Database(url, application_name=f"test-{role}", pooled=True))
        return sharing_words(Database(self.url(role), application_name=f"test-{role}"))


@pytest.fixture(scope="session", autouse=True)
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests start in folders of pytest ends with a test process that is killed."""
    with Guard(tmp_path_factory.getbasetemp(), remove=False):
        yield
        end_all()


@pytest.fixture(scope="session")
def cluster() -> Iterator[TestCluster]:
    """One PostgreSQL server per test process."""
    with TestCluster(within=in_memory()) as running:
        prepare(running)
        yield running


def prepare(cluster: TestCluster) -> None:
    """Make the template every fresh office is a copy of, and the logins."""
    admin = create_engine(cluster.admin_url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {TEMPLATE}"))
    admin.dispose()
    owner = Database(cluster.admin_url(TEMPLATE))
    migrate(owner.engine)
    with owner.write() as session:
        # tests have a day of their own, which may lie ahead of this machine's; the rule's own tests turn it on again
        session.execute(text("ALTER TABLE communication_service.contact_entry DISABLE TRIGGER not_ahead"))
        # nor has an office of theirs been there for days without a backup
        session.execute(text("UPDATE platform.backup_settings SET since = '2090-01-01'"))
        # and mails leave at once, unless a test is about the undo window
        session.execute(text("UPDATE platform.office SET undo_seconds = 0"))
        for name, shown in (("jana", "Jana Brand"), ("tom", "Tom Keller")):
            ensure_person(
                session,
                role_name=f"test_{name}",
                display_name=shown,
                password=PASSWORD,
                roles={"caseworker", "supervisor"},
                email=f"{name}@buero.example",
            )
        # in many tests a person's connection reports what the worker would; nobody else is given this
        session.execute(text("GRANT INSERT ON communication_service.email_attempt TO test_jana, test_tom"))
        for role in ("worker", "auditor", "admin"):
            ensure_login(session, role_name=f"test_{role}", password=PASSWORD, roles={role})
    remember(owner)
    owner.close()
    slim(cluster)


def slim(cluster: TestCluster) -> None:
    """Halve what a copy of the template costs the server: it copies its files, and row by row whom it depends on.

    Those rows keep a role from being dropped that was given something; the migrations' own roles outlive all tests,
    and what a test gives is noted as ever. Of the files the catalogue's hold what all migrations threw away.
    """
    engine = create_engine(cluster.admin_url(TEMPLATE), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("SET allow_system_table_mods = on"))
        connection.execute(
            text(
                "DELETE FROM pg_shdepend WHERE deptype = 'a'"
                " AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )
        for table in connection.scalars(text(CATALOGUE)).all():
            connection.execute(text(f"VACUUM FULL {table}"))
    engine.dispose()
    # the next to come writes down what each first one in an office would otherwise look up in the catalogue
    with engine.connect():
        pass
    engine.dispose()


@pytest.fixture(scope="session")
def pooler_of_all(cluster: TestCluster, request: pytest.FixtureRequest) -> Iterator[PgBouncer | None]:
    """The pooler of a run with --through-pgbouncer."""
    if not request.config.getoption("--through-pgbouncer"):
        yield None
        return
    with PgBouncer(cluster) as running:
        running.teach(TEMPLATE)
        yield running


@pytest.fixture
def pooler_of_desks(pooler_of_all: PgBouncer | None, request: pytest.FixtureRequest) -> PgBouncer | None:
    """What a test's desks go through; who restores stops it (docs/server.md)."""
    return None if "target" in request.fixturenames else pooler_of_all


@pytest.fixture
def office(cluster: TestCluster, pooler_of_desks: PgBouncer | None) -> Iterator[Office]:
    """A fresh office: a database of its own, dropped afterwards."""
    name = cluster.clone(TEMPLATE)
    yield Office(cluster, name, pooler_of_desks)
    cluster.drop(name)


@pytest.fixture
def database(office: Office) -> Iterator[Database]:
    """The office's database as Jana Brand (caseworker and supervisor)."""
    database = office.database("jana")
    yield database
    database.close()


@pytest.fixture
def second_database(office: Office) -> Iterator[Database]:
    """The same database as Tom Keller, another caseworker."""
    database = office.database("tom")
    yield database
    database.close()


@pytest.fixture
def worker_database(office: Office) -> Iterator[Database]:
    """The same database as the background worker."""
    database = office.database("worker")
    yield database
    database.close()


@pytest.fixture
def now() -> datetime:
    """A Monday morning in UTC."""
    return NOW


@pytest.fixture
def today() -> date:
    """The day of `now`."""
    return NOW.date()

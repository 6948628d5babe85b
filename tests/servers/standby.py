"""An office's server and its standby (streaming replication), which can take over: failover on one machine."""

import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.office_server import OfficeServer
from tests.servers.ports import free_port

REPLICATING = """
wal_level = replica
max_wal_senders = 4
hot_standby = on
"""
SECONDS = 120


class Primary(OfficeServer):
    """A server that lets standbys copy it."""

    __test__ = False

    def _more_configuration(self, data: Path) -> str:
        more = super()._more_configuration(data)
        with (data / "pg_hba.conf").open("a", encoding="utf-8") as admitted:
            admitted.write("local replication all trust\n")
        return more + REPLICATING

    def stop(self) -> None:
        """As a machine that loses its power."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")
        self._stopped = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if getattr(self, "_stopped", False):
            self._run("pg_ctl", "-w", "start")  # so that it ends as every other
        super().__exit__(kind, error, trace)


class Standby:
    """Follows a primary on a port of its own; ends before it does."""

    def __init__(self, primary: Primary) -> None:
        self._primary = primary
        self._data = primary.folder / "standby"
        self.port = free_port()

    def __enter__(self) -> Self:
        where = ("-h", str(self._primary.folder), "-p", str(self._primary.port), "-U", "postgres")
        self._run("pg_basebackup", *where, "-D", str(self._data), "-R", "-X", "stream", "-c", "fast", "--no-sync")
        with (self._data / "postgresql.auto.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(f"port = {self.port}\n")
        self._run("pg_ctl", "-w", "start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def take_over(self) -> None:
        """Become the server that writes; returns when it does."""
        self._run("pg_ctl", "-w", "promote")

    def wait_for(self, there: object) -> None:
        """Until what was written at the primary has come."""
        assert callable(there)
        end = time.monotonic() + SECONDS
        while not there():
            assert time.monotonic() < end
            time.sleep(0.05)

    def _run(self, tool: str, *arguments: str) -> None:
        log = self._primary.folder / "standby.log"
        with log.open("ab") as file:
            code = self._primary._binaries.run(
                tool, *arguments, data=self._data, account=self._primary._account, log=file
            )
        if code != 0:
            raise RuntimeError(f"{tool}: {log.read_text('utf-8', 'replace')[-2000:]}")

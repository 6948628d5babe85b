"""A real Nominatim on the invented town: imported once per test process, served on loopback.

Its programs live in a virtual environment of their own (`scripts/setup_geo.sh`), its database in Debian's PostgreSQL
with PostGIS. Where one of them is missing, the tests that want it are skipped and say what is missing.
"""

import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.guard import Guard
from tests.servers.ports import free_port
from tests.servers.postgres import DEBIAN, TestCluster, debian_binaries
from tests.servers.town import write_town
from tests.servers.wanted import absent

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("PLATZLOTSE_TEST_NOMINATIM", ROOT / "build" / "nominatim")) / "bin" / "nominatim"
PATIENCE = 60.0  # seconds until it serves


def missing() -> str:
    """What hinders a Nominatim here; empty where nothing does."""
    if not PROGRAM.exists():
        return "Nominatim is not set up (scripts/setup_geo.sh)"
    for tool in ("osm2pgsql", "osmium"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    if not list(Path(DEBIAN).glob("*/lib/postgis-3.so")) and not list(Path(DEBIAN).glob("*/lib/bitcode/postgis-3")):
        return "PostGIS is not installed"
    return ""


class NominatimServer:
    """Serves the town at `url`."""

    def __init__(self) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="plnominatim-"))
        self._guard = Guard(self._home)
        self._cluster = TestCluster(debian_binaries())
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._served: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._cluster.__enter__()
        try:
            self._import()
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._cluster.__exit__(None, None, None)
        shutil.rmtree(self._home, ignore_errors=True)
        self._guard.close()

    def start(self) -> None:
        """Serve, at the same address each time."""
        with (self._home / "serve.log").open("ab") as log:
            self._served = subprocess.Popen(
                [PROGRAM, "serve", "--server", f"127.0.0.1:{self.port}", "--project-dir", self._home],
                env=self._environment, stdout=log, stderr=log, cwd=self._home,
            )  # fmt: skip
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self._served.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/status", timeout=2) as answer:  # noqa: S310 - loopback
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise RuntimeError((self._home / "serve.log").read_text("utf-8", "replace")[-2000:])

    def stop(self) -> None:
        """Serve no more; the database stays."""
        if self._served is not None:
            self._served.terminate()
            try:
                self._served.wait(10)
            except subprocess.TimeoutExpired:
                self._served.kill()
                self._served.wait()
            self._served = None

    @property
    def _environment(self) -> dict[str, str]:
        socket = self._cluster.folder
        return os.environ | {
            "NOMINATIM_DATABASE_DSN": f"pgsql:dbname=nominatim;host={socket};port=5432;user=postgres",
            "NOMINATIM_DATABASE_WEBUSER": "postgres",
            "NOMINATIM_IMPORT_STYLE": "full",
            "NOMINATIM_REPLICATION_URL": "",
            "PYTHONWARNINGS": "ignore",
        }

    def _import(self) -> None:
        source, packed = self._home / "town.osm", self._home / "town.osm.pbf"
        write_town(source)
        self._run("osmium", "sort", str(source), "-o", str(packed))
        self._run(
            str(PROGRAM), "import", "--osm-file", str(packed), "--project-dir", str(self._home), "--threads", "2",
            "--osm2pgsql-cache", "50",
        )  # fmt: skip

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            command, env=self._environment, cwd=self._home, capture_output=True, text=True, check=False, timeout=300
        )
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]}: {done.stdout[-1500:]}{done.stderr[-1500:]}")


def nominatim_server() -> NominatimServer:
    """A Nominatim; where it is missing the test is skipped, or fails under `make soak`."""
    if reason := missing():
        absent(reason)
    return NominatimServer()

"""A real Valhalla and a real OSRM on the invented town, from the wheels of an own virtual environment.

They want Python 3.12 (`scripts/setup_geo.sh`). Where it is missing, the tests that want it are skipped and say so;
under `make soak` they fail.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.servers.ports import free_port
from tests.servers.timetable import write_timetable
from tests.servers.town import write_town
from tests.servers.wanted import absent

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(os.environ.get("PLATZLOTSE_TEST_ROUTING", ROOT / "build" / "routing"))
PATIENCE = 60.0


def missing() -> str:
    """What hinders a router here; empty where nothing does."""
    if not (HOME / "bin" / "valhalla_service").exists():
        return "Valhalla and OSRM are not set up (scripts/setup_geo.sh; they want Python 3.12 or newer)"
    return "osmium is not installed" if shutil.which("osmium") is None else ""


def town(folder: Path) -> Path:
    """The town as the routers read it."""
    if reason := missing():
        absent(reason)
    source, packed = folder / "town.osm", folder / "town.osm.pbf"
    write_town(source)
    _run(folder, "osmium", "sort", str(source), "-o", str(packed))
    return packed


@contextlib.contextmanager
def valhalla(folder: Path, *, timetable: bool = False) -> Iterator[str]:
    """A Valhalla's address; with a `timetable` it knows a bus."""
    packed, port = town(folder), free_port()
    tiles = folder / "tiles"
    said = _run(
        folder, _tool("valhalla_build_config"), "--mjolnir-tile-dir", str(tiles), "--mjolnir-concurrency", "1",
        "--mjolnir-transit-dir", str(folder / "transit"), "--mjolnir-transit-feeds-dir", str(folder / "feeds"),
        "--httpd-service-listen", f"tcp://127.0.0.1:{port}",
        "--httpd-service-loopback", f"ipc://{folder}/loopback", "--httpd-service-interrupt", f"ipc://{folder}/interrupt",
        *(
            part
            for service in ("loki", "thor", "odin", "meili")
            for part in (f"--{service}-service-proxy", f"ipc://{folder}/{service}")
            if service != "meili"
        ),
    )  # fmt: skip
    config = json.loads(said)
    config["thor"]["source_to_target_algorithm"] = "timedistancematrix"
    path = folder / "valhalla.json"
    path.write_text(json.dumps(config), "utf-8")
    if timetable:
        write_timetable(folder / "feeds" / "bus")
        for tool in ("valhalla_ingest_transit", "valhalla_convert_transit"):
            _run(folder, _tool(tool), "-c", str(path))
    _run(folder, _tool("valhalla_build_tiles"), "-c", str(path), str(packed))
    with _serving(folder, port, _tool("valhalla_service"), str(path), "1"):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def osrm(folder: Path) -> Iterator[str]:
    """An OSRM's address; its profile is a car's."""
    packed, port = town(folder), free_port()
    package = next(HOME.glob("lib/python3*/site-packages/osrm"))
    profile = next(package.rglob("car.lua"))
    programs = package / "bin"
    base = str(folder / "town.osrm")
    _run(folder, str(programs / "osrm-extract"), "-p", str(profile), str(packed))
    _run(folder, str(programs / "osrm-contract"), base)
    command = (
        str(programs / "osrm-routed"),
        "--ip",
        "127.0.0.1",
        "--port",
        str(port),
        "--max-table-size",
        "2000",
        base,
    )
    with _serving(folder, port, *command):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def _serving(folder: Path, port: int, *command: str) -> Iterator[None]:
    with (folder / "serve.log").open("ab") as log:
        served = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        until = time.monotonic() + PATIENCE
        while not _answers(port):
            if served.poll() is not None or time.monotonic() > until:
                raise RuntimeError((folder / "serve.log").read_text("utf-8", "replace")[-2000:])
            time.sleep(0.1)
        yield
    finally:
        served.terminate()
        try:
            served.wait(10)
        except subprocess.TimeoutExpired:
            served.kill()
            served.wait()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _tool(name: str) -> str:
    """The program itself where it is one: the wheel's own starters leave it running when they are ended."""
    programs = next(HOME.glob("lib/python3*/site-packages/valhalla/bin"))
    return str(programs / name if (programs / name).exists() else HOME / "bin" / name)


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
    return done.stdout

"""A folder for an embedded server, and programs that use it."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.app.seats import Program, Run, processes_in

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def home() -> Iterator[Path]:
    """Lend a short folder for one server; what still runs in it afterwards fails the test and is ended."""
    folder = Path(tempfile.mkdtemp(prefix="plseat-"))
    yield folder / "postgres"
    left = processes_in(folder)
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=10)
    shutil.rmtree(folder)
    assert not left, "processes left behind"


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

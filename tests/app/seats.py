"""What tests of the embedded server share: looking at processes, talking to seat programs."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from app.embedded_postgres import EmbeddedPostgres
from domain.errors import Unavailable

SECONDS = 90

Program = subprocess.Popen[str]
Run = Callable[..., Program]


def processes_in(folder: Path) -> list[psutil.Process]:
    """Find everything that works below a folder: a server's processes all stand in its data folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()).is_relative_to(folder.resolve()):
                found.append(process)
    return found


def said(program: Program) -> str:
    """Wait for the next thing the program says."""
    assert program.stdout is not None
    return program.stdout.readline().strip()


def ended(program: Program) -> str:
    """Close the program's input and return the rest of what it says."""
    return program.communicate(timeout=SECONDS)[0].strip()


def postmaster_of(home: Path) -> int:
    """Tell the number of the folder's server."""
    return int((home / "data" / "postmaster.pid").read_text().split("\n", 1)[0])


def query(server: EmbeddedPostgres, statement: str) -> list[tuple[object, ...]]:
    """Ask as the owner; statements of the tests only."""
    with psycopg.connect(server.url().replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that will surely happen."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@contextmanager
def refused(code: str) -> Iterator[pytest.ExceptionInfo[Unavailable]]:
    """Expect Unavailable with this code."""
    with pytest.raises(Unavailable, match=re.escape(code)) as refusal:
        yield refusal

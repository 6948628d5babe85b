"""A test run that is killed leaves no server and no folder."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.guard import Guard, living_in

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 240.0
CLUSTER = """
from tests.servers.postgres import TestCluster, in_memory
with TestCluster(within=in_memory()) as server:
    print(server.folder, flush=True)
    input()
"""
MAIL = """
from tests.servers.mail import MailServer
with MailServer() as server:
    print(server.home, flush=True)
    input()
"""
# told of the folder only by its environment, as PostgreSQL's tools are; deaf to being asked
DEAF = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); print(flush=True); signal.pause()"
STARTS_DEAF = f"""
import os, subprocess, sys
from pathlib import Path
from tests.servers.guard import Guard
folder = Path(sys.argv[1])
kept = Guard(folder, remove=False)
child = subprocess.Popen(
    [sys.executable, "-c", {DEAF!r}], env=os.environ | {{"PGDATA": str(folder / "data")}}, stdout=subprocess.PIPE
)
child.stdout.readline()
print(folder, flush=True)
input()
"""


@contextmanager
def run(program: str, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process that has servers of a test, and their folder."""
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def wait_until_left(folder: Path) -> None:
    """Wait until nobody lives in a folder any more."""
    end = time.monotonic() + PATIENCE
    while left := living_in(folder):
        assert time.monotonic() < end, left
        time.sleep(0.1)


@pytest.mark.parametrize("program", [CLUSTER, MAIL])
def test_a_killed_test_process_takes_its_servers_along(program: str) -> None:
    """Whether it ends in the middle of a test or before it can say so: server and folder go."""
    with run(program) as (process, folder):
        assert living_in(folder)
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_until_left(folder)
    end = time.monotonic() + PATIENCE
    while folder.exists():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_who_does_not_listen_is_killed_and_the_tests_own_folder_stays(tmp_path: Path) -> None:
    """Of a folder that is pytest's only the processes go."""
    folder = tmp_path / "of-a-test"
    folder.mkdir()
    with run(STARTS_DEAF, str(folder)) as (process, _):
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_until_left(folder)
    assert folder.is_dir()


def test_what_was_put_away_is_not_touched(tmp_path: Path) -> None:
    """Who closes in order keeps the folder, and the guard is gone."""
    with Guard(tmp_path):
        pass
    assert tmp_path.is_dir()

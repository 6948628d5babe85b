"""The worker is kept running, and never outlives the program that started it: real processes, real kills."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from app.worker_process import Patience, Phase, WorkerProcess, WorkerState
from tests.app.worker_program import command

REPOSITORY = Path(__file__).parents[2]
SECONDS = 120
QUICK = Patience(first=0.05, last=0.2, steady=600, grace=60)

Supervise = Callable[..., WorkerProcess]


class States:
    """What a listener was told, in order."""

    def __init__(self) -> None:
        self.all: list[WorkerState] = []

    def __call__(self, state: WorkerState) -> None:
        self.all.append(state)

    def count(self, phase: Phase) -> int:
        """Count how often a phase was reached."""
        return [state.phase for state in self.all].count(phase)


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in the repository: the children are modules of it."""
    monkeypatch.chdir(REPOSITORY)


@pytest.fixture
def note(tmp_path: Path) -> Path:
    return tmp_path / "note"


@pytest.fixture
def supervise(note: Path) -> Iterator[Supervise]:
    """Make supervised children; all are stopped at the end."""
    made: list[WorkerProcess] = []

    def make(*words: str, patience: Patience = QUICK) -> WorkerProcess:
        worker = WorkerProcess(list(words), note.with_suffix(".log"), patience=patience)
        made.append(worker)
        return worker

    yield make
    for worker in made:
        worker.stop()


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def _notes(note: Path) -> list[str]:
    return note.read_text().splitlines() if note.exists() else []


def _gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_runs_and_ends_gently(note: Path, supervise: Supervise) -> None:
    """Start, run, stop: the child is asked and may finish; its output is in the log; nothing is left."""
    worker, states = supervise(*command("gentle", note)), States()
    worker.on_state(states)
    assert not worker.is_alive()
    worker.start()
    worker.start()
    _wait(lambda: len(_notes(note)) == 1)
    assert worker.is_alive()
    pid = worker.pid
    assert _notes(note) == [f"gentle watched {pid}"]
    worker.stop()
    worker.stop()
    assert _notes(note)[1:] == [f"bye {pid}"]
    assert not worker.is_alive()
    assert worker.pid is None
    assert states.all == [WorkerState(Phase.RUNNING), WorkerState(Phase.STOPPED)]
    assert note.with_suffix(".log").read_text() == "started\n"
    assert note.with_suffix(".log").stat().st_mode & 0o777 == 0o600
    assert "worker-watch" not in [thread.name for thread in threading.enumerate()]


def test_can_be_started_again(note: Path, supervise: Supervise) -> None:
    """Stopping is not final."""
    worker = supervise(*command("gentle", note))
    for rounds in (1, 2):
        worker.start()
        _wait(lambda rounds=rounds: len(_notes(note)) == 2 * rounds - 1)  # type: ignore[misc]  # bound default
        worker.stop()
    assert [line.split()[0] for line in _notes(note)] == ["gentle", "bye"] * 2


def test_killed_child_is_started_again(note: Path, supervise: Supervise) -> None:
    """Kill -9 of the child: another one runs soon, the listener knows of the signal."""
    worker, states = supervise(*command("gentle", note)), States()
    worker.on_state(states)
    worker.start()
    _wait(lambda: len(_notes(note)) == 1)
    first = worker.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    _wait(lambda: len(_notes(note)) == 2 and states.count(Phase.RUNNING) == 2)
    assert worker.pid not in {None, first}
    assert states.all[1] == WorkerState(Phase.WAITING, exit_code=-signal.SIGKILL, restart_seconds=QUICK.first)
    assert states.all[2] == WorkerState(Phase.RUNNING)


def test_waits_grow_up_to_the_limit(note: Path, supervise: Supervise) -> None:
    """A child that dies at once is started ever less often, but never given up."""
    worker, states = supervise(*command("short", note)), States()
    worker.on_state(states)
    worker.start()
    _wait(lambda: states.count(Phase.WAITING) >= 4)
    worker.stop()
    waits = [state for state in states.all if state.phase is Phase.WAITING]
    assert [state.restart_seconds for state in waits[:4]] == [0.05, 0.1, 0.2, 0.2]
    assert {state.exit_code for state in waits} == {3}


def test_a_steady_run_forgets_earlier_deaths(note: Path, supervise: Supervise) -> None:
    """After a run that lasted, the next wait is the first one again."""
    worker, states = (
        supervise(*command("short", note), patience=Patience(first=0.05, last=9, steady=0)),
        States(),
    )
    worker.on_state(states)
    worker.start()
    _wait(lambda: states.count(Phase.WAITING) >= 3)
    assert {state.restart_seconds for state in states.all if state.phase is Phase.WAITING} == {0.05}


def test_program_that_cannot_be_started(note: Path, supervise: Supervise) -> None:
    """A missing program is told without an exit code and tried again; stop does not wait for the next try."""
    worker, states = supervise(str(note.parent / "missing"), patience=Patience(first=300)), States()
    worker.on_state(states)
    worker.start()
    _wait(lambda: states.count(Phase.WAITING) == 1)
    assert states.all == [WorkerState(Phase.WAITING, exit_code=None, restart_seconds=300)]
    started = time.monotonic()
    worker.stop()
    assert time.monotonic() - started < 30
    assert states.all[-1] == WorkerState(Phase.STOPPED)


def test_deaf_child_is_killed_after_the_grace(note: Path, supervise: Supervise) -> None:
    """A child that neither hears the signal nor minds its closed input ends all the same."""
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    script = f"{deaf}; print(1, flush=True); time.sleep(99)"
    worker = supervise(sys.executable, "-c", script, patience=Patience(grace=0.3))
    worker.start()
    _wait(lambda: note.with_suffix(".log").exists() and note.with_suffix(".log").read_text() == "1\n")
    pid = worker.pid
    assert pid is not None
    worker.stop()
    assert _gone(pid)


@pytest.mark.parametrize("kind", ["gentle", "deaf"])
def test_child_ends_with_a_killed_parent(note: Path, kind: str) -> None:
    """Kill -9 of the parent: the child ends, gently if it listens, by itself after the grace if not."""
    parent = subprocess.Popen(command("parent", note, kind), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(lambda: len(_notes(note)) == 2)
        assert _notes(note)[0] == f"parent alone {parent.pid}"
        child = int(_notes(note)[1].split()[-1])
        parent.kill()
        parent.wait(SECONDS)
        _wait(lambda: _gone(child))
    finally:
        parent.kill()
        parent.wait(SECONDS)
    assert _notes(note)[2:] == ([f"bye {child}"] if kind == "gentle" else [])


def test_service_without_input_lives_on(note: Path) -> None:
    """Started by the system with a closed input, the worker does not take that for its parent's end."""
    service = subprocess.Popen(command("gentle", note), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(lambda: len(_notes(note)) == 1)
        with suppress(subprocess.TimeoutExpired):
            service.wait(1)
        assert service.poll() is None
        assert _notes(note) == [f"gentle alone {service.pid}"]
        service.terminate()
        assert service.wait(SECONDS) == 0
    finally:
        service.kill()
        service.wait(SECONDS)

"""A child process that is kept running: started, watched, started again when it dies, and stopped gently.

The child ends with this process, however that ends (see `parent_watch`). What the child does is its own;
this module knows neither the database nor the window.
"""

import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.parent_watch import MARK
from app.private_files import open_log

LOG = logging.getLogger(__name__)
NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
POLL_SECONDS = 0.2


class Phase(StrEnum):
    """Where the child stands."""

    RUNNING = "running"
    WAITING = "waiting"  # died, will be started again
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class WorkerState:
    """What the listener learns; exit code and wait belong to the phase `waiting`.

    The exit code is negative for a signal and None if the program could not be started at all.
    """

    phase: Phase
    exit_code: int | None = None
    restart_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: before a restart (doubling from first to last), and for a gentle end.

    A child that ran for `steady` is taken as healthy: the next wait is the first one again.
    """

    first: float = 0.5
    last: float = 30.0
    steady: float = 60.0
    grace: float = 10.0


class WorkerProcess:
    """One supervised child.

    Listeners are called on the watching thread; a window hands the news over to its own thread by a signal.
    """

    def __init__(self, command: Sequence[str], log: Path, *, patience: Patience | None = None) -> None:
        self._command = list(command)
        self._log = log
        self._patience = patience or Patience()
        self._listeners: list[Callable[[WorkerState], None]] = []
        self._stopping = threading.Event()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._child: subprocess.Popen[bytes] | None = None

    def on_state(self, listener: Callable[[WorkerState], None]) -> None:
        """Tell the listener of every change from now on. It must not call `stop` itself."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Start the child and watch it. Does nothing if it is watched already."""
        with self._guard:
            if self._thread is not None:
                return
            self._stopping.clear()
            self._thread = threading.Thread(target=self._supervise, name="worker-watch", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the child, gently at first, and the watching; returns when both are gone."""
        with self._guard:
            if self._thread is None:
                return
            self._stopping.set()
            self._thread.join()
            self._thread = None

    def is_alive(self) -> bool:
        """Whether the child runs at this moment."""
        child = self._child
        return child is not None and child.poll() is None

    @property
    def pid(self) -> int | None:
        """The number of the running child, for diagnosis."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def _supervise(self) -> None:
        wait = self._patience.first
        while not self._stopping.is_set():
            started = time.monotonic()
            exit_code = self._run_once()
            if self._stopping.is_set():
                break
            if time.monotonic() - started >= self._patience.steady:
                wait = self._patience.first
            LOG.warning("worker ended with %s, next start in %.1f s", exit_code, wait)
            self._tell(WorkerState(Phase.WAITING, exit_code=exit_code, restart_seconds=wait))
            self._stopping.wait(wait)
            wait = min(2 * wait, self._patience.last)
        self._tell(WorkerState(Phase.STOPPED))

    def _run_once(self) -> int | None:
        """Run the child to its end, its own or the one `stop` asks for; returns the exit code."""
        try:
            with os.fdopen(open_log(self._log), "ab") as log:
                child = subprocess.Popen(  # noqa: S603 - the program's own worker
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    env={**os.environ, MARK: "1"},
                    creationflags=NO_WINDOW,
                )
        except OSError as exc:
            LOG.warning("worker could not be started: %s", exc.strerror)
            return None
        with child:
            self._child = child
            self._tell(WorkerState(Phase.RUNNING))
            while child.poll() is None:
                if self._stopping.wait(POLL_SECONDS):
                    self._end(child)
        return child.returncode

    def _end(self, child: subprocess.Popen[bytes]) -> None:
        assert child.stdin is not None
        # one request, not two: on Windows terminate() kills, there the closed input is the gentle way
        if os.name == "nt":
            child.stdin.close()
        else:
            child.terminate()
        try:
            child.wait(self._patience.grace)
        except subprocess.TimeoutExpired:
            LOG.warning("worker did not end within %.0f s and was killed", self._patience.grace)
            child.kill()
            child.wait()

    def _tell(self, state: WorkerState) -> None:
        for listener in self._listeners:
            listener(state)

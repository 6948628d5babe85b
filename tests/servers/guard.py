"""What a killed test run leaves behind goes all the same: its servers' processes end, their folders are removed.

`Guard` starts this file as a process of its own session, which waits on a pipe that only the test process holds. When
that one ends without a word, killed or not, the guard ends every process that lives in the folder, then takes it away.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

PATIENCE = 5.0  # seconds until whoever does not listen is killed
ROUNDS = 3  # a process may start another one while it is looked for
DONE, REMOVE, LEAVE = "done", "remove", "leave"


class Guard:
    """Watches over one folder from now until `close`; with `remove` false it leaves the folder itself."""

    def __init__(self, folder: Path, *, remove: bool = True) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,  # else whoever reads the tests' output waits for the guard, too
            stderr=subprocess.DEVNULL,
            env={},  # a folder named there would make it one of those it ends
            cwd="/",
            text=True,
            start_new_session=True,  # what ends the tests' group spares it
        )
        self._say(f"{REMOVE if remove else LEAVE}\n{folder}\n")

    def close(self) -> None:
        """Everything was put away: there is nothing to do any more."""
        self._say(f"{DONE}\n")
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _say(self, words: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(words)
        self._process.stdin.flush()


def living_in(folder: Path) -> list[psutil.Process]:
    """Processes that work in a folder, or were told of it by an argument or their environment, with their children."""
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        try:
            told = [process.cwd(), *process.cmdline(), *process.environ().values()]
            if process.pid != os.getpid() and any(f"{folder}/" in f"{place}/" for place in told):
                found |= {each.pid: each for each in (process, *process.children(recursive=True))}
        except psutil.Error:
            continue  # it ended, or is somebody else's
    return list(found.values())


def end(processes: list[psutil.Process]) -> None:
    """Ask those nobody of them started, then kill who is still there.

    SIGINT is PostgreSQL's fast shutdown, which gives its shared memory back, and an end for all others.
    """
    pids = {process.pid for process in processes}
    for process in processes:
        try:
            if process.ppid() not in pids:
                process.send_signal(signal.SIGINT)
        except psutil.Error:
            continue
    for process in psutil.wait_procs(processes, timeout=PATIENCE)[1]:
        try:
            process.kill()
        except psutil.Error:
            continue
    psutil.wait_procs(processes, timeout=PATIENCE)


def main() -> None:
    """Wait for the end of whoever started this, and put away what it did not."""
    what, folder, *last = sys.stdin.read().splitlines()
    if last == [DONE]:
        return
    for _ in range(ROUNDS):
        if not (left := living_in(Path(folder))):
            break
        end(left)
    if what == REMOVE:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()

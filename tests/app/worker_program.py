"""A child for the tests of the worker's supervision; ``python -m tests.app.worker_program KIND LOG``.

``gentle`` writes ``bye`` when asked to end, ``deaf`` ignores being asked, ``short`` ends with code 3 at once.
``parent`` supervises a ``gentle`` or ``deaf`` child of its own: LOG is followed by that child's kind.
"""

import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from app.parent_watch import exit_when_parent_ends
from app.worker_process import WorkerProcess


def command(kind: str, note: Path, *rest: str) -> list[str]:
    """Give the command that starts this program."""
    return [sys.executable, "-m", "tests.app.worker_program", kind, str(note), *rest]


def _note(note: Path, word: str) -> None:
    with note.open("a", encoding="utf-8") as file:
        file.write(f"{word} {os.getpid()}\n")


class _AskedToEnd(Exception):
    """SIGTERM arrived."""


def _end(_number: int, _frame: FrameType | None) -> None:
    raise _AskedToEnd


def main() -> None:
    kind, note = sys.argv[1], Path(sys.argv[2])
    signal.signal(signal.SIGTERM, signal.SIG_IGN if kind == "deaf" else _end)
    watched = exit_when_parent_ends(grace_seconds=0.5 if kind == "deaf" else 60)
    sys.stderr.write("started\n")
    sys.stderr.flush()
    try:
        _note(note, f"{kind} {'watched' if watched else 'alone'}")
        if kind == "short":
            sys.exit(3)
        if kind == "parent":
            WorkerProcess(command(sys.argv[3], note), note.with_suffix(".log")).start()
        while True:
            time.sleep(60)
    except _AskedToEnd:
        _note(note, "bye")


if __name__ == "__main__":
    main()

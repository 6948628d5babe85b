"""Workers by the hundred, each a process of its own that may be killed: forked from one that has imported everything.

``python -m tests.sync.worker_nursery URL KEY`` reads "start AHEAD" and "reap PID" from its input. A worker forked here
lives as `worker_program` does, without the second that importing takes; it has the key (hex) that opens accounts.
"""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from nacl.public import PrivateKey

from sync.mail.senders import Credentials
from sync.worker import Worker

REPOSITORY = Path(__file__).parents[2]
READY = b"Starting worker"
SECONDS = 120


class Nursery:
    """Runs within its `with` block; `log` holds the words of all its workers."""

    def __init__(self, url: str, key: PrivateKey, log: Path) -> None:
        self._command = [sys.executable, "-m", __name__, url, bytes(key).hex()]
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, cwd=REPOSITORY
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.communicate(timeout=SECONDS)

    @contextmanager
    def worker(self, *, ahead: timedelta = timedelta(0)) -> Iterator[int]:
        """A running worker whose clock is ahead; its process id. Killed at the end of the block, if it lives."""
        began = self._log.stat().st_size
        number = int(self._say(f"start {ahead.total_seconds()}"))
        try:
            end = time.monotonic() + SECONDS
            while READY not in self._new_words(began):
                if time.monotonic() > end:
                    raise RuntimeError(f"the worker does not start: {self._new_words(began)[-2000:]!r}")
                time.sleep(0.003)
            yield number
        finally:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
            self._say(f"reap {number}")

    def _new_words(self, began: int) -> bytes:
        with self._log.open("rb") as log:
            log.seek(began)
            return log.read()

    def _say(self, line: str) -> str:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(line.encode() + b"\n")
        process.stdin.flush()
        return process.stdout.readline().decode()


def main(url: str, key: bytes) -> None:
    for line in sys.stdin.buffer:
        word, _, value = line.decode().partition(" ")
        if word == "reap":
            os.waitpid(int(value), 0)
            answer = "reaped"
        else:
            number = os.fork()
            if number == 0:
                _live(url, key, timedelta(seconds=float(value)))
            answer = str(number)
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()


def _live(url: str, key: bytes, ahead: timedelta) -> None:
    os.close(0)
    os.dup2(2, 1)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        worker = Worker(url, None, credentials=Credentials(PrivateKey(key)), now=lambda: datetime.now(UTC) + ahead)
        asyncio.run(worker.run())
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], bytes.fromhex(sys.argv[2]))

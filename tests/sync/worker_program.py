"""The worker as a process of its own; ``python -m tests.sync.worker_program URL WAY AHEAD``.

It works for the office's database at URL and sends by WAY: a port of this machine, or the office's accounts, which a
key (hex) opens. Its clock is AHEAD seconds ahead, so that what takes minutes (a lease, the wait before a retry) is over
without waiting. `WorkerProgram` starts, stops and kills it.
"""

import asyncio
import logging
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from nacl.public import PrivateKey

from sync.mail.senders import Credentials, Sender
from sync.mail.smtp import SmtpTransport
from sync.worker import Worker
from tests.servers.forked import Forked

SENDER = "buero@buero.example"
SENDER_NAME = "Büro Süd"
READY = b"Starting worker"
SECONDS = 120
LONGEST_PORT = 5  # digits


class WorkerProgram:
    """One run of the worker; ends gently with the block. Its words are in the log file."""

    def __init__(self, url: str, way: int | PrivateKey, log: Path, *, ahead: timedelta = timedelta(0)) -> None:
        by = str(way) if isinstance(way, int) else bytes(way).hex()
        self._arguments = (url, by, str(ahead.total_seconds()))
        self._log = log
        self._process: Forked | None = None

    def __enter__(self) -> Self:
        began = self._log.stat().st_size if self._log.exists() else 0
        self._process = Forked(__name__, *self._arguments, log=self._log)
        end = time.monotonic() + SECONDS
        while READY not in self._words_since(began):
            if self._process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise RuntimeError(f"the worker does not start: {self._words_since(began)[-2000:]!r}")
            time.sleep(0.003)
        return self

    def _words_since(self, began: int) -> bytes:
        with self._log.open("rb") as log:
            log.seek(began)
            return log.read()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(SECONDS)
        self.kill()

    def kill(self) -> None:
        """Kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(SECONDS)
            self._process = None


def main(url: str, way: str, ahead: timedelta) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    sender, credentials = None, Credentials()
    if way.isdigit() and len(way) <= LONGEST_PORT:
        transport = SmtpTransport("127.0.0.1", int(way), security="none", timeout=60)
        sender = Sender(transport, SENDER, SENDER_NAME)
    else:
        credentials = Credentials(PrivateKey(bytes.fromhex(way)))
    asyncio.run(Worker(url, sender, credentials=credentials, now=lambda: datetime.now(UTC) + ahead).run())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], timedelta(seconds=float(sys.argv[3])))

"""Rounds: work the worker does again and again, each of which outlives whatever hinders it.

A round that fails is told of once in the log (by code or error's name, never by words that may name somebody), noted
for Verwaltung and ``doctor``, and tried again after a wait that grows to a minute. It hinders no other.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from domain.errors import PlatzlotseError
from domain.worker_troubles import forget_trouble, note_trouble
from sync.mail.ports import Write

log = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = 5.0, 60.0


class Round:
    """One such work. `write` runs work in one transaction, `now` is the clock."""

    def __init__(self, name: str, work: Callable[[], object], *, write: Write, now: Callable[[], datetime]) -> None:
        self.name = name
        self._work, self._write, self._now = work, write, now
        self._trouble = ""
        self._failures = 0

    @property
    def wait(self) -> float:
        """How long to wait after failures (s); 0 when the last time went well."""
        return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(self._failures - 1, 16)) if self._failures else 0.0

    def once(self) -> bool:
        """Do it; False where it failed."""
        try:
            self._work()
        except PlatzlotseError as exc:
            self._failed(exc.code)
        # a round that ends is work nobody does any more: what was not foreseen is told, and tried again
        except Exception as exc:  # noqa: BLE001
            self._failed(type(exc).__name__)
        else:
            self._well()
            return True
        return False

    async def keep_on(self, seconds: float) -> None:
        """For ever, so many seconds apart."""
        while True:
            await asyncio.sleep(max(seconds, self.wait))
            await to_its_end(self.once)

    def _failed(self, trouble: str) -> None:
        self._failures += 1
        if trouble != self._trouble:
            log.warning("%s failed: %s", self.name, trouble)
        self._trouble = trouble
        self._told(lambda session: note_trouble(session, self.name, trouble, now=self._now()))

    def _well(self) -> None:
        self._failures = 0
        if self._trouble and self._told(lambda session: forget_trouble(session, self.name)):
            log.info("%s is well again", self.name)
            self._trouble = ""

    def _told(self, write: Callable[..., None]) -> bool:
        try:
            self._write(write)
        # the database may be what hinders the round
        except Exception as exc:  # noqa: BLE001
            log.debug("%s: trouble not noted: %s", self.name, type(exc).__name__)
            return False
        return True


async def to_its_end(work: Callable[[], object]) -> None:
    """Do it in a thread. Who is cancelled meanwhile waits for it all the same: it still holds a connection."""
    doing = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        await asyncio.shield(doing)
    finally:
        await doing

"""The worker's round over sources: claim a page, ask for it politely, note it; whatever the host says is heard.

A host that redirects, refuses or fails ends the reading with a sentence; one that is away is asked again later, longer
each time. Nothing is imported here.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.acquisition.source_asking import ask_due
from domain.acquisition.source_leases import LEASE, PagesToJoin, PageToRead, fail_run, give_back, take_step
from domain.acquisition.source_runs import PageRead, note_page, put_off_run
from domain.errors import PlatzlotseError, Unavailable
from sync.http.answers import Limits, Validators
from sync.http.client import Write
from sync.http.reach import Reach
from sync.http.reader import PageReader
from sync.sources.joining import join

log = logging.getLogger(__name__)
STEPS = 200  # pages of one round; then others of this thread have their turn
LIMITS = Limits(redirects=0, attempts=2, turn=90.0, together=60.0)
# what ends a reading, and the sentence that says what to do
ENDS = {
    "outside.redirected": "source.redirected",
    "outside.server_error": "source.server_error",
    "outside.status": "source.status",
    "outside.robots": "source.robots",
    "outside.garbage": "source.garbage",
    "outside.too_large": "source.too_large",
    "outside.too_slow": "outside.too_slow",
    "outside.anonymous": "outside.anonymous",
    "outside.never": "source.never",
    "outside.private": "outside.private",
}
REFUSED = {401: "source.login", 403: "source.forbidden", 429: "source.too_many"}


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a page or a reading's end is one worker's; how many seconds its minute has (`per_minute` pages)."""

    lease: timedelta = LEASE
    minute: float = 60.0


class SourceReading:
    """Reads what is asked for and what is due; `stop` ends whatever waits for its turn."""

    def __init__(
        self,
        write: Write,
        *,
        now: Callable[[], datetime],
        limits: Limits = LIMITS,
        pace: Pace = Pace(),
    ) -> None:
        self._write, self._now, self._pace = write, now, pace
        self._stopped = threading.Event()
        # an admin names these addresses, and one may stand in the office's own network
        self._reader = PageReader(
            write,
            now=now,
            limits=limits,
            sleep=self._sleep,
            reach=Reach.ANYWHERE,
            robots_interval=pace.minute / 60,
        )

    def stop(self) -> None:
        """No further question; one that waits for its turn is given up and comes again."""
        self._stopped.set()

    def read(self) -> None:
        """Begin what is due and read page by page until none is left."""
        self._write(lambda s: ask_due(s, now=self._now()))
        for _ in range(STEPS):
            if self._stopped.is_set() or not self.step():
                return

    def step(self) -> bool:
        """One page, or a reading's end; False where nothing is due."""
        page = self._write(lambda s: take_step(s, now=self._now(), lease=self._pace.lease))
        if page is None:
            return False
        if isinstance(page, PagesToJoin):
            join(self._write, page, now=self._now, lease=self._pace.lease, stopped=self._stopped.is_set)
            return True
        try:
            self._read(page)
        except Unavailable as exc:
            self._note_trouble(page, exc)
        except PlatzlotseError as exc:
            code, params = exc.code, {**exc.params, "page": page.address}
            self._write(lambda s: fail_run(s, page, code, params, now=self._now()))
        # a page is somebody else's: what nobody foresaw in it hinders this source alone, and is told
        except Exception as exc:  # noqa: BLE001
            log.warning("page of source %d: %s", page.source_id, type(exc).__name__)
            self._write(lambda s: fail_run(s, page, "source.unforeseen", now=self._now()))
        return True

    def _read(self, page: PageToRead) -> None:
        interval = self._pace.minute / page.form.per_minute
        answer = self._reader.page(page.address, interval=interval, known=Validators(page.etag, page.last_modified))
        body = None if answer.unchanged else answer.body
        read = PageRead(body, answer.charset, answer.validators.etag, answer.validators.last_modified)
        self._write(lambda s: note_page(s, page, read, now=self._now()))

    def _note_trouble(self, page: PageToRead, error: Unavailable) -> None:
        now = self._now()
        if error.code == "outside.stopping":
            self._write(lambda s: give_back(s, page, now=now))
            return
        params = {**error.params, "page": page.address}
        until = params.pop("until", None)
        cause = ENDS.get(error.code)
        if error.code == "outside.refused":
            cause = REFUSED.get(int(str(error.params.get("status") or 0)), "source.forbidden")
        if cause is not None:
            code = cause
            self._write(lambda s: fail_run(s, page, code, params, now=now))
            return
        later = datetime.fromisoformat(str(until)) if until else None
        self._write(lambda s: put_off_run(s, page, error.code, params, now=now, until=later))

    def _sleep(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise Unavailable("outside.stopping")

"""The worker's round over sources: claim a page, ask for it politely, note it; whatever the host says is heard.

A host that redirects, refuses or fails ends the reading with a sentence; one that is away is asked again later, longer
each time. Nothing is imported here.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.access import office
from domain.acquisition.source_runs import (
    LEASE,
    PageRead,
    PageToRead,
    ask_due,
    fail_run,
    give_back,
    note_page,
    put_off_run,
    take_page,
)
from domain.errors import PlatzlotseError, Unavailable
from sync.http.answers import Answer, Limits, Validators
from sync.http.client import OutsideClient, Write
from sync.http.identity import user_agent
from sync.http.robots import Robots

STEPS = 200  # pages of one round; then others of this thread have their turn
LIMITS = Limits(redirects=0, attempts=2, turn=90.0, together=60.0)
SLOWEST = 60.0  # seconds between two questions a robots.txt may ask for; who wants more is not read in a day
# what ends a reading, and the sentence that says what to do
ENDS = {
    "outside.redirected": "source.redirected",
    "outside.server_error": "source.server_error",
    "outside.status": "source.status",
    "outside.robots": "source.robots",
    "outside.garbage": "source.garbage",
    "outside.too_large": "source.too_large",
}
REFUSED = {401: "source.login", 403: "source.forbidden", 429: "source.too_many"}


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a page is one worker's, and how many seconds a source's minute has (`per_minute` pages)."""

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
        self._write, self._now, self._limits, self._pace = write, now, limits, pace
        self._stopped = threading.Event()
        self._agent = ""
        self._client: OutsideClient | None = None
        self._robots: Robots | None = None

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
        """One page; False where none is due."""
        page = self._write(lambda s: take_page(s, now=self._now(), lease=self._pace.lease))
        if page is None:
            return False
        try:
            answer = self._ask(page)
        except Unavailable as exc:
            self._note_trouble(page, exc)
            return True
        except PlatzlotseError as exc:
            code = exc.code
            self._write(lambda s: fail_run(s, page, code, now=self._now(), page=page.address))
            return True
        body = None if answer.unchanged else answer.body
        read = PageRead(body, answer.charset, answer.validators.etag, answer.validators.last_modified)
        self._write(lambda s: note_page(s, page, read, now=self._now()))
        return True

    def _ask(self, page: PageToRead) -> Answer:
        client, robots = self._outside()
        asked = robots.check(page.address, now=self._now())
        interval = max(self._pace.minute / page.form.per_minute, min(asked or 0.0, SLOWEST))
        known = Validators(page.etag, page.last_modified)
        return client.get(page.address, interval=interval, known=known, limits=self._limits)

    def _outside(self) -> tuple[OutsideClient, Robots]:
        """One client and the rules it read, as long as the office says who it is in the same words."""
        agent = self._write(lambda s: user_agent(office(s)))
        if self._client is None or self._robots is None or agent != self._agent:
            self._agent = agent
            self._client = OutsideClient(
                self._write, user_agent=agent, now=self._now, limits=self._limits, sleep=self._sleep
            )
            self._robots = Robots(self._client, interval=self._pace.minute / 60)
        return self._client, self._robots

    def _note_trouble(self, page: PageToRead, error: Unavailable) -> None:
        now = self._now()
        if error.code == "outside.stopping":
            self._write(lambda s: give_back(s, page, now=now))
            return
        params = {k: v for k, v in error.params.items() if isinstance(v, (int, str)) and not isinstance(v, bool)}
        until = params.pop("until", None)
        params["page"] = page.address
        cause = ENDS.get(error.code)
        if error.code == "outside.refused":
            cause = REFUSED.get(int(str(error.params.get("status") or 0)), "source.forbidden")
        if cause is not None:
            code = cause
            self._write(lambda s: fail_run(s, page, code, now=now, **params))
            return
        later = datetime.fromisoformat(str(until)) if until else None
        self._write(lambda s: put_off_run(s, page, error.code, now=now, until=later, **params))

    def _sleep(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise Unavailable("outside.stopping")

"""The worker's round over practices' own pages: the first and a few more of its host; then suggestions."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain.casework.enrichment import (
    WebsiteToRead,
    fail_website,
    give_back_website,
    keep_found,
    note_website,
    take_website,
)
from domain.casework.enrichment_schedule import ask_scheduled
from domain.casework.practice_page import Found, findings, links
from domain.errors import PlatzlotseError, Unavailable
from domain.weektime import office_day
from sync.http.answers import Answer, Limits
from sync.http.client import Write
from sync.http.reach import Reach
from sync.http.reader import PageReader

log = logging.getLogger(__name__)
STEPS = 50
PAUSE = 5.0  # seconds between two questions to one practice
LIMITS = Limits(redirects=2, attempts=1, turn=90.0, together=30.0, largest=2_000_000)
AWAY = {
    "outside.unreachable", "outside.timeout", "outside.busy", "outside.paused", "outside.resting",
    "outside.server_error",
}  # fmt: skip
LEFT_OUT = {"outside.status", "outside.robots", "outside.garbage", "outside.redirected", "outside.too_large"}


@dataclass(slots=True)
class _Read:
    """The findings with their pages, how many were read, whether these are all there are, and what ended it early."""

    found: list[tuple[str, Found]]
    pages: int = 1
    complete: bool = True
    halted: Unavailable | None = None


class PracticePages:
    """Reads pages somebody or the schedule asked for; `stop` gives up whatever waits for its turn.

    Their addresses stand in directories anybody writes in, so only public servers are asked: `reach` is for a test's
    own server.
    """

    def __init__(
        self,
        write: Write,
        *,
        now: Callable[[], datetime],
        limits: Limits = LIMITS,
        pause: float = PAUSE,
        reach: Reach = Reach.PUBLIC,
    ) -> None:
        self._write, self._now, self._pause = write, now, pause
        self._stopped = threading.Event()
        self._reader = PageReader(write, now=now, limits=limits, sleep=self._sleep, reach=reach)

    def stop(self) -> None:
        """No further question."""
        self._stopped.set()

    def read_websites(self) -> None:
        """Ask for the schedule's next one, then read until none is due."""
        self._write(lambda s: ask_scheduled(s, now=self._now()))
        for _ in range(STEPS):
            if self._stopped.is_set() or not self.step():
                return

    def step(self) -> bool:
        """One practice; False where none is due."""
        site = self._write(lambda s: take_website(s, now=self._now()))
        if site is None:
            return False
        try:
            read = self._read(site)
            halted = read.halted
            if halted is None:
                self._write(
                    lambda s: note_website(
                        s, site, read.found, pages=read.pages, now=self._now(), complete=read.complete
                    )
                )
            else:
                self._write(lambda s: keep_found(s, site, read.found, now=self._now()))
                self._failed(site, halted)
        except PlatzlotseError as exc:
            self._failed(site, exc)
        # a page is somebody else's: what nobody foresaw in it hinders this practice alone, and is told
        except Exception as exc:  # noqa: BLE001
            log.warning("page of therapist %d: %s", site.therapist_id, type(exc).__name__)
            self._failed(site, Unavailable("web.unforeseen"))
        return True

    def _failed(self, site: WebsiteToRead, error: PlatzlotseError) -> None:
        if error.code == "outside.stopping":
            self._write(lambda s: give_back_website(s, site, now=self._now()))
            return
        code, params, again = error.code, error.params, error.code in AWAY
        self._write(lambda s: fail_website(s, site, code, params, now=self._now(), again=again))

    def _read(self, site: WebsiteToRead) -> _Read:
        """The first page and those it leads to. Of further pages one that fails is left out, or ends it."""
        on = office_day(self._now())
        first = self._page(site.address)
        start = first.text()
        read = _Read([(first.url, finding) for finding in findings(start, on=on)])
        for address in links(start, first.url):
            try:
                further = self._page(address)
            except Unavailable as exc:
                if exc.code == "outside.stopping":
                    raise
                if exc.code not in LEFT_OUT:
                    read.halted = exc
                    return read
                read.complete = read.complete and exc.code == "outside.status"  # that one is not there
                continue
            read.pages += 1
            read.found += [(address, finding) for finding in findings(further.text(), on=on)]
        return read

    def _page(self, address: str) -> Answer:
        if self._stopped.is_set():
            raise Unavailable("outside.stopping")
        answer = self._reader.page(address, interval=self._pause)
        if answer.content_type not in {"text/html", "application/xhtml+xml", ""}:
            raise Unavailable("outside.garbage", host=address)
        return answer

    def _sleep(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise Unavailable("outside.stopping")

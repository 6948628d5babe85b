"""The worker's round over practices' own pages: the first and a few more of its host; then suggestions."""

import threading
from collections.abc import Callable
from datetime import datetime

from domain.access import office
from domain.casework.enrichment import WebsiteToRead, fail_website, note_website, take_website
from domain.casework.enrichment_schedule import ask_scheduled
from domain.casework.practice_page import Found, findings, links
from domain.errors import PlatzlotseError, Unavailable
from domain.weektime import office_day
from sync.http.answers import Limits
from sync.http.client import OutsideClient, Write
from sync.http.identity import user_agent
from sync.http.robots import Robots

STEPS = 50
PAUSE = 5.0  # seconds between two questions to one practice
LIMITS = Limits(redirects=2, attempts=1, turn=90.0, together=30.0, largest=2_000_000)
AWAY = {"outside.unreachable", "outside.timeout", "outside.busy", "outside.paused", "outside.server_error"}


class PracticePages:
    """Reads pages somebody or the schedule asked for; `stop` gives up whatever waits for its turn."""

    def __init__(
        self, write: Write, *, now: Callable[[], datetime], limits: Limits = LIMITS, pause: float = PAUSE
    ) -> None:
        self._write, self._now, self._limits, self._pause = write, now, limits, pause
        self._stopped = threading.Event()

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
            found, pages = self._read(site)
        except PlatzlotseError as exc:
            code, params = exc.code, {k: v for k, v in exc.params.items() if isinstance(v, (int, str))}
            again = code in AWAY or code == "outside.stopping"
            self._write(lambda s: fail_website(s, site, code, now=self._now(), again=again, **params))
            return True
        self._write(lambda s: note_website(s, site, found, pages=pages, now=self._now()))
        return True

    def _read(self, site: WebsiteToRead) -> tuple[list[tuple[str, Found]], int]:
        """The findings with their pages, and how many were read. Of further pages one that fails is left out."""
        agent = self._write(lambda s: user_agent(office(s)))
        client = OutsideClient(self._write, user_agent=agent, now=self._now, limits=self._limits, sleep=self._sleep)
        robots, on = Robots(client), office_day(self._now())
        first = self._page(client, robots, site.address)
        found = [(site.address, finding) for finding in findings(first, on=on)]
        pages = 1
        for address in links(first, site.address):
            try:
                text = self._page(client, robots, address)
            except Unavailable as exc:
                if exc.code not in {"outside.status", "outside.robots", "outside.garbage", "outside.redirected"}:
                    raise
                continue
            pages += 1
            found += [(address, finding) for finding in findings(text, on=on)]
        return found, pages

    def _page(self, client: OutsideClient, robots: Robots, address: str) -> str:
        asked = robots.check(address, now=self._now())
        answer = client.get(address, interval=max(self._pause, asked or 0.0))
        if answer.content_type not in {"text/html", "application/xhtml+xml", ""}:
            raise Unavailable("outside.garbage", host=address)
        return answer.text()

    def _sleep(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise Unavailable("outside.stopping")

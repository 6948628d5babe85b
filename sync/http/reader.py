"""Pages read for the office: who we are is said, every address's robots.txt is heard, redirects' among them."""

from collections.abc import Callable
from datetime import datetime

from domain.access import office
from sync.http.answers import Answer, Limits, Validators
from sync.http.client import OutsideClient, Write
from sync.http.identity import reader_agent
from sync.http.reach import Reach
from sync.http.robots import Robots


class PageReader:
    """One client and the rules it read, kept as long as the office says who it is in the same words."""

    def __init__(
        self,
        write: Write,
        *,
        now: Callable[[], datetime],
        limits: Limits,
        sleep: Callable[[float], None],
        reach: Reach,
        robots_interval: float = 1.0,
    ) -> None:
        self._robots_interval = robots_interval
        self._write, self._now, self._limits, self._sleep, self._reach = write, now, limits, sleep, reach
        self._agent = ""
        self._outside: tuple[OutsideClient, Robots] | None = None

    def page(self, address: str, *, interval: float, known: Validators | None = None) -> Answer:
        """One page, its host's turns at least `interval` seconds apart and as its rules want. Raises Unavailable."""
        client, robots = self._ready()
        return client.get(
            address,
            interval=interval,
            known=known,
            limits=self._limits,
            leave=lambda url: robots.check(url, now=self._now()) or 0.0,
        )

    def _ready(self) -> tuple[OutsideClient, Robots]:
        agent = reader_agent(self._write(office))
        if self._outside is None or agent != self._agent:
            client = OutsideClient(
                self._write,
                user_agent=agent,
                now=self._now,
                limits=self._limits,
                sleep=self._sleep,
                reach=self._reach,
            )
            self._agent, self._outside = agent, (client, Robots(client, interval=self._robots_interval))
        return self._outside

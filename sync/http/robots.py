"""robots.txt: what a host lets programs read (RFC 9309), looked up once a day. For directory sources."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

from domain.errors import Unavailable
from sync.http.answers import Limits
from sync.http.client import OutsideClient, host_of

KEPT = timedelta(hours=24)
ROBOT = "Platzlotse"
LIMITS = Limits(largest=500_000, total=15.0)  # RFC 9309, 2.5: at least 500 kibibytes are read


@dataclass(frozen=True, slots=True)
class _Rules:
    rules: Protego
    read_at: datetime


class Robots:
    """Answers whether a page may be asked for. A host without rules allows all, one that is broken nothing."""

    def __init__(self, client: OutsideClient, *, interval: float = 1.0) -> None:
        self._client, self._interval = client, interval
        self._known: dict[str, _Rules] = {}

    def check(self, url: str, *, now: datetime) -> float | None:
        """Seconds a host wants between two questions, None where it does not say.

        Raises Unavailable: outside.robots where the page may not be read, else why the rules could not be.
        """
        rules = self._rules(url, now)
        if not rules.can_fetch(url, ROBOT):
            raise Unavailable("outside.robots", host=urlsplit(url).hostname)
        delay = rules.crawl_delay(ROBOT)
        return None if delay is None else float(delay)

    def _rules(self, url: str, now: datetime) -> Protego:
        host = host_of(url)
        known = self._known.get(host)
        if known is None or now - known.read_at > KEPT:
            parts = urlsplit(url)
            known = self._known[host] = _Rules(self._read(f"{parts.scheme}://{parts.netloc}/robots.txt"), now)
        return known.rules

    def _read(self, url: str) -> Protego:
        try:
            return Protego.parse(self._client.get(url, interval=self._interval, limits=LIMITS).text())
        except Unavailable as exc:
            if exc.code != "outside.status":  # 4xx: there are no rules
                raise
            return Protego.parse("")

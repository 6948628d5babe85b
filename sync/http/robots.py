"""robots.txt: what a host lets programs read (RFC 9309), looked up once a day. For directories and practices' pages."""

import codecs
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

from domain.errors import Unavailable
from sync.http.addresses import host_of, name_of, read_address
from sync.http.answers import Answer, Limits
from sync.http.client import OutsideClient

KEPT = timedelta(hours=24)
MOST_HOSTS = 500  # whose rules are remembered
ROBOT = "Platzlotse"
LIMITS = Limits(largest=500_000, total=15.0)  # RFC 9309, 2.5: at least 500 kibibytes are read
SLOWEST = 60.0  # seconds between two questions; whoever wants more is not read at all
_MARKS = (  # at the head of a text that says how it is written; the longer ones first
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class _Rules:
    rules: Protego
    read_at: datetime


class Robots:
    """Answers whether a page may be asked for. A host without rules allows all, one that is broken nothing."""

    def __init__(self, client: OutsideClient, *, interval: float = 1.0) -> None:
        self._client, self._interval = client, interval
        self._known: OrderedDict[str, _Rules] = OrderedDict()

    def check(self, url: str, *, now: datetime) -> float | None:
        """Seconds a host wants between two questions, at most `SLOWEST`; None where it does not say.

        Of a crawl-delay and a request-rate the slower one counts.

        Raises Unavailable: outside.robots where the page may not be read, outside.too_slow where it may so rarely that
        nobody waits for it, else why the rules could not be read.
        """
        rules, host = self._rules(url, now), name_of(read_address(url))
        if not rules.can_fetch(url, ROBOT):
            raise Unavailable("outside.robots", host=host)
        wanted = [float(delay)] if (delay := rules.crawl_delay(ROBOT)) is not None else []
        rate = rules.request_rate(ROBOT)
        if rate is not None:
            wanted.append(min(rate.seconds, 10**9) / rate.requests)  # more is too large for a float
        if not wanted:
            return None
        seconds = max(wanted)
        if not seconds <= SLOWEST:  # NaN is not, either
            raise Unavailable("outside.too_slow", host=host, most=round(SLOWEST))
        return max(0.0, seconds)

    def _rules(self, url: str, now: datetime) -> Protego:
        address = read_address(url)
        server = f"{address.scheme}://{host_of(url)}"
        known = self._known.get(server)
        if known is None or now - known.read_at > KEPT:
            at = str(address.copy_with(path="/robots.txt", query=None, fragment=None, username=None, password=None))
            known = self._known[server] = _Rules(self._read(at), now)
            while len(self._known) > MOST_HOSTS:
                self._known.popitem(last=False)
        return known.rules

    def _read(self, url: str) -> Protego:
        try:
            return Protego.parse(_text(self._client.get(url, interval=self._interval, limits=LIMITS)))
        except Unavailable as exc:
            if exc.code != "outside.status":  # 4xx: there are no rules
                raise
            return Protego.parse("")


def _text(answer: Answer) -> str:
    """As a mark at its head says, whatever the server says: unread, a mark hides the first line behind it."""
    for mark, charset in _MARKS:
        if answer.body.startswith(mark):
            return answer.body[len(mark) :].decode(charset, "replace")
    return answer.text()

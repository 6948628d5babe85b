"""robots.txt however it is written, and every way to say how seldom a host wants to be asked."""

import codecs

import pytest

from domain.database import Database
from domain.errors import Unavailable
from sync.http.robots import Robots
from tests.conftest import NOW
from tests.servers.hostile import hostile, reply
from tests.sync.http.conftest import client_on

FORBIDDEN = "User-agent: *\nDisallow: /\n"


def heard(database: Database, rules: bytes) -> float | str | None:
    """The seconds a host wants, or why its page is not read."""
    with hostile(reply("200 OK", rules, Content_Type="text/plain; charset=utf-8")) as server:
        try:
            return Robots(client_on(database)).check(f"{server.url}/praxis", now=NOW)
        except Unavailable as exc:
            return exc.code


@pytest.mark.parametrize(
    ("mark", "charset"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (b"", "utf-8"),
    ],
)
def test_a_mark_at_the_head_hides_no_rule(worker_database: Database, mark: bytes, charset: str) -> None:
    """The text is read as its own mark says, whatever the server says."""
    assert heard(worker_database, mark + FORBIDDEN.encode(charset)) == "outside.robots"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("Request-rate: 1/5", 5.0),
        ("Request-rate: 10/1m", 6.0),
        ("Request-rate: 1/5\nCrawl-delay: 9", 9.0),
        ("Request-rate: 1/20 0800-1800\nCrawl-delay: 9", 20.0),
        ("Request-rate: 0/5\nCrawl-delay: 2", 2.0),
        ("Request-rate: 1/2h", "outside.too_slow"),
        (f"Request-rate: 1/{'9' * 400}", "outside.too_slow"),
        ("Disallow: /x", None),
    ],
)
def test_the_slower_of_what_a_host_wants_counts(
    worker_database: Database, said: str, seconds: float | str | None
) -> None:
    """A rate as much as a delay; who wants to be asked too seldom is not asked."""
    assert heard(worker_database, f"User-agent: *\n{said}\n".encode()) == seconds

"""One rate and one breaker for the whole office, whoever of its workers asks."""

import socket
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from domain.database import Database
from domain.errors import Forbidden, Unavailable
from domain.outside import FAILURES_BEFORE_OPEN, FIRST_PAUSE, MOST_RETRIES, ask_again, close_breaker, host_states
from sync.http.answers import Limits
from sync.http.robots import Robots
from tests.conftest import Office
from tests.servers.forked import Forked
from tests.servers.hostile import Asked, hostile, reply
from tests.sync.http.conftest import client_on

TIMES, INTERVAL = 6, 0.4
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_two_workers_keep_one_rate(office: Office) -> None:
    """Two processes that both want five answers at once: together no more than the rate allows."""
    came: list[float] = []

    def answer(connection: socket.socket, asked: Asked) -> None:
        came.append(time.monotonic())
        reply("200 OK", b"ja")(connection, asked)

    with hostile(answer) as server:
        program = ("tests.sync.http.turn_taker", office.url("worker"), server.url, str(TIMES), str(INTERVAL))
        began = time.monotonic()
        workers = [Forked(*program) for _ in range(2)]
        assert [worker.wait(120) for worker in workers] == [0, 0]
    assert len(came) == 2 * TIMES
    # the first may come late from its turn, the last not before its own
    assert max(came) - began >= (2 * TIMES - 1) * INTERVAL - 0.1


def test_whoever_would_wait_too_long_leaves_the_turn(worker_database: Database) -> None:
    """The queue at a host does not grow without end."""
    client = client_on(worker_database, limits=Limits(turn=0.5))
    with hostile(reply("200 OK")) as server:
        client.get(server.url, interval=60)
        with pytest.raises(Unavailable, match=r"outside\.busy"):
            client.get(server.url, interval=60)
        assert len(server.asked) == 1


class Clock:
    """The workers' clock, moved by hand."""

    now = START

    def __call__(self) -> datetime:
        return self.now


def test_the_breaker_opens_probes_and_closes(worker_database: Database, database: Database) -> None:
    """After five failures nobody asks; later one question goes out, and decides for all."""
    clock = Clock()
    one, other = (client_on(worker_database, now=clock) for _ in range(2))
    broken = True

    def answer(connection: socket.socket, asked: Asked) -> None:
        reply("500 Internal Server Error" if broken else "200 OK")(connection, asked)

    def state() -> tuple[str, str]:
        with database.read() as session:
            (found,) = host_states(session)
        return found.state, found.last_error

    with hostile(answer) as server:
        for number in range(FAILURES_BEFORE_OPEN):
            with pytest.raises(Unavailable, match=r"outside\.server_error"):
                (one, other)[number % 2].get(server.url, interval=0)
        assert state() == ("open", "outside.server_error")
        for client in (one, other):
            with pytest.raises(Unavailable, match=r"outside\.paused"):
                client.get(server.url, interval=0)
        assert len(server.asked) == FAILURES_BEFORE_OPEN
        clock.now += FIRST_PAUSE + timedelta(seconds=1)
        with pytest.raises(Unavailable, match=r"outside\.server_error"):
            other.get(server.url, interval=0)  # the one question
        clock.now += FIRST_PAUSE + timedelta(seconds=1)
        with pytest.raises(Unavailable, match=r"outside\.paused"):
            one.get(server.url, interval=0)  # the second pause is twice the first
        clock.now += FIRST_PAUSE
        broken = False
        one.get(server.url, interval=0)
        assert state()[0] == "closed"
        other.get(server.url, interval=0)


def test_only_one_probes(worker_database: Database) -> None:
    """While one worker's question is under way, the other waits; one killed over it blocks for two minutes at most."""
    clock = Clock()
    client = client_on(worker_database, now=clock)
    seen: list[str] = []

    def answer(connection: socket.socket, asked: Asked) -> None:
        if len(server.asked) > 1:
            with pytest.raises(Unavailable) as error:
                client_on(worker_database, now=clock).get(server.url, interval=0)
            seen.append(error.value.code)
        reply("403 Forbidden" if len(server.asked) == 1 else "200 OK")(connection, asked)

    with hostile(answer) as server:
        with pytest.raises(Unavailable, match=r"outside\.refused"):
            client.get(server.url, interval=0)
        clock.now += FIRST_PAUSE + timedelta(seconds=1)
        client_on(worker_database, now=clock, limits=Limits()).get(server.url, interval=0)
    assert seen == ["outside.resting"]  # it did answer, and told us to stay away


def test_a_person_may_close_the_breaker(worker_database: Database) -> None:
    """Who has mended the server need not wait for an hour."""
    client = client_on(worker_database)
    with hostile(reply("403 Forbidden")) as server:
        with pytest.raises(Unavailable, match=r"outside\.refused"):
            client.get(server.url, interval=0)
        server.answer = reply("200 OK")
        with pytest.raises(Unavailable, match=r"outside\.resting"):
            client.get(server.url, interval=0)
        with worker_database.write() as session:
            close_breaker(session, server.host)
        client.get(server.url, interval=0)


def test_a_supervisor_asks_again_at_once(worker_database: Database, database: Database) -> None:
    """By hand the breaker closes, is told to the other desks, and nobody else may."""
    with hostile(reply("403 Forbidden")) as server:
        with pytest.raises(Unavailable, match=r"outside\.refused"):
            client_on(worker_database).get(server.url, interval=0)
        with pytest.raises(Forbidden), worker_database.write() as session:
            ask_again(session, server.host)
        with database.write() as session:
            assert ask_again(session, server.host)
        with database.read() as session:
            (found,) = host_states(session)
            told = session.scalars(text("SELECT event_type FROM platform.event ORDER BY id")).all()
        assert (found.state, found.retry_at, found.last_error) == ("closed", None, "outside.refused")
        assert told == ["outside.silent", "outside.asked_again"]
        with database.write() as session:
            assert not ask_again(session, server.host)


def test_a_host_in_trouble_is_not_asked_three_times_as_much(worker_database: Database) -> None:
    """Retries come out of a budget that only successes fill; once it is spent, a question is asked once."""
    client = client_on(worker_database)
    with hostile(reply("503 Service Unavailable")) as server:
        with worker_database.write() as session:
            session.execute(
                text("INSERT INTO platform.outside_host (host, retries_left) VALUES (:h, 1)"), {"h": server.host}
            )
        with pytest.raises(Unavailable, match=r"outside\.server_error"):
            client.get(server.url, interval=0)
        assert len(server.asked) == 2  # one retry, not two
        with pytest.raises(Unavailable, match=r"outside\.server_error"):
            client.get(server.url, interval=0)
        assert len(server.asked) == 3
        server.answer = reply("200 OK")
        for _ in range(12):
            client.get(server.url, interval=0)
        left = text("SELECT retries_left FROM platform.outside_host")
        with worker_database.read() as session:
            assert 1 <= session.scalar(left) <= MOST_RETRIES


def test_peace_asked_for_is_given(worker_database: Database) -> None:
    """Retry-After moves everybody's next turn."""
    client = client_on(worker_database)
    with hostile(reply("503 Service Unavailable", Retry_After="60")) as server:
        with pytest.raises(Unavailable, match=r"outside\.server_error"):
            client.get(server.url, interval=0)
        with pytest.raises(Unavailable, match=r"outside\.busy"):
            client.get(server.url, interval=0)


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        (reply("200 OK", b"User-agent: *\nDisallow: /privat\nCrawl-delay: 4\n"), True),
        (reply("200 OK", b"User-agent: Platzlotse\nDisallow: /\n"), False),
        (reply("404 Not Found"), True),
        (reply("500 Internal Server Error"), None),
        (reply("200 OK", b"\x00\xff" * 500), True),
    ],
)
def test_robots_are_obeyed(worker_database: Database, rules: object, allowed: bool | None) -> None:
    """Read once; no rules allow all, a host that cannot say allows nothing."""
    robots = Robots(client_on(worker_database))
    with hostile(rules) as server:  # type: ignore[arg-type]  # an Answering
        for _ in range(2):
            if allowed:
                robots.check(f"{server.url}/praxis", now=START)
            else:
                with pytest.raises(Unavailable) as error:
                    robots.check(f"{server.url}/praxis", now=START)
                assert error.value.code == ("outside.server_error" if allowed is None else "outside.robots")
        if allowed:
            assert len(server.asked) == 1

"""Workers that read sources: one killed in the middle, two at once, one told to stop, and as it really runs."""

import asyncio
import contextlib
import queue
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import psutil
from sqlalchemy import select

from domain.acquisition.source_models import SourceRun
from domain.database import Database
from sync.sources.reading import SourceReading
from sync.worker import Worker
from tests.conftest import Office
from tests.servers.forked import Forked
from tests.servers.hostile import Asked, HostileServer, reply
from tests.sync.geo.conftest import writer
from tests.sync.sources.conftest import MINUTE, Clock, Directory, add_source, ask, page_of, read_all, state

MANY = 8
LEASE = 10.0  # seconds: a page with its turn takes a tenth of one, on a busy machine more


def wait(until: Callable[[], bool], seconds: float = 120) -> None:
    """For what another process does."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.05)


def own_ports(pid: int) -> set[int]:
    """From which ports a process speaks to others."""
    return {connection.laddr.port for connection in psutil.Process(pid).net_connections()}


def asked(server: HostileServer) -> Counter[str]:
    """How often each page was asked for."""
    return Counter(page.path for page in server.asked if page.path != "/robots.txt")


def most_in(seconds: float, times: list[float]) -> int:
    """How many at most lie so close together."""
    return max(sum(begin <= at < begin + seconds for at in times) for begin in times)


@contextlib.contextmanager
def two_workers(office: Office, *, lease: float) -> Iterator[list[Forked]]:
    """Two processes that read at one rate; killed in the end, whatever became of them."""
    program = ("tests.sync.sources.reading_program", office.url("worker"), str(lease), str(MINUTE))
    workers = [Forked(*program) for _ in range(2)]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def test_killed_workers_lose_no_page_and_none_is_asked_for_twice(
    database: Database,
    office: Office,
    directory: Directory,
    server: HostileServer,
    reading: SourceReading,
    clock: Clock,
) -> None:
    """Two at work at one rate, both killed in the middle: all pages come, none twice but one that was under way."""
    codes = tuple(str(number) for number in range(1, MANY + 1))
    directory.pages = {f"/{code}": page_of(f"Ada Muster{code}") for code in codes}
    source = add_source(database, f"{server.url}/{{plz}}", postcodes=codes)
    ask(database, source, clock)
    with two_workers(office, lease=300):
        wait(lambda: len(asked(server)) >= 2)
    clock.ahead = timedelta(minutes=6)
    read_all(reading)
    found = state(database).review
    assert found is not None
    assert (found.pages_done, found.entries) == (MANY, MANY)
    assert set(asked(server)) == {f"/{code}" for code in codes}
    assert sum(asked(server).values()) <= MANY + 2


def test_of_two_workers_one_killed_the_other_goes_on(
    database: Database, office: Office, directory: Directory, server: HostileServer, clock: Clock
) -> None:
    """With -9, over a page under way: after the lease the other asks for that one, and for no other a second time."""
    codes = tuple(str(number) for number in range(1, MANY + 1))
    directory.pages = {f"/{code}": page_of(f"Ada Muster{code}") for code in codes}
    held, ports, killed = f"/{MANY // 2}", queue.Queue[int](), threading.Event()
    asked_again: list[datetime] = []

    def again(connection: socket.socket, page: Asked) -> None:
        asked_again.append(datetime.now(UTC))
        del directory.answers[held]
        directory(connection, page)

    def hold(connection: socket.socket, page: Asked) -> None:
        """The first who asks waits until it is dead."""
        directory.answers[held] = again
        ports.put(connection.getpeername()[1])
        killed.wait(120)
        reply("500 Too Late")(connection, page)

    directory.answers[held] = hold
    source = add_source(database, f"{server.url}/{{plz}}", postcodes=codes)
    ask(database, source, clock)
    with two_workers(office, lease=LEASE) as workers:
        port = ports.get(timeout=120)
        (victim,) = [worker for worker in workers if port in own_ports(worker.pid)]
        (other,) = [worker for worker in workers if worker is not victim]
        with database.read() as session:  # before: on a slow machine the other may have claimed it afterwards
            until = session.scalar(select(SourceRun.claimed_until).where(SourceRun.state == "reading"))
        victim.kill()
        assert victim.wait() == -signal.SIGKILL
        killed.set()
        wait(lambda: state(database).review is not None)
        assert other.poll() is None
    found = state(database).review
    assert found is not None
    assert (found.pages_done, found.entries) == (MANY, MANY)
    assert asked(server) == Counter({f"/{code}": 1 + (f"/{code}" == held) for code in codes})
    assert until is not None
    assert asked_again[0] > until  # the lease of the killed one
    everything = [page.at for page in server.asked]
    assert most_in(1.0, everything) <= 60 / MINUTE + 2  # both together; a turn may come late and the next in time


def test_who_waits_for_a_turn_stops_at_once(
    database: Database, worker_database: Database, directory: Directory, server: HostileServer, clock: Clock
) -> None:
    """The program is closed: nobody sits out the minute until the next page, which is the next one's at once."""
    directory.pages = {f"/{code}": page_of("Ada Muster") for code in "12"}
    source = add_source(database, f"{server.url}/{{plz}}", postcodes=("1", "2"), per_minute=1)
    ask(database, source, clock)
    work = SourceReading(writer(worker_database), now=lambda: datetime.now(UTC))
    thread = threading.Thread(target=work.read)
    thread.start()
    wait(lambda: len(server.asked) >= 1)
    began = time.monotonic()
    work.stop()
    thread.join(60)
    assert not thread.is_alive()
    assert time.monotonic() - began < 45
    last = state(database).last
    assert last is not None
    assert last.state == "waiting"


def test_the_worker_does_it_beside_its_other_work(
    database: Database, office: Office, directory: Directory, server: HostileServer, clock: Clock
) -> None:
    """A source that is asked for is read while it runs as always."""
    directory.pages = {"/": page_of("Ada Muster")}
    ask(database, add_source(database, f"{server.url}/"), clock)

    async def run() -> None:
        worker = Worker(office.url("worker"), None)
        working = asyncio.create_task(worker.run())
        until = time.monotonic() + 120
        while state(database).review is None:
            assert time.monotonic() < until
            assert not working.done()
            await asyncio.sleep(0.2)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        worker.close()

    asyncio.run(run())

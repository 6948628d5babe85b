"""Workers that read sources: one killed in the middle, two at once, one told to stop, and as it really runs."""

import asyncio
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from domain.database import Database
from sync.sources.reading import SourceReading
from sync.worker import Worker
from tests.conftest import Office
from tests.servers.hostile import HostileServer
from tests.sync.geo.conftest import writer
from tests.sync.sources.conftest import Clock, Directory, add_source, ask, page_of, read_all, state

MANY = 8


def wait(until: Callable[[], bool], seconds: float = 90) -> None:
    """For what another process does."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.05)


def asked(server: HostileServer) -> Counter[str]:
    """How often each page was asked for."""
    return Counter(page.path for page in server.asked if page.path != "/robots.txt")


def test_a_killed_worker_loses_no_page_and_asks_for_none_twice(
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
    command = [sys.executable, "-m", "tests.sync.sources.reading_program", office.url("worker")]
    workers = [subprocess.Popen(command) for _ in range(2)]
    began = time.monotonic()
    try:
        wait(lambda: len(asked(server)) >= 2)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert sum(asked(server).values()) <= 3 + (time.monotonic() - began)
    clock.ahead = timedelta(minutes=6)
    read_all(reading)
    found = state(database).review
    assert found is not None
    assert (found.pages_done, found.entries) == (MANY, MANY)
    assert set(asked(server)) == {f"/{code}" for code in codes}
    assert sum(asked(server).values()) <= MANY + 2


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
    thread.join(20)
    assert not thread.is_alive()
    assert time.monotonic() - began < 15
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
        until = time.monotonic() + 60
        while state(database).review is None:
            assert time.monotonic() < until
            assert not working.done()
            await asyncio.sleep(0.2)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        worker.close()

    asyncio.run(run())

"""The worker's rounds outlive whatever hinders them: a bad row, an error nobody foresaw, a database that is away."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

import sync.rounds
import sync.worker
from domain.casework import clocks
from domain.communication.contacts import ContactNote, note_contact
from domain.database import Database
from domain.errors import Unavailable
from domain.values import Channel
from domain.worker_troubles import troubles
from sync.mail.senders import Sender
from sync.mail.smtp import Delivery, Outcome
from sync.rounds import FIRST_WAIT, LONGEST_WAIT, Round
from sync.worker import Worker
from tests.builders import add_search, add_therapist
from tests.conftest import NOW, Office
from tests.domain.casework.steps import ask, mails


class Taking:
    """A mail server that takes everything."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def send(self, _message: object, *, sender: str, recipient: str) -> Delivery:
        """Keep whom it was for."""
        assert sender
        self.taken.append(recipient)
        return Delivery(Outcome.ACCEPTED, "250 ok")


def until(found: Callable[[], bool], seconds: float = 120) -> None:
    """Wait for something the worker does."""
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


@contextmanager
def running(office: Office, transport: Taking) -> Iterator[None]:
    """A worker at work on a day that goes by."""
    began = time.monotonic()
    worker = Worker(
        office.url("worker"),
        Sender(transport, "buero@buero.example", "Büro"),  # type: ignore[arg-type]  # as much of it as is needed
        now=lambda: NOW + timedelta(seconds=time.monotonic() - began),
    )
    loop = asyncio.new_event_loop()
    task = loop.create_task(worker.run())

    def work() -> None:
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            pass
        finally:
            loop.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(120)
        worker.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds come, and come again, at once."""
    monkeypatch.setattr(sync.worker, "TICK_SECONDS", 0.2)
    monkeypatch.setattr(sync.worker, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(sync.worker, "CHAIN_SECONDS", 0.2)
    monkeypatch.setattr(sync.rounds, "FIRST_WAIT", 0.2)


def waiting(session: Session) -> int:
    """A mail whose time has come, without a job of its own."""
    (email,) = mails(session, ask(session, add_search(session), now=NOW, channel=Channel.EMAIL), "inquiry")
    email.not_before, email.deferred_at = NOW, None
    return email.id


def ids_of(database: Database, status: str) -> set[int]:
    """Mails in a state."""
    with database.read() as session:
        query = text("SELECT id FROM communication_service.email WHERE status = :status")
        return set(session.scalars(query, {"status": status}))


@pytest.mark.usefixtures("quick")
def test_a_bad_row_hinders_no_other(office: Office, database: Database) -> None:
    """A mail with a time of no calendar, from before the rule: all of them go, and the worker begins with it there."""
    with database.write() as session:
        bad, good = waiting(session), waiting(session)
    owner = create_engine(office.url("owner"))
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text(
                "UPDATE communication_service.email SET not_before = '-infinity', deferred_at = 'infinity'"
                " WHERE id = :id"
            ),
            {"id": bad},
        )
    owner.dispose()
    with running(office, Taking()):
        until(lambda: ids_of(database, "sent") == {bad, good})


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("error", [ZeroDivisionError("Lea Berger"), Unavailable("database.unreachable")])
def test_an_error_in_one_step_hinders_no_other(
    office: Office,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    """It is told once and without anybody's name, shown, and over when its cause is."""
    broken = threading.Event()
    broken.set()

    def learn_from_answers(session: Session, *, now: datetime) -> bool:
        if broken.is_set():
            raise error
        return clocks.learn_from_answers(session, now=now)

    steps = (learn_from_answers, *(step for step in clocks.STEPS if step is not clocks.learn_from_answers))
    monkeypatch.setattr(sync.worker, "STEPS", steps)
    caplog.set_level(logging.INFO)
    with database.write() as session:
        number = waiting(session)
        note_contact(session, add_therapist(session), ContactNote(NOW, "phone", "out", "Praxis", "Ruf"), now=NOW)
    with running(office, Taking()):
        until(lambda: ids_of(database, "sent") == {number})
        until(lambda: not pending(database))
        until(lambda: bool(shown(database)))
        time.sleep(1)
        assert shown(database) == [("learn_from_answers", getattr(error, "code", type(error).__name__))]
        broken.clear()
        until(lambda: not shown(database))
    assert "Lea" not in caplog.text
    assert caplog.text.count("learn_from_answers failed") == 1


def pending(database: Database) -> int:
    """Contacts that wait for their link."""
    with database.read() as session:
        return int(session.scalar(text("SELECT count(*) FROM audit.contact_pending")) or 0)


def shown(database: Database) -> list[tuple[str, str]]:
    """What Verwaltung shows of the worker."""
    with database.read() as session:
        return [(trouble.round, trouble.trouble) for trouble in troubles(session)]


def test_a_round_that_fails_waits_longer_each_time() -> None:
    """Up to a minute, and not at all once it went well; a database that is away hinders it no more."""
    well = False

    def work() -> None:
        if not well:
            raise ZeroDivisionError

    def write(_work: object) -> None:
        raise Unavailable("database.unreachable")

    one = Round("work", work, write=write, now=lambda: datetime.now(UTC))  # type: ignore[arg-type]
    waits = []
    for _ in range(9):
        assert not one.once()
        waits.append(one.wait)
    assert waits[:3] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]
    assert waits[-1] == LONGEST_WAIT
    well = True
    assert one.once()
    assert one.wait == 0


def test_a_round_that_is_cancelled_ends_first() -> None:
    """Its database is closed afterwards: a connection it still held would stay open."""
    begun, go_on = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        assert go_on.wait(60)

    async def cancelled() -> None:
        one = Round("work", work, write=lambda _: None, now=lambda: datetime.now(UTC))  # type: ignore[arg-type]
        keeping = asyncio.create_task(one.keep_on(0))
        assert await asyncio.to_thread(begun.wait, 60)
        keeping.cancel()
        await asyncio.wait([keeping], timeout=0.2)
        waited = not keeping.done()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await keeping
        assert waited

    asyncio.run(cancelled())

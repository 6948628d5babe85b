"""Two desks on one database: what one writes, the other hears within a second."""

import threading
import time
from collections.abc import Callable
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import text

from app.change_listener import ChangeListener, Envelope
from domain import events
from domain.database import Database
from tests.conftest import Office

PATIENCE = 90.0  # seconds, of a busy machine; how soon it is in truth is measured in benchmarks/


def test_a_change_at_one_desk_is_heard_at_the_other(office: Office, database: Database) -> None:
    """Tom's listener is told topic and id of Jana's change."""
    heard: list[tuple[str, int]] = []
    up = threading.Event()
    listener = ChangeListener(
        office.url("tom"),
        changed=lambda topic, row: heard.append((topic, row)),
        connected=lambda ok: up.set() if ok else None,
    )
    listener.start()
    assert up.wait(PATIENCE)
    with database.write() as session:
        events.record(session, "patient.updated", 7)
    _wait_until(lambda: ("patient", 7) in heard)
    listener.stop()
    assert heard == [("patient", 7)]


def test_a_lost_connection_is_found_again_and_everything_is_asked_anew(office: Office) -> None:
    """The server cuts the listener off: it says so, comes back, and tells the window to look again."""
    heard: list[str] = []
    states: list[bool] = []
    listener = ChangeListener(office.url("tom"), changed=lambda topic, _: heard.append(topic), connected=states.append)
    listener.start()
    _wait_until(lambda: True in states)
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'platzlotse-listen'")
        )
    owner.close()
    _wait_until(lambda: "*" in heard)
    listener.stop()
    assert states[:3] == [True, False, True]
    assert heard[0] == "*"


@pytest.mark.parametrize(
    "payload",
    ["hallo", "", "7", "null", "[]", "{}", '{"topic": "patient"}', '{"topic": 7, "id": 1, "event": 1}',
     '{"topic": "patient", "id": "1; DROP", "event": 1}', '{"topic": "patient", "id": 1.5, "event": true}',
     '{"topic": "*", "id": 0, "event": 1}', "[" * 7000],
)  # fmt: skip
def test_what_is_no_envelope_is_passed_over(payload: str) -> None:
    """Any login may notify; only what an event writes is understood."""
    assert Envelope.read(payload) is None


def test_a_row_the_signal_cannot_carry_means_look_again() -> None:
    """Numbers of rows are larger than a signal's; the page then asks for all of them."""
    assert Envelope.read('{"topic": "patient", "id": 3000000000, "event": 9}') == Envelope("patient", 0, 9)


def test_a_strangers_notification_leaves_the_desk_listening(office: Office, database: Database) -> None:
    """A word anybody throws into the channel is passed over; the next change is heard as ever."""
    heard: list[tuple[str, int]] = []
    states: list[bool] = []
    told = threading.Event()

    def changed(topic: str, row: int) -> None:
        heard.append((topic, row))
        told.set()

    listener = ChangeListener(office.url("tom"), changed=changed, connected=states.append)
    listener.start()
    _wait_until(lambda: True in states)
    with database.write() as session:
        session.execute(text("NOTIFY platzlotse, 'hallo'"))
    with database.write() as session:
        events.record(session, "patient.updated", 7)
    assert told.wait(PATIENCE)
    listener.stop()
    assert heard == [("patient", 7)]
    assert states == [True]


def test_whatever_fails_in_the_telling_the_desk_listens_again(office: Office, database: Database) -> None:
    """It says that it was away, comes back and has everything asked anew."""
    heard: list[str] = []
    states: list[bool] = []

    def changed(topic: str, _row: int) -> None:
        heard.append(topic)
        if topic != "*":
            raise OverflowError(topic)

    listener = ChangeListener(office.url("tom"), changed=changed, connected=states.append)
    listener.start()
    _wait_until(lambda: True in states)
    with database.write() as session:
        events.record(session, "patient.updated", 7)
    _wait_until(lambda: "*" in heard)
    listener.stop()
    assert heard[:2] == ["patient", "*"]
    assert states[:3] == [True, False, True]


def _wait_until(state: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not state():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_event_that_commits_late_is_found_without_a_notification(
    office: Office, database: Database, second_database: Database
) -> None:
    """Its number is lower than one seen before; a half-open connection tells of neither."""
    heard: list[str] = []
    listener = ChangeListener(office.url("tom"), changed=lambda topic, _: heard.append(topic), connected=lambda _: None)
    with closing(psycopg.connect(listener._conninfo, autocommit=True)) as deaf:
        with database.write() as slow:
            events.record(slow, "patient.updated", 1)
            slow.flush()
            with second_database.write() as quick:
                events.record(quick, "patient.updated", 2)
            listener._poll(deaf)
            listener._poll(deaf)
            assert heard == ["*"]
        listener._poll(deaf)
        listener._poll(deaf)
    assert heard == ["*", "*"]

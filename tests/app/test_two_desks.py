"""Two desks on one database: what one writes, the other hears within a second."""

import threading
import time
from contextlib import closing

import psycopg
from sqlalchemy import text

from app.change_listener import ChangeListener
from domain import events
from domain.database import Database
from tests.conftest import Office


def test_a_change_at_one_desk_is_heard_at_the_other(office: Office, database: Database) -> None:
    """Tom's listener is told topic and id of Jana's change in well under a second."""
    heard: list[tuple[str, int]] = []
    up = threading.Event()
    listener = ChangeListener(
        office.url("tom"),
        changed=lambda topic, row: heard.append((topic, row)),
        connected=lambda ok: up.set() if ok else None,
    )
    listener.start()
    assert up.wait(10)
    started = time.monotonic()
    with database.write() as session:
        events.record(session, "patient.updated", 7)
    while ("patient", 7) not in heard and time.monotonic() - started < 5:
        time.sleep(0.01)
    listener.stop()
    assert heard == [("patient", 7)]


def test_a_lost_connection_is_found_again_and_everything_is_asked_anew(office: Office) -> None:
    """The server cuts the listener off: it says so, comes back, and tells the window to look again."""
    heard: list[str] = []
    states: list[bool] = []
    listener = ChangeListener(office.url("tom"), changed=lambda topic, _: heard.append(topic), connected=states.append)
    listener.start()
    deadline = time.monotonic() + 20
    while True not in states and time.monotonic() < deadline:
        time.sleep(0.01)
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'platzlotse-listen'")
        )
    owner.close()
    while "*" not in heard and time.monotonic() < deadline:
        time.sleep(0.01)
    listener.stop()
    assert states[:3] == [True, False, True]
    assert heard[0] == "*"


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

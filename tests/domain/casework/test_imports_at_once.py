"""Two persons read the same directory in at the same time."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import text

from domain.acquisition.reading import recognise
from domain.casework.imports import ImportReport, import_file
from domain.database import Database
from tests.conftest import NOW
from tests.domain.casework.test_import_diff import Desk, entry


def _wait_for_lock(database: Database) -> None:
    """Until somebody holds the lock of imports."""
    held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")
    until = time.monotonic() + 90
    while time.monotonic() < until:
        with database.read() as session:
            if session.scalar(held):
                return
        time.sleep(0.02)
    pytest.fail("nobody took the lock")


def test_the_second_finds_whom_the_first_took(database: Database, second_database: Database, tmp_path: Path) -> None:
    """It waits for the first and has nothing new; nobody is there twice."""
    path = Desk(database, tmp_path).write(entry("Sommer"), entry("Winter"))
    source = recognise(path, today=NOW.date())
    waits = Event()

    def take(own: Database, *, then_wait: bool) -> ImportReport:
        def on_batch(_rows: int) -> None:
            if then_wait and not waits.wait(90):
                pytest.fail("nobody waited")

        with own.write() as session:
            return import_file(session, source, now=NOW, today=NOW.date(), on_batch=on_batch, on_wait=waits.set)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(take, database, then_wait=True)
        _wait_for_lock(database)
        second = pool.submit(take, second_database, then_wait=False)
        reports = first.result(120), second.result(120)
    assert [(report.imported, report.unchanged) for report in reports] == [(2, 0), (0, 2)]


def test_waiting_ends_with_no_limit_and_can_be_stopped(
    database: Database, second_database: Database, tmp_path: Path
) -> None:
    """Longer than one waits for a row; a trial then sees what the other one brought; who stops waits no more."""
    path = Desk(database, tmp_path).write(entry("Sommer"), entry("Winter"))
    source = recognise(path, today=NOW.date())
    looks: list[int] = []

    def on_wait() -> None:
        looks.append(1)

    def stop() -> None:
        raise KeyError("stopped")

    with ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            import_file(session, source, now=NOW, today=NOW.date())

            def trial() -> ImportReport:
                with second_database.read() as other:
                    other.execute(text("SET LOCAL lock_timeout = '100ms'"))
                    return import_file(other, source, now=NOW, today=NOW.date(), on_wait=on_wait)

            with pytest.raises(KeyError), second_database.write() as other:
                import_file(other, source, now=NOW, today=NOW.date(), on_wait=stop)
            waiting = pool.submit(trial)
            until = time.monotonic() + 90
            while len(looks) < 3 and time.monotonic() < until:
                time.sleep(0.02)
        report = waiting.result(120)
    assert len(looks) >= 3
    assert (report.imported, report.unchanged) == (0, 2)


def test_an_undo_waits_for_who_is_saving(database: Database, second_database: Database, tmp_path: Path) -> None:
    """Whom a colleague edits at that moment stays and is told; the report counts who is really gone."""
    desk = Desk(database, tmp_path)
    report = desk.take(entry("Sommer"), entry("Winter"))
    noted = "UPDATE therapist_service.therapist SET capacity_note = 'rief an', version = version + 1 WHERE id = :id"
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with ThreadPoolExecutor(1) as pool:
        with second_database.write() as session:
            session.execute(text(noted), {"id": report.ids[0]})
            undoing = pool.submit(desk.undo, report)
            until = time.monotonic() + 90
            while not session.scalar(waits) and time.monotonic() < until:
                time.sleep(0.02)
        undone = undoing.result(120)
    assert (undone.removed, [(kept.therapist_id, kept.reason) for kept in undone.kept]) == (
        1,
        [(report.ids[0], "import.kept.edited")],
    )
    assert len(desk.rows()["therapist"]) == 1

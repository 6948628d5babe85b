"""Work off the GUI thread: results come back, gone owners and old calls do not, rows of the database are refused."""

import threading
from typing import Any

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from shiboken6 import delete
from sqlalchemy import text

from domain.access import Office, office
from domain.database import Database, Session
from domain.errors import Invalid
from ui.background import Background
from ui.ports import UiContext


def test_a_result_returns_to_the_gui_thread(ui: UiContext, qtbot: QtBot) -> None:
    """The work runs elsewhere, `done` runs here."""
    owner = QObject()
    got: list[Any] = []
    ui.background.read(
        owner,
        lambda session: (threading.get_ident(), office(session).name),
        lambda found: got.append((*found, threading.get_ident())),
    )
    qtbot.waitUntil(lambda: bool(got))
    assert got[0][0] != got[0][2] == threading.get_ident()


def test_only_the_newest_call_of_a_key_is_delivered(ui: UiContext, qtbot: QtBot) -> None:
    """What was typed since makes the older answer worthless."""
    owner = QObject()
    got: list[Any] = []
    for number in range(5):
        ui.background.read(owner, lambda _, n=number: n, got.append, key="search")  # type: ignore[misc]
    qtbot.waitUntil(lambda: 4 in got)
    assert got == [4]


def test_a_gone_owner_gets_nothing(ui: UiContext, qtbot: QtBot) -> None:
    """A closed dialog is not called back."""
    owner = QObject()
    got: list[Any] = []
    ui.background.read(owner, lambda session: session.execute(text("SELECT pg_sleep(0.2)")).first() is None, got.append)
    delete(owner)
    qtbot.wait(500)
    assert got == []


def test_a_row_of_the_database_may_not_leave_its_thread(ui: UiContext, qtbot: QtBot) -> None:
    """Mapped objects in a result are an error."""
    owner = QObject()
    failed: list[Exception] = []
    ui.background.read(owner, lambda session: session.get_one(Office, 1), lambda _: None, failed.append)
    qtbot.waitUntil(lambda: bool(failed))
    assert isinstance(failed[0], TypeError)


def test_an_expected_error_reaches_the_caller(ui: UiContext, qtbot: QtBot) -> None:
    """And nothing was written."""
    owner = QObject()
    failed: list[Exception] = []

    def work(_session: object) -> None:
        raise Invalid("test.refused")

    ui.background.write(owner, work, None, failed.append)
    qtbot.waitUntil(lambda: bool(failed))
    assert str(failed[0]) == "test.refused"


def test_after_its_end_nothing_is_handed_over(database: Database, qtbot: QtBot) -> None:
    """What still ran is done, and no window that is being taken apart is called back."""
    background = Background(database)
    got: list[Any] = []
    begun, go_on = threading.Event(), threading.Event()

    def work(_: Session) -> int:
        begun.set()
        assert go_on.wait(60)
        return 1

    owner = QObject()
    background.write(owner, work, got.append)
    assert begun.wait(60)
    go_on.set()
    with qtbot.waitSignal(background.busy):
        background.end()
    assert got == []

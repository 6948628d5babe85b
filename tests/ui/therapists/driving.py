"""Driving the page of therapists as a person does: opening a record, pressing in dialogs."""

from typing import Any, TypeVar

from PySide6.QtWidgets import QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from domain.database import Database
from tests.builders import add_therapist
from tests.ui.hands import fill
from ui.ports import UiContext
from ui.therapists.page import TherapistsPage

W = TypeVar("W", bound=QWidget)


def add(database: Database, **values: Any) -> int:
    """A therapist in the database; returns the id."""
    made = fill(database, lambda s: add_therapist(s, **values))
    assert isinstance(made, int)
    return made


def opened(ui: UiContext, qtbot: QtBot, therapist_id: int, *, tab: str = "") -> TherapistsPage:
    """The page with a record open, on the tab of that name."""
    page = TherapistsPage(ui)
    qtbot.addWidget(page)
    page.resize(1366, 720)
    page.show()
    page.open_item(therapist_id)
    qtbot.waitUntil(lambda: page._detail._record is not None)
    if tab:
        form = page._detail._form
        form.setCurrentIndex(next(i for i in range(form.count()) if form.tabText(i) == tab))
    return page


def dialog_of(qtbot: QtBot, page: QWidget, kind: type[W]) -> W:
    """The open dialog of a kind."""
    qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(kind)))
    return next(d for d in page.findChildren(kind) if d.isVisible())


def write(parent: QWidget, name: str, words: str) -> None:
    """Write into the text of that accessible name."""
    next(f for f in parent.findChildren(QPlainTextEdit) if f.accessibleName() == name).setPlainText(words)

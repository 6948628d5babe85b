"""What a person does with a page: press, enter, choose from a menu, confirm a dialog; and rows behind the page."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.database import Database
from ui.widgets.exporting import ExportDialog
from ui.widgets.reason import ReasonDialog

T = TypeVar("T")


def press(qtbot: QtBot, parent: QWidget, name: str) -> None:
    """Press the visible button of that accessible name, as soon as it may be pressed."""
    qtbot.mouseClick(find(qtbot, parent, name), Qt.MouseButton.LeftButton)  # type: ignore[no-untyped-call]  # pytest-qt


def _name(control: QAbstractButton) -> str:
    """As a screen reader says it: the accessible name, else the text."""
    return control.accessibleName() or control.text().replace("&", "")


def find(qtbot: QtBot, parent: QWidget, name: str) -> QAbstractButton:
    """The visible, enabled button of that accessible name, as soon as it is there."""

    def there() -> QAbstractButton | None:
        buttons = parent.findChildren(QAbstractButton)
        return next((b for b in buttons if _name(b) == name and b.isVisible() and b.isEnabled()), None)

    qtbot.waitUntil(lambda: there() is not None)
    found = there()
    assert found is not None
    return found


def choose(qtbot: QtBot, parent: QWidget, name: str, entry: str) -> None:
    """Choose an entry from the menu of a button."""
    chooser = find(qtbot, parent, name)
    assert isinstance(chooser, QPushButton)
    menu = chooser.menu()
    action = next(a for a in menu.actions() if a.text() == entry and a.isVisible())
    action.trigger()


def enter(parent: QWidget, name: str, value: str) -> None:
    """Put a text into the field of that accessible name."""
    field = next(f for f in parent.findChildren(QLineEdit) if f.accessibleName() == name)
    field.setText(value)


def confirm(qtbot: QtBot, parent: QWidget, *, reason: str = "", day: str = "", kind: str = "") -> None:
    """Fill the dialog that asks for a reason and confirm it."""
    qtbot.waitUntil(lambda: any(d.isVisible() for d in parent.findChildren(ReasonDialog)))
    dialog = next(d for d in parent.findChildren(ReasonDialog) if d.isVisible())
    dialog._kind.choose(kind)
    dialog._reason.setText(reason)
    dialog._day.setText(day)
    assert dialog.ok.isEnabled()
    qtbot.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)  # type: ignore[no-untyped-call]  # pytest-qt


def how_to_save(qtbot: QtBot, parent: QWidget, *, protect: bool = False) -> str:
    """Answer whether what is saved is to be protected; the passphrase, or nothing."""
    qtbot.waitUntil(lambda: any(d.isVisible() for d in parent.findChildren(ExportDialog)))
    dialog = next(d for d in parent.findChildren(ExportDialog) if d.isVisible())
    dialog.protect.setChecked(protect)
    passphrase = dialog.passphrase()
    qtbot.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)  # type: ignore[no-untyped-call]  # pytest-qt
    return passphrase


def scalar(database: Database, query: str) -> object:
    """One value; asked past the guard of the GUI thread."""
    with database.engine.connect() as connection:
        return connection.scalar(text(query))


def fill(database: Database, work: Callable[[Session], T]) -> T:
    """Write rows past the guard of the GUI thread."""
    with Session(database.engine, expire_on_commit=False) as session:
        result = work(session)
        session.commit()
        return result

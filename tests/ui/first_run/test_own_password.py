"""Asked for an own password: nothing opens before, what is wrong is said at its field, what was typed stays."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from domain.errors import Invalid, Unavailable
from tests.ui.first_run.test_window import SERVER, Scripted, field, fill_server, pressable
from ui import theme
from ui.first_run.window import FirstRunWindow

GO = "Kennwort ändern und öffnen"
OWN = "Möwe Anker Leuchtturm"


@pytest.fixture
def seats() -> Iterator[Scripted]:
    """An office where an admin gave the password."""
    seats = Scripted()
    seats.known, seats.given = SERVER, True
    yield seats
    seats.may_go_on.set()


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, seats: Scripted) -> Iterator[FirstRunWindow]:
    """The first window, after the seat was opened."""
    theme.apply(qapp, dark=False)
    window = FirstRunWindow(seats)
    qtbot.addWidget(window)
    opened: list[None] = []
    window.opened.connect(lambda: opened.append(None))
    window.open()
    qtbot.waitUntil(lambda: window.current() is window.own_password)
    assert opened == []
    yield window
    seats.may_go_on.set()
    window.wait()


def type_twice(window: FirstRunWindow, first: str, second: str) -> None:
    """Fill the form and press Enter."""
    for name, words in (("Neues Kennwort", first), ("Noch einmal", second)):
        field(window.own_password, name).setText(words)
    QTest.keyClick(field(window.own_password, "Noch einmal"), Qt.Key.Key_Return)


def faults(window: FirstRunWindow) -> dict[str, str]:
    """What stands below the fields."""
    names = ("Neues Kennwort", "Noch einmal")
    found = {name: field(window.own_password, name).accessibleDescription() for name in names}
    return {name: fault for name, fault in found.items() if fault}


def test_nothing_opens_before_an_own_password_was_chosen(qtbot: QtBot, window: FirstRunWindow, seats: Scripted) -> None:
    """The window shows, asks, and opens the program only when it was changed; then it holds no password."""
    assert window.isVisible()
    qtbot.waitUntil(lambda: field(window.own_password, "Neues Kennwort").hasFocus())
    with qtbot.waitSignal(window.opened):
        type_twice(window, OWN, OWN)
    assert seats.asked == [("open", None), ("own", OWN)]
    assert field(window.own_password, "Neues Kennwort").text() == ""
    assert field(window.own_password, "Noch einmal").text() == ""


def test_who_joins_an_office_is_asked_too(qtbot: QtBot, qapp: QApplication, seats: Scripted) -> None:
    """The very first login of a seat leads to the same question."""
    theme.apply(qapp, dark=False)
    window = FirstRunWindow(seats)
    qtbot.addWidget(window)
    window.turn_to(window.server)
    window.show()
    fill_server(window)
    pressable(window.server, "Verbindung testen").click()
    qtbot.waitUntil(lambda: pressable(window.server, "Speichern und öffnen").isEnabled())
    pressable(window.server, "Speichern und öffnen").click()
    qtbot.waitUntil(lambda: window.current() is window.own_password)
    window.wait()


@pytest.mark.parametrize(
    ("first", "second", "name", "words"),
    [
        ("", "", "Neues Kennwort", "Wählen Sie"),
        ("kurz", "kurz", "Neues Kennwort", "mindestens 12 Zeichen"),
        (OWN, "", "Noch einmal", "noch einmal ein"),
        (OWN, OWN.lower(), "Noch einmal", "nicht zweimal dasselbe"),
    ],
)
def test_what_cannot_be_a_password_is_said_at_its_field(
    window: FirstRunWindow, seats: Scripted, first: str, second: str, name: str, words: str
) -> None:
    """Nothing is asked of the server, the cursor goes there, and typing takes the words away."""
    type_twice(window, first, second)
    assert list(faults(window)) == [name]
    assert words in faults(window)[name]
    assert field(window.own_password, name).hasFocus()
    assert seats.asked == [("open", None)]
    QTest.keyClicks(field(window.own_password, "Neues Kennwort"), "x")
    assert faults(window) == {}


def test_a_refusal_is_said_and_what_was_typed_stays(qtbot: QtBot, window: FirstRunWindow, seats: Scripted) -> None:
    """A lost connection stands above the buttons, a fault of the password at its field; Enter tries again."""
    seats.errors = [Unavailable("database.lost"), Invalid("person.password_same", field="password")]
    type_twice(window, OWN, OWN)
    qtbot.waitUntil(lambda: "Es wurde nichts geändert" in window.own_password.notice.text())
    assert window.current() is window.own_password
    assert field(window.own_password, "Noch einmal").text() == OWN
    pressable(window.own_password, GO).click()
    qtbot.waitUntil(lambda: "bisheriges" in faults(window).get("Neues Kennwort", ""))
    assert window.own_password.notice.text() == ""
    with qtbot.waitSignal(window.opened):
        type_twice(window, OWN, OWN)


def test_while_it_is_changed_nothing_is_asked_twice(qtbot: QtBot, window: FirstRunWindow, seats: Scripted) -> None:
    """Enter pressed again does nothing, and the words cannot be changed meanwhile."""
    seats.may_go_on.clear()
    type_twice(window, OWN, OWN)
    QTest.keyClick(field(window.own_password, "Noch einmal"), Qt.Key.Key_Return)
    assert field(window.own_password, "Neues Kennwort").isReadOnly()
    assert not pressable(window.own_password, GO).isEnabled()
    assert "wird geändert" in window.own_password.notice.text()
    with qtbot.waitSignal(window.opened):
        seats.may_go_on.set()
    assert seats.asked.count(("own", OWN)) == 1


def test_who_does_not_want_to_ends_the_program(window: FirstRunWindow, seats: Scripted) -> None:
    """There is no other way on."""
    pressable(window.own_password, "Beenden").click()
    assert not window.isVisible()
    assert seats.asked == [("open", None)]

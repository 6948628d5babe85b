"""The first run as a person meets it: by keyboard, with what was typed kept, and no way to save what was not tested."""

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from domain.errors import Unavailable
from ui import theme
from ui.errors import describe
from ui.first_run.ports import OwnSeat, ServerAddress, ServerAnswer, Step, Tell
from ui.first_run.window import CULPRITS, FirstRunWindow

SERVER = ServerAddress("datenbank.stelle.example", 5433, "vermittlung", "jana", "ca.pem")


class Scripted:
    """Seats that answer as the test says, and remember what they were asked."""

    def __init__(self) -> None:
        self.known: ServerAddress | None = None
        self.given = False
        self.errors: list[Exception] = []
        self.asked: list[object] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def keeps_passwords(self) -> bool:
        return False

    def known_server(self) -> ServerAddress | None:
        return self.known

    def try_out(self, tell: Tell) -> None:
        tell(Step.SAMPLES)
        self._answer("try_out")

    def work_alone(self, own: OwnSeat, tell: Tell) -> None:
        tell(Step.DATABASE)
        self._answer(own)

    def test_server(self, address: ServerAddress, password: str) -> ServerAnswer:
        self._answer((address, password))
        return ServerAnswer("Jana Brand", "15.20", encrypted=True)

    def join_office(self, address: ServerAddress, password: str, tell: Tell) -> None:
        tell(Step.SERVER)
        self._answer(("join", address, password))

    def open(self, password: str | None, tell: Tell) -> None:
        tell(Step.SERVER)
        self._answer(("open", password))

    def password_is_given(self) -> bool:
        return self.given

    def choose_password(self, password: str) -> None:
        self._answer(("own", password))

    def open_without_server(self, password: str | None) -> None:
        self._answer(("without server", password))

    def _answer(self, asked: object) -> None:
        self.asked.append(asked)
        assert self.may_go_on.wait(20)
        if self.errors:
            raise self.errors.pop(0)


@pytest.fixture
def seats() -> Iterator[Scripted]:
    """Whoever sets seats up."""
    seats = Scripted()
    yield seats
    seats.may_go_on.set()


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, seats: Scripted) -> Iterator[FirstRunWindow]:
    """The first window."""
    theme.apply(qapp, dark=False)
    window = FirstRunWindow(seats)
    qtbot.addWidget(window)
    yield window
    seats.may_go_on.set()
    window.wait()


def field(page: QWidget, name: str) -> QLineEdit:
    """The line of that accessible name."""
    return next(line for line in page.findChildren(QLineEdit) if line.accessibleName() == name)


def pressable(page: QWidget, name: str) -> QAbstractButton:
    """The button of that accessible name."""
    return next(found for found in page.findChildren(QAbstractButton) if found.accessibleName() == name)


def fill(page: QWidget, words: dict[str, str]) -> None:
    """Write into fields."""
    for name, value in words.items():
        field(page, name).setText(value)


def fill_server(window: FirstRunWindow) -> None:
    """Write down a server."""
    fill(
        window.server,
        {
            "Rechner": SERVER.host,
            "Port": str(SERVER.port),
            "Datenbank": SERVER.database,
            "Benutzername": SERVER.user,
            "Kennwort": "geheim",
            "Zertifikatsdatei (CA), freiwillig": SERVER.ca_file,
        },
    )


def test_every_choice_is_one_key_away(qtbot: QtBot, window: FirstRunWindow) -> None:
    """Enter presses the focused button, Tab goes to the next; the first one has the focus."""
    window.begin()
    window.activateWindow()
    names = ["Ausprobieren", "Einzelplatz einrichten", "Mit Büro-Server verbinden"]
    assert [found.accessibleName() for found in window.choices.findChildren(QAbstractButton)] == names
    qtbot.waitUntil(lambda: pressable(window.choices, names[0]).hasFocus())
    QTest.keyClick(pressable(window.choices, names[1]), Qt.Key.Key_Return)
    assert window.current() is window.own_seat
    pressable(window.own_seat, "Zurück").click()
    pressable(window.choices, names[2]).click()
    assert window.current() is window.server


def test_trying_out_shows_what_is_done_and_opens(qtbot: QtBot, window: FirstRunWindow, seats: Scripted) -> None:
    """While the samples are read the window says so; then it opens."""
    seats.may_go_on.clear()
    window.begin()
    with qtbot.waitSignal(window.opened):
        pressable(window.choices, "Ausprobieren").click()
        qtbot.waitUntil(lambda: "Beispieldaten" in window.progress.text())
        assert window.current() is window.progress
        seats.may_go_on.set()
    assert seats.asked == ["try_out"]


def test_an_own_seat_wants_names(qtbot: QtBot, window: FirstRunWindow, seats: Scripted) -> None:
    """Enter with nothing written complains at the fields and asks nobody; the mailbox may be missing, not wrong."""
    window.begin()
    pressable(window.choices, "Einzelplatz einrichten").click()
    QTest.keyClick(field(window.own_seat, "Ihr Name"), Qt.Key.Key_Return)
    assert seats.asked == []
    assert field(window.own_seat, "Ihr Name").property("invalid") == "true"
    fill(window.own_seat, {"Ihr Name": "  Jörg Überall ", "Name des Büros": "Stelle", "E-Mail (freiwillig)": "kein"})
    assert field(window.own_seat, "Ihr Name").property("invalid") == "false"
    pressable(window.own_seat, "Einrichten und öffnen").click()
    assert seats.asked == []
    field(window.own_seat, "E-Mail (freiwillig)").clear()
    with qtbot.waitSignal(window.opened):
        QTest.keyClick(field(window.own_seat, "Name des Büros"), Qt.Key.Key_Return)
    assert seats.asked == [OwnSeat("Jörg Überall", "Stelle", "")]


def test_an_own_seat_that_fails_keeps_what_was_typed(qtbot: QtBot, window: FirstRunWindow, seats: Scripted) -> None:
    """The sentence says what to do, the fields are as they were, and the next try may succeed."""
    error = Unavailable("postgres.initdb_failed", log="No space left")
    seats.errors = [error]
    window.begin()
    pressable(window.choices, "Einzelplatz einrichten").click()
    fill(window.own_seat, {"Ihr Name": "Jörg", "Name des Büros": "Stelle", "E-Mail (freiwillig)": "a@stelle.example"})
    pressable(window.own_seat, "Einrichten und öffnen").click()
    qtbot.waitUntil(lambda: window.own_seat.notice.text() == describe(error))
    assert window.current() is window.own_seat
    assert field(window.own_seat, "E-Mail (freiwillig)").text() == "a@stelle.example"
    with qtbot.waitSignal(window.opened):
        pressable(window.own_seat, "Einrichten und öffnen").click()


def test_only_what_was_tested_can_be_saved(qtbot: QtBot, window: FirstRunWindow, seats: Scripted) -> None:
    """Saving opens with a good test and closes with the next letter; what is saved is what was tested."""
    window.begin()
    pressable(window.choices, "Mit Büro-Server verbinden").click()
    save = pressable(window.server, "Speichern und öffnen")
    fill_server(window)
    assert not save.isEnabled()
    QTest.keyClick(field(window.server, "Kennwort"), Qt.Key.Key_Return)
    qtbot.waitUntil(save.isEnabled)
    assert "Jana Brand" in window.server.notice.text()
    for name in ("Rechner", "Port", "Datenbank", "Benutzername", "Kennwort", "Zertifikatsdatei (CA), freiwillig"):
        line = field(window.server, name)
        line.setText(line.text() + "1")
        assert not save.isEnabled()
        assert window.server.notice.text() == ""
        line.setText(line.text()[:-1])
        pressable(window.server, "Verbindung testen").click()
        qtbot.waitUntil(save.isEnabled)
    with qtbot.waitSignal(window.opened):
        QTest.keyClick(field(window.server, "Kennwort"), Qt.Key.Key_Return)
    assert seats.asked[-1] == ("join", SERVER, "geheim")
    assert seats.asked[0] == (SERVER, "geheim")


def test_an_answer_to_something_else_counts_nothing(qtbot: QtBot, window: FirstRunWindow, seats: Scripted) -> None:
    """Who types on while the test runs has to test again."""
    seats.may_go_on.clear()
    window.begin()
    pressable(window.choices, "Mit Büro-Server verbinden").click()
    fill_server(window)
    test = pressable(window.server, "Verbindung testen")
    test.click()
    assert not test.isEnabled()
    field(window.server, "Rechner").setText("anderer.stelle.example")
    seats.may_go_on.set()
    qtbot.waitUntil(test.isEnabled)
    assert not pressable(window.server, "Speichern und öffnen").isEnabled()
    assert window.server.notice.text() == ""


@pytest.mark.parametrize(("code", "culprit"), CULPRITS.items())
def test_a_refused_test_points_to_the_field(
    qtbot: QtBot, window: FirstRunWindow, seats: Scripted, code: str, culprit: str
) -> None:
    """The sentence stands below the form, everything typed is still there, saving stays closed."""
    seats.errors = [Unavailable(code, host=SERVER.host)]
    window.begin()
    pressable(window.choices, "Mit Büro-Server verbinden").click()
    fill_server(window)
    pressable(window.server, "Verbindung testen").click()
    qtbot.waitUntil(lambda: window.server.notice.text() == describe(Unavailable(code, host=SERVER.host)))
    assert window.server.address() == SERVER
    assert field(window.server, "Kennwort").text() == "geheim"
    assert not pressable(window.server, "Speichern und öffnen").isEnabled()
    assert window.focusWidget() is window.server.control(culprit)


def test_missing_words_are_asked_for_before_any_test(window: FirstRunWindow, seats: Scripted) -> None:
    """An empty form asks no server; a port beyond all ports neither."""
    window.begin()
    pressable(window.choices, "Mit Büro-Server verbinden").click()
    pressable(window.server, "Verbindung testen").click()
    fill_server(window)
    field(window.server, "Port").setText("70000")
    pressable(window.server, "Verbindung testen").click()
    assert seats.asked == []
    assert field(window.server, "Port").property("invalid") == "true"


def test_a_seat_that_opens_at_once_shows_no_page(qtbot: QtBot, window: FirstRunWindow) -> None:
    """Nobody waits for a window that would only flash up."""
    with qtbot.waitSignal(window.opened):
        window.open()
    assert not window.isVisible()


def test_a_seat_that_cannot_be_opened_says_why(qtbot: QtBot, window: FirstRunWindow, seats: Scripted) -> None:
    """A sentence, the details on demand, and another try; an own database has no connection to change."""
    seats.errors = [Unavailable("postgres.start_failed", log="disk full")]
    window.open()
    qtbot.waitUntil(lambda: window.current() is window.failure)
    assert window.isVisible()
    assert "Datenbank" in window.failure.notice.text()
    assert not pressable(window.failure, "Verbindung ändern").isVisible()
    assert "disk full" not in window.failure.notice.text()
    with qtbot.waitSignal(window.opened):
        pressable(window.failure, "Erneut versuchen").click()


def test_an_unknown_fault_is_told_too(qtbot: QtBot, window: FirstRunWindow, seats: Scripted) -> None:
    """Even what nobody foresaw ends in a window, not in silence."""
    seats.errors = [RuntimeError("surprise")]
    window.open()
    qtbot.waitUntil(lambda: window.current() is window.failure)
    assert window.failure.notice.text()


def test_a_lost_server_can_be_changed(qtbot: QtBot, window: FirstRunWindow, seats: Scripted) -> None:
    """The known address is shown to be changed, without its password; back leads to the reason."""
    seats.known = SERVER
    seats.errors = [Unavailable("server.no_answer", host=SERVER.host, port=SERVER.port)]
    window.open()
    qtbot.waitUntil(lambda: window.current() is window.failure)
    pressable(window.failure, "Verbindung ändern").click()
    assert window.server.address() == SERVER
    assert field(window.server, "Kennwort").text() == ""
    pressable(window.server, "Zurück").click()
    assert window.current() is window.failure


@pytest.mark.parametrize("code", ["server.password_missing", "server.password_wrong"])
def test_a_password_is_asked_for(qtbot: QtBot, window: FirstRunWindow, seats: Scripted, code: str) -> None:
    """Without a keyring, or after a change: type it, Enter, open."""
    seats.known = SERVER
    seats.errors = [Unavailable(code, user="jana")]
    window.open()
    qtbot.waitUntil(lambda: window.current() is window.failure)
    line = field(window.failure, "Kennwort")
    assert window.focusWidget() is line
    # without a keyring it is asked every morning: that is no failure
    is_login = code == "server.password_missing"
    assert window.failure.title.text() == ("Anmelden" if is_login else "Platzlotse konnte nicht geöffnet werden")
    assert pressable(window.failure, "Anmelden" if is_login else "Erneut versuchen").isEnabled()
    line.setText("geheim")
    with qtbot.waitSignal(window.opened):
        QTest.keyClick(line, Qt.Key.Key_Return)
    assert seats.asked[-1] == ("open", "geheim")


@pytest.mark.parametrize("code", ["server.no_answer", "schema.newer"])
def test_one_works_on_while_the_server_is_away(
    qtbot: QtBot, window: FirstRunWindow, seats: Scripted, code: str
) -> None:
    """Offered where the server is merely away, not where it refuses; a missing password is asked for once."""
    seats.known = SERVER
    seats.errors = [Unavailable(code, host="h", port=1, found="1", wanted="0")]
    window.open()
    qtbot.waitUntil(lambda: window.current() is window.failure)
    offline = pressable(window.failure, "Ohne Server arbeiten")
    assert offline.isVisible() == (code == "server.no_answer")
    if code != "server.no_answer":
        return
    seats.errors = [Unavailable("server.password_missing", user="jana")]
    offline.click()
    qtbot.waitUntil(lambda: window.current() is window.failure)
    field(window.failure, "Kennwort").setText("geheim")
    with qtbot.waitSignal(window.opened):
        offline.click()
    assert seats.asked[-1] == ("without server", "geheim")


PAGES: list[Callable[[FirstRunWindow], QWidget]] = [
    lambda w: w.choices,
    lambda w: w.own_seat,
    lambda w: w.server,
    lambda w: w.failure,
]


@pytest.mark.parametrize("page_of", PAGES)
def test_every_control_has_a_name_and_a_key_of_its_own(
    window: FirstRunWindow, page_of: Callable[[FirstRunWindow], QWidget]
) -> None:
    """Screen readers find every control; no letter is given twice on a page."""
    page = page_of(window)
    controls = [*page.findChildren(QAbstractButton), *page.findChildren(QLineEdit)]
    assert all(control.accessibleName() for control in controls)
    texts = [label.text() for label in page.findChildren(QLabel) if label.buddy() is not None]
    texts += [found.text() for found in page.findChildren(QAbstractButton)]
    keys = [text[text.index("&") + 1].lower() for text in texts]
    assert len(keys) == len(set(keys)) >= len(controls)


def test_the_order_of_the_tab_key_is_that_of_reading(window: FirstRunWindow) -> None:
    """From the server's name down to saving."""
    window.begin()
    pressable(window.choices, "Mit Büro-Server verbinden").click()
    pressable(window.server, "Speichern und öffnen").setEnabled(True)
    names = []
    here: QWidget | None = window.server.control("host")
    while here is not None and window.server.isAncestorOf(here):
        if here.focusPolicy() & Qt.FocusPolicy.TabFocus and here.isVisibleTo(window.server):
            names.append(here.accessibleName())
        here = here.nextInFocusChain()
    assert names == [
        "Rechner",
        "Port",
        "Datenbank",
        "Benutzername",
        "Kennwort",
        "Zertifikatsdatei (CA), freiwillig",
        "Durchsuchen…",
        "Zurück",
        "Verbindung testen",
        "Speichern und öffnen",
    ]

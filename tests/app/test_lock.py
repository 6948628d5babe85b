"""A locked window: nothing of a patient is seen or read out, nothing typed is lost, only the person comes back."""

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QMenu, QToolTip, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from app import change_listener, wrong_passwords
from app.desktop import Desktop
from app.paths import Profile
from app.seat import Seat
from domain.database import Database
from domain.person_admin import add_team, list_persons, lock_person, set_team
from domain.persons import ensure_person
from tests.app.test_two_desktops import names, patients, shows_record, window
from tests.builders import add_patient
from tests.conftest import PASSWORD, Office
from tests.ui.hands import enter, fill, find, press
from ui import theme
from ui.lock.window import LockWindow
from ui.patients.files_folder import put_to_read

QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen menus grab no keyboard
SECRET = "Geheimrat"  # the name of a patient that must not be seen
WAIT_MS = 90_000


@pytest.fixture
def desktop(qtbot: QtBot, qapp: QApplication, office: Office, tmp_path: Path) -> Iterator[Desktop]:
    """Jana's program with a patient open."""
    theme.apply(qapp, dark=False)
    with window(office, "jana", tmp_path) as made:
        number = fill(made.database, lambda s: add_patient(s, last_name=SECRET))
        patients(made).open_item(number)
        qtbot.waitUntil(lambda: shows_record(made) and SECRET in read_out(), timeout=WAIT_MS)
        yield made
        if made.lock.window is not None:
            made.lock._open()
    come_to_rest(qtbot, made)


@pytest.fixture
def admin(office: Office) -> Iterator[Database]:
    """The office as who administers it."""
    owner = office.database("owner")
    fill(owner, lambda s: ensure_person(
        s, role_name="test_verena", display_name="Verena Admin", password=PASSWORD, roles={"admin"}
    ))  # fmt: skip
    made = office.database("verena")
    yield made
    made.close()
    fill(owner, lambda s: s.execute(text("DROP ROLE test_verena")))
    owner.close()


@pytest.fixture
def lena(office: Office, admin: Database) -> Iterator[int]:
    """A caseworker whom only one test knows."""
    owner = office.database("owner")
    fill(owner, lambda s: ensure_person(
        s, role_name="test_lena", display_name="Lena", password=PASSWORD, roles={"caseworker"}
    ))  # fmt: skip
    yield fill(admin, lambda s: next(p.id for p in list_persons(s) if p.role_name == "test_lena"))
    fill(owner, lambda s: s.execute(text("DROP OWNED BY test_lena; DROP ROLE test_lena")))
    owner.close()


def come_to_rest(qtbot: QtBot, desktop: Desktop) -> None:
    """Nothing is being read any more: what comes back would meet a window that is being taken apart."""
    quiet_since: list[int] = []

    def is_quiet() -> bool:
        quiet_since.append(desktop.background._running)
        return quiet_since[-25:] == [0] * 25  # longer than a page waits before it asks again

    qtbot.waitUntil(is_quiet, timeout=WAIT_MS)


def read_out() -> str:
    """Everything a screen reader can reach, from the application down."""
    said: list[str] = []

    def read(part: QAccessibleInterface | None) -> None:
        if part is None or not part.isValid():
            return
        said.extend(part.text(kind) for kind in QAccessible.Text if kind is not QAccessible.Text.UserText)
        if part.role() not in {QAccessible.Role.Table, QAccessible.Role.Tree, QAccessible.Role.List}:
            for number in range(part.childCount()):
                read(part.child(number))

    app = QApplication.instance()
    assert app is not None
    read(QAccessible.queryAccessibleInterface(app))
    return "\n".join(said)


def on_screen() -> list[str]:
    """Titles of the windows the system shows."""
    return [shown.title() for shown in QApplication.topLevelWindows() if shown.isVisible()]


def locked(desktop: Desktop) -> LockWindow:
    """The window that is seen while locked."""
    assert desktop.lock.window is not None
    return desktop.lock.window


def unlock(qtbot: QtBot, desktop: Desktop, password: str) -> None:
    """Type a password and press Enter."""
    line = locked(desktop)._password
    qtbot.waitUntil(lambda: not line.isReadOnly(), timeout=WAIT_MS)
    line.setText(password)
    QTest.keyClick(line, Qt.Key.Key_Return)


def press_lock_key(widget: QWidget) -> None:
    """Strg+L as the system brings it: to the window, whatever control has the focus."""
    handle = widget.window().windowHandle()
    key = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier, "\x0c")
    QApplication.sendEvent(handle, key)


def test_strg_l_hides_all_and_the_password_brings_all_back(qtbot: QtBot, desktop: Desktop) -> None:
    """Window, dialog and what is typed in both; meanwhile there is nothing to see and nothing to read out."""
    enter(patients(desktop), "Straße", "Halb getippt")
    dialog = QDialog(desktop.window)
    dialog.setWindowTitle(f"Verlauf: {SECRET}")
    line = QLineEdit(dialog)
    QVBoxLayout(dialog).addWidget(line)
    dialog.open()
    line.setText(f"Notiz zu {SECRET}")
    qtbot.waitUntil(lambda: QApplication.focusWindow() is dialog.windowHandle(), timeout=WAIT_MS)
    menu = QMenu(desktop.window)
    menu.addAction(SECRET)
    menu.popup(desktop.window.pos())
    QToolTip.showText(desktop.window.pos(), SECRET, desktop.window)
    assert SECRET in read_out()
    before = desktop.window.geometry()
    press_lock_key(dialog)
    assert on_screen() == ["Gesperrt"]
    qtbot.waitUntil(lambda: SECRET not in read_out())
    assert not desktop.window.isVisible()
    assert locked(desktop).geometry() == before
    unlock(qtbot, desktop, PASSWORD)
    qtbot.waitUntil(lambda: not desktop.lock.is_locked, timeout=WAIT_MS)
    assert desktop.window.isVisible()
    assert dialog.isVisible()
    assert dialog.isModal()
    assert desktop.window.geometry() == before
    assert line.text() == f"Notiz zu {SECRET}"
    qtbot.waitUntil(lambda: SECRET in read_out())
    qtbot.wait(300)  # what is read again must not overwrite the form
    assert patients(desktop)._detail._form.fields["street"].control.property("text") == "Halb getippt"
    dialog.reject()
    desktop.lock.lock()
    assert SECRET not in read_out()


def test_a_large_window_comes_back_large(qtbot: QtBot, desktop: Desktop) -> None:
    """Maximised before, maximised after, and back in its place when it is made smaller."""
    small = desktop.window.geometry()
    desktop.window.showMaximized()
    qtbot.waitUntil(lambda: desktop.window.isMaximized() and desktop.window.geometry() != small)
    large = desktop.window.geometry()
    for _ in range(2):
        desktop.lock.lock()
        qtbot.waitUntil(lambda: locked(desktop).geometry() == large)
        desktop.lock._open()
        qtbot.waitUntil(lambda: desktop.window.isMaximized() and desktop.window.geometry() == large)
    assert desktop.window.normalGeometry() == small


def test_the_picture_of_a_locked_seat_is_the_same_whoever_was_open(qtbot: QtBot, desktop: Desktop) -> None:
    """Not one dot of it depends on the patient: it equals that of a lock which never had a window behind it."""
    desktop.lock.lock()
    shown = locked(desktop)
    alone = LockWindow("test_jana", can_lock_computer=False)
    qtbot.addWidget(alone)
    alone.resize(shown.size())
    alone.show()
    shown._password.clearFocus()
    alone._password.clearFocus()
    qtbot.waitUntil(lambda: shown.grab().toImage() == alone.grab().toImage(), timeout=WAIT_MS)
    assert shown.grab().size() / shown.devicePixelRatio() == QSize(shown.size())


def test_what_comes_while_locked_stays_beneath(qtbot: QtBot, desktop: Desktop) -> None:
    """News, results and dialogs opened later come, nothing of it is shown; afterwards it is there."""
    desktop.lock.lock()
    late, ended = QDialog(desktop.window), QDialog(desktop.window)
    for dialog in (late, ended):
        QVBoxLayout(dialog).addWidget(QLabel(f"Antwort wegen {SECRET}"))
        dialog.open()
        assert not dialog.windowHandle().isVisible()
    qtbot.waitUntil(lambda: not late.isVisible() and not ended.isVisible())
    ended.reject()
    fill(desktop.database, lambda s: add_patient(s, last_name=f"{SECRET}-Neu"))
    desktop.changes.changed.emit("*", 0)
    desktop.window.show_page("today")
    desktop.messages.error(f"Nicht gespeichert: {SECRET}")
    desktop.window.show()
    desktop.window.raise_()
    qtbot.waitUntil(lambda: not desktop.window.isVisible())
    qtbot.wait(300)
    assert SECRET not in read_out()
    assert on_screen() == ["Gesperrt"]
    unlock(qtbot, desktop, PASSWORD)
    qtbot.waitUntil(late.isVisible, timeout=WAIT_MS)
    assert late.windowHandle().isVisible()
    assert not ended.isVisible()
    late.reject()
    desktop.window.show_page("patients")
    model = patients(desktop)._table.model
    qtbot.waitUntil(
        lambda: any("Neu" in str(model.index(row, 0).data()) for row in range(model.rowCount())), timeout=WAIT_MS
    )


def test_wrong_passwords_wait_longer_and_longer(
    qtbot: QtBot, desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two are refused at once; after the third nothing can be tried until the seconds are over, which are told."""
    monkeypatch.setattr(wrong_passwords, "FIRST_SECONDS", 300)
    desktop.lock.lock()
    shown = locked(desktop)
    for wrong in ("falsch", "auch falsch"):
        unlock(qtbot, desktop, wrong)
        qtbot.waitUntil(lambda: "Kennwort stimmt nicht" in shown.notice.text(), timeout=WAIT_MS)
        assert shown._left.isHidden()
        shown.notice.say("info", "")
    unlock(qtbot, desktop, "und noch einmal")
    qtbot.waitUntil(lambda: "Kennwort stimmt nicht" in shown.notice.text(), timeout=WAIT_MS)
    assert "Der nächste Versuch ist in" in shown._left.text()
    shown._password.setText(PASSWORD)
    assert not shown._unlock.isEnabled()
    QTest.keyClick(shown._password, Qt.Key.Key_Return)
    assert desktop.lock.is_locked
    monkeypatch.setattr(wrong_passwords, "FIRST_SECONDS", 0)  # the seconds are over
    qtbot.waitUntil(shown._unlock.isEnabled, timeout=WAIT_MS)
    unlock(qtbot, desktop, PASSWORD)
    qtbot.waitUntil(lambda: not desktop.lock.is_locked, timeout=WAIT_MS)


def test_another_person_ends_the_program_and_the_next_start_asks(
    qtbot: QtBot, desktop: Desktop, tmp_path: Path
) -> None:
    """What is not saved is only counted, not named; the seat stays locked for the next start."""
    enter(patients(desktop), "Straße", "Halb getippt")
    street = patients(desktop)._detail._form.fields["street"].control
    assert isinstance(street, QLineEdit)
    street.textEdited.emit(street.text())
    desktop.lock.lock()
    shown = locked(desktop)
    press(qtbot, shown, "Anmelden als andere Person")
    qtbot.waitUntil(lambda: "1 Eingabe ist noch nicht gespeichert" in shown.notice.text(), timeout=WAIT_MS)
    assert SECRET not in shown.notice.text()
    press(qtbot, shown, "Anmelden als andere Person")
    qtbot.waitUntil(lambda: desktop._closed, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: on_screen() == [])
    assert Profile(tmp_path / "jana").locked.exists()


def test_nobody_there_for_the_office_s_minutes_locks(qtbot: QtBot, desktop: Desktop, office: Office) -> None:
    """The office's number holds as soon as it is changed; who types is there."""
    watch = desktop.idle
    now = watch._awake()
    watch._awake, watch._wall = (lambda: now), (lambda: now)
    watch._before = watch._wall_before = now
    watch.touch()
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(text("UPDATE platform.office SET lock_minutes = 2"))
    owner.close()
    desktop.changes.changed.emit("office", 1)
    qtbot.waitUntil(lambda: watch._limit == 120, timeout=WAIT_MS)
    now += 119
    watch._wall_before = now
    key = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a")
    QApplication.sendEvent(desktop.window.windowHandle(), key)
    now += 119
    watch.look()
    assert not desktop.lock.is_locked
    desktop.window.activateWindow()  # a window of a test before may be the active one, and only there focus moves
    qtbot.waitUntil(desktop.window.isActiveWindow, timeout=WAIT_MS)
    patients(desktop).setFocus()
    find(qtbot, desktop.window, "Sperren").setFocus()  # as a screen reader does
    now += 119
    watch._wall_before = now
    watch.look()
    assert not desktop.lock.is_locked
    now += 1
    watch.look()
    assert desktop.lock.is_locked


def test_who_is_locked_by_the_office_sees_nothing_more_until_let_in_again(
    qtbot: QtBot, desktop: Desktop, admin: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stood on the screen goes, the password opens nothing; let in again, what was typed is still there."""
    monkeypatch.setattr(change_listener, "POLL_SECONDS", 0)
    enter(patients(desktop), "Straße", "Halb getippt")
    jana = fill(admin, lambda s: next(p.id for p in list_persons(s) if p.role_name == "test_jana"))
    fill(admin, lambda s: lock_person(s, jana, locked=True))
    try:
        qtbot.waitUntil(lambda: desktop.lock.is_locked, timeout=WAIT_MS)
        assert on_screen() == ["Gesperrt"]
        assert "lässt Sie nicht mehr ein" in read_out()
        assert SECRET not in read_out()
        unlock(qtbot, desktop, PASSWORD)
        qtbot.waitUntil(lambda: "oder gesperrt" in locked(desktop).notice.text(), timeout=WAIT_MS)
    finally:
        fill(admin, lambda s: lock_person(s, jana, locked=False))
    unlock(qtbot, desktop, PASSWORD)
    qtbot.waitUntil(lambda: not desktop.lock.is_locked, timeout=WAIT_MS)
    assert patients(desktop)._detail._form.fields["street"].control.property("text") == "Halb getippt"


def test_who_is_given_another_team_sees_the_old_one_s_patients_no_more(
    qtbot: QtBot, qapp: QApplication, admin: Database, lena: int, office: Office, tmp_path: Path
) -> None:
    """At once, in the window that is open."""
    theme.apply(qapp, dark=False)
    name = "Nordmann"  # windows of tests before may still be read out with theirs
    old, new = fill(admin, lambda s: add_team(s, "Nord")), fill(admin, lambda s: add_team(s, "Ost"))
    fill(admin, lambda s: set_team(s, lena, old))
    owner = office.database("owner")
    number = fill(owner, lambda s: add_patient(s, last_name=name))
    fill(owner, lambda s: s.execute(text(f"UPDATE patient_service.patient SET team_id = {old}")))
    owner.close()
    with window(office, "lena", tmp_path) as made:
        patients(made).open_item(number)
        qtbot.waitUntil(lambda: shows_record(made) and name in read_out(), timeout=WAIT_MS)
        fill(admin, lambda s: set_team(s, lena, new))
        qtbot.waitUntil(lambda: names(made) == [] and name not in read_out(), timeout=WAIT_MS)
        assert not shows_record(made)
    come_to_rest(qtbot, made)


def test_a_machine_that_slept_wakes_up_locked(desktop: Desktop) -> None:
    """However short it slept."""
    watch = desktop.idle
    before = watch._wall
    watch._wall = lambda: before() + 60
    watch.look()
    assert desktop.lock.is_locked


def test_a_single_seat_is_covered_and_says_what_that_is_worth(
    qtbot: QtBot, qapp: QApplication, office: Office, tmp_path: Path
) -> None:
    """There is no password of a person: Weiter uncovers, and that is said."""
    theme.apply(qapp, dark=False)
    profile = Profile(tmp_path)
    profile.make()
    made = Desktop(profile, Seat(office.url("jana"), office.url("worker")), with_worker=False)
    made.window.show()
    try:
        find(qtbot, made.window, "Sperren")
        made.lock.lock()
        words = " ".join(label.text() for label in locked(made).findChildren(QLabel))
        assert "kein eigenes Kennwort" in words
        assert not profile.locked.exists()
        press(qtbot, locked(made), "Weiter")
        assert not made.lock.is_locked
        assert made.window.isVisible()
    finally:
        made.window.close()
        made.close()


def test_opened_papers_go_with_the_lock(desktop: Desktop, qtbot: QtBot) -> None:
    """What the program laid out for other programs to show is gone; the page says that those stay open."""
    paper = put_to_read("Klara.pdf", b"lesbar")
    desktop.lock.lock()
    qtbot.waitUntil(lambda: not paper.exists(), timeout=WAIT_MS)
    assert "bleibt dort offen" in read_out()

"""The network goes while somebody types: what was typed stands, is kept once the network is back, and arrives once."""

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from app.desktop import Desktop
from app.paths import Profile
from app.seat import Seat
from tests.app.test_lock import come_to_rest
from tests.app.test_two_desktops import patients, shows_record
from tests.builders import add_patient
from tests.conftest import PASSWORD, Office
from tests.servers.cutter import Cutter
from tests.ui.hands import fill, press
from ui import theme
from ui.mail.page import MailPage

QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
WAIT_MS = 60_000
PASSPHRASE = "langes Wort für Tests"


@pytest.fixture
def cutter(office: Office) -> Iterator[Cutter]:
    """The network between desk and server."""
    with Cutter(str(office.cluster.folder)) as made:
        yield made


@pytest.fixture
def desktop(qtbot: QtBot, qapp: QApplication, office: Office, cutter: Cutter, tmp_path: Path) -> Iterator[Desktop]:
    """Jana's program by way of that network."""
    theme.apply(qapp, dark=False)
    profile = Profile(tmp_path / "jana")
    profile.make()
    made = Desktop(profile, Seat(cutter.through(office.url("jana")), None), with_worker=False)
    made.window.show()
    try:
        yield made
    finally:
        made.window.closing.agree()
        made.window.close()
        made.close()
        come_to_rest(qtbot, made)


def in_database(office: Office, query: str) -> object:
    """A value as the server has it, whatever becomes of the network."""
    owner = office.database("owner")
    with owner.read() as session:
        found = session.scalar(text(query))
    owner.close()
    return found


@pytest.mark.parametrize("lost", ["question", "answer"])
def test_a_patient_s_form_keeps_what_was_typed(
    qtbot: QtBot, desktop: Desktop, office: Office, cutter: Cutter, lost: str
) -> None:
    """Saving is refused with a sentence, the words stand, and saving again with the network brings them in."""
    number = fill(desktop.database, lambda s: add_patient(s, last_name="Unterwegs"))
    desktop.window.show_page("patients")
    page = patients(desktop)
    page.open_item(number)
    qtbot.waitUntil(lambda: shows_record(desktop), timeout=WAIT_MS)
    street = page._detail._form.fields["street"].control
    assert isinstance(street, QLineEdit)
    street.setText("Am Seil 7")
    street.textEdited.emit(street.text())
    cutter.cut(lost)
    press(qtbot, page, "Speichern")
    qtbot.waitUntil(lambda: "Ihre Eingaben bleiben stehen" in desktop.messages.text(), timeout=WAIT_MS)
    desktop.changes.changed.emit("*", 0)  # what asks again meanwhile gets nothing and takes nothing away
    qtbot.waitUntil(lambda: "offline" in desktop.window._connection.text(), timeout=WAIT_MS)
    assert street.text() == "Am Seil 7"
    cutter.mend()
    qtbot.waitUntil(lambda: desktop.window._connection.text() == "verbunden", timeout=WAIT_MS)
    assert street.text() == "Am Seil 7"
    desktop.window.show_page("patients")
    query = f"SELECT street FROM patient_service.patient WHERE id = {number}"
    if in_database(office, query) != "Am Seil 7":
        press(qtbot, page, "Speichern")
    qtbot.waitUntil(lambda: in_database(office, query) == "Am Seil 7", timeout=WAIT_MS)
    assert street.text() == "Am Seil 7"


@pytest.mark.parametrize("lost", ["question", "answer"])
def test_a_mail_being_written_is_kept_and_arrives_once(
    qtbot: QtBot, desktop: Desktop, office: Office, cutter: Cutter, lost: str
) -> None:
    """It waits on this machine and goes out by itself when the network is back."""
    desktop.vault.open_by_passphrase(PASSPHRASE)
    desktop.window.show_page("mail", 0, "drafts")
    page = desktop.window.page("mail")
    assert isinstance(page, MailPage)
    press(qtbot, page, "Neue E-Mail")
    composer = page.drafts.composer
    qtbot.waitUntil(composer._body.isVisible, timeout=WAIT_MS)
    composer._to.setText("praxis@praxis.example")
    composer._to.textEdited.emit(composer._to.text())
    composer._subject.setText("Unterwegs")
    cutter.cut(lost)
    composer._body.setPlainText("Guten Tag, das stand noch da.")
    desktop.changes.changed.emit("*", 0)
    qtbot.waitUntil(lambda: "offline" in desktop.window._connection.text(), timeout=WAIT_MS)
    assert composer._body.toPlainText() == "Guten Tag, das stand noch da."
    press(qtbot, page, "Senden")
    qtbot.waitUntil(lambda: "1 Entwurf wartet" in desktop.window._drafts.text(), timeout=WAIT_MS)
    cutter.mend()
    qtbot.waitUntil(lambda: desktop.window._drafts.text() == "", timeout=WAIT_MS)
    query = "SELECT count(*) || ' ' || rtrim(min(body_text), chr(10)) FROM communication_service.email"
    assert in_database(office, query) == "1 Guten Tag, das stand noch da."


def test_a_locked_seat_opens_without_its_server(qtbot: QtBot, desktop: Desktop, cutter: Cutter) -> None:
    """The network is away, the person is there: the password of this session opens, another does not."""
    cutter.cut("question")
    desktop.lock.lock()
    shown = desktop.lock.window
    assert shown is not None
    shown._password.setText("falsch")
    press(qtbot, shown, "Entsperren")
    qtbot.waitUntil(lambda: "Kennwort stimmt nicht" in shown.notice.text(), timeout=WAIT_MS)
    shown._password.setText(PASSWORD)
    press(qtbot, shown, "Entsperren")
    qtbot.waitUntil(lambda: not desktop.lock.is_locked, timeout=WAIT_MS)
    cutter.mend()

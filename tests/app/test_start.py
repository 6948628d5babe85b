"""From the command to the open window: the first run, and a server that is not there."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psycopg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy.engine import make_url

from app.commands.desktop import sample_profile
from app.paths import Profile
from app.settings import SYSTEM_CERTIFICATES, Mode, ServerSettings, Settings, load, save
from app.start import Start
from tests.conftest import PASSWORD
from tests.servers.cutter import Cutter
from tests.servers.office_server import OfficeServer
from tests.servers.ports import free_port
from ui import theme
from ui.first_run.ports import ServerAddress
from ui.mail.page import MailPage

QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
pytestmark = pytest.mark.usefixtures("no_keyring")


@pytest.fixture
def profile(home: Path) -> Profile:
    """A folder where nobody has worked yet."""
    profile = Profile(home.parent)
    profile.make()
    return profile


@pytest.fixture
def start(qtbot: QtBot, qapp: QApplication, profile: Profile) -> Iterator[Start]:
    """The program, not yet begun."""
    theme.apply(qapp, dark=False)
    start = Start(profile)
    qtbot.addWidget(start.first_run)
    yield start
    if start.desktop is not None:
        start.desktop.window.close()
    start.close()


def press(page: QWidget, name: str) -> None:
    """Press the button of that accessible name."""
    next(b for b in page.findChildren(QAbstractButton) if b.accessibleName() == name).click()


def write(page: QWidget, name: str, words: str) -> None:
    """Write into the line of that accessible name."""
    next(line for line in page.findChildren(QLineEdit) if line.accessibleName() == name).setText(words)


def settings_for(address: ServerAddress) -> Settings:
    """What a seat of that office remembers."""
    server = ServerSettings(address.host, address.port, address.database, address.user, sslrootcert=address.ca_file)
    return Settings(mode=Mode.SERVER, server=server)


def wait_for_desktop(qtbot: QtBot, start: Start) -> None:
    """The main window has come and the first one has gone."""
    qtbot.waitUntil(lambda: start.desktop is not None and start.desktop.window.isVisible())
    assert not start.first_run.isVisible()


def test_the_first_run_leads_into_the_office(
    qtbot: QtBot, start: Start, profile: Profile, address: ServerAddress
) -> None:
    """Choose the server, mistype the password, mend it, test, save: the main window opens."""
    start.begin()
    page = start.first_run.server
    assert start.first_run.isVisible()
    press(start.first_run.choices, "Mit Büro-Server verbinden")
    for name, words in (
        ("Rechner", address.host),
        ("Port", str(address.port)),
        ("Datenbank", address.database),
        ("Benutzername", address.user),
        ("Kennwort", "falsch"),
        ("Zertifikatsdatei (CA), freiwillig", address.ca_file),
    ):
        write(page, name, words)
    press(page, "Verbindung testen")
    qtbot.waitUntil(lambda: "Kennwort stimmen nicht" in page.notice.text())
    assert not profile.settings.exists()
    write(page, "Kennwort", PASSWORD)
    press(page, "Verbindung testen")
    qtbot.waitUntil(lambda: "Jana Brand" in page.notice.text())
    assert not profile.settings.exists()
    press(page, "Speichern und öffnen")
    wait_for_desktop(qtbot, start)
    assert load(profile.settings, {}) == settings_for(address)


def test_a_server_that_is_not_there_can_be_corrected(
    qtbot: QtBot, start: Start, profile: Profile, address: ServerAddress
) -> None:
    """At start a sentence, not silence; trying again keeps it, the right port mends it for good."""
    wrong = settings_for(replace(address, port=free_port()))
    save(profile.settings, wrong)
    start.begin()
    failure = start.first_run.failure
    qtbot.waitUntil(lambda: start.first_run.current() is failure)
    assert start.first_run.isVisible()
    assert str(wrong.server.port) in failure.notice.text()
    press(failure, "Erneut versuchen")
    qtbot.waitUntil(lambda: start.first_run.current() is failure)
    assert load(profile.settings, {}) == wrong
    press(failure, "Verbindung ändern")
    page = start.first_run.server
    write(page, "Port", str(address.port))
    write(page, "Kennwort", PASSWORD)
    press(page, "Verbindung testen")
    qtbot.waitUntil(lambda: "Jana Brand" in page.notice.text())
    press(page, "Speichern und öffnen")
    wait_for_desktop(qtbot, start)
    assert load(profile.settings, {}) == settings_for(address)


def test_without_its_server_the_office_writes_letters(
    qtbot: QtBot, start: Start, profile: Profile, address: ServerAddress, office_server: OfficeServer
) -> None:
    """Begun while it is away, the letter is kept; when the server comes back it goes out by itself, once."""
    port = free_port()
    save(profile.settings, settings_for(replace(address, host="127.0.0.1", port=port, ca_file=SYSTEM_CERTIFICATES)))
    start.begin()
    failure = start.first_run.failure
    qtbot.waitUntil(lambda: start.first_run.current() is failure)
    press(failure, "Ohne Server arbeiten")
    qtbot.waitUntil(lambda: start.first_run.current() is failure and failure._password.isVisible())
    failure._password.setText(PASSWORD)
    press(failure, "Ohne Server arbeiten")
    wait_for_desktop(qtbot, start)
    desktop = start.desktop
    assert desktop is not None
    page = desktop.window.page("mail")
    assert isinstance(page, MailPage)
    qtbot.waitUntil(page.drafts._unlock.isVisible)
    page.drafts._unlock._first.setText("ein langer Satz")
    page.drafts._unlock._second.setText("ein langer Satz")
    press(page, "Passphrase einrichten")
    qtbot.waitUntil(lambda: desktop.vault.opened is not None)
    press(page, "Neue E-Mail")
    composer = page.drafts.composer
    qtbot.waitUntil(composer._body.isVisible)
    composer._to.setText("praxis@praxis.example")
    composer._to.textEdited.emit(composer._to.text())
    composer._subject.setText("Ohne Server")
    composer._body.setPlainText("Guten Tag")
    press(page, "Senden")
    qtbot.waitUntil(lambda: "1 Entwurf wartet" in desktop.window._drafts.text())
    folder = str(make_url(office_server.admin_url("postgres")).query["host"])
    with Cutter(folder, office_server.port, listen=port):
        qtbot.waitUntil(lambda: desktop.window._drafts.text() == "")
        qtbot.waitUntil(lambda: desktop.window._connection.text() == "verbunden")
        database = make_url(office_server.admin_url(address.database)).set(drivername="postgresql")
        with psycopg.connect(database.render_as_string()) as connection:
            assert connection.execute("SELECT count(*) FROM communication_service.email").fetchone() == (1,)
        desktop.window.close()


def test_unreadable_settings_end_in_a_window(qtbot: QtBot, start: Start, profile: Profile) -> None:
    """A damaged file is named, and nothing is written over it."""
    profile.settings.write_text("mode = ")
    start.begin()
    qtbot.waitUntil(lambda: start.first_run.current() is start.first_run.failure)
    assert str(profile.settings) in start.first_run.failure.notice.text()
    assert profile.settings.read_text() == "mode = "


def test_the_samples_never_open_somebodys_work(profile: Profile) -> None:
    """`--sample` takes the named folder only if it is free or holds samples already."""
    assert sample_profile(None) == Profile.default().trial
    assert sample_profile(profile) == profile
    save(profile.settings, Settings(mode=Mode.TRIAL))
    assert sample_profile(profile) == profile
    for mode in (Mode.SINGLE, Mode.SERVER):
        save(profile.settings, Settings(mode=mode))
        assert sample_profile(profile) == profile.trial

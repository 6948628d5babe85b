"""Verwaltung by hand: settings saved or refused at their field, an account entered, its password out of sight."""

from datetime import time

import pytest
from nacl.public import PrivateKey
from pytestqt.qtbot import QtBot

from domain.communication.sealing import publish_key, unseal
from domain.database import Database
from domain.worker_troubles import forget_trouble, note_trouble
from tests.conftest import NOW, Office
from tests.ui.hands import fill, find, press, scalar
from ui.admin.page import AdminPage
from ui.ports import UiContext

KEY = PrivateKey.generate()


@pytest.fixture
def page(ui: UiContext, qtbot: QtBot, office: Office) -> AdminPage:
    """The page with the office's settings loaded, after a worker ran once."""
    worker = office.database("worker")
    fill(worker, lambda session: publish_key(session, bytes(KEY.public_key)))
    worker.close()
    made = AdminPage(ui)
    qtbot.addWidget(made)
    made.resize(1200, 750)
    made.show()
    qtbot.waitUntil(lambda: bool(made.office._lines["name"].text()))
    return made


def typed(page: AdminPage, name: str, value: str) -> None:
    """Type into a field of the office."""
    line = page.office._lines[name]
    line.setText(value)
    line.textEdited.emit(value)


def test_sending_hours_and_limits_are_saved(page: AdminPage, qtbot: QtBot, database: Database) -> None:
    """Empty limits mean none."""
    for name, value in (
        ("send_from", "08:00"),
        ("send_until", "17:30"),
        ("mails_per_hour", "40"),
        ("plan_mails", "25"),
    ):
        typed(page, name, value)
    press(qtbot, page, "Speichern")
    qtbot.waitUntil(lambda: scalar(database, "SELECT mails_per_hour FROM platform.office") == 40)
    assert scalar(database, "SELECT send_until FROM platform.office") == time(17, 30)
    assert scalar(database, "SELECT plan_mails FROM platform.office") == 25


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("send_from", "8 Uhr", "HH:MM"),
        ("send_from", "09:00", "Anfang und Ende"),
        ("follow_up_days", "viele", "ganze Zahl"),
        ("follow_up_days", "99", "von 1 bis 60"),
        ("expiry_days", "3", "nach dem Nachfassen"),
        ("name", "", "Namen"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(
    page: AdminPage, qtbot: QtBot, database: Database, name: str, value: str, said: str
) -> None:
    """Nothing is saved, what was typed stays."""
    before = scalar(database, "SELECT version FROM platform.office")
    typed(page, name, value)
    press(qtbot, page, "Speichern")
    qtbot.waitUntil(lambda: any(said in field._error.text() for field in page.office.fields.values()))
    assert page.office._lines[name].text() == value
    assert scalar(database, "SELECT version FROM platform.office") == before


def test_an_account_is_entered_and_its_password_sealed(page: AdminPage, qtbot: QtBot, database: Database) -> None:
    """Only the worker can open it; the field is empty again."""
    page.show_tab(2)
    press(qtbot, page, "Neues Konto")
    for name, value in (
        ("name", "Büro"), ("address", "buero@praxis.example"), ("smtp_host", "mail.praxis.example"),
        ("imap_host", "mail.praxis.example"), ("username", "buero"), ("password", "geheim"),
    ):  # fmt: skip
        page.accounts._lines[name].setText(value)
    press(qtbot, page, "Konto speichern")
    qtbot.waitUntil(lambda: page.accounts._list.count() == 1)
    sealed = scalar(database, "SELECT sealed_password FROM communication_service.mail_account")
    assert isinstance(sealed, bytes)
    assert b"geheim" not in sealed
    assert unseal(sealed, KEY).secret == "geheim"
    qtbot.waitUntil(lambda: page.accounts._lines["password"].text() == "")
    assert scalar(database, "SELECT is_default FROM communication_service.mail_account") is True


def test_a_password_for_another_server_has_to_be_typed_again(page: AdminPage, qtbot: QtBot, database: Database) -> None:
    """The field says so once the account points elsewhere, and is content when it was typed."""
    page.show_tab(2)
    press(qtbot, page, "Neues Konto")
    field, lines = page.accounts.fields["password"], page.accounts._lines
    for name, value in (
        ("name", "Büro"), ("address", "buero@praxis.example"), ("smtp_host", "mail.praxis.example"),
        ("username", "buero"), ("password", "geheim"),
    ):  # fmt: skip
        lines[name].setText(value)
    press(qtbot, page, "Konto speichern")
    qtbot.waitUntil(lambda: page.accounts._list.count() == 1 and lines["password"].text() == "")
    qtbot.waitUntil(lambda: "gespeichert" in lines["password"].placeholderText())
    lines["smtp_host"].setText("anders.praxis.example")
    press(qtbot, page, "Konto speichern")
    qtbot.waitUntil(lambda: "Geben Sie es neu ein" in field._error.text())
    assert scalar(database, "SELECT sealed_password FROM communication_service.mail_account") is None
    lines["password"].setText("geheim")
    press(qtbot, page, "Konto speichern")
    qtbot.waitUntil(lambda: "gespeichert" in lines["password"].placeholderText())
    assert field._error.text() == ""


def test_what_hinders_the_worker_is_told(page: AdminPage, qtbot: QtBot, office: Office) -> None:
    """In a sentence above everything, as long as it does."""
    assert page.troubles.isHidden()
    worker = office.database("worker")
    fill(worker, lambda session: note_trouble(session, "release_due", "ZeroDivisionError", now=NOW))
    page.refresh()
    qtbot.waitUntil(lambda: "Freigeben wartender E-Mails" in page.troubles.text())
    fill(worker, lambda session: forget_trouble(session, "release_due"))
    worker.close()
    page.refresh()
    qtbot.waitUntil(page.troubles.isHidden)


def test_all_that_is_wrong_with_an_account_is_named_with_the_button_in_sight(page: AdminPage, qtbot: QtBot) -> None:
    """Two wrong fields are told of at once, each at its place and in the message."""
    page.resize(1144, 520)
    page.show_tab(2)
    press(qtbot, page, "Neues Konto")
    for name, value in {
        "name": "Büro",
        "address": "falsch",
        "smtp_host": "x",
        "smtp_port": "99999",
        "largest_mb": "viel",
    }.items():
        page.accounts._lines[name].setText(value)
    save = find(qtbot, page, "Konto speichern")
    save.click()
    said = page.ui.messages.text()
    assert "Adresse: Die E-Mail-Adresse ist nicht gültig." in said
    assert "Port: Der Port liegt zwischen 1 und 65535." in said
    assert "Bitte eine ganze Zahl eingeben." in said
    assert page.accounts.fields["smtp_port"].fault
    qtbot.waitUntil(lambda: save.visibleRegion().boundingRect() == save.rect())


def test_an_account_without_a_server_is_refused(page: AdminPage, qtbot: QtBot, database: Database) -> None:
    """At its field; nothing is kept."""
    page.show_tab(2)
    press(qtbot, page, "Neues Konto")
    page.accounts._lines["name"].setText("Büro")
    page.accounts._lines["address"].setText("buero@praxis.example")
    press(qtbot, page, "Konto speichern")
    qtbot.waitUntil(lambda: "Server" in page.accounts.fields["smtp_host"]._error.text())
    assert scalar(database, "SELECT count(*) FROM communication_service.mail_account") == 0


def test_a_patient_s_record_leads_to_who_opened_it(page: AdminPage, qtbot: QtBot) -> None:
    """The protocol comes to the front, narrowed to that one record."""
    page.open_field(4, "patient_readers")
    qtbot.waitUntil(page.audit.isVisible)
    assert (page.audit.kind.code(), page.audit.number.text()) == ("patient_service.patient", "4")

"""Trying out an account by hand: asked with a button, answered by the worker, shown step by step."""

from collections.abc import Iterator, Sequence

import pytest
from nacl.public import PrivateKey
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from domain.communication.account_states import note_sending
from domain.communication.account_tests import TriedStep, note_answer, take_test
from domain.communication.accounts import AccountForm, save_account
from domain.communication.sealing import publish_key
from domain.database import Database
from tests.conftest import Office
from tests.ui.hands import fill, press, scalar
from ui.admin.accounts_tab import AccountsTab
from ui.ports import UiContext

KEY = PrivateKey.generate()


@pytest.fixture
def worker(office: Office) -> Iterator[Database]:
    """The database as the worker sees it, its key published."""
    made = office.database("worker")
    fill(made, lambda session: publish_key(session, bytes(KEY.public_key)))
    yield made
    made.close()


@pytest.fixture
def tab(ui: UiContext, qtbot: QtBot, database: Database, worker: Database) -> AccountsTab:  # noqa: ARG001 - the key
    """The tab with one account, chosen."""
    form = AccountForm(
        name="Büro", address="buero@buero.example", smtp_host="mail.buero.example", imap_host="mail.buero.example",
        username="buero", password="geheim", sent_folder="Gesendet", is_default=True,
    )  # fmt: skip
    fill(database, lambda session: save_account(session, form))
    made = AccountsTab(ui)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.refresh()
    qtbot.waitUntil(lambda: made._list.count() == 1)
    made._list.setCurrentRow(0)
    return made


def answer(worker: Database, ui: UiContext, steps: Sequence[TriedStep]) -> str:
    """What the worker does: take the question, answer it; the address a test mail would go to."""

    def work(session: object) -> str:
        asked = take_test(session, now=ui.now())  # type: ignore[arg-type]
        assert asked is not None
        note_answer(session, asked.id, steps, now=ui.now())  # type: ignore[arg-type]
        return asked.mail_to

    return fill(worker, work)


def said(tab: AccountsTab) -> str:
    """All words of the card."""
    return " ".join(words.text() for words in tab.test.findChildren(QLabel) if words.isVisible())


def test_every_step_is_told_in_a_sentence(
    tab: AccountsTab, ui: UiContext, qtbot: QtBot, database: Database, worker: Database
) -> None:
    """What works and what does not, with what to do; the buttons may be pressed again."""
    press(qtbot, tab, "Testen")
    qtbot.waitUntil(lambda: scalar(database, "SELECT count(*) FROM communication_service.account_test") == 1)
    assert "prüft das Konto" in said(tab)
    steps = [
        TriedStep("smtp_connect"),
        TriedStep("smtp_tls"),
        TriedStep("smtp_login", "smtp.login", {"host": "mail.buero.example"}),
        TriedStep("imap_connect", "mail_server.refused", {"host": "mail.buero.example", "port": 993}),
    ]
    assert answer(worker, ui, steps) == ""
    tab.refresh()
    qtbot.waitUntil(lambda: "lehnt Benutzername oder Kennwort ab" in said(tab))
    assert "das Zertifikat stimmt" in said(tab)
    assert "auf Port 993 antwortet kein Mailserver" in said(tab)
    press(qtbot, tab, "Testmail an mich")
    qtbot.waitUntil(lambda: scalar(database, "SELECT count(*) FROM communication_service.account_test") == 2)
    sent = [
        TriedStep("smtp_sender", params={"limit": 10_000_000}),
        TriedStep("smtp_mail", params={"address": "j@b.de"}),
    ]
    assert answer(worker, ui, sent) == "jana@buero.example"
    tab.refresh()
    qtbot.waitUntil(lambda: "Alles in Ordnung" in said(tab))
    assert "bis 10,0 MB" in said(tab)


def test_trying_out_is_told_as_what_it_is(
    tab: AccountsTab, ui: UiContext, qtbot: QtBot, database: Database, worker: Database
) -> None:
    """What was caught on this machine is no proof of the server, and nobody is told that all is well."""
    press(qtbot, tab, "Testen")
    qtbot.waitUntil(lambda: scalar(database, "SELECT count(*) FROM communication_service.account_test") == 1)
    steps = [
        TriedStep("caught", params={"hosts": "mail.buero.example"}),
        TriedStep("caught_password"),
        TriedStep("caught_mail", params={"address": "jana@buero.example"}),
    ]
    answer(worker, ui, steps)
    tab.refresh()
    qtbot.waitUntil(lambda: "erst bei einem Einzelplatz oder Büro-Server" in said(tab))
    assert "auf diesem Rechner aufgefangen. Nicht angesprochen: mail.buero.example." in said(tab)
    assert "jana@buero.example ist auf diesem Rechner aufgefangen" in said(tab)
    assert "Alles in Ordnung" not in said(tab)


def test_a_worker_that_is_silent_is_told(tab: AccountsTab, qtbot: QtBot, database: Database) -> None:
    """Nobody waits for ever, and one may ask again."""
    press(qtbot, tab, "Testen")
    qtbot.waitUntil(lambda: scalar(database, "SELECT count(*) FROM communication_service.account_test") == 1)
    qtbot.waitUntil(tab.test._patience.isActive)
    tab.test._patience.setInterval(1)
    qtbot.waitUntil(lambda: "antwortet nicht" in said(tab))
    press(qtbot, tab, "Testen")
    qtbot.waitUntil(lambda: scalar(database, "SELECT count(*) FROM communication_service.account_test") == 2)


def test_what_is_not_saved_cannot_be_tried(tab: AccountsTab, qtbot: QtBot) -> None:
    """A new account is saved first."""
    press(qtbot, tab, "Neues Konto")
    assert not tab.test._try.isEnabled()
    assert "Speichern Sie das Konto" in said(tab)


def test_trouble_in_sending_is_shown_with_the_account(tab: AccountsTab, qtbot: QtBot, worker: Database) -> None:
    """The last mail could not go: the account says why, until one goes."""
    fill(worker, lambda s: note_sending(s, 1, trouble="smtp.login", size_limit=None))
    tab.refresh()
    qtbot.waitUntil(lambda: "lehnt Benutzername" in tab._trouble.text())
    item = tab._list.item(0)
    assert item is not None
    assert "gestört" in item.text()
    fill(worker, lambda s: note_sending(s, 1, trouble="", size_limit=5))
    tab.refresh()
    qtbot.waitUntil(lambda: not tab._trouble.isVisible())


def test_a_supervisor_confirms_where_an_admin_pointed_the_account(
    tab: AccountsTab, office: Office, qtbot: QtBot, database: Database
) -> None:
    """The servers are named beside the button; until it is pressed the list says that the account waits."""
    admin = office.database("admin")
    fill(admin, lambda s: s.execute(text("UPDATE communication_service.mail_account SET smtp_host = 'neu.example'")))
    admin.close()
    tab.refresh()
    qtbot.waitUntil(tab.confirming.isVisible)
    assert "neu.example:587" in tab._waits.text()
    assert "wartet auf Bestätigung" in tab._list.item(0).text()
    press(qtbot, tab, "Server bestätigen")
    qtbot.waitUntil(lambda: scalar(database, "SELECT confirmed FROM communication_service.mail_account") is True)
    qtbot.waitUntil(lambda: not tab.confirming.isVisible())

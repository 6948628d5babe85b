"""Closing the window loses nothing without asking."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.draft_vault import DraftVault
from domain.database import Database
from tests.builders import add_patient
from tests.ui.hands import fill, press
from tests.ui.mail.drafts.test_beginning import Full
from tests.ui.mail.drafts.test_writing import PASSPHRASE, store_of, type_subject
from ui.closing import losses
from ui.global_search import GlobalSearch
from ui.mail.page import MailPage
from ui.main_window import MainWindow
from ui.navigation import PageSpec
from ui.patients.page import PatientsPage
from ui.ports import UiContext
from ui.widgets.reason import ReasonDialog


@pytest.fixture
def window(ui: UiContext, qtbot: QtBot, vault: DraftVault) -> MainWindow:
    """With the pages Post and Patienten."""
    vault.open_by_passphrase(PASSPHRASE)
    made = MainWindow(background=ui.background, messages=ui.messages, state=ui.state)
    qtbot.addWidget(made)
    specs = (
        PageSpec("mail", "Post", "mail", lambda: MailPage(ui)),
        PageSpec("patients", "Patienten", "users", lambda: PatientsPage(ui)),
    )
    made.install(specs, GlobalSearch(ui.background, made.show_page))
    made.show()
    qtbot.waitUntil(lambda: made._stack.currentWidget() is made.page("mail"))
    return made


def asked(window: MainWindow) -> ReasonDialog | None:
    """The question, if there is one."""
    return next((dialog for dialog in window.findChildren(ReasonDialog) if dialog.isVisible()), None)


def writing(window: MainWindow, qtbot: QtBot) -> MailPage:
    """The page with a mail being written."""
    page = window.page("mail")
    assert isinstance(page, MailPage)
    press(qtbot, page, "Neue E-Mail")
    qtbot.waitUntil(page.drafts.composer._body.isVisible)
    return page


def test_nothing_typed_is_no_question(window: MainWindow) -> None:
    """It closes at once."""
    assert losses(window) == ()
    assert window.close()


def test_what_can_be_saved_is_saved_and_the_window_closes(window: MainWindow, qtbot: QtBot, vault: DraftVault) -> None:
    """Nobody is asked about words that were typed a moment ago."""
    page = writing(window, qtbot)
    page.drafts.composer._body.setPlainText("Letzte Worte")
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert asked(window) is None
    assert [draft.body for draft in store_of(vault).drafts()] == ["Letzte Worte"]


@pytest.mark.parametrize("lose", [True, False])
def test_words_a_full_disk_refuses_are_asked_about(
    window: MainWindow, qtbot: QtBot, vault: DraftVault, *, lose: bool
) -> None:
    """Back, they are there still, and are saved once there is room; the key that closes the dialog leads back."""
    composer = writing(window, qtbot).drafts.composer
    type_subject(composer, "Bleibt")
    qtbot.waitUntil(lambda: len(store_of(vault).drafts()) == 1)
    disk, long = Full(store_of(vault)), "Viel Text. " * 5000
    disk.set(on=True)
    composer._body.setPlainText(long)
    window.close()
    qtbot.waitUntil(lambda: asked(window) is not None)
    dialog = asked(window)
    assert dialog is not None
    assert window.isVisible()
    if lose:
        dialog.ok.click()
        qtbot.waitUntil(lambda: not window.isVisible())
        return
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert window.isVisible()
    composer.saver._again.setInterval(50)
    composer.save()
    disk.set(on=False)
    qtbot.waitUntil(lambda: [d.body for d in store_of(vault).drafts()] == [long])
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())


def test_a_record_being_typed_is_asked_about(window: MainWindow, qtbot: QtBot, database: Database) -> None:
    """It is named; gone back and dropped, the window closes."""
    patient = fill(database, add_patient)
    window.show_page("patients", patient)
    page = window.page("patients")
    assert isinstance(page, PatientsPage)
    detail = page._detail
    qtbot.waitUntil(lambda: detail._record is not None)
    detail._form.fields["last_name"].control.setText("Anders")  # type: ignore[attr-defined]  # a line
    assert not window.close()
    qtbot.waitUntil(lambda: asked(window) is not None)
    assert any("geänderte Angaben" in words for words in losses(window))
    dialog = asked(window)
    assert dialog is not None
    dialog.reject()
    detail._drop.click()
    qtbot.waitUntil(lambda: losses(window) == ())
    assert window.close()

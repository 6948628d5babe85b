"""A mail that names a patient its practice was never asked about is asked about before it leaves."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.draft_uploader import DraftUploader
from app.draft_vault import DraftVault
from domain.communication.drafts.records import DraftState
from domain.database import Database, Session
from tests.builders import add_patient, add_therapist
from tests.ui.hands import fill, press, scalar
from tests.ui.mail.drafts.test_writing import PASSPHRASE, SENT, begun, store_of, type_subject
from ui.mail.page import MailPage
from ui.ports import UiContext
from ui.widgets.reason import ReasonDialog


@pytest.fixture
def therapist(database: Database) -> int:
    """A practice never asked about Lea Berger."""

    def make(session: Session) -> int:
        add_patient(session, first_name="Lea", last_name="Berger")
        return add_therapist(
            session, first_name="Ina", last_name="Sommer", salutation="Frau", email="ina@praxis.example"
        )

    return fill(database, make)


@pytest.fixture
def page(ui: UiContext, qtbot: QtBot, vault: DraftVault) -> MailPage:
    """The page with the store open."""
    vault.open_by_passphrase(PASSPHRASE)
    made = MailPage(ui)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    return made


def asked(page: MailPage, qtbot: QtBot) -> ReasonDialog:
    """The question."""
    qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(ReasonDialog)))
    return next(d for d in page.findChildren(ReasonDialog) if d.isVisible())


def test_it_is_sent_only_when_a_person_says_so(
    page: MailPage, qtbot: QtBot, ui: UiContext, vault: DraftVault, database: Database, therapist: int
) -> None:
    """The question names whom and the practice; Enter does not send."""
    uploader = DraftUploader(vault, database, ui.background, ui.changes, ui.now)
    begun(page, qtbot, vault, therapist)
    composer = page.drafts.composer
    type_subject(composer, "Lea Berger")
    press(qtbot, page, "Senden")
    dialog = asked(page, qtbot)
    words = " ".join(label.text() for label in dialog.findChildren(type(composer._state)))
    assert "Ina Sommer wurde nie nach Lea Berger gefragt." in words
    qtbot.waitUntil(lambda: dialog.focusWidget() is dialog.back)
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Nicht gesendet" in composer._state.text())
    assert [d.state for d in store_of(vault).drafts()] == [DraftState.DRAFT]
    assert scalar(database, SENT) == 0
    press(qtbot, page, "Senden")
    asked(page, qtbot).accept()
    qtbot.waitUntil(lambda: scalar(database, SENT) == 1)
    qtbot.waitUntil(lambda: not uploader._running)


def test_what_waited_for_the_server_comes_back_with_a_sentence(
    page: MailPage, qtbot: QtBot, ui: UiContext, vault: DraftVault, database: Database, therapist: int
) -> None:
    """Queued while nobody could be asked, it lies among the drafts until somebody confirms."""
    begun(page, qtbot, vault, therapist)
    composer = page.drafts.composer
    type_subject(composer, "Lea Berger")
    qtbot.waitUntil(lambda: len(store_of(vault).drafts()) == 1)
    store_of(vault).queue(store_of(vault).drafts()[0].client_uuid, now=ui.now())
    uploader = DraftUploader(vault, database, ui.background, ui.changes, ui.now)
    ui.changes.changed.emit("draft", 0)
    page.drafts.refresh()
    qtbot.waitUntil(lambda: "nie gefragt wurde (Lea Berger)" in composer._trouble.text())
    assert "zurückgekommen" in page.drafts._list.item(0).text()
    assert scalar(database, SENT) == 0
    press(qtbot, page, "Senden")
    asked(page, qtbot).accept()
    qtbot.waitUntil(lambda: scalar(database, SENT) == 1)
    qtbot.waitUntil(lambda: not uploader._running)

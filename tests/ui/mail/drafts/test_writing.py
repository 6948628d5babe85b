"""Writing by hand: kept at once on this machine, sent from there, with the server away as well."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.draft_uploader import DraftUploader
from app.draft_vault import DraftVault
from domain.communication.drafts.contacts import contact_edits
from domain.communication.drafts.store import DraftStore
from domain.communication.templates.service import create_own
from domain.database import Database, Session
from domain.errors import Unavailable
from domain.therapists.service import set_contact
from tests.builders import add_patient, add_therapist
from tests.ui.hands import fill, find, press, scalar
from ui.mail import page as mail_page
from ui.mail.drafts.composer import Composer
from ui.mail.drafts.contact_dialog import ContactDialog
from ui.mail.drafts.unlock import UnlockView
from ui.mail.page import MailPage
from ui.ports import UiContext

PASSPHRASE = "langes Wort für Tests"
SENT = "SELECT count(*) FROM communication_service.email"


@pytest.fixture
def therapist(database: Database) -> int:
    """A practice with a shared template to write it by."""

    def make(session: Session) -> int:
        create_own(
            session,
            "own_practice",
            "Dank",
            subject="Danke",
            body="{{ anrede }},\n\ndanke!\n\n{{ signatur }}",
        )
        return add_therapist(
            session,
            first_name="Ina",
            last_name="Sommer",
            salutation="Frau",
            email="ina@praxis.example",
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


def store_of(vault: DraftVault) -> DraftStore:
    """The open store."""
    assert vault.opened is not None
    return vault.opened


def begun(page: MailPage, qtbot: QtBot, vault: DraftVault, therapist: int) -> None:
    """A mail to the practice, its salutation written."""
    page.open_field(therapist, "write_therapist")
    qtbot.waitUntil(lambda: "Sehr geehrte Frau Sommer" in page.drafts.composer._body.toPlainText())
    assert store_of(vault).drafts() == ()


def choose_template(composer: Composer, name: str) -> None:
    """As a person chooses from the list."""
    templates = composer._beginning.template
    templates.setCurrentIndex(templates.findText(name))
    templates.activated.emit(templates.currentIndex())


def type_subject(composer: Composer, words: str) -> None:
    """As the keys do."""
    composer._subject.setText(words)
    composer._subject.textEdited.emit(words)


def test_what_is_typed_is_in_the_store_without_saving(
    page: MailPage, qtbot: QtBot, vault: DraftVault, therapist: int
) -> None:
    """Addressed, with salutation and signature; nothing has gone to the server."""
    begun(page, qtbot, vault, therapist)
    type_subject(page.drafts.composer, "Ein Wort")
    qtbot.waitUntil(lambda: [d.subject for d in store_of(vault).drafts()] == ["Ein Wort"])
    qtbot.waitUntil(lambda: "Gespeichert auf diesem Rechner" in page.drafts.composer._state.text())
    (draft,) = store_of(vault).drafts()
    assert draft.addressee.therapist_id == therapist


def test_a_letter_only_begun_leaves_nothing_behind(
    page: MailPage, qtbot: QtBot, vault: DraftVault, database: Database, therapist: int
) -> None:
    """Whoever goes on to another letter keeps what was written, and sees the other one's preview."""
    other = fill(database, lambda s: add_therapist(s, last_name="Winter", email="w@praxis.example", salutation="Herr"))
    composer = page.drafts.composer
    begun(page, qtbot, vault, therapist)
    page.open_field(other, "write_therapist")
    qtbot.waitUntil(lambda: "Herr Winter" in composer._body.toPlainText())
    qtbot.waitUntil(lambda: page.drafts._list.count() == 1)
    composer._body.appendPlainText("Ein Gruß")
    composer._tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: any("Ein Gruß" in d.body for d in store_of(vault).drafts()))
    page.open_field(therapist, "write_therapist")
    qtbot.waitUntil(lambda: "Frau Sommer" in composer._body.toPlainText())
    assert [d.addressee.therapist_id for d in store_of(vault).drafts()] == [other]
    composer._tabs.setCurrentIndex(1)
    assert "Winter" not in composer._preview._text.toPlainText()


def test_sent_it_leaves_the_store_and_waits_in_the_outbox(
    page: MailPage, qtbot: QtBot, ui: UiContext, vault: DraftVault, database: Database, therapist: int
) -> None:
    """With its template's words; once."""
    uploader = DraftUploader(vault, database, ui.background, ui.changes, ui.now)
    begun(page, qtbot, vault, therapist)
    composer = page.drafts.composer
    choose_template(composer, "Dank")
    assert composer._subject.text() == "Danke"
    press(qtbot, page, "Senden")
    qtbot.waitUntil(lambda: scalar(database, SENT) == 1)
    qtbot.waitUntil(lambda: store_of(vault).drafts() == ())
    assert "danke!" in str(scalar(database, "SELECT body_text FROM communication_service.email"))
    qtbot.waitUntil(lambda: not uploader._running)


def test_what_is_missing_is_said_at_its_field(page: MailPage, qtbot: QtBot, vault: DraftVault, therapist: int) -> None:
    """It stays there until somebody types."""
    begun(page, qtbot, vault, therapist)
    press(qtbot, page, "Senden")
    error = page.drafts.composer.fields["subject"]._error
    qtbot.waitUntil(lambda: error.text() == "Der Betreff fehlt.")
    page.refresh()
    qtbot.wait(300)
    assert error.text() == "Der Betreff fehlt."
    page.drafts.composer._subject.setText("Danke")
    page.drafts.composer._subject.textEdited.emit("Danke")
    assert not error.text()


def test_a_file_is_attached_or_refused_with_a_sentence(
    page: MailPage, qtbot: QtBot, ui: UiContext, vault: DraftVault, therapist: int, tmp_path: Path
) -> None:
    """What was attached before the refused one stays."""
    (tmp_path / "gut.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n")
    (tmp_path / "böse.pdf").write_bytes(b"MZ" + bytes(100))
    begun(page, qtbot, vault, therapist)
    page.drafts.composer._attach([tmp_path / "gut.pdf", tmp_path / "böse.pdf"])
    qtbot.waitUntil(lambda: "passt nicht zum Namen" in ui.messages._text.text())
    assert [file.name for file in store_of(vault).drafts()[0].files] == ["gut.pdf"]
    find(qtbot, page, "gut.pdf entfernen").click()
    qtbot.waitUntil(lambda: store_of(vault).drafts()[0].files == ())


def test_files_the_mail_server_will_not_take_are_told_while_writing(
    page: MailPage, qtbot: QtBot, vault: DraftVault, therapist: int, tmp_path: Path
) -> None:
    """With both sizes; taken out again, nothing is said."""
    (tmp_path / "gut.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n" + bytes(90_000))
    begun(page, qtbot, vault, therapist)
    files = page.drafts.composer._files
    files.use_limit(100_000)
    page.drafts.composer._attach([tmp_path / "gut.pdf"])
    qtbot.waitUntil(lambda: "höchstens 100 kB" in files._warning.text())
    assert files._warning.isVisible()
    find(qtbot, page, "gut.pdf entfernen").click()
    qtbot.waitUntil(lambda: not files._warning.isVisible())


def test_without_the_server_it_waits_and_can_be_taken_back(
    page: MailPage, qtbot: QtBot, vault: DraftVault, therapist: int
) -> None:
    """Nobody hands over here: as if the server were away."""
    begun(page, qtbot, vault, therapist)
    page.drafts.composer._subject.setText("Danke")
    press(qtbot, page, "Senden")
    qtbot.waitUntil(lambda: "wartet auf den Server" in page.drafts._list.item(0).text())
    assert page.drafts.composer._body.isReadOnly()
    press(qtbot, page, "Zurückholen")
    qtbot.waitUntil(lambda: not page.drafts.composer._body.isReadOnly())
    assert store_of(vault).count().queued == 0


def test_writing_without_the_server_is_told_of_no_trouble(
    page: MailPage, ui: UiContext, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts that cannot be asked for take no place of what was just said; any other box says that it is not there."""

    def away(*_: object, **__: object) -> None:
        raise Unavailable("database.unreachable")

    told: list[str] = []
    monkeypatch.setattr(ui.messages, "error", told.append)
    monkeypatch.setattr(mail_page, "count_boxes", away)
    monkeypatch.setattr(mail_page, "troubled_accounts", away)
    page._go_to("drafts")
    qtbot.waitUntil(lambda: ui.background.wait(1))
    told.clear()
    page.refresh()
    qtbot.waitUntil(lambda: not ui.background._calls)
    assert told == []
    page._go_to("outbox")
    page.refresh()
    qtbot.waitUntil(lambda: bool(told))


def test_a_contact_changed_on_both_sides_is_decided_by_a_person(
    page: MailPage, qtbot: QtBot, ui: UiContext, vault: DraftVault, database: Database, therapist: int
) -> None:
    """Neither is lost; what is decided reaches the server."""
    begun(page, qtbot, vault, therapist)
    press(qtbot, page, "Kontaktdaten …")
    qtbot.waitUntil(lambda: bool(page.drafts.findChildren(ContactDialog)))
    (dialog,) = page.drafts.findChildren(ContactDialog)
    dialog._lines["phone"].setText("0241 55512")
    dialog.wanted.emit()
    qtbot.waitUntil(lambda: len(contact_edits(store_of(vault))) == 1)
    fill(
        database,
        lambda s: set_contact(s, therapist, email="ina@praxis.example", phone="0241 77777", mobile=""),
    )
    uploader = DraftUploader(vault, database, ui.background, ui.changes, ui.now)
    qtbot.waitUntil(
        lambda: bool(contact_edits(store_of(vault))) and contact_edits(store_of(vault))[0].theirs is not None
    )
    qtbot.waitUntil(lambda: "zu klären" in page.drafts._list.item(page.drafts._list.count() - 1).text())
    page.drafts._list.setCurrentRow(page.drafts._list.count() - 1)
    press(qtbot, page, "Meine übernehmen")
    qtbot.waitUntil(
        lambda: (
            scalar(database, f"SELECT phone FROM therapist_service.therapist WHERE id = {therapist}") == "+4924155512"
        )
    )
    qtbot.waitUntil(lambda: not uploader._running)


def test_a_closed_store_asks_for_its_passphrase(
    ui: UiContext, qtbot: QtBot, vault: DraftVault, database: Database
) -> None:
    """What was wanted is begun once it is open."""
    patient = fill(
        database, lambda s: add_patient(s, first_name="Lea", last_name="Berger", email="lea@mail.example", sex="female")
    )
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.show()
    page.open_field(patient, "write_patient")
    qtbot.waitUntil(page.drafts._unlock.isVisible)
    page.drafts._unlock._first.setText(PASSPHRASE)
    page.drafts._unlock._second.setText("anders")
    press(qtbot, page, "Passphrase einrichten")
    assert vault.opened is None
    page.drafts._unlock._second.setText(PASSPHRASE)
    press(qtbot, page, "Passphrase einrichten")
    qtbot.waitUntil(lambda: "Sehr geehrte Frau Berger" in page.drafts.composer._body.toPlainText())


def test_the_button_says_what_a_passphrase_does(ui: UiContext, qtbot: QtBot, vault: DraftVault) -> None:
    """The first time it is chosen, later it opens what is closed."""
    view = UnlockView(ui)
    qtbot.addWidget(view)
    view.show()
    assert view._open.accessibleName() == "Passphrase einrichten"
    assert view._again.isVisible()
    vault.open_by_passphrase(PASSPHRASE)
    vault.close()
    view.refresh()
    assert view._open.accessibleName() == "Aufschließen"
    assert not view._again.isVisible()

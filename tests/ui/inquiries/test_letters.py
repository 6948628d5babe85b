"""Letters by hand: sent from Vermittlung, printed, saved, printed again; all that wait in one go."""

from pathlib import Path

import pytest
from PySide6.QtGui import QPageSize
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.casework.preparing import create_and_send
from domain.casework.printed_letters import letters_of
from domain.casework.printing import note_printed
from domain.casework.reminding import remind
from domain.database import Database
from domain.values import Channel
from tests.builders import add_search, add_therapist
from tests.ui.hands import confirm, fill, find, press, scalar
from ui.inquiries.page import InquiriesPage
from ui.matching.composer import InquiryComposer
from ui.ports import UiContext
from ui.widgets.exporting import Target
from ui.widgets.reason import ReasonDialog

STAGE = "SELECT stage FROM matching_service.inquiry"
WAITING = "SELECT count(*) FROM communication_service.printed_letter WHERE printed_at IS NULL"


def by_letter(session: Session, ui: UiContext, *, phone: str = "+4924112345") -> int:
    """An inquiry on paper."""
    return create_and_send(
        session, therapist_id=add_therapist(session, email="", phone=phone), search_ids=[add_search(session)],
        channel=Channel.LETTER, now=ui.now(),
    )  # fmt: skip


def shown(ui: UiContext, qtbot: QtBot, inquiry: int) -> InquiriesPage:
    """The page with an inquiry."""
    page = InquiriesPage(ui)
    qtbot.addWidget(page)
    page.resize(1366, 768)
    page.show()
    page.open_item(inquiry)
    return page


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A printer that writes a file, chosen at once."""
    path = tmp_path / "gedruckt.pdf"

    def chosen(dialog: QPrintDialog) -> None:
        printer = dialog.printer()
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(path))
        dialog.accepted.emit(printer)

    monkeypatch.setattr(QDialog, "open", chosen)
    return path


def pages(path: Path) -> int:
    """How many pages came out, all of them A4."""
    document = QPdfDocument()
    document.load(str(path))
    sizes = {document.pagePointSize(page).toSize().toTuple() for page in range(document.pageCount())}
    assert sizes == {QPageSize(QPageSize.PageSizeId.A4).sizePoints().toTuple()}
    return document.pageCount()


def test_a_letter_is_printed_from_its_inquiry(ui: UiContext, qtbot: QtBot, database: Database, paper: Path) -> None:
    """It counts as printed afterwards, and the button is still there to print it again."""
    page = shown(ui, qtbot, fill(database, lambda s: by_letter(s, ui)))
    letters = page._detail._letters
    press(qtbot, letters, "Brief drucken")
    qtbot.waitUntil(lambda: ui.messages.text() == "1 Brief gedruckt.")
    assert scalar(database, WAITING) == 0
    assert pages(paper) == 1
    qtbot.waitUntil(lambda: letters._state.text().startswith("Gedruckt"))
    find(qtbot, letters, "Brief drucken")


def test_a_letter_that_did_not_go_out_waits_again(
    ui: UiContext, qtbot: QtBot, database: Database, paper: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the message at once, and later from the letter, after a question that says what follows."""
    page = shown(ui, qtbot, fill(database, lambda s: by_letter(s, ui)))
    letters = page._detail._letters
    press(qtbot, letters, "Brief drucken")
    qtbot.waitUntil(lambda: ui.messages.text() == "1 Brief gedruckt.")
    ui.messages.undo()
    qtbot.waitUntil(lambda: ui.messages.text() == "Der Brief wartet wieder auf den Druck.")
    assert (scalar(database, WAITING), scalar(database, STAGE)) == (1, "approved")
    qtbot.waitUntil(lambda: "noch nicht gedruckt" in letters._state.text())
    assert not letters._unsend.isVisible()
    press(qtbot, letters, "Brief drucken")
    qtbot.waitUntil(lambda: scalar(database, WAITING) == 0)
    monkeypatch.undo()
    press(qtbot, letters, "Doch nicht verschickt")
    confirm(qtbot, page)
    qtbot.waitUntil(lambda: scalar(database, WAITING) == 1)
    assert scalar(database, STAGE) == "approved"
    assert pages(paper) == 1


def test_all_letters_that_wait_are_printed_at_once(
    ui: UiContext, qtbot: QtBot, database: Database, paper: Path
) -> None:
    """Two inquiries, two pages; then the button is gone."""
    inquiry = fill(database, lambda s: (by_letter(s, ui), by_letter(s, ui))[0])
    page = shown(ui, qtbot, inquiry)
    press(qtbot, page, "2 Briefe drucken …")
    qtbot.waitUntil(lambda: scalar(database, WAITING) == 0)
    assert pages(paper) == 2
    qtbot.waitUntil(lambda: not page._letters.isVisible())


def test_the_printer_is_asked_for(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """By the system's own dialog; cancelled, the letter waits on."""
    page = shown(ui, qtbot, fill(database, lambda s: by_letter(s, ui)))
    press(qtbot, page, "Brief drucken")

    def asked() -> QPrintDialog | None:
        return next((w for w in QApplication.topLevelWidgets() if isinstance(w, QPrintDialog) and w.isVisible()), None)

    qtbot.waitUntil(lambda: asked() is not None)
    dialog = asked()
    assert dialog is not None
    dialog.reject()
    assert scalar(database, WAITING) == 1


def test_a_letter_is_saved(ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path) -> None:
    """As PDF, where one says. It counts as sent only where a person says so; then nobody is asked again."""
    inquiry = fill(database, lambda s: by_letter(s, ui))
    page = shown(ui, qtbot, inquiry)
    letters = page._detail._letters
    qtbot.waitUntil(letters.isVisible)
    number = letters._letters[0].letter_id

    def asked() -> ReasonDialog | None:
        return next((d for d in page.findChildren(ReasonDialog) if d.isVisible()), None)

    def answer(*, sent: bool) -> None:
        qtbot.waitUntil(lambda: asked() is not None)
        dialog = asked()
        assert dialog is not None
        dialog.accept() if sent else dialog.reject()

    letters._printing.save_to([number], Target(tmp_path / "eins.pdf"))
    answer(sent=False)
    qtbot.waitUntil(lambda: "Noch nicht als verschickt vermerkt" in ui.messages.text())
    assert (scalar(database, WAITING), scalar(database, STAGE)) == (1, "approved")
    letters._printing.save_to([number], Target(tmp_path / "zwei.pdf"))
    answer(sent=True)
    qtbot.waitUntil(lambda: ui.messages.text() == "Gespeichert: zwei.pdf Als verschickt vermerkt.")
    assert (scalar(database, WAITING), scalar(database, STAGE)) == (0, "sent")
    letters._printing.save_to([number], Target(tmp_path / "drei.pdf"))
    qtbot.waitUntil(lambda: ui.messages.text() == "Gespeichert: drei.pdf")
    assert (tmp_path / "eins.pdf").read_bytes() == (tmp_path / "drei.pdf").read_bytes()


def test_the_reminder_without_a_telephone_is_a_second_letter(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """One chooses which; a missing street is said."""
    inquiry = fill(database, lambda s: by_letter(s, ui, phone=""))
    fill(database, lambda s: note_printed(s, [letter.letter_id for letter in letters_of(s, inquiry)], now=ui.now()))
    fill(database, lambda s: remind(s, inquiry, now=ui.now()))
    letters = shown(ui, qtbot, inquiry)._detail._letters
    qtbot.waitUntil(lambda: letters._which.count() == 2)
    assert [letters._which.itemText(n) for n in range(2)] == ["Erinnerung, 23.11.2026", "Anfrage, 23.11.2026"]
    assert "Anschrift ist unvollständig" in letters._state.text()


def test_a_mail_has_no_letters(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The row stays away."""
    inquiry = fill(
        database,
        lambda s: create_and_send(
            s, therapist_id=add_therapist(s), search_ids=[add_search(s)], channel=Channel.EMAIL, now=ui.now()
        ),
    )
    page = shown(ui, qtbot, inquiry)
    qtbot.waitUntil(lambda: page._detail._head.text() != "")
    qtbot.wait(200)
    assert not page._detail._letters.isVisible()


def test_vermittlung_shows_what_will_be_printed(ui: UiContext, qtbot: QtBot, database: Database, paper: Path) -> None:
    """The preview speaks of no e-mail once the letter is chosen; after sending it is printed from the message."""
    therapist = fill(database, add_therapist)
    search = fill(database, add_search)
    composer = InquiryComposer(ui)
    qtbot.addWidget(composer)
    composer.resize(700, 800)
    composer.show()
    composer.show_therapist(therapist, search)
    qtbot.waitUntil(lambda: "auf diese E-Mail" in composer._letter.toPlainText())
    composer._channel.choose(Channel.LETTER)
    qtbot.waitUntil(lambda: "uns anzurufen oder zu schreiben" in composer._letter.toPlainText())
    assert composer._letter.accessibleName() == "Vorschau des Briefs"
    assert "auf diese E-Mail" not in composer._letter.toPlainText()
    press(qtbot, composer, "Anfrage senden")
    qtbot.waitUntil(lambda: "Brief" in ui.messages.text())
    ui.messages._act()
    qtbot.waitUntil(lambda: scalar(database, WAITING) == 0)
    assert pages(paper) == 1


@pytest.mark.qt_log_ignore("QPainter::begin", extend=True)
def test_a_printer_that_takes_nothing_is_told(
    ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letter waits on."""

    def chosen(dialog: QPrintDialog) -> None:
        printer = dialog.printer()
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(tmp_path / "fehlt" / "gedruckt.pdf"))
        dialog.accepted.emit(printer)

    monkeypatch.setattr(QDialog, "open", chosen)
    letters = shown(ui, qtbot, fill(database, lambda s: by_letter(s, ui)))._detail._letters
    press(qtbot, letters, "Brief drucken")
    qtbot.waitUntil(lambda: "Der Drucker nimmt nichts an" in ui.messages.text())
    assert scalar(database, WAITING) == 1

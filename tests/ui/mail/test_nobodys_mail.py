"""A mail that belongs to nobody: put to a patient found by name or code, or its words erased by the office's lead."""

from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.receiving import receive
from domain.communication.incoming.parse import parse_mail
from domain.database import Database
from tests.builders import add_patient, add_search
from tests.domain.casework.steps import ask
from tests.domain.communication.incoming.letters import reply
from tests.ui.hands import confirm, fill, find, press, scalar
from ui.mail.finding import PatientFinder
from ui.mail.page import MailPage
from ui.ports import UiContext

BELONGS = "SELECT patient_id FROM communication_service.incoming_email"


def shown(ui: UiContext, qtbot: QtBot, database: Database) -> MailPage:
    """The page with a mail of an unknown address open."""
    source = reply("Ich bin es, Lea.", sender="lea.privat@web.example")
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.open_field(fill(database, lambda s: receive(s, parse_mail(source), now=ui.now()).incoming_id), "incoming")
    find(qtbot, page, "Patient zuordnen")
    return page


def test_a_patient_is_found_by_name_or_code(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The one chosen has the mail afterwards; put to the wrong one, it is put to another, and never to an inquiry."""

    def work(session: Session) -> tuple[int, str]:
        lea = add_patient(session, last_name="Sommer")
        ask(session, add_search(session, lea), now=ui.now())
        return lea, str(session.scalar(text("SELECT reference_code FROM matching_service.inquiry_item")))

    lea, code = fill(database, work)
    winter = fill(database, lambda s: add_patient(s, last_name="Winter"))
    page = shown(ui, qtbot, database)
    view = page._incoming._reply
    assert view._assign.isVisible()
    put_to(qtbot, page, code.lower(), lea)
    qtbot.waitUntil(lambda: scalar(database, BELONGS) == lea)
    qtbot.waitUntil(lambda: not view._assign.isVisible())
    qtbot.waitUntil(lambda: page.findChild(PatientFinder) is None)
    put_to(qtbot, page, "winter", winter)
    qtbot.waitUntil(lambda: scalar(database, BELONGS) == winter)
    qtbot.waitUntil(lambda: "Winter" in view._facts.text())
    said = "SELECT string_agg(kind, ' ' ORDER BY id) FROM communication_service.contact_entry WHERE patient_id = "
    assert scalar(database, f"{said}{lea}") == "reply mail_moved"
    assert scalar(database, f"{said}{winter}") == "reply"


def put_to(qtbot: QtBot, page: MailPage, words: str, patient: int) -> None:
    """Find a patient by some words, and put the open mail to them."""
    press(qtbot, page, "Patient zuordnen")
    finder = page.findChild(PatientFinder)
    assert finder is not None
    table = finder._table
    qtbot.waitUntil(lambda: table.model.rowCount() == 2)
    table.show_query(text=words)
    qtbot.waitUntil(lambda: table.model.rowCount() == 1 and table.model.id_at(0) == patient)
    table.view.setCurrentIndex(table.model.index(0, 0))
    press(qtbot, finder, "Zuordnen")


def test_its_words_are_erased_with_a_reason(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Afterwards the page says so, and shows nothing of it."""
    page = shown(ui, qtbot, database)
    press(qtbot, page, "Inhalt löschen")
    confirm(qtbot, page, reason="Antrag nach Art. 17")
    qtbot.waitUntil(lambda: scalar(database, "SELECT body_text FROM communication_service.incoming_email") == "")
    view = page._incoming._reply
    qtbot.waitUntil(lambda: view._subject.text() == "Inhalt gelöscht")
    assert not view._erase.isVisible()

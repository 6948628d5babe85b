"""The main job by hand: pages offscreen on a real database, driven by what a person presses and types."""

from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.access import me
from domain.casework.preparing import create_and_send
from domain.casework.sending import mark_sent
from domain.database import Database
from domain.patients.models import Patient
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.ui.conftest import Visits
from tests.ui.hands import enter, fill, press, scalar
from ui.inquiries.answering import AnswerDialog
from ui.inquiries.page import InquiriesPage
from ui.mail.page import MailPage
from ui.matching.page import MatchingPage
from ui.patients.page import PatientsPage
from ui.ports import UiContext
from ui.therapists.page import TherapistsPage
from ui.today.page import TodayPage


def test_a_patient_is_entered_and_found(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Typed, saved with its place looked up, and in the list."""
    page = PatientsPage(ui)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    press(qtbot, page, "Neuer Patient")
    enter(page, "Vorname", "Änne")
    enter(page, "Nachname", "Müßig")
    enter(page, "Geburtsdatum", "04.05.1990")
    enter(page, "PLZ", "52062")
    enter(page, "Ort", "Aachen")
    press(qtbot, page, "Speichern")
    qtbot.waitUntil(lambda: scalar(database, "SELECT count(*) FROM patient_service.patient") == 1)
    assert scalar(database, "SELECT geo_quality FROM patient_service.patient") == "plz"
    enter(page, "Patienten suchen", "muess")
    qtbot.waitUntil(lambda: page._table.model.total == 1)


def test_a_date_nobody_can_read_is_said_at_the_field(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Nothing is saved, what was typed stays."""
    page = PatientsPage(ui)
    qtbot.addWidget(page)
    page.show()
    press(qtbot, page, "Neuer Patient")
    enter(page, "Nachname", "Test")
    enter(page, "Geburtsdatum", "31.02.1990")
    press(qtbot, page, "Speichern")
    assert page._detail._form.fields["birth_date"]._error.text() == "Den 31.02.1990 gibt es nicht."
    assert scalar(database, "SELECT count(*) FROM patient_service.patient") == 0


def test_who_saves_second_is_told_and_keeps_the_typing(
    ui: UiContext, qtbot: QtBot, database: Database, second_database: Database
) -> None:
    """Tom saved meanwhile: Jana is told who, her text stays."""
    patient = fill(database, lambda s: add_patient(s, last_name="Doppel"))
    page = PatientsPage(ui)
    qtbot.addWidget(page)
    page.show()
    page.open_item(patient)
    qtbot.waitUntil(lambda: page._detail._record is not None)
    enter(page, "Straße", "Neue Straße")
    with second_database.write() as session:
        session.get_one(Patient, patient).note = "Tom war hier"
    press(qtbot, page, "Speichern")
    qtbot.waitUntil(lambda: "Tom Keller" in ui.messages._text.text())
    street = page._detail._form.fields["street"].control
    assert isinstance(street, QLineEdit)
    assert street.text() == "Neue Straße"


def test_an_inquiry_is_made_sent_and_answered(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """From the ranked practice to the recorded acceptance, all by pressing."""
    search = fill(database, lambda s: add_search(s, add_patient(s, last_name="Wartend")))
    fill(database, lambda s: add_therapist(s, last_name="Platzhalter"))
    page = MatchingPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 700)
    page.show()
    page.open_item(search)
    qtbot.waitUntil(lambda: page._results._model.rowCount() == 1)
    page._results.view.selectRow(0)
    qtbot.waitUntil(lambda: "Anfrage nach einem Therapieplatz" in page._composer._letter.toPlainText())
    press(qtbot, page, "Anfrage senden")
    qtbot.waitUntil(lambda: scalar(database, "SELECT stage FROM matching_service.inquiry") == "outbox")
    inquiry = int(str(scalar(database, "SELECT id FROM matching_service.inquiry")))
    fill(database, lambda s: mark_sent(s, inquiry, now=ui.now()))

    answers = InquiriesPage(ui)
    qtbot.addWidget(answers)
    answers.resize(1300, 700)
    answers.show()
    answers.open_item(inquiry)
    press(qtbot, answers, "Lea Wartend: Antwort eintragen")
    qtbot.waitUntil(lambda: bool(answers.findChildren(AnswerDialog)))
    dialog = answers.findChildren(AnswerDialog)[0]
    dialog._answer.choose("accepted")
    dialog.accept()
    qtbot.waitUntil(lambda: scalar(database, "SELECT status FROM matching_service.inquiry_item") == "accepted")
    press(qtbot, answers, "Lea Wartend: Probesitzungen beginnen")
    press(qtbot, answers, "Lea Wartend: In Therapie")
    qtbot.waitUntil(lambda: scalar(database, "SELECT status FROM matching_service.place_search") == "successful")


def test_every_page_shows_what_is_there(ui: UiContext, qtbot: QtBot, database: Database, visits: Visits) -> None:
    """Heute leads to the open task; Therapeuten and Post list what was written."""

    def work(session: Session) -> None:
        assert me(session).display_name == "Jana Brand"
        search = add_search(session)
        therapist = add_therapist(session)
        create_and_send(session, therapist_id=therapist, search_ids=[search], channel=Channel.EMAIL, now=ui.now())
        add_search(session)

    fill(database, work)
    today, therapists, mail = TodayPage(ui), TherapistsPage(ui), MailPage(ui)
    for page in (today, therapists, mail):
        qtbot.addWidget(page)
        page.show()
    qtbot.waitUntil(lambda: today._tree.topLevelItemCount() == 1)
    top = today._tree.topLevelItem(0)
    assert top is not None
    task = top.child(0)
    assert task is not None
    today._open(task)
    assert visits[-1][0] == "matching"
    qtbot.waitUntil(lambda: therapists._table.model.total == 1)
    mail._go_to("outbox")
    qtbot.waitUntil(lambda: mail._outgoing.table.model.total == 1)

"""Verlauf of a patient by hand: a visit is noted, words are found and marked, older entries come when asked for."""

from datetime import timedelta

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.communication.models import ContactEntry
from domain.database import Database
from domain.patients.models import Consent
from tests.builders import add_patient
from tests.ui.hands import fill, press, scalar
from ui.patients.course import CourseTab
from ui.patients.detail import PatientDetailView
from ui.ports import UiContext
from ui.therapists.contact_dialogs import NoteDialog


@pytest.fixture
def patient(database: Database, ui: UiContext) -> int:
    """Somebody with 130 entries, one of which tells of a place."""

    def work(session: Session) -> int:
        number = add_patient(session)
        for n in range(130):
            body = "Therapieplätze <b>ab</b> März" if n == 129 else f"Eintrag {n}"
            at = ui.now() - timedelta(hours=n)
            session.add(ContactEntry(at=at, channel="phone", kind="note", body=body, patient_id=number))
        session.add(
            Consent(
                patient_id=number, scope="voicemail", text_version="2026-01", given_on=ui.today(), given_by="patient"
            )
        )
        return number

    return fill(database, work)


@pytest.fixture
def course(ui: UiContext, qtbot: QtBot, patient: int) -> CourseTab:
    """The tab of that patient."""
    view = PatientDetailView(ui)
    qtbot.addWidget(view)
    view.resize(700, 700)
    view.show()
    view.show_record(patient)
    tab = view.findChildren(CourseTab)[0]
    qtbot.waitUntil(lambda: "Eintrag 99" in tab._history.timeline.toPlainText())
    view._form.setCurrentWidget(tab)
    return tab


def test_older_entries_come_when_asked_for(course: CourseTab, qtbot: QtBot) -> None:
    """A hundred at a time."""
    assert "Eintrag 100" not in course._history.timeline.toPlainText()
    press(qtbot, course, "Ältere Einträge zeigen")
    qtbot.waitUntil(lambda: "Eintrag 128" in course._history.timeline.toPlainText())
    assert "Eintrag 0\n" in course._history.timeline.toPlainText()
    qtbot.waitUntil(lambda: not course._history.older.isVisible())


def test_what_was_found_is_marked_and_never_executed(course: CourseTab, qtbot: QtBot) -> None:
    """A word inside another, in another form; what somebody wrote is shown letter by letter."""
    course._history.search.setText("platz -Eintrag")
    qtbot.waitUntil(lambda: "<b>ab</b>" in course._history.timeline.toPlainText())
    html = course._history.timeline.toHtml()
    assert "background-color" in html.partition("Therapieplätze")[0].rpartition("<span")[2]
    assert "Eintrag" not in course._history.timeline.toPlainText()


def test_a_visit_is_noted(course: CourseTab, qtbot: QtBot, database: Database, patient: int) -> None:
    """It joins the timeline; whether one may speak on the machine stands beside it."""
    qtbot.waitUntil(lambda: "darf besprochen werden" in course._machine.text())
    press(qtbot, course, "Kontakt notieren")
    dialog = course.findChildren(NoteDialog)[0]
    dialog._channel.choose("visit")
    dialog._direction.choose("in")
    dialog._body.setPlainText("Unterlagen gebracht")
    dialog.wanted.emit()
    noted = f"SELECT channel FROM communication_service.contact_entry WHERE patient_id = {patient} AND body LIKE 'Unt%'"
    qtbot.waitUntil(lambda: scalar(database, noted) == "visit")
    qtbot.waitUntil(lambda: "Besuch: Notiz" in course._history.timeline.toPlainText())

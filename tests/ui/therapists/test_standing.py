"""State, sites, locks and provenance of a therapist in the window."""

from datetime import date

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.communication.calls import plan_call
from domain.database import Database
from domain.therapists.models import Therapist
from tests.ui.hands import enter, fill, press, scalar
from tests.ui.therapists.driving import add, dialog_of, opened
from ui.ports import UiContext
from ui.therapists.sites import SiteDialog
from ui.therapists.status import StatusDialog

STATUS = "SELECT status FROM therapist_service.therapist"


def test_the_consequences_stand_there_before_the_state_changes(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """A planned call is named, the missing reason asked for, and then it is done at once."""
    therapist = add(database)
    fill(database, lambda s: plan_call(s, therapist, now=ui.now()))
    page = opened(ui, qtbot, therapist, tab="Stand")
    press(qtbot, page, "Stand ändern")
    dialog = dialog_of(qtbot, page, StatusDialog)
    dialog.status.choose("blocked")
    assert "1 geplanter Anruf wird abgesagt." in dialog._follows.text()
    press(qtbot, dialog, "Ändern")
    qtbot.waitUntil(lambda: "Grund der Sperre" in dialog.fields["reason"]._error.text())
    assert scalar(database, STATUS) == "active"
    enter(dialog, "Grund", "Beschwerde")
    enter(dialog, "Gesperrt bis", "31.12.2026")
    press(qtbot, dialog, "Ändern")
    qtbot.waitUntil(lambda: page._detail._chip.accessibleName() == "gesperrt")
    qtbot.waitUntil(lambda: "bis 31.12.2026 · Beschwerde" in page._detail._standing._status.text())
    assert scalar(database, "SELECT status FROM communication_service.phone_call") == "cancelled"


def test_the_state_waits_for_what_is_being_typed(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Nothing typed is thrown away by a change of state; one thing after the other."""
    page = opened(ui, qtbot, add(database), tab="Stand")
    enter(page, "Titel", "Dr.")
    ui.messages.show()
    press(qtbot, page, "Stand ändern")
    assert "speichern oder verwerfen" in ui.messages.text()
    assert not page.findChildren(StatusDialog)


def test_a_field_changed_by_hand_is_locked_and_can_be_set_free(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The tab names the field, its button sets it free."""
    page = opened(ui, qtbot, add(database), tab="Stand")
    enter(page, "Mobil", "0171 1234567")
    press(qtbot, page, "Speichern")
    press(qtbot, page, "Mobil: Freigeben")
    locked = "SELECT cardinality(locked_fields) FROM therapist_service.therapist"
    qtbot.waitUntil(lambda: scalar(database, locked) == 0)
    qtbot.waitUntil(lambda: "jedes Feld" in page._detail._standing._locked_words.text())


def test_another_site_becomes_the_main_one(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Added, refused while the PLZ is none, chosen; the header shows the new address."""
    page = opened(ui, qtbot, add(database), tab="Standorte")
    press(qtbot, page, "Standort hinzufügen")
    dialog = dialog_of(qtbot, page, SiteDialog)
    enter(dialog, "Straße", "Kölner Straße")
    enter(dialog, "Hausnummer", "1")
    enter(dialog, "PLZ", "5206")
    press(qtbot, dialog, "Übernehmen")
    qtbot.waitUntil(lambda: "fünf Ziffern" in dialog.fields["plz"]._error.text())
    enter(dialog, "PLZ", "52064")
    enter(dialog, "Ort", "Aachen")
    press(qtbot, dialog, "Übernehmen")
    press(qtbot, page, "Kölner Straße 1, 52064 Aachen: Als Hauptstandort")
    qtbot.waitUntil(lambda: "Kölner Straße 1, 52064 Aachen" in page._detail._facts.text())
    press(qtbot, page, "Kölner Straße 1, 52064 Aachen: Bearbeiten")
    editing = dialog_of(qtbot, page, SiteDialog)
    enter(editing, "Hausnummer", "3")
    press(qtbot, editing, "Übernehmen")
    qtbot.waitUntil(lambda: "Kölner Straße 3" in page._detail._facts.text())


def test_what_is_known_says_as_of_when(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """File and day of the record, day of the note on free places."""
    therapist = add(database)

    def work(session: Session) -> None:
        row = session.get_one(Therapist, therapist)
        row.source, row.source_as_of = "arztsuche", date(2026, 11, 2)
        row.capacity_note, row.capacity_as_of = "2 Plätze ab Januar", date(2026, 11, 20)

    fill(database, work)
    page = opened(ui, qtbot, therapist)
    assert "Stand 20.11.2026, 3 Tage alt" in {label.text() for label in page.findChildren(QLabel) if label.isVisible()}
    provenance = page._detail._standing._provenance.text()
    assert "Verzeichnis der Arztsuche" in provenance
    assert "Stand 02.11.2026" in provenance

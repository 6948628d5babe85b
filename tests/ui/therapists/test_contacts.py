"""Contacts with a practice entered by hand."""

from datetime import date

from pytestqt.qtbot import QtBot

from domain.communication.calls import plan_call
from domain.database import Database
from tests.ui.hands import enter, fill, press, scalar
from tests.ui.therapists.driving import add, dialog_of, opened, write
from ui.ports import UiContext
from ui.therapists.contact_dialogs import CallDialog, NoteDialog


def test_a_note_is_written_and_stands_in_the_history(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Day, time, channel, with whom and what: all of it is read again in the history."""
    page = opened(ui, qtbot, add(database), tab="Verlauf")
    press(qtbot, page, "Kontakt notieren")
    dialog = dialog_of(qtbot, page, NoteDialog)
    press(qtbot, dialog, "Eintragen")
    qtbot.waitUntil(lambda: dialog.fields["body"]._error.text() == "Schreiben Sie auf, worum es ging.")
    enter(dialog, "Tag", "20.11.2026")
    enter(dialog, "Uhrzeit", "14:05")
    enter(dialog, "Gesprochen mit", "Frau Empfang")
    write(dialog, "Worum ging es", "Ab Januar zwei Plätze frei")
    press(qtbot, dialog, "Eintragen")
    qtbot.waitUntil(lambda: "Ab Januar zwei Plätze frei" in page._detail._contacts._history.timeline.toPlainText())
    shown = page._detail._contacts._history.timeline.toPlainText()
    assert "20.11.2026, 14:05" in shown
    assert "mit Frau Empfang" in shown
    assert "Jana Brand" in shown
    assert not dialog.isVisible()


def test_a_refused_note_stays_in_its_dialog(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """A contact of tomorrow is refused at its field, and the words are still there."""
    page = opened(ui, qtbot, add(database), tab="Verlauf")
    press(qtbot, page, "Kontakt notieren")
    dialog = dialog_of(qtbot, page, NoteDialog)
    write(dialog, "Worum ging es", "Zu früh")
    enter(dialog, "Tag", "24.11.2026")
    press(qtbot, dialog, "Eintragen")
    qtbot.waitUntil(lambda: "Zukunft" in dialog.fields["at"]._error.text())
    assert dialog.isVisible()
    assert scalar(database, "SELECT count(*) FROM communication_service.contact_entry") == 0
    dialog.reject()


def test_a_planned_call_gets_its_result(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Nobody answered: the history says so and the next call is planned by itself."""
    therapist = add(database)
    fill(database, lambda s: plan_call(s, therapist, now=ui.now()))
    page = opened(ui, qtbot, therapist, tab="Verlauf")
    press(qtbot, page, "23.11.2026, 10:05: Ergebnis eintragen")
    dialog = dialog_of(qtbot, page, CallDialog)
    dialog._status.choose("no_answer")
    write(dialog, "Notiz zum Anruf", "Band läuft")
    press(qtbot, dialog, "Eintragen")
    qtbot.waitUntil(lambda: "Band läuft" in page._detail._contacts._history.timeline.toPlainText())
    counted = "SELECT count(*) FROM communication_service.phone_call WHERE status = 'planned' AND attempt = 2"
    assert scalar(database, counted) == 1


def test_an_unplanned_call_with_a_wish_to_be_called_again(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The call is entered, and the next one is planned on the day the practice named."""
    page = opened(ui, qtbot, add(database), tab="Verlauf")
    press(qtbot, page, "Anruf eintragen")
    dialog = dialog_of(qtbot, page, CallDialog)
    enter(dialog, "Wieder anrufen am", "30.11.2026")
    enter(dialog, "Gesprochen mit", "Herr Sommer")
    press(qtbot, dialog, "Eintragen")
    day = """SELECT (planned_at AT TIME ZONE 'Europe/Berlin')::date
             FROM communication_service.phone_call WHERE status = 'planned'"""
    qtbot.waitUntil(lambda: scalar(database, day) == date(2026, 11, 30))
    qtbot.waitUntil(lambda: "mit Herr Sommer" in page._detail._contacts._history.timeline.toPlainText())


def test_nothing_can_be_noted_about_somebody_who_is_not_saved(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """A new form shows neither the history of the one before nor a way to write into it."""
    page = opened(ui, qtbot, add(database))
    press(qtbot, page, "Neuer Therapeut")
    form = page._detail._form
    names = {form.tabText(i): form.isTabEnabled(i) for i in range(form.count())}
    assert not names["Verlauf"]
    assert not names["Stand"]

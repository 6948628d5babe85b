"""The record as a whole by hand: closed on wish, opened again, restricted, erased; exclusions taken away."""

from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from domain.casework.patient_record import withdraw_patient
from domain.casework.searches import start_search
from domain.communication.contacts import ContactNote, note_patient_contact
from domain.database import Database
from domain.matching.searches import exclude
from tests.builders import add_patient, add_therapist
from tests.ui.hands import choose, confirm, fill, find, press, scalar
from ui.patients.erased_words import ErasedDialog
from ui.patients.page import PatientsPage
from ui.ports import UiContext
from ui.widgets.reason import ReasonDialog

STATE = "SELECT state FROM matching_service.patient_state"


def opened(ui: UiContext, qtbot: QtBot, patient: int) -> PatientsPage:
    """The page with one record."""
    page = PatientsPage(ui)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    page.open_item(patient)
    return page


def test_a_record_is_closed_and_opened_again(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Each with a reason; the chip follows."""
    patient = fill(database, lambda s: add_patient(s, last_name="Umzug"))
    fill(database, lambda s: start_search(s, patient))
    page = opened(ui, qtbot, patient)
    choose(qtbot, page, "Akte", "Auf Wunsch schließen …")
    confirm(qtbot, page, reason="zieht weg")
    qtbot.waitUntil(lambda: scalar(database, STATE) == "withdrawn")
    qtbot.waitUntil(lambda: page._detail._chip.accessibleName() == "zurückgezogen")
    choose(qtbot, page, "Akte", "Wieder öffnen …")
    confirm(qtbot, page, reason="bleibt doch")
    qtbot.waitUntil(lambda: scalar(database, STATE) == "searching")


def test_a_record_is_restricted_and_free_again(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The consequence is named before; lifting needs no question."""
    patient = fill(database, add_patient)
    page = opened(ui, qtbot, patient)
    choose(qtbot, page, "Akte", "Verarbeitung einschränken …")
    confirm(qtbot, page)
    qtbot.waitUntil(lambda: scalar(database, STATE) == "restricted")
    qtbot.waitUntil(lambda: page._detail._chip.accessibleName() == "eingeschränkt")
    choose(qtbot, page, "Akte", "Einschränkung aufheben")
    qtbot.waitUntil(lambda: scalar(database, STATE) == "ready")


def test_who_opened_a_record_is_a_way_from_it(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """For who leads the office; to others the protocol is closed."""
    patient = fill(database, add_patient)
    visits: list[tuple[object, ...]] = []
    page = opened(replace(ui, navigate=lambda *where: visits.append(where)), qtbot, patient)
    choose(qtbot, page, "Akte", "Wer diese Akte öffnete")
    assert visits == [("admin", patient, "patient_readers")]
    other = opened(replace(ui, roles=frozenset({"caseworker"})), qtbot, patient)
    more = find(qtbot, other, "Akte")
    assert isinstance(more, QPushButton)
    entries = [entry.text() for entry in more.menu().actions()]
    assert "Wer diese Akte öffnete" not in entries
    assert "Auskunft Art. 15 …" in entries


def test_what_is_no_language_is_shown_to_be_corrected(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """From before there was a list: it stands at its field with what to do."""
    patient = fill(database, lambda s: add_patient(s, wishes={"languages": ["Türkisch (Mutter: Frau Yilmaz)"]}))
    page = opened(ui, qtbot, patient)
    field = page._detail._form.fields["languages"]
    qtbot.waitUntil(lambda: "Türkisch (Mutter: Frau Yilmaz)" in field.fault)
    assert "anderes gehört in die Notiz" in field.fault


def test_an_exclusion_is_seen_and_taken_away(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Below the wishes, with the practice and the reason."""
    patient = fill(database, add_patient)
    therapist = fill(database, lambda s: add_therapist(s, last_name="Nachbar"))
    fill(database, lambda s: exclude(s, patient, therapist_id=therapist, reason="kennen sich"))
    page = opened(ui, qtbot, patient)
    page._detail._form.setCurrentIndex(2)
    press(qtbot, page, "Ina Nachbar: Wieder vorschlagen")
    qtbot.waitUntil(lambda: scalar(database, "SELECT count(*) FROM matching_service.exclusion") == 0)


def test_a_record_is_noted_as_read_once(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """However often it is asked again while it lies open; opened anew it is another reading."""
    patient, other = fill(database, add_patient), fill(database, add_patient)
    page = opened(ui, qtbot, patient)
    readings = "SELECT count(*) FROM audit.entry WHERE operation = 'read'"
    qtbot.waitUntil(lambda: scalar(database, readings) == 1)
    for _ in range(3):
        with qtbot.waitSignal(ui.background.busy, check_params_cb=lambda running: running == 0):
            ui.changes.changed.emit("*", 0)
    assert scalar(database, readings) == 1
    page.open_item(other)
    qtbot.waitUntil(lambda: scalar(database, readings) == 2)


def test_the_words_of_a_patients_contacts_are_erased(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """With a reason; the contact stays in the course without its words."""
    patient = fill(database, add_patient)
    note = ContactNote(ui.now(), "phone", "in", "Mutter", "weinte")
    fill(database, lambda s: note_patient_contact(s, patient, note, now=ui.now()))
    page = opened(ui, qtbot, patient)
    choose(qtbot, page, "Akte", "Geschriebenes löschen …")
    confirm(qtbot, page, reason="Antrag vom 20.11.")
    qtbot.waitUntil(lambda: page.ui.messages.text() == "Das Geschriebene ist gelöscht.")
    assert scalar(database, "SELECT count(*) FROM communication_service.contact_entry WHERE body = ''") == 1
    (dialog,) = page.findChildren(ErasedDialog)
    assert "1 Kontakt." in [label.text() for label in dialog.findChildren(QLabel)]
    dialog.reject()


def test_what_is_confirmed_is_done_to_whom_it_was_asked_about(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The dialog names whom; another record that comes under it is not erased in their place."""
    note = ContactNote(ui.now(), "phone", "in", "Mutter", "weinte")
    asked, other = fill(database, lambda s: [add_patient(s, last_name=name) for name in ("Gemeint", "Zweite")])
    for patient in (asked, other):
        fill(database, partial(note_patient_contact, patient_id=patient, note=note, now=ui.now()))
    page = opened(ui, qtbot, asked)
    qtbot.waitUntil(lambda: page._detail._name.text().endswith("Gemeint"))
    choose(qtbot, page, "Akte", "Geschriebenes löschen …")
    (dialog,) = page.findChildren(ReasonDialog)
    assert any("Gemeint" in label.text() for label in dialog.findChildren(QLabel))
    page.open_item(other)
    qtbot.waitUntil(lambda: page._detail._name.text().endswith("Zweite"))
    confirm(qtbot, page, reason="Antrag vom 20.11.")
    qtbot.waitUntil(lambda: page.ui.messages.text() == "Das Geschriebene ist gelöscht.")
    erased = "SELECT string_agg(patient_id::text, ' ') FROM communication_service.contact_entry WHERE body = ''"
    assert scalar(database, erased) == str(asked)
    (said,) = page.findChildren(ErasedDialog)
    said.reject()


def test_a_closed_record_is_erased_when_its_person_asks(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Before its time is over, with a reason; what is left has no name, and the page says what became of the words."""
    patient = fill(database, lambda s: add_patient(s, last_name="Vergessenwill"))
    note = ContactNote(ui.now(), "phone", "in", "Mutter", "weinte")
    fill(database, lambda s: note_patient_contact(s, patient, note, now=ui.now()))
    fill(database, lambda s: withdraw_patient(s, patient, reason="möchte nicht mehr", now=ui.now()))
    page = opened(ui, qtbot, patient)
    choose(qtbot, page, "Akte", "Ganze Akte löschen …")
    confirm(qtbot, page, reason="Antrag vom 20.11.")
    # nor does it stay on a screen where it lay open
    qtbot.waitUntil(lambda: page.ui.messages.text() == "Diese Akte ist gelöscht.")
    assert page._detail._name.text() == "Neuer Patient"
    assert scalar(database, "SELECT last_name FROM patient_service.patient") == "gelöschte Akte"
    assert scalar(database, "SELECT count(*) FROM communication_service.contact_entry WHERE body = ''") == 1
    (dialog,) = page.findChildren(ErasedDialog)
    said = [label.text() for label in dialog.findChildren(QLabel)]
    assert "1 Kontakt." in said
    assert not any("Die Akte selbst" in words for words in said)
    dialog.reject()

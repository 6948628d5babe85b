"""Protokoll in Verwaltung: filtered by person, act, kind and day; closed to who may not read it."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.audit import record_reading
from domain.database import Database
from domain.patients.models import Patient
from domain.persons import ensure_person
from tests.builders import add_patient, add_therapist
from tests.conftest import PASSWORD, Office
from tests.ui.hands import fill, press
from ui.admin.audit_tab import AuditTab
from ui.admin.audit_words import field_word
from ui.background import Background
from ui.labels import labels
from ui.ports import UiContext
from ui.widgets.forms import Choice
from ui.words.audit_fields import ANYWHERE, OF_TABLE, UNTOLD

AUDITED = """SELECT n.nspname || '.' || c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE t.tgname = 'audit_insert'"""
COLUMNS = """SELECT n.nspname || '.' || c.relname, a.attname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE t.tgname = 'audit_insert' AND NOT a.attisdropped"""


@pytest.fixture
def tab(ui: UiContext, qtbot: QtBot, database: Database) -> AuditTab:
    """An office where a patient and a therapist were entered and the patient was opened."""

    def prepare(session: Session) -> None:
        patient = add_patient(session)
        add_therapist(session)
        session.flush()
        record_reading(session, "patient_service.patient", patient)

    fill(database, prepare)
    made = AuditTab(ui)
    qtbot.addWidget(made)
    made.resize(1160, 690)
    made.show()
    made.refresh()
    qtbot.waitUntil(lambda: made.table.model.total > 3)
    return made


def lines(tab: AuditTab) -> list[str]:
    """What the rows say, the newest first."""
    model = tab.table.model
    return [
        " · ".join(str(model.index(row, column).data()) for column in range(1, 4)) for row in range(model.rowCount())
    ]


def test_who_did_what_is_told_with_the_newest_first(tab: AuditTab) -> None:
    """By name, in words; a reading is one act among others."""
    assert lines(tab)[0] == "Jana Brand · geöffnet · Patient Nr. 1"
    assert "Jana Brand · angelegt · Patient Nr. 1" in lines(tab)
    assert tab.count.text().endswith("Einträge")


def pick(choice: Choice, entry: str) -> None:
    """As a person does by the list that opens."""
    choice.setCurrentIndex(choice.findText(entry))
    choice.activated.emit(choice.currentIndex())


def test_filters_narrow_it_and_are_taken_away_at_once(tab: AuditTab, qtbot: QtBot) -> None:
    """By act and kind; by person; by day."""
    every = tab.table.model.total
    pick(tab.operation, "geöffnet")
    qtbot.waitUntil(lambda: lines(tab) == ["Jana Brand · geöffnet · Patient Nr. 1"])
    pick(tab.who, "Tom Keller")
    qtbot.waitUntil(lambda: tab.table.model.total == 0)
    press(qtbot, tab, "Alles zeigen")
    qtbot.waitUntil(lambda: tab.table.model.total == every)
    pick(tab.kind, "Therapeut")
    qtbot.waitUntil(lambda: set(lines(tab)) == {"Jana Brand · angelegt · Therapeut Nr. 1"})
    tab.number.setText("2")
    tab.number.editingFinished.emit()
    qtbot.waitUntil(lambda: tab.table.model.total == 0)
    tab.number.setText("eins")
    tab.number.editingFinished.emit()
    assert tab.number.accessibleDescription() == "Nur Ziffern."
    tab.show_record("patient_service.patient", 1)
    qtbot.waitUntil(lambda: {line.rpartition(" · ")[2] for line in lines(tab)} == {"Patient Nr. 1"})
    tab.until.setText("01.01.2020")
    tab.until.editingFinished.emit()
    qtbot.waitUntil(lambda: tab.table.model.total == 0)


def test_a_day_that_is_none_is_told_at_its_field(tab: AuditTab, qtbot: QtBot) -> None:
    """The list stays as it was."""
    before = lines(tab)
    tab.since.setText("31.02.2026")
    tab.since.editingFinished.emit()
    qtbot.waitUntil(lambda: tab.since.accessibleDescription() != "")
    assert lines(tab) == before


def test_who_neither_leads_nor_audits_sees_no_protocol(ui: UiContext, qtbot: QtBot, office: Office) -> None:
    """It says for whom it is; nothing is asked of the database that would be refused."""
    owner = office.database("owner")
    fill(
        owner,
        lambda session: ensure_person(
            session, role_name="test_nele", display_name="Nele Wirth", password=PASSWORD, roles={"caseworker"}
        ),
    )
    owner.close()
    nele = office.database("nele")
    background = Background(nele)
    tab = AuditTab(replace(ui, background=background))
    qtbot.addWidget(tab)
    tab.show()
    with qtbot.assertNotEmitted(background.failed):
        tab.refresh()
        qtbot.waitUntil(lambda: not tab.table.isVisible())
    assert background.wait()
    nele.close()


def test_every_audited_table_has_a_word(database: Database) -> None:
    """A new one without would show its bare name."""
    with database.read() as session:
        audited = set(session.scalars(text(AUDITED)))
    assert audited - set(labels("audit_table")) == set()


def test_fields_are_named_as_in_the_forms(tab: AuditTab, qtbot: QtBot, database: Database) -> None:
    """Words, not columns; what changes with every change is not told."""

    def change(session: Session) -> None:
        session.get_one(Patient, 1).email = "lea@patient.example"
        session.get_one(Patient, 1).resubmission_note = "anrufen"

    fill(database, change)
    tab.refresh()
    model = tab.table.model
    qtbot.waitUntil(lambda: model.index(0, 4).data() == "E-Mail, Grund der Wiedervorlage")
    assert lines(tab)[0] == "Jana Brand · geändert · Patient Nr. 1"


def test_every_column_has_a_word(database: Database) -> None:
    """Whatever table or column is added and audited: it has a word or is left out, and no word is left over."""
    with database.read() as session:
        found = {(table, column) for table, column in session.execute(text(COLUMNS))}
    assert {(t, c) for t, c in found if c not in UNTOLD and field_word(t, c) == c} == set()
    assert {(table, column) for table, own in OF_TABLE.items() for column in own} - found == set()
    assert set(ANYWHERE) - {column for _, column in found} == set()

"""Angaben prüfen on Heute: what is missing in words, and one press from the field."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot

from domain.casework.agenda import TaskKind
from domain.database import Database
from tests.builders import add_patient, add_therapist
from tests.ui.conftest import Visits
from tests.ui.hands import fill
from ui.ports import UiContext
from ui.today.page import TodayPage


def lines(page: TodayPage, kind: TaskKind) -> list[QTreeWidgetItem]:
    """The tasks of a kind."""
    tops = [page._tree.topLevelItem(number) for number in range(page._tree.topLevelItemCount())]
    every = [top.child(number) for top in tops if top is not None for number in range(top.childCount())]
    return [item for item in every if item is not None and item.data(0, Qt.ItemDataRole.UserRole).kind is kind]


def test_what_is_missing_is_one_press_away(ui: UiContext, qtbot: QtBot, database: Database, visits: Visits) -> None:
    """Of a patient and of a practice."""
    patient = fill(database, lambda s: add_patient(s, last_name="Berg", insurance_kind="unknown", place=None))
    therapist = fill(database, lambda s: add_therapist(s, last_name="Tal", offers=[]))
    page = TodayPage(ui)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: bool(lines(page, TaskKind.CHECK_THERAPIST)))
    (of_patient,), (of_therapist,) = lines(page, TaskKind.CHECK_PATIENT), lines(page, TaskKind.CHECK_THERAPIST)
    assert (of_patient.text(0), of_patient.text(1)) == ("Lea Berg", "Ort unbekannt, Krankenversicherung fehlt")
    assert (of_therapist.text(0), of_therapist.text(1)) == ("Ina Tal", "Verfahren fehlen")
    page._tree.itemActivated.emit(of_patient, 0)
    assert (visits[-1], visits.field) == (("patients", patient), "plz")
    page._tree.itemActivated.emit(of_therapist, 0)
    assert (visits[-1], visits.field) == (("therapists", therapist), "offers")

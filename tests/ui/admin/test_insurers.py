"""Health insurers in Verwaltung: entered, changed, refused at the field."""

import pytest
from pytestqt.qtbot import QtBot

from domain.database import Database
from domain.matching.reimbursement import ProfileForm, save_profile
from tests.ui.hands import fill, press, scalar
from ui.admin.insurers_tab import InsurersTab
from ui.ports import UiContext

FIRST = "SELECT {} FROM matching_service.insurer_profile ORDER BY id LIMIT 1"


@pytest.fixture
def tab(ui: UiContext, qtbot: QtBot) -> InsurersTab:
    """The tab, as the first to see it."""
    made = InsurersTab(ui)
    qtbot.addWidget(made)
    made.resize(1160, 690)
    made.show()
    made.refresh()
    qtbot.waitUntil(made._nothing.isVisible)
    return made


def test_an_insurer_is_entered(tab: InsurersTab, qtbot: QtBot, database: Database) -> None:
    """With what it wants; it stands in the list."""
    tab._name.setText("AOK Nord")
    tab._attempts.setValue(5)
    tab._silence.setChecked(False)
    tab._papers["licence"].setChecked(True)
    press(qtbot, tab, "Kasse speichern")
    qtbot.waitUntil(lambda: tab._list.count() == 1)
    assert "5 Anfragen, 6 Unterlagen" in tab._list.item(0).text()
    assert scalar(database, FIRST.format("silence_counts")) is False


def test_without_a_name_nothing_is_saved(tab: InsurersTab, qtbot: QtBot, database: Database) -> None:
    """The field says so."""
    press(qtbot, tab, "Kasse speichern")
    qtbot.waitUntil(lambda: "Namen" in tab.fields["name"]._error.text())
    assert scalar(database, "SELECT count(*) FROM matching_service.insurer_profile") == 0


def test_one_is_taken_out_of_use(tab: InsurersTab, qtbot: QtBot, database: Database) -> None:
    """It stays in the list and says so."""
    fill(database, lambda s: save_profile(s, ProfileForm("AOK Nord")))
    tab.refresh()
    qtbot.waitUntil(lambda: tab._list.count() == 1)
    tab._list.setCurrentRow(0)
    tab._retired.setChecked(True)
    press(qtbot, tab, "Kasse speichern")
    qtbot.waitUntil(lambda: "nicht mehr angeboten" in tab._list.item(0).text())
    assert scalar(database, FIRST.format("retired")) is True

"""Zustand in Verwaltung: the doctor's list, both halves, asked only when somebody looks, and never in the way."""

import threading
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from domain.errors import Invalid
from domain.health.models import Finding, fail, ok
from tests.conftest import Office
from tests.ui.hands import press
from ui.admin.health_tab import HealthTab
from ui.background import Background
from ui.ports import UiContext
from ui.widgets.forms import tabbed


def shown(qtbot: QtBot, ui: UiContext) -> HealthTab:
    """The tab before somebody's eyes."""
    made = HealthTab(ui)
    qtbot.addWidget(made)
    made.resize(1160, 690)
    made.show()
    return made


def lines(tab: HealthTab) -> list[str]:
    """What a screen reader hears of the rows, from above."""
    items = (tab.rows.layout().itemAt(n) for n in range(tab.rows.layout().count()))  # type: ignore[union-attr]
    widgets = (item.widget() for item in items if item is not None)
    return [widget.accessibleName() for widget in widgets if widget is not None]


def test_what_must_be_mended_comes_first_with_what_to_do(ui: UiContext, qtbot: QtBot) -> None:
    """Database and machine together; the worker is away, so the list begins with it."""
    tab = shown(qtbot, replace(ui, machine=lambda: (ok("folder", "folder"), fail("disk", "disk.full", free=0.4))))
    qtbot.waitUntil(tab.again.isEnabled)
    said = lines(tab)
    first = {line.partition(",")[0] for line in said[: sum("zu beheben" in line for line in said)]}
    assert {"Hintergrunddienst", "Platz auf der Platte"} <= first
    assert any("nur noch 0,4 GB frei" in line and "Jetzt Platz schaffen" in line for line in said)
    assert "Ordner dieses Platzes, in Ordnung: gehört nur Ihnen" in said
    assert "zu beheben" in tab.summary.text()


def test_nobody_waits_for_it(ui: UiContext, qtbot: QtBot) -> None:
    """While the machine takes its time the window answers and shows what the database said already."""
    go = threading.Event()

    def slow() -> tuple[Finding, ...]:
        go.wait(60)
        return (ok("folder", "folder"),)

    tab = shown(qtbot, replace(ui, machine=slow))
    qtbot.waitUntil(lambda: any(line.startswith("PostgreSQL, ") for line in lines(tab)))
    assert not tab.again.isEnabled()
    assert tab.note.text() == "Wird geprüft …"
    go.set()
    qtbot.waitUntil(tab.again.isEnabled)
    assert tab.note.text().startswith("Geprüft 23.11.2026")


def test_it_is_asked_when_it_is_looked_at_and_by_its_button(ui: UiContext, qtbot: QtBot) -> None:
    """Not with every change in the office."""
    asked: list[int] = []

    def machine() -> tuple[Finding, ...]:
        asked.append(1)
        return ()

    tabs = tabbed("Verwaltung")
    tab = HealthTab(replace(ui, machine=machine))
    tabs.addTab(HealthTab(ui), "Anderes")
    tabs.addTab(tab, "Zustand")
    qtbot.addWidget(tabs)
    tabs.show()
    tab.refresh()
    assert ui.background.wait()
    assert asked == []
    tabs.setCurrentIndex(1)
    qtbot.waitUntil(tab.again.isEnabled)
    assert asked == [1]
    press(qtbot, tab, "Neu prüfen")
    qtbot.waitUntil(lambda: asked == [1, 1] and tab.again.isEnabled())


def test_a_half_that_fails_is_a_line_and_not_an_end(ui: UiContext, qtbot: QtBot, office: Office) -> None:
    """Settings that cannot be read, a database that cannot be reached: said in words, the other half stands."""

    def broken() -> tuple[Finding, ...]:
        raise Invalid("settings.unreadable", path="settings.toml", reason="Zeile 1")

    away = replace(ui, machine=broken)
    tab = shown(qtbot, away)
    qtbot.waitUntil(tab.again.isEnabled)
    assert any("Dieser Rechner ließ sich nicht ansehen" in line and "settings.toml" in line for line in lines(tab))
    database = office.database("jana")
    gone = Background(database)
    office.cluster.drop(office.name)
    tab = shown(qtbot, replace(ui, background=gone, machine=lambda: (ok("folder", "folder"),)))
    qtbot.waitUntil(tab.again.isEnabled)
    assert lines(tab)[0].startswith("Datenbank, zu beheben: ")
    assert gone.wait()
    database.close()


@pytest.mark.parametrize("button", ["Als Text kopieren"])
def test_the_list_can_be_sent_to_whoever_helps(ui: UiContext, qtbot: QtBot, button: str) -> None:
    """As text, with a verdict a line and what to do below it."""
    tab = shown(qtbot, replace(ui, machine=lambda: (fail("disk", "disk.full", free=0.4),)))
    qtbot.waitUntil(tab.again.isEnabled)
    press(qtbot, tab, button)
    text = QApplication.clipboard().text()
    assert "zu beheben: Platz auf der Platte: nur noch 0,4 GB frei" in text
    assert "    → Jetzt Platz schaffen." in text

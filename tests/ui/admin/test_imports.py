"""Verwaltung, Einlesen: what was read in is listed with its result, and a whole import is taken back."""

import json
from pathlib import Path

from pytestqt.qtbot import QtBot

from domain.acquisition.reading import recognise
from domain.casework.imports import import_file
from domain.database import Database
from domain.therapists.changes import Choice
from tests.ui.hands import fill, press, scalar
from ui.admin.imports_tab import ImportsTab
from ui.imports.undoing import UndoDialog
from ui.ports import UiContext


def read_in(database: Database, ui: UiContext, path: Path) -> None:
    """A file with one person and one row that is none."""
    person = {"name": "Berg", "vorname": "Ina", "strasse": "Markt", "hausnummer": "1", "plz": "52062", "ort": "Aachen"}
    path.write_text(json.dumps({"arztPraxisDatas": [person, "?"], "moreResults": False}), "utf-8")
    source = recognise(path, today=ui.today())
    fill(database, lambda s: import_file(s, source, now=ui.now(), today=ui.today()))


def opened(ui: UiContext, qtbot: QtBot) -> ImportsTab:
    """The tab, its list filled."""
    tab = ImportsTab(ui)
    qtbot.addWidget(tab)
    tab.resize(1160, 640)
    tab.show()
    tab.refresh()
    ui.changes.changed.connect(lambda *_: tab.refresh())
    return tab


def test_nothing_yet_says_what_to_do(ui: UiContext, qtbot: QtBot) -> None:
    """An empty list offers to read a file in."""
    tab = opened(ui, qtbot)
    ui.background.wait()
    assert tab._nothing.isVisible()
    assert not tab.list.isVisible()


def test_an_import_is_shown_and_taken_back(ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path) -> None:
    """Counts, rejected rows with their reason, then the state zurückgenommen."""
    read_in(database, ui, tmp_path / "liste.json")
    tab = opened(ui, qtbot)
    qtbot.waitUntil(tab._rows.isVisible)
    model = tab.list.model()
    shown = [model.index(0, column).data() for column in range(model.columnCount())]
    assert (shown[0], shown[3], shown[7], shown[8]) == ("liste.json", "1", "1", "übernommen")
    assert tab._rows.list.lines()[0] == "Zeile 2: kein lesbarer Eintrag"
    press(qtbot, tab, "Import zurücknehmen")
    dialog = tab.findChild(UndoDialog)
    assert dialog is not None
    with qtbot.waitSignal(dialog.finished):
        press(qtbot, dialog, "Zurücknehmen")
    qtbot.waitUntil(lambda: model.index(0, 8).data() == "zurückgenommen")
    assert not tab._undo.isEnabled()
    assert scalar(database, "SELECT count(*) FROM therapist_service.therapist") == 0


def test_what_was_left_out_is_told_later_too(ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path) -> None:
    """Which row, whose, and which value, never what stood there; of a row nobody wanted nothing is missing."""
    path = tmp_path / "liste.json"
    home = {"vorname": "Ina", "strasse": "Markt", "plz": "52062", "ort": "Aachen", "email": "siehe Webseite"}
    people = [{"name": name, "hausnummer": str(n), **home} for n, name in enumerate(("Berg", "Tal"), start=1)]
    path.write_text(json.dumps({"arztPraxisDatas": people, "moreResults": False}), "utf-8")
    source = recognise(path, today=ui.today())
    choice = Choice(skipped_rows=frozenset({2}))
    fill(database, lambda s: import_file(s, source, now=ui.now(), today=ui.today(), choice=choice))
    tab = opened(ui, qtbot)
    qtbot.waitUntil(tab._rows.isVisible)
    said = "Zeile 1, Ina Berg: übernommen, aber ohne E-Mail: was dort steht, ist keine Adresse."
    assert tab._rows.list.lines() == [said]
    assert tab._rows._head.text() == "1 Angabe fehlt, weil sie nicht zu lesen ist"
    assert "Webseite" not in str(scalar(database, "SELECT to_jsonb(v)::text FROM scraping_service.left_out_value v"))


def test_an_import_somebody_else_took_back_is_told(
    ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path
) -> None:
    """Whoever comes second reads a sentence, and nothing happens twice."""
    from domain.casework.import_undo import undo_import

    read_in(database, ui, tmp_path / "liste.json")
    tab = opened(ui, qtbot)
    qtbot.waitUntil(tab._undo.isEnabled)
    press(qtbot, tab, "Import zurücknehmen")
    dialog = tab.findChild(UndoDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog._do.isEnabled)
    number = scalar(database, "SELECT id FROM scraping_service.import_file")
    fill(database, lambda s: undo_import(s, int(str(number)), now=ui.now()))
    press(qtbot, dialog, "Zurücknehmen")
    qtbot.waitUntil(lambda: "schon zurückgenommen" in dialog._said.text())

"""Verwaltung, Kartenhintergrund: off at first, checked at the field, followed by the maps."""

from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from domain.database import Database
from domain.tile_source import TileSource
from tests.ui.hands import enter, press, scalar
from ui.admin.page import AdminPage
from ui.map.tile_setting import TileSetting
from ui.map.view import MapView
from ui.ports import UiContext

FIELD = "Adresse der Kartenbilder oder .mbtiles-Datei (leer: ohne Hintergrund)"
GOOD = "https://karten.buero.example/{z}/{x}/{y}.png"


def _type(page: AdminPage, name: str, value: str) -> None:
    enter(page, name, value)
    field = next(f for f in page.findChildren(QLineEdit) if f.accessibleName() == name)
    field.textEdited.emit(value)


def test_a_source_is_entered_and_the_maps_follow(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Refused with a sentence at the field, then saved; a map hears of it without a restart."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE platform.office SET name = 'Büro am Markt'")
    page, view = AdminPage(ui), MapView()
    qtbot.addWidget(page)
    qtbot.addWidget(view)
    TileSetting(ui, view)
    view._start = lambda: None  # type: ignore[method-assign]  # what the page draws is not the subject
    view.show()
    page.resize(1160, 660)
    page.show()
    page.show_tab(4)
    qtbot.waitUntil(lambda: page.maps.tiles._seen is not None)
    assert view._source is None
    _type(page, FIELD, "http://karten.example/{z}/{x}/{y}.png")
    _type(page, "Quellenangabe auf der Karte", "© Karten-Amt")
    press(qtbot, page, "Hintergrund speichern")
    address = page.maps.tiles.fields["tile_source"]
    qtbot.waitUntil(lambda: "nur https" in address._error.text())
    assert "karten.example" in address._error.text()
    _type(page, FIELD, GOOD)
    press(qtbot, page, "Hintergrund speichern")
    qtbot.waitUntil(lambda: scalar(database, "SELECT tile_source FROM platform.office") == GOOD)
    qtbot.waitUntil(lambda: view._source == TileSource(GOOD, "© Karten-Amt"))
    _type(page, FIELD, "")
    press(qtbot, page, "Hintergrund speichern")
    qtbot.waitUntil(lambda: view._source is None)

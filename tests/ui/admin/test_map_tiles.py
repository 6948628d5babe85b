"""Verwaltung, Kartenhintergrund: off at first, checked at the field, followed by the maps."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from domain.database import Database
from domain.tile_source import TileSource
from tests.builders import AACHEN
from tests.servers.tile_server import TileServer, picture
from tests.ui.hands import enter, press, scalar
from ui.admin.page import AdminPage
from ui.admin.tile_trial import TileTrial, tile_at
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
    # the form has read again what it saved, else the next saving would meet a newer version
    qtbot.waitUntil(lambda: page.maps.tiles._seen is not None and page.maps.tiles._seen[0].tile_source == GOOD)
    _type(page, FIELD, "")
    press(qtbot, page, "Hintergrund speichern")
    qtbot.waitUntil(lambda: view._source is None)


@pytest.fixture
def page(ui: UiContext, qtbot: QtBot) -> Iterator[AdminPage]:
    """Verwaltung on its tab."""
    made = AdminPage(ui)
    qtbot.addWidget(made)
    made.resize(1160, 660)
    made.show()
    made.show_tab(4)
    qtbot.waitUntil(lambda: made.maps.tiles._seen is not None)
    yield made
    made.close()


def use(page: AdminPage, qtbot: QtBot, database: Database, address: str) -> TileTrial:
    """An office in Aachen with that source."""
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE platform.office SET tile_source = :address, tile_attribution = '© Amt', plz = '52062',"
                " city = 'Aachen'"
            ),
            {"address": address},
        )
    page.maps.refresh()
    trial = page.maps.tiles.trial
    qtbot.waitUntil(trial.button.isEnabled)
    return trial


def test_a_picture_is_tried_and_shown(page: AdminPage, qtbot: QtBot, database: Database) -> None:
    """The office's surroundings, from the host although it is kept; what is typed only is not tried."""
    assert not page.maps.tiles.trial.button.isEnabled()
    with TileServer() as server:
        trial = use(page, qtbot, database, server.address)
        for count in (1, 2):
            press(qtbot, page, "Kartenbilder testen")
            qtbot.waitUntil(lambda n=count: len(server.asked) == n and trial.picture.isVisible())  # type: ignore[misc]  # used at once
        assert server.asked == ["/12/2117/1375.png"] * 2
        assert "zeigt die Gegend Ihres Büros. Auf der Karte steht: © Amt" in trial.said.text()
        _type(page, FIELD, "https://anders.example/{z}/{x}/{y}.png")
        assert not trial.button.isEnabled()


@pytest.mark.parametrize(
    ("status", "content", "sentence"),
    [(403, picture(), "(403)"), (200, b"<html>Anmelden</html>", "kein Bild"), (200, b"\x89PNG broken", "beschädigt")],
)
def test_a_host_that_gives_no_picture_is_explained(
    page: AdminPage, qtbot: QtBot, database: Database, status: int, content: bytes, sentence: str
) -> None:
    """A refusal, a page to log in, half a picture."""
    with TileServer() as server:
        server.status, server.content = status, content
        trial = use(page, qtbot, database, server.address)
        press(qtbot, page, "Kartenbilder testen")
        qtbot.waitUntil(lambda: sentence in trial.said.text())
        assert trial.picture.isHidden()
        assert trial.button.isEnabled()


def test_a_host_or_file_that_is_away_is_explained(page: AdminPage, qtbot: QtBot, database: Database) -> None:
    """Nobody listens; no such file."""
    trial = use(page, qtbot, database, "http://127.0.0.1:9/{z}/{x}/{y}.png")
    press(qtbot, page, "Kartenbilder testen")
    qtbot.waitUntil(lambda: "nicht zu erreichen" in trial.said.text())
    use(page, qtbot, database, "/nirgends/karte.mbtiles")
    press(qtbot, page, "Kartenbilder testen")
    qtbot.waitUntil(lambda: "In der Datei" in trial.said.text())


@pytest.mark.parametrize(("spot", "zoom", "tile"), [(AACHEN, 12, (2117, 1375)), ((52.52, 13.405), 6, (34, 20))])
def test_a_place_has_its_picture(spot: tuple[float, float], zoom: int, tile: tuple[int, int]) -> None:
    """As every server of such pictures counts them."""
    assert tile_at(*spot, zoom) == tile

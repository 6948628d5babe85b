"""Pictures behind the map: from one host or one file, and from nobody without a source."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from domain.tile_source import TileSource
from tests.servers.hostile import hostile, reply
from tests.servers.tile_server import TileServer, picture
from tests.ui.map.conftest import SLOW_MS
from ui.map.tiles import FAILURES_BEFORE_REST, Tiles, tiles_in
from ui.map.view import MapView

Ask = Callable[[MapView, str], Any]
GERMANY = "6/33/21"


@pytest.fixture
def server() -> Iterator[TileServer]:
    """A server that counts who comes."""
    with TileServer() as running:
        yield running


@pytest.fixture
def tiles(qapp: QApplication, tmp_path: Path) -> Tiles:
    """A source of pictures with a cache of its own."""
    del qapp
    return Tiles(tmp_path / "tiles")


def _ask(qtbot: QtBot, tiles: Tiles, path: str) -> bytes | None:
    answers: list[bytes | None] = []
    tiles.ask(path, lambda content, _: answers.append(content))
    qtbot.waitUntil(lambda: bool(answers), timeout=SLOW_MS)
    return answers[0]


def test_a_picture_comes_from_the_host_and_then_from_the_disk(
    qtbot: QtBot, tiles: Tiles, server: TileServer, tmp_path: Path
) -> None:
    """Asked once, kept in the profile's folder, with an honest name and without cookies."""
    tiles.use(TileSource(server.address, "©"))
    for _ in range(3):
        assert _ask(qtbot, tiles, f"{tiles.mark}/{GERMANY}") == server.content
    again = Tiles(tmp_path / "tiles")
    again.use(TileSource(server.address, "©"))
    assert _ask(qtbot, again, f"{again.mark}/{GERMANY}") == server.content
    assert _ask(qtbot, tiles, f"{tiles.mark}/6/33/22") == server.content
    assert server.asked == ["/6/33/21.png", "/6/33/22.png"]
    assert server.agents == {"Platzlotse"}
    assert server.cookies == []


@pytest.mark.parametrize(
    "path",
    [
        "", "x/6/33/21", "{mark}/6/33", "{mark}/6/33/64", "{mark}/20/1/1", "{mark}/6/-1/1", "{mark}/6/a/1",
        "{mark}/6/3/1/..", "{mark}/99999999999/1/1",
    ],
)  # fmt: skip
def test_only_places_of_the_map_can_be_asked_for(qtbot: QtBot, tiles: Tiles, server: TileServer, path: str) -> None:
    """Nothing else reaches the host."""
    tiles.use(TileSource(server.address, "©"))
    assert _ask(qtbot, tiles, path.format(mark=tiles.mark)) is None
    assert server.asked == []


def test_without_a_source_nobody_is_asked(qtbot: QtBot, tiles: Tiles, server: TileServer) -> None:
    """Off by default, and off again when the office takes the source away."""
    assert tiles.mark == ""
    assert _ask(qtbot, tiles, f"/{GERMANY}") is None
    tiles.use(TileSource(server.address, "©"))
    old = tiles.mark
    tiles.use(None)
    assert _ask(qtbot, tiles, f"{old}/{GERMANY}") is None
    assert server.asked == []


def test_nobody_is_sent_to_another_host(qtbot: QtBot, tiles: Tiles, server: TileServer) -> None:
    """A redirect to elsewhere ends there."""
    with TileServer() as other:
        server.elsewhere = f"{other.host}/6/33/21.png"
        tiles.use(TileSource(server.address, "©"))
        assert _ask(qtbot, tiles, f"{tiles.mark}/{GERMANY}") is None
        assert other.asked == []


@pytest.mark.parametrize(
    ("status", "content"),
    [(404, b"nichts"), (500, b""), (200, b"<html>Anmeldung</html>"), (200, b"")],
    ids=["none", "broken", "page", "empty"],
)
def test_what_is_no_picture_is_not_shown(
    qtbot: QtBot, tiles: Tiles, server: TileServer, status: int, content: bytes
) -> None:
    """A login page or an error is no map."""
    server.status, server.content = status, content
    tiles.use(TileSource(server.address, "©"))
    assert _ask(qtbot, tiles, f"{tiles.mark}/{GERMANY}") is None


def test_a_host_that_fails_in_a_row_is_left_alone(qtbot: QtBot, tiles: Tiles) -> None:
    """A map asks for dozens of pictures at once: the broken host gets no more than a few, until a person tries it."""
    with hostile(reply("500 Internal Server Error")) as broken:
        tiles.use(TileSource(f"{broken.url}/{{z}}/{{x}}/{{y}}.png", "©"))
        for column in range(FAILURES_BEFORE_REST):
            assert _ask(qtbot, tiles, f"{tiles.mark}/6/{column}/21") is None
        assert tiles.rest > 0
        asked = len(broken.asked)
        assert _ask(qtbot, tiles, f"{tiles.mark}/6/40/21") is None
        assert len(broken.asked) == asked
        broken.answer = reply("404 Not Found")  # it answers: at that place there is no picture
        answers: list[bytes | None] = []
        tiles.ask(f"{tiles.mark}/6/41/21", lambda content, _: answers.append(content), fresh=True)
        qtbot.waitUntil(lambda: bool(answers), timeout=SLOW_MS)
        assert tiles.rest == 0


def _mbtiles(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        # rows are counted from the south: 63 - 21
        file.execute("INSERT INTO tiles VALUES (6, 33, 42, ?)", [picture(90)])
    return path


def test_a_file_is_a_source_too(qtbot: QtBot, tiles: Tiles, tmp_path: Path) -> None:
    """An .mbtiles file is read by the same way and never written."""
    path = _mbtiles(tmp_path / "de #1.mbtiles")
    before = path.read_bytes()
    tiles.use(TileSource(str(path), "©"))
    assert _ask(qtbot, tiles, f"{tiles.mark}/{GERMANY}") == picture(90)
    assert _ask(qtbot, tiles, f"{tiles.mark}/6/33/22") is None
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [None, b"kein SQLite"])
def test_a_file_that_is_none_gives_nothing(qtbot: QtBot, tiles: Tiles, tmp_path: Path, content: bytes | None) -> None:
    """Missing at this seat, or something else: the map goes on without."""
    path = tmp_path / "de.mbtiles"
    if content is not None:
        path.write_bytes(content)
    tiles.use(TileSource(str(path), "©"))
    assert _ask(qtbot, tiles, f"{tiles.mark}/{GERMANY}") is None


def test_all_maps_of_a_seat_share_one(qapp: QApplication, tmp_path: Path) -> None:
    """One cache a folder."""
    del qapp
    one = tiles_in(tmp_path)
    assert tiles_in(tmp_path) is one
    assert tiles_in(tmp_path / "other") is not one


def test_the_map_shows_pictures_and_whom_it_owes_them(
    opened: MapView, guard: Any, qtbot: QtBot, ask: Ask, server: TileServer
) -> None:
    """They come through our own scheme; the page itself reaches no server; off again, they are gone."""
    opened.set_tiles(TileSource(server.address, "<b>© Karten-Amt</b>"))
    qtbot.waitUntil(
        lambda: ask(opened, "document.querySelectorAll('.leaflet-tile-loaded').length") > 3, timeout=SLOW_MS
    )
    assert server.asked
    assert guard.blocked == []
    assert "<b>© Karten-Amt</b>" in ask(opened, "document.querySelector('.leaflet-control-attribution').textContent")
    assert ask(opened, "document.querySelectorAll('.pl-note').length") == 0
    opened.set_tiles(None)
    assert ask(opened, "document.querySelectorAll('.leaflet-tile').length") == 0
    assert "Karten-Amt" not in ask(opened, "document.querySelector('.leaflet-control-attribution').textContent")


def test_a_host_that_fails_is_told_on_the_map(
    opened: MapView, qtbot: QtBot, ask: Ask, server: TileServer, caplog: pytest.LogCaptureFixture
) -> None:
    """A German sentence; outlines and names stay."""
    server.status = 503
    opened.set_tiles(TileSource(server.address, "© Karten-Amt"))
    qtbot.waitUntil(lambda: ask(opened, "document.querySelectorAll('.pl-note').length") == 1, timeout=SLOW_MS)
    assert "nicht erreichbar" in ask(opened, "document.querySelector('.pl-note').textContent")
    assert ask(opened, "getComputedStyle(document.querySelector('.leaflet-places-pane')).display") != "none"
    assert not [record for record in caplog.records if server.asked[0] in record.getMessage()]
    caplog.clear()

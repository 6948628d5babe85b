"""What one can do on the map beside looking: draw a line, see an area, move a pin, print."""

import contextlib
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, Qt
from PySide6.QtPdf import QPdfDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.map.conftest import SLOW_MS
from ui.map.markers import MapMarker, MarkerState
from ui.map.view import MapView

Ask = Callable[[MapView, str], Any]
COLOGNE = (50.94, 6.96)
SQUARE = [(200, 150), (500, 150), (500, 350), (200, 350)]


def _inside(view: MapView) -> QWidget:
    assert view._engine is not None
    inside = view._engine.view.focusProxy()
    assert inside is not None
    return inside


def _drag(qtbot: QtBot, view: MapView, ask: Ask, spots: list[tuple[int, int]]) -> None:
    """Press, move through the spots in small steps, let go; at each the page has heard how it came there."""
    target, left = _inside(view), Qt.MouseButton.LeftButton
    QTest.mousePress(target, left, pos=QPoint(*spots[0]))
    for (x1, y1), (x2, y2) in pairwise(spots):
        for step in range(1, 9):
            QTest.mouseMove(target, QPoint(x1 + (x2 - x1) * step // 8, y1 + (y2 - y1) * step // 8))
            qtbot.wait(10)
        ask(view, "1")
    QTest.mouseRelease(target, left, pos=QPoint(*spots[-1]))


def _several(at: tuple[float, float], count: int) -> list[MapMarker]:
    return [MapMarker(n, *at, MarkerState.AVAILABLE, f"Praxis {n}", "Köln", False) for n in range(1, count + 1)]


def test_a_line_drawn_by_mouse_encloses(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """Its corners come out in degrees, and the map did not move under the hand."""
    place = "document.querySelector('path.pl-radius').getBoundingClientRect().x"
    opened.set_center(*COLOGNE, 20, "Patient")
    seen = [ask(opened, place)]

    def rests() -> bool:
        """The map has come to the patient: its place is the same twice."""
        qtbot.wait(100)
        seen.append(ask(opened, place))
        return bool(seen[-1] == seen[-2])

    qtbot.waitUntil(rests, timeout=SLOW_MS)
    before = seen[-1]
    opened.draw_line(on=True)
    ask(opened, "1")
    with qtbot.waitSignal(opened.enclosed, timeout=SLOW_MS) as caught:
        _drag(qtbot, opened, ask, SQUARE)
    points = caught.args[0]
    assert len(points) >= 4
    assert all(50 < lat < 52 and 6 < lon < 8 for lat, lon in points)
    assert ask(opened, place) == before
    opened.draw_line(on=False)
    opened.set_enclosed(points)
    assert ask(opened, "document.querySelectorAll('path.pl-enclosed').length") == 1
    opened.set_enclosed([])
    assert ask(opened, "document.querySelectorAll('path.pl-enclosed').length") == 0


def test_the_part_that_is_seen_is_told(opened: MapView, qtbot: QtBot) -> None:
    """South, west, north, east around the patient."""
    heard: list[tuple[float, ...]] = []
    opened.looked.connect(lambda *seen: heard.append(seen))
    opened.set_center(*COLOGNE, 20, "Patient")
    qtbot.waitUntil(lambda: bool(heard) and heard[-1][4] > 7, timeout=SLOW_MS)
    south, west, north, east, _ = heard[-1]
    assert south < 50.94 - 0.17
    assert north > 50.94 + 0.17
    assert west < 6.96 < east


def test_an_area_from_outside_is_drawn(opened: MapView, ask: Ask) -> None:
    """What can be reached, surely and perhaps, with words that say whose it is; none takes it away."""
    sure = [[(50.9, 6.8), (51.1, 6.9), (50.9, 7.1)], [(51.2, 6.8), (51.3, 6.9), (51.2, 7.0)]]
    maybe = [[(50.5, 6.5), (51.5, 6.9), (50.5, 7.5)]]
    opened.show_area(sure, maybe, [("head", "30 Min. <b>"), ("sure", "sicher"), ("maybe", "vielleicht")], aim=True)
    drawn = "document.querySelectorAll('path.pl-reach, path.pl-reach-maybe').length"
    assert ask(opened, drawn) == 2
    assert ask(opened, "document.querySelector('.pl-reachbox').textContent") == "30 Min. <b>sichervielleicht"
    opened.show_area([])
    assert ask(opened, drawn) == 0
    assert ask(opened, "document.querySelector('.pl-reachbox')") is None


def test_the_words_of_an_area_leave_a_narrow_map_free(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """There they begin with their first line; once somebody opened them they stay open, also with the next words."""
    shown = "document.querySelector('.pl-reachbox').open"
    lines = [("head", "30 Min."), ("sure", "sicher"), ("note", "geschätzt")]
    opened.show_area([], [], lines)
    assert ask(opened, shown) is True
    opened.resize(480, 420)
    qtbot.waitUntil(lambda: ask(opened, shown) is False, timeout=SLOW_MS)
    assert ask(opened, "document.querySelector('.pl-reachbox').getBoundingClientRect().height") < 40
    ask(opened, "document.querySelector('.pl-reachbox summary').focus()")
    QTest.keyClick(_inside(opened), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ask(opened, shown) is True, timeout=SLOW_MS)
    opened.show_area([], [], [*lines, ("note", "von gestern")])
    assert ask(opened, "document.querySelectorAll('.pl-reachbox > *').length") == 4
    assert ask(opened, shown) is True


def test_a_pin_is_taken_for_no_patient(opened: MapView, ask: Ask) -> None:
    """Another outline, not another colour alone; its foot stands where the patient's point would."""
    opened.set_center(*COLOGNE, None, "Patient")
    opened.set_pin(*COLOGNE, "Pin von Praxis")
    path = "document.querySelector('{} path').getAttribute('d')"
    assert ask(opened, path.format(".pl-flag")) != ask(opened, path.format(".pl-pin"))
    feet = ask(
        opened,
        "[document.querySelector('.pl-flag ellipse'), document.querySelector('.pl-pin')].map(part => {"
        " const r = part.getBoundingClientRect(); return [r.x + r.width / 2, r.bottom]; })",
    )
    assert abs(feet[0][0] - feet[1][0]) < 2
    assert abs(feet[0][1] - feet[1][1]) < 6


def test_several_at_one_address_are_fanned_out(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """A press of Enter on their cluster shows each, and tells whose they are."""
    with qtbot.waitSignal(opened.drawn, timeout=SLOW_MS):
        opened.set_markers(_several(COLOGNE, 4))
    assert ask(opened, "document.querySelector('.pl-cluster').getAttribute('role')") == "button"
    assert "4 Praxen, 4 anfragbar" in ask(opened, "document.querySelector('.pl-cluster').textContent")
    caught: list[list[int]] = []
    opened.fanned.connect(caught.append)
    for _ in range(12):
        qtbot.wait(400)  # what just appeared is still moving to its place, and is not fanned out meanwhile
        ask(opened, "document.querySelector('.pl-cluster').focus()")
        QTest.keyClick(_inside(opened), Qt.Key.Key_Return)
        with contextlib.suppress(qtbot.TimeoutError):
            qtbot.waitUntil(lambda: bool(caught), timeout=5_000)
            break
    # where the first press took longer than the wait, the second is told, too
    assert sorted(caught[0]) == [1, 2, 3, 4]
    qtbot.waitUntil(lambda: ask(opened, "document.querySelectorAll('.pl-marker').length") == 4, timeout=SLOW_MS)


def test_a_pin_is_moved_by_mouse_and_by_keys(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """Dragged west it stands west; the arrow keys move it on; it goes when the mode ends."""
    opened.set_pin(*COLOGNE, "Pin von Praxis")
    spot = ask(
        opened,
        "(() => { const r = document.querySelector('.pl-movable').getBoundingClientRect();"
        " return [r.x + r.width / 2, r.y + r.height / 2]; })()",
    )
    x, y = round(spot[0]), round(spot[1])
    with qtbot.waitSignal(opened.moved, timeout=SLOW_MS) as dragged:
        _drag(qtbot, opened, ask, [(x, y), (x - 80, y)])
    assert dragged.args[1] < 6.96
    assert abs(dragged.args[0] - 50.94) < 0.002
    assert ask(opened, "document.querySelector('.pl-movable').getAttribute('aria-label')") == "Pin von Praxis"
    ask(opened, "document.querySelector('.pl-movable').focus()")
    with qtbot.waitSignal(opened.moved, timeout=SLOW_MS) as pushed:
        QTest.keyClick(_inside(opened), Qt.Key.Key_Up)
    assert pushed.args[0] > dragged.args[0]
    opened.clear_pin()
    assert ask(opened, "document.querySelectorAll('.pl-movable').length") == 0


def test_a_view_without_a_place_names_the_nearest(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """So near that no name is in sight, the edge says where the next places are; a scale says how far."""
    opened.set_center(50.7, 6.3, 0.05, "Patient")
    edges = "Array.from(document.querySelectorAll('.pl-edge'), e => e.textContent)"
    qtbot.waitUntil(lambda: len(ask(opened, edges)) >= 3, timeout=SLOW_MS)
    assert all(re.fullmatch(r"[←→↑↓] .+, [\d,]+ km", edge) for edge in ask(opened, edges))
    assert ask(opened, "document.querySelector('.leaflet-control-scale-line').textContent").endswith(" m")


def test_a_sheet_holds_heading_legend_and_sources_but_no_patient(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """One page of the size of the map, in light colours; afterwards the map is as it was."""
    opened.set_dark(True)
    opened.set_center(*COLOGNE, 20, "Gesa Wüllner")
    with qtbot.waitSignal(opened.drawn, timeout=SLOW_MS):
        opened.set_markers(_several((50.95, 6.9), 1))
    made: list[bytes] = []
    opened.sheet(["Karte der Praxen", "Stand 23.11.2026, 10:00"], made.append)
    qtbot.waitUntil(lambda: bool(made), timeout=SLOW_MS)
    buffer = QBuffer()
    buffer.setData(QByteArray(made[0]))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    assert document.pageCount() == 1
    text = document.getAllText(0).text()
    for word in ("Karte der Praxen", "Stand 23.11.2026", "Legende", "anfragbar", "OpenStreetMap"):
        assert word in text
    assert "Wüllner" not in text
    assert b"Wullner" not in made[0]
    assert "W\u00fcllner".encode("utf-16-be") not in made[0]
    assert ask(opened, "document.querySelectorAll('.pl-heading').length") == 0
    document.close()


def test_without_a_map_there_is_no_sheet(view: MapView) -> None:
    """Who prints before the map is there hears so at once."""
    made: list[bytes] = []
    view.sheet(["Karte"], made.append)
    assert made == [b""]

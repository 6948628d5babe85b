"""The map without pictures: names that markers do not swallow, neighbours by name, a legend that covers nobody."""

import os
import signal
from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.map.conftest import SLOW_MS
from ui.map.markers import MapMarker, MarkerState
from ui.map.view import MapView

Ask = Callable[[MapView, str], Any]
AVAILABLE = MarkerState.AVAILABLE
AACHEN = (50.7753, 6.0839)
LABELS = "Array.from(document.querySelectorAll('.pl-place:not(.pl-plz)'), e => e.textContent)"
BOXES = """['.pl-legend', '.leaflet-marker-pane > *'].map(name => Array.from(document.querySelectorAll(name),
  e => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; }))"""


def many(lat: float, lon: float, count: int = 140, spread: float = 0.02) -> list[MapMarker]:
    """Practices around a place."""
    return [
        MapMarker(
            n, lat + spread * (n % 12) / 12, lon + spread * (n // 12) / 12, MarkerState.AVAILABLE, f"P{n}", "", False
        )
        for n in range(1, count + 1)
    ]


def draw(qtbot: QtBot, view: MapView, markers: list[MapMarker]) -> None:
    """Set markers and wait for the last of them."""
    with qtbot.waitSignal(view.drawn, timeout=SLOW_MS, check_params_cb=lambda n: n == len(markers)):
        view.set_markers(markers)


def test_a_town_under_its_practices_keeps_its_name(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """Beside the cluster that stands on it: the largest town must not be the one without a name."""
    for radius in (25.0, 8.0):
        opened.set_center(*AACHEN, radius, "Patient")
        draw(qtbot, opened, many(50.766, 6.074, 140 if radius > 10 else 139))
        qtbot.waitUntil(lambda: "Aachen" in ask(opened, LABELS), timeout=SLOW_MS)


def test_neighbours_are_named(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """What is not Germany is not the sea."""
    opened.set_center(*AACHEN, 60, "Patient")
    qtbot.waitUntil(lambda: {"Belgien", "Niederlande"} & set(ask(opened, LABELS)) != set(), timeout=SLOW_MS)


def test_the_legend_makes_room_for_practices(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """Open where nobody stands beneath it, else only its head; whoever opens it keeps it open."""
    opened.set_region(50.0, 6.0, 51.0, 7.5)
    draw(qtbot, opened, many(50.6, 7.0, 3))
    qtbot.waitUntil(lambda: ask(opened, "document.querySelector('.pl-legend').open"), timeout=SLOW_MS)
    (legend,), _ = ask(opened, BOXES)
    assert legend[3] - legend[1] > 40
    draw(qtbot, opened, many(49.55, 4.9, 144, 1.2))  # all over the lower left
    qtbot.waitUntil(lambda: not ask(opened, "document.querySelector('.pl-legend').open"), timeout=SLOW_MS)
    ask(opened, "document.querySelector('.pl-legend summary').click()")
    assert ask(opened, "document.querySelector('.pl-legend').open")


def test_a_page_that_comes_back_shows_what_was_seen(opened: MapView, qtbot: QtBot) -> None:
    """Not the whole region again."""
    seen: list[tuple[float, ...]] = []
    opened.looked.connect(lambda *part: seen.append(part))
    draw(qtbot, opened, many(*AACHEN, 3))
    opened.visit(1)
    qtbot.waitUntil(lambda: bool(seen) and seen[-1][4] > 11, timeout=SLOW_MS)
    before = seen[-1]
    with qtbot.waitSignal(opened.failed, timeout=SLOW_MS):
        os.kill(opened.render_process(), signal.SIGKILL)
    seen.clear()
    with qtbot.waitSignal(opened.drawn, timeout=SLOW_MS):
        next(b for b in opened.findChildren(QPushButton) if b.text() == "Karte neu laden").click()
    qtbot.waitUntil(lambda: bool(seen) and seen[-1][4] == before[4], timeout=SLOW_MS)
    assert all(abs(one - other) < 1e-3 for one, other in zip(seen[-1], before, strict=True))


def test_pointers_to_the_next_places_stand_above_the_sources(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """What lies to the south is not written over whom the map owes thanks."""
    opened.set_center(50.78, 6.09, 3, "Patient")
    edges = "Array.from(document.querySelectorAll('.pl-edge.bottom'), e => e.getBoundingClientRect().bottom)"
    qtbot.waitUntil(lambda: bool(ask(opened, edges)), timeout=SLOW_MS)
    top = ask(opened, "document.querySelector('.leaflet-control-attribution').getBoundingClientRect().top")
    assert all(bottom <= top for bottom in ask(opened, edges))

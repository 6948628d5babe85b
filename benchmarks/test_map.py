"""What the map costs: opening, the gap it tears into the event loop, many markers, few changes.

The gap is the longest time between two ticks of a 5 ms timer, so it is what a hand on the keyboard feels.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from tests.ui.map.conftest import HARMLESS, SLOW_MS
from ui.map.base_page import base_page
from ui.map.markers import MapMarker, MarkerState
from ui.map.view import MapView

QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)

pytestmark = pytest.mark.qt_log_ignore(*HARMLESS, extend=True)
STATES = list(MarkerState)
FIRST_GAP_MS = 600  # issue: the GUI thread may be held so long, once, when the map first opens
LATER_GAP_MS = 100  # handing over 40,000 at once: comparing and one portion; 50 on an idle machine


class Gap:
    """Watches the event loop."""

    def __init__(self) -> None:
        self.longest_ms = 0.0
        self._last = perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(5)

    def _tick(self) -> None:
        now = perf_counter()
        self.longest_ms = max(self.longest_ms, 1000 * (now - self._last))
        self._last = now

    def stop(self) -> float:
        """The longest gap in ms."""
        self._timer.stop()
        return self.longest_ms


def _markers(count: int) -> list[MapMarker]:
    return [
        MapMarker(
            n,
            47.5 + (n * 37 % 7000) / 1000,
            6.5 + (n * 61 % 8000) / 1000,
            STATES[n % 6],
            f"Praxis {n}",
            "Köln",
            n % 7 == 0,
        )
        for n in range(1, count + 1)
    ]


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[MapView]:
    """A map whose page is up."""
    view = MapView()
    view.resize(900, 700)
    with qtbot.waitSignal(view.ready, timeout=SLOW_MS):
        view.show()
    yield view
    view.close()
    Shiboken.delete(view)


def test_first_opening(qtbot: QtBot, benchmark: Any) -> None:
    """From the first look to a page that answers, folium's import included; then the same again, all imported."""
    base_page.cache_clear()
    gaps: list[float] = []
    views: list[MapView] = []

    def open_one() -> None:
        view = MapView()
        view.resize(900, 700)
        views.append(view)
        gap = Gap()
        with qtbot.waitSignal(view.ready, timeout=SLOW_MS):
            view.show()
        gaps.append(gap.stop())
        view.hide()

    benchmark.pedantic(open_one, rounds=3)
    benchmark.extra_info["gap_ms"] = [round(gap) for gap in gaps]
    print(f"\nlongest gap of the event loop: {', '.join(f'{gap:.0f} ms' for gap in gaps)}")
    for view in views:
        Shiboken.delete(view)
    assert gaps[0] <= FIRST_GAP_MS


@pytest.mark.parametrize("count", [5_000, 40_000])
def test_markers_shown(qtbot: QtBot, opened: MapView, benchmark: Any, count: int) -> None:
    """From the list to the last marker in its cluster."""
    markers = _markers(count)
    gaps: list[float] = []

    def show() -> None:
        gap = Gap()
        with qtbot.waitSignal(opened.drawn, timeout=SLOW_MS, check_params_cb=lambda n: n == count):
            opened.set_markers(markers)
        gaps.append(gap.stop())

    def empty() -> None:
        with qtbot.waitSignal(opened.drawn, timeout=SLOW_MS, check_params_cb=lambda n: n == 1):
            opened.set_markers(markers[:1])

    benchmark.pedantic(show, setup=empty, rounds=3)
    benchmark.extra_info["gap_ms"] = [round(gap) for gap in gaps]
    print(f"\nlongest gap of the event loop: {max(gaps):.0f} ms")
    assert max(gaps) <= LATER_GAP_MS


@pytest.mark.parametrize("count", [5_000, 40_000])
def test_hundred_changed(qtbot: QtBot, opened: MapView, benchmark: Any, count: int) -> None:
    """A refresh after work in the office: 100 practices stand differently."""
    markers = _markers(count)
    with qtbot.waitSignal(opened.drawn, timeout=SLOW_MS, check_params_cb=lambda n: n == count):
        opened.set_markers(markers)
    turn = iter(range(2, 100))  # step 1 would be the state they have

    def change() -> None:
        step = next(turn)
        for at in range(0, count, count // 100):
            markers[at] = replace(markers[at], state=STATES[(at + step) % 6])
        with qtbot.waitSignal(opened.drawn, timeout=SLOW_MS):
            opened.set_markers(markers)

    benchmark.pedantic(change, rounds=8)


def test_there_and_back(qtbot: QtBot, opened: MapView, benchmark: Any) -> None:
    """An empty call to the page and its answer in the window: the least any click or change takes."""
    engine = opened._engine  # noqa: SLF001 - what the widget itself adds is not the subject
    assert engine is not None

    def call() -> None:
        with qtbot.waitSignal(opened.drawn, timeout=SLOW_MS):
            engine.call("change", [], [], [])

    benchmark.pedantic(call, rounds=20)

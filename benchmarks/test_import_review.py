"""The import's window at 40,000 and 100,000 changes: showing, filtering, scrolling; and how long a trial holds the window."""

import os
import sys
from pathlib import Path
from time import perf_counter

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytest_benchmark.fixture import BenchmarkFixture
from pytestqt.qtbot import QtBot

from app.desktop import SWITCH_SECONDS
from benchmarks.test_import import directory
from domain.therapists.changes import Became, FieldChange, RecordChange
from tests.conftest import cluster, database, office  # noqa: F401 - fixtures
from tests.ui.conftest import ui, vault, visits  # noqa: F401 - fixtures
from ui import theme
from ui.imports.dialog import ImportDialog
from ui.imports.review import ReviewView
from ui.imports.selection import Selection
from ui.ports import UiContext

KINDS = (Became.NEW, Became.CHANGED, Became.MOVED, Became.UNCHANGED)


def changes(count: int) -> list[RecordChange]:
    """Records of all kinds with two fields each."""
    fields = (FieldChange("phone", "+4924111111", "+4924122222"), FieldChange("city", "Aachen", "Eschweiler"))
    return [RecordChange(n + 1, KINDS[n % 4], n, f"Person {n}", "52062 Aachen", fields) for n in range(count)]


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication, request: pytest.FixtureRequest) -> ReviewView:
    """The list as large as in a window of 1366x768."""
    theme.apply(qapp, dark=False)
    made = ReviewView(Selection(changes(request.param)))
    qtbot.addWidget(made)
    theme.dress(made)
    made.resize(1200, 560)
    made.show()
    qapp.processEvents()
    return made


@pytest.mark.parametrize("count", [40_000, 100_000])
def test_showing(qtbot: QtBot, qapp: QApplication, benchmark: BenchmarkFixture, count: int) -> None:
    """From the trial's report to the painted list."""
    told = changes(count)

    def show() -> None:
        made = ReviewView(Selection(told))
        qtbot.addWidget(made)
        made.show()
        qapp.processEvents()

    benchmark.pedantic(show, rounds=5)


@pytest.mark.parametrize("view", [40_000, 100_000], indirect=True)
def test_filtering(view: ReviewView, qapp: QApplication, benchmark: BenchmarkFixture) -> None:
    """One chip after the other, painted."""
    kinds = iter(("changed", "", "new", "") * 10)

    def other() -> None:
        view.filter(next(kinds))
        qapp.processEvents()

    benchmark.pedantic(other, rounds=20)


@pytest.mark.parametrize("view", [40_000, 100_000], indirect=True)
def test_scrolling(view: ReviewView, qapp: QApplication, benchmark: BenchmarkFixture) -> None:
    """A jump anywhere in the list, painted."""
    bar = view.list.verticalScrollBar()
    steps = iter(range(1, 1000))

    def jump() -> None:
        bar.setValue(next(steps) * 7919 % bar.maximum())
        qapp.processEvents()

    benchmark.pedantic(jump, rounds=200)


def test_trial_of_40000(ui: UiContext, qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    """A real trial of 40,000 new therapists: how long it takes, and the longest the window did not answer meanwhile."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)  # as the program does
    gaps, last = [], perf_counter()

    def tick() -> None:
        nonlocal last
        now = perf_counter()
        gaps.append(now - last)
        last = now

    page = QWidget()
    qtbot.addWidget(page)
    page.show()
    path = directory(tmp_path / "verzeichnis.json", 40_000)
    clock = QTimer(interval=5)
    clock.timeout.connect(tick)
    clock.start()
    begun = perf_counter()
    dialog = ImportDialog(page, ui, path)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.findChild(ReviewView) is not None, timeout=600_000)
    qtbot.wait(300)
    took = perf_counter() - begun
    sys.setswitchinterval(before)
    gaps.sort()
    with capsys.disabled():
        print(
            f"\ntrial of 40,000: {took:.1f} s; window held: median {gaps[len(gaps) // 2] * 1000:.0f} ms, "
            f"99 % {gaps[len(gaps) * 99 // 100] * 1000:.0f} ms, longest {gaps[-1] * 1000:.0f} ms"
        )
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()

"""What the page Karte costs with 40,000 therapists in a real database: first paint, all of them, changes, memory.

The view is warm when another one was open in this program before. First paint is the first portion of markers on the
map, told by the page after its frame; "all" is the last one.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken
from sqlalchemy import text

from app.draft_vault import DraftVault
from app.paths import Profile
from domain.database import Database
from tests.ui.map.conftest import HARMLESS, SLOW_MS
from ui.background import Background
from ui.changes import Changes
from ui.map.overview.page import MapPage
from ui.messages import Messages
from ui.ports import UiContext
from ui.window_state import WindowState

QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)

pytestmark = [
    pytest.mark.qt_log_ignore(*HARMLESS, extend=True),
    pytest.mark.parametrize("filled", [(40_000, 1_000)], indirect=True, ids=["40000x1000"]),
]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ALL = 40_000


@pytest.fixture
def ui(qtbot: QtBot, filled: Database, tmp_path: Path) -> Iterator[UiContext]:
    """What a page gets."""
    messages = Messages()
    qtbot.addWidget(messages)
    background, vault = Background(filled), DraftVault(Profile(tmp_path))
    yield UiContext(
        background=background,
        changes=Changes(),
        messages=messages,
        state=WindowState(tmp_path / "window.ini"),
        navigate=lambda *_: None,
        vault=vault,
        now=lambda: NOW,
        today=NOW.date,
    )
    background.wait()
    vault.close()


def _private_mb(process: int) -> float:
    """What would be free if the process ended (PSS: shared pages by their share)."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _open(qtbot: QtBot, ui: UiContext) -> tuple[MapPage, float, float]:
    """The page, seconds to the first paint and to the last marker."""
    page = MapPage(ui)
    page.resize(1160, 660)
    painted: list[tuple[int, float]] = []
    start = perf_counter()
    bridge_free = page._view.ready  # noqa: SLF001 - the moment markers begin to come is not told outside
    bridge_free.connect(
        lambda: page._view._engine.bridge.applied.connect(lambda n: painted.append((n, perf_counter())))  # type: ignore[union-attr]  # noqa: SLF001
    )
    with qtbot.waitSignal(page._view.drawn, timeout=SLOW_MS, check_params_cb=lambda n: n == ALL):  # noqa: SLF001
        page.show()
    end = perf_counter()
    first = next(at for number, at in painted if number)
    return page, first - start, end - start


def test_page_opened(qtbot: QtBot, ui: UiContext, benchmark: Any) -> None:
    """From the first look to the last of 40,000, database included; the first round is cold."""
    firsts: list[float] = []
    pages: list[MapPage] = []

    def once() -> None:
        page, first, _ = _open(qtbot, ui)
        firsts.append(first)
        pages.append(page)
        page.hide()

    benchmark.pedantic(once, rounds=3)
    print(f"\nfirst paint: {', '.join(f'{first:.2f} s' for first in firsts)} (the first one cold)")
    benchmark.extra_info["first_paint_s"] = [round(first, 3) for first in firsts]
    for page in pages:
        Shiboken.delete(page)


def test_change_seen(qtbot: QtBot, ui: UiContext, filled: Database, benchmark: Any) -> None:
    """100 practices change elsewhere: from the news of it to their markers (80 ms of it wait for more news)."""
    page, _, _ = _open(qtbot, ui)
    turn = iter(["full", "unknown"] * 20)

    def change() -> None:
        with filled.write() as session:
            session.execute(
                text("UPDATE therapist_service.therapist SET capacity = :state WHERE id % 400 = 0"),
                {"state": next(turn)},
            )

    def news() -> None:
        with qtbot.waitSignal(page._view.drawn, timeout=SLOW_MS):  # noqa: SLF001
            for number in range(400, ALL + 1, 400):
                ui.changes.changed.emit("therapist", number)

    benchmark.pedantic(news, setup=change, rounds=8)
    Shiboken.delete(page)


def test_filter_chosen(qtbot: QtBot, ui: UiContext, benchmark: Any) -> None:
    """A method chosen and left again: counts, list and map."""
    page, _, _ = _open(qtbot, ui)
    turn = iter(["cbt", ""] * 20)

    def choose() -> None:
        with qtbot.waitSignal(page._view.drawn, timeout=SLOW_MS):  # noqa: SLF001
            page._filters.choose("method", next(turn))  # noqa: SLF001

    benchmark.pedantic(choose, rounds=6)
    Shiboken.delete(page)


def test_memory(qtbot: QtBot, ui: UiContext) -> None:
    """What 40,000 markers take: in this program (WebEngine included; run alone with `-k memory`) and in the page."""
    before = _private_mb(os.getpid())
    page, _, _ = _open(qtbot, ui)
    mine, pages = _private_mb(os.getpid()) - before, _private_mb(page._view.render_process())  # noqa: SLF001
    print(f"\nmemory: this program +{mine:.0f} MB, the page's process {pages:.0f} MB")
    Shiboken.delete(page)

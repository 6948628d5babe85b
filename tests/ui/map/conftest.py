"""A map on the real WebEngine, offscreen. Whatever the page complains about fails the test."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from ui.map.view import MapView

SLOW_MS = 90_000  # a first start on a busy machine

# What Chromium says on a machine without graphics, as root and without a system bus; none of it is ours.
HARMLESS = (
    "Sandboxing disabled by user",
    "does not support propagateSizeHints",
    "QRhiGles2: Failed to create",
    "Failed to create RHI",
    "[Vv]ulkan",
    "GBM is not supported",
    "Unable to detect GPU vendor",
    "GPUInfo not initialized",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let Chromium's words about the machine pass in this folder's tests."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(*HARMLESS, extend=True))


def watching_guard() -> type[Any]:
    """The map's guard that also notes what it was asked for and what it blocked."""
    from PySide6.QtCore import QObject
    from PySide6.QtWebEngineCore import QWebEngineUrlRequestInfo

    from ui.map.engine import Guard

    class WatchingGuard(Guard):
        def __init__(self, parent: QObject) -> None:
            super().__init__(parent)
            self.asked: list[str] = []
            self.blocked: list[str] = []

        def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:  # noqa: N802 - Qt names it so
            self.asked.append(info.requestUrl().toString())
            super().interceptRequest(info)

        def refuse(self, info: QWebEngineUrlRequestInfo) -> None:
            self.blocked.append(info.requestUrl().toString())
            super().refuse(info)

    return WatchingGuard


@pytest.fixture
def guard(opened: MapView) -> Any:
    """The guard of the opened map, which notes what it sees."""
    assert opened._engine is not None
    return opened._engine.guard


@pytest.fixture
def view(qapp: QApplication, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Iterator[MapView]:
    """A map nobody has looked at yet; deleted at once, since a page must not outlive the test's last event loop."""
    del qapp  # it has to be there, nothing more
    monkeypatch.setattr("ui.map.engine.Guard", watching_guard())
    made = MapView()
    made.resize(700, 500)
    yield made
    made.close()
    Shiboken.delete(made)
    complaints = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert not complaints


@pytest.fixture
def ask(qtbot: QtBot) -> Callable[[MapView, str], Any]:
    """Evaluate an expression in the page and bring its value back."""

    def run(view: MapView, script: str) -> Any:
        assert view._engine is not None
        answers: list[str] = []
        # as JSON: Qt brings no arrays back
        view._engine._page.runJavaScript(f"JSON.stringify({script}) || 'null'", 0, answers.append)
        qtbot.waitUntil(lambda: bool(answers), timeout=SLOW_MS)
        return json.loads(answers[0])

    return run


@pytest.fixture
def opened(view: MapView, qtbot: QtBot, ask: Callable[[MapView, str], Any]) -> MapView:
    """A map whose page is up and has the size of its widget."""
    with qtbot.waitSignal(view.ready, timeout=SLOW_MS):
        view.show()
    size = [view.width(), view.height()]
    qtbot.waitUntil(lambda: ask(view, "[innerWidth, innerHeight]") == size, timeout=SLOW_MS)
    return view

"""The window of the directory's search on the real WebEngine, offscreen, before a directory on the loopback."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from domain.search_page import search_page
from tests.servers.directory import DirectoryServer
from tests.ui.map.conftest import HARMLESS, SLOW_MS
from ui.directory.window import DirectoryWindow
from ui.ports import UiContext

Run = Callable[[str], Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let Chromium's words about the machine pass in this folder's tests."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(*HARMLESS, extend=True))


@pytest.fixture
def directory() -> Iterator[DirectoryServer]:
    """A directory nobody has asked yet."""
    with DirectoryServer() as server:
        yield server


@pytest.fixture
def window(ui: UiContext, qtbot: QtBot, directory: DirectoryServer) -> Iterator[DirectoryWindow]:
    """The window with the directory's page loaded; deleted at once, before the test's last event loop."""
    page = search_page(directory.address)
    assert page is not None
    owner = QWidget()
    made = DirectoryWindow(owner, ui, page)
    made.show()
    qtbot.waitUntil(lambda: made.view.engine is not None, timeout=SLOW_MS)
    qtbot.waitUntil(
        lambda: evaluate(qtbot, made, "document.body && document.body.dataset.native") == "ready", timeout=SLOW_MS
    )
    yield made
    ui.background.wait()
    if Shiboken.isValid(made):
        made.kept.clear()
        made.close()
        Shiboken.delete(made)
    Shiboken.delete(owner)


def evaluate(qtbot: QtBot, window: DirectoryWindow, script: str) -> Any:
    """Evaluate an expression in the page's own world."""
    assert window.view.engine is not None
    answers: list[Any] = []
    window.view.engine._page.runJavaScript(script, 0, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=SLOW_MS)
    return answers[0]


@pytest.fixture
def run(qtbot: QtBot, window: DirectoryWindow) -> Run:
    """What the page's own script does when a person presses something; the value is not waited for."""
    return lambda script: evaluate(qtbot, window, f"({script}, 1)")

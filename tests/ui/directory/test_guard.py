"""A page of somebody else, in the real view, reaches no service of this machine and none of the office's network."""

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from domain.search_page import SearchPage, origin_of
from tests.servers.counted import CountedService
from tests.servers.directory import DirectoryServer
from tests.ui.map.conftest import SLOW_MS
from ui.map.sandbox import allow_missing_sandbox

if TYPE_CHECKING:
    from ui.directory.engine import DirectoryEngine

# the page itself is served from "localhost", which stands for the world
HOSTS = (
    "127.0.0.1", "127.0.0.1.", "127.0.0.2", "127.1", "2130706433", "0x7f000001", "localhost.", "a.localhost",
    "0.0.0.0",  # noqa: S104 - asked, not listened at
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
)  # fmt: skip
WAYS = """
for (const way of ["fetch", "image", "script", "iframe", "worker", "socket", "beacon"]) {
  const at = `http://${host}:${port}/${way}`;
  try {
    if (way === "fetch") fetch(at, { mode: "no-cors" }).catch(() => 0);
    if (way === "image") new Image().src = at;
    if (way === "script" || way === "iframe") {
      const made = document.createElement(way); made.src = at; document.body.append(made);
    }
    if (way === "worker") new Worker(URL.createObjectURL(new Blob([
      `fetch("${at}", { mode: "no-cors" }).catch(() => 0); new WebSocket("${at.replace("http", "ws")}")`])));
    if (way === "socket") new WebSocket(at.replace("http", "ws"));
    if (way === "beacon") navigator.sendBeacon(at, "x");
  } catch (refused) { console.log(refused); }
}"""


@pytest.fixture
def world(qapp: QApplication, qtbot: QtBot) -> Iterator["DirectoryEngine"]:
    """The directory's page from somewhere in the world."""
    allow_missing_sandbox()
    from ui.directory.engine import DirectoryEngine

    with DirectoryServer() as server:
        address = server.address.replace("127.0.0.1", "localhost")
        engine = DirectoryEngine(SearchPage(address, origin_of(address), on_this_machine=False), "Seite", qapp)
        engine.view.show()
        engine.load()
        gc.collect()
        qtbot.waitUntil(lambda: said(qtbot, engine, "document.body && document.body.dataset.native") == "ready",
                        timeout=SLOW_MS)  # fmt: skip
        yield engine
        engine.view.close()
        Shiboken.delete(engine.view)
        Shiboken.delete(engine)


def said(qtbot: QtBot, engine: "DirectoryEngine", script: str) -> Any:
    """Evaluate an expression in the page's own world."""
    answers: list[Any] = []
    engine._page.runJavaScript(script, 0, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=SLOW_MS)
    return answers[0]


@pytest.fixture
def service() -> Iterator[CountedService]:
    """Something on this machine that is nobody else's business."""
    with CountedService() as made:
        yield made


@pytest.mark.parametrize("host", HOSTS)
def test_a_page_of_the_world_reaches_nothing_here(
    world: "DirectoryEngine", service: CountedService, qtbot: QtBot, host: str
) -> None:
    """By no spelling of this machine, by no way a page has."""
    said(qtbot, world, f"(() => {{ const host = '{host}', port = {service.port}; {WAYS} return 1 }})()")
    qtbot.wait(600)
    assert service.visits == []


def test_nor_by_leaving_its_site(world: "DirectoryEngine", service: CountedService, qtbot: QtBot) -> None:
    """A link to this machine ends at the door and is told."""
    with qtbot.waitSignal(world.refused, timeout=SLOW_MS) as told:
        said(qtbot, world, f"(location.href = 'http://127.0.0.1:{service.port}/left', 1)")
    assert told.args == ["127.0.0.1"]
    qtbot.wait(300)
    assert service.visits == []


def test_its_own_site_answers(world: "DirectoryEngine", qtbot: QtBot) -> None:
    """The guard leaves the page what it lives on."""
    said(qtbot, world, "(fetch('/api/data', {method: 'POST'}).then(a => { window.status = a.status }), 1)")
    qtbot.waitUntil(lambda: said(qtbot, world, "String(window.status)") == "200", timeout=SLOW_MS)


def test_the_map_opens_after_the_directory() -> None:
    """In a window of its own: Qt takes the map's scheme only before the first page of all."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.directory.order_program"],
        cwd=Path(__file__).parents[3], env=os.environ | {"QT_QPA_PLATFORM": "offscreen"}, capture_output=True,
        text=True, check=False, timeout=120,
    )  # fmt: skip
    assert "ready" in done.stdout
    assert "Too late" not in done.stderr

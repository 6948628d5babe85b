"""Nothing leaves the map: checked against a server that counts who comes."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from PySide6.QtCore import QUrl
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from tests.ui.map.conftest import SLOW_MS
from ui.map.markers import MapMarker, MarkerState
from ui.map.view import MapView

Ask = Callable[[MapView, str], Any]


class Outside:
    """A web server on the loopback that stands for the world."""

    def __init__(self) -> None:
        self.visits: list[str] = []
        outside = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outside.visits.append(self.path)
                self.send_response(200)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
                del format, args

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def bare(opened: MapView) -> Iterator[Any]:
    """A page on the map's profile with nothing of ours in it; gone before the profile."""
    from PySide6.QtWebEngineCore import QWebEnginePage

    assert opened._engine is not None
    page = QWebEnginePage(opened._engine._page.profile())
    yield page
    Shiboken.delete(page)


@pytest.fixture
def outside() -> Iterator[Outside]:
    """The world, empty of visitors."""
    server = Outside()
    yield server
    server.close()


def test_the_whole_map_asks_for_its_own_files_only(opened: MapView, guard: Any, qtbot: QtBot) -> None:
    """Opening, drawing and centring touch our scheme and nothing else."""
    with qtbot.waitSignal(opened.drawn, timeout=SLOW_MS):
        opened.set_center(50.9, 6.9, 25, "Patient")
        opened.set_markers([MapMarker(1, 50.9, 6.9, MarkerState.FULL, "Praxis", "Köln", True)])
    assert guard.blocked == []
    assert guard.asked
    assert all(url.startswith(("platzlotse://map/", "data:")) for url in guard.asked)


def test_a_page_gone_astray_reaches_nobody(
    opened: MapView, qtbot: QtBot, ask: Ask, outside: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    """Scripts, pictures, fetches, frames and navigation all end at the door, and the map stays."""
    ask(
        opened,
        f"""(() => {{
        const away = '{outside.address}';
        fetch(away + '/fetch').catch(() => 0);
        new Image().src = away + '/image';
        for (const tag of ['script', 'iframe']) {{
          const made = document.createElement(tag); made.src = away + '/' + tag; document.body.append(made);
        }}
        window.open(away + '/window');
        location.href = away + '/navigation';
        }})()""",
    )
    qtbot.wait(700)
    assert outside.visits == []
    assert ask(opened, "typeof platzlotse.change") == "function"
    caplog.clear()  # the page's complaints about the policy are what we wanted


def test_the_guard_blocks_even_without_a_policy(
    guard: Any, bare: Any, qtbot: QtBot, outside: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    """The interceptor alone is enough: a bare page on the same profile gets nowhere."""
    with qtbot.waitSignal(bare.loadFinished, timeout=SLOW_MS) as caught:
        bare.load(QUrl(outside.address + "/bare"))
    assert caught.args == [False]
    assert outside.visits == []
    assert guard.blocked == [outside.address + "/bare"]
    assert "asked for an address outside" in caplog.text
    caplog.clear()


@pytest.mark.parametrize(
    "path", ["../ui/theme.py", "LICENSE.leaflet", "nothing.js", "%2e%2e/base.py", "laender.geojson"]
)
def test_only_the_map_s_files_are_served(bare: Any, qtbot: QtBot, path: str) -> None:
    """What is not a script or a style of ours does not exist."""
    with qtbot.waitSignal(bare.loadFinished, timeout=SLOW_MS) as caught:
        bare.load(QUrl(f"platzlotse://map/{path}"))
    assert caught.args == [False]


def test_a_dropped_file_does_not_replace_the_map(opened: MapView, ask: Ask) -> None:
    """Navigation by drop or link is refused."""
    assert opened._engine is not None
    page = opened._engine._page
    page.load(QUrl("file:///etc/hostname"))
    assert page.url() == QUrl("platzlotse://map/index.html")
    assert ask(opened, "typeof platzlotse.change") == "function"

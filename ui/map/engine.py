"""WebEngine behind the map: our files, its pictures, nothing else, and a channel. Imported when a map is first shown.

Knows nothing of patients or practices; what the page is told comes from view.py as calls.
"""

import json
import logging
from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QFile, QIODevice, QMarginsF, QObject, QSizeF, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QPageLayout, QPageSize
from PySide6.QtWebChannel import QWebChannel
from PySide6.QtWebEngineCore import (
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlRequestJob,
    QWebEngineUrlSchemeHandler,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from shiboken6 import Shiboken

from ui.map.assets import asset
from ui.map.base_page import SCHEME
from ui.map.bridge import Bridge
from ui.map.scheme import register_scheme
from ui.map.tiles import Tiles

log = logging.getLogger(__name__)

TYPES = {"html": b"text/html;charset=utf-8", "js": b"text/javascript;charset=utf-8", "css": b"text/css;charset=utf-8"}
HOME = QUrl(f"{SCHEME}://map/index.html")
TILES_HOST = "tiles"
POINTS_PER_PIXEL = 0.75  # CSS: 96 px are an inch, which has 72 points


class _Files(QWebEngineUrlSchemeHandler):
    """Serves the page, the map's own files, and the pictures behind it."""

    def __init__(self, parent: QObject, tiles: Tiles) -> None:
        super().__init__(parent)
        self.page = b""
        self._tiles = tiles

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        """Answer one request from resources."""
        url = job.requestUrl()
        name = url.path().removeprefix("/")
        if job.requestMethod() == b"GET" and url.host() == TILES_HOST:
            self._tiles.ask(name, lambda content, kind: _reply(job, content, kind))
            return
        mine = job.requestMethod() == b"GET" and url.host() == HOME.host()
        content = self._content(name) if mine else None
        _reply(job, content, TYPES.get(name.rpartition(".")[2], b""))

    def _content(self, name: str) -> bytes | None:
        if name == "index.html":
            return self.page
        return _channel_script() if name == "qwebchannel.js" else asset(name)


def _reply(job: QWebEngineUrlRequestJob, content: bytes | None, kind: bytes) -> None:
    if not Shiboken.isValid(job):
        return  # nobody waits any more: the map has moved on
    if content is None:
        job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
        return
    buffer = QBuffer(job)
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    job.reply(QByteArray(kind), buffer)


def _channel_script() -> bytes:
    """Qt's side of the channel, which comes with the module as a Qt resource."""
    file = QFile(":/qtwebchannel/qwebchannel.js")
    file.open(QIODevice.OpenModeFlag.ReadOnly)
    return bytes(file.readAll().data())


class Guard(QWebEngineUrlRequestInterceptor):
    """Blocks whatever is not ours: the map works without a network and asks nobody."""

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        """Let our scheme and inline data pass, nothing else."""
        if info.requestUrl().scheme() not in {SCHEME, "data"}:
            self.refuse(info)

    def refuse(self, info: QWebEngineUrlRequestInfo) -> None:
        """Block one, and say so in the log without its path."""
        info.block(True)
        url = info.requestUrl()
        log.warning("the map asked for an address outside: %s", url.host() or url.scheme())


class _Page(QWebEnginePage):
    """A page that stays where it is."""

    def acceptNavigationRequest(self, url: QUrl | str, kind: QWebEnginePage.NavigationType, is_main: bool) -> bool:
        """Only our own page; a file dropped on the map must not replace it."""
        del kind, is_main
        return url == HOME

    def javaScriptConsoleMessage(
        self, level: QWebEnginePage.JavaScriptConsoleMessageLevel, message: str, line: int, source: str
    ) -> None:
        """Where the page complains goes to the log; its words may quote what it was told, such as an address."""
        del message
        grave = level != QWebEnginePage.JavaScriptConsoleMessageLevel.InfoMessageLevel
        log.log(logging.WARNING if grave else logging.DEBUG, "%s:%s", source.rpartition("/")[2], line)


class MapEngine(QObject):
    """One web view on a profile of its own that keeps nothing."""

    ready = Signal()
    died = Signal()

    def __init__(self, name: str, parent: QObject, tiles: Tiles) -> None:
        super().__init__(parent)
        register_scheme()
        profile = QWebEngineProfile()  # without a name: nothing is stored
        self.guard = Guard(profile)
        self._files = _Files(profile, tiles)
        profile.installUrlSchemeHandler(SCHEME.encode(), self._files)
        profile.setUrlRequestInterceptor(self.guard)
        self._page = _Page(profile, self)
        # Children go in the order they came: the page must be gone before its profile, so the profile comes last.
        profile.setParent(self)
        self._restrict()
        self.bridge = Bridge(self)
        channel = QWebChannel(self)
        channel.registerObject("bridge", self.bridge)
        self._page.setWebChannel(channel)
        self.view = QWebEngineView()
        self.view.setPage(self._page)
        self.view.setAccessibleName(name)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # Chromium's "Back" and "Reload"
        self.bridge.started.connect(self.ready)
        self._page.renderProcessTerminated.connect(self._on_end)
        self._page.loadFinished.connect(self._on_loaded)

    def load(self, page: bytes) -> None:
        """Open the page with this HTML, also again."""
        self._files.page = page
        self._page.load(HOME)

    def call(self, name: str, *arguments: object) -> None:
        """Call one of the page's functions."""
        words = ", ".join(json.dumps(argument, allow_nan=False) for argument in arguments)
        self._page.runJavaScript(f"platzlotse.{name}({words})")

    def sheet(self, done: Callable[[bytes], None]) -> None:
        """What is seen as a PDF of one page, in lines and letters and not in dots; empty if it failed."""
        size = QSizeF(self.view.width() * POINTS_PER_PIXEL, self.view.height() * POINTS_PER_PIXEL)
        layout = QPageLayout(
            QPageSize(size, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch),
            QPageLayout.Orientation.Portrait,
            QMarginsF(0, 0, 0, 0),
        )
        self._page.printToPdf(lambda made: done(bytes(made.data())), layout)

    def set_ground(self, colour: str) -> None:
        """The colour before the page has painted."""
        self._page.setBackgroundColor(QColor(colour))

    def render_process(self) -> int:
        """Process id of the page, 0 while there is none."""
        return int(self._page.renderProcessPid())

    def _restrict(self) -> None:
        off = QWebEngineSettings.WebAttribute
        for attribute in (
            off.LocalStorageEnabled,
            off.PluginsEnabled,
            off.PdfViewerEnabled,
            off.JavascriptCanOpenWindows,
            off.JavascriptCanAccessClipboard,
            off.LocalContentCanAccessFileUrls,
            off.LocalContentCanAccessRemoteUrls,
            off.ErrorPageEnabled,
        ):
            self._page.settings().setAttribute(attribute, False)

    def _on_end(self, status: QWebEnginePage.RenderProcessTerminationStatus, code: int) -> None:
        log.error("the map's process ended: %s, %s", status.name, code)
        self.died.emit()

    def _on_loaded(self, fine: bool) -> None:
        # a page whose process has just died reports a failed load as well
        if not fine and Shiboken.isValid(self):
            self.died.emit()

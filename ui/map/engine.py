"""WebEngine behind the map: our files, nothing else, and a channel for clicks. Imported when a map is first shown.

Knows nothing of patients or practices; what the page is told comes from view.py as calls.
"""

import json
import logging

from PySide6.QtCore import QBuffer, QByteArray, QFile, QIODevice, QObject, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWebChannel import QWebChannel
from PySide6.QtWebEngineCore import (
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlRequestJob,
    QWebEngineUrlScheme,
    QWebEngineUrlSchemeHandler,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from shiboken6 import Shiboken

from ui.map.assets import asset
from ui.map.base_page import SCHEME

log = logging.getLogger(__name__)

TYPES = {"html": b"text/html;charset=utf-8", "js": b"text/javascript;charset=utf-8", "css": b"text/css;charset=utf-8"}
HOME = QUrl(f"{SCHEME}://map/index.html")


def register_scheme() -> None:
    """Make our scheme known; must happen before the first profile, and once per program."""
    if QWebEngineUrlScheme.schemeByName(SCHEME.encode()) != QWebEngineUrlScheme():
        return
    scheme = QWebEngineUrlScheme(SCHEME.encode())
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    # not LocalScheme: that would let the page read file: addresses
    scheme.setFlags(QWebEngineUrlScheme.Flag.SecureScheme)
    QWebEngineUrlScheme.registerScheme(scheme)


class _Files(QWebEngineUrlSchemeHandler):
    """Serves the page and the map's own files."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.page = b""

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        """Answer one request from resources."""
        url = job.requestUrl()
        name = url.path().removeprefix("/")
        content = self._content(name) if url.host() == HOME.host() else None
        if content is None or job.requestMethod() != b"GET":
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
            return
        buffer = QBuffer(job)
        buffer.setData(QByteArray(content))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        job.reply(QByteArray(TYPES[name.rpartition(".")[2]]), buffer)

    def _content(self, name: str) -> bytes | None:
        if name == "index.html":
            return self.page
        return _channel_script() if name == "qwebchannel.js" else asset(name)


def _channel_script() -> bytes:
    """Qt's side of the channel, which comes with the module as a Qt resource."""
    file = QFile(":/qtwebchannel/qwebchannel.js")
    file.open(QIODevice.OpenModeFlag.ReadOnly)
    return bytes(file.readAll().data())


class Guard(QWebEngineUrlRequestInterceptor):
    """Blocks whatever is not ours: the map works without a network and asks nobody."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.allowed: list[str] = []
        self.blocked: list[str] = []

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        """Let our scheme and inline data pass, nothing else."""
        url = info.requestUrl()
        if url.scheme() in {SCHEME, "data"}:
            self.allowed.append(url.toString())
            return
        info.block(True)
        self.blocked.append(url.toString())
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
        """The page's complaints go to the log, not to the terminal."""
        grave = level != QWebEnginePage.JavaScriptConsoleMessageLevel.InfoMessageLevel
        log.log(logging.WARNING if grave else logging.DEBUG, "%s:%s: %s", source.rpartition("/")[2], line, message)


class Bridge(QObject):
    """What the page may call; the page sees these slots and nothing else of the program."""

    picked = Signal(int)
    started = Signal()
    applied = Signal(int)

    @Slot(int)
    def pick(self, marker: int) -> None:
        """A marker was chosen."""
        self.picked.emit(marker)

    @Slot()
    def start(self) -> None:
        """The page is up."""
        self.started.emit()

    @Slot(int)
    def apply(self, count: int) -> None:
        """A portion of markers is in place; so many stand on the map now."""
        self.applied.emit(count)


class MapEngine(QObject):
    """One web view on a profile of its own that keeps nothing."""

    picked = Signal(int)
    ready = Signal()
    applied = Signal(int)
    died = Signal()

    def __init__(self, name: str, parent: QObject) -> None:
        super().__init__(parent)
        register_scheme()
        profile = QWebEngineProfile()  # without a name: nothing is stored
        self.guard = Guard(profile)
        self._files = _Files(profile)
        profile.installUrlSchemeHandler(SCHEME.encode(), self._files)
        profile.setUrlRequestInterceptor(self.guard)
        self._page = _Page(profile, self)
        # Children go in the order they came: the page must be gone before its profile, so the profile comes last.
        profile.setParent(self)
        self._restrict()
        self._bridge = Bridge(self)
        channel = QWebChannel(self)
        channel.registerObject("bridge", self._bridge)
        self._page.setWebChannel(channel)
        self.view = QWebEngineView()
        self.view.setPage(self._page)
        self.view.setAccessibleName(name)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # Chromium's "Back" and "Reload"
        self._bridge.picked.connect(self.picked)
        self._bridge.started.connect(self.ready)
        self._bridge.applied.connect(self.applied)
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

"""WebEngine behind the map: our scheme, nothing else, and a channel for clicks. Imported when a map is first shown."""

from PySide6.QtCore import QBuffer, QByteArray, QFile, QIODevice, QObject, QUrl, Signal, Slot
from PySide6.QtWebChannel import QWebChannel
from PySide6.QtWebEngineCore import (
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlRequestJob,
    QWebEngineUrlScheme,
    QWebEngineUrlSchemeHandler,
)
from PySide6.QtWebEngineWidgets import QWebEngineView

from ui.map.base_page import SCHEME, asset

TYPES = {"html": b"text/html", "js": b"text/javascript", "css": b"text/css", "png": b"image/png"}
HOME = QUrl(f"{SCHEME}://map/index.html")


def register_scheme() -> None:
    """Make our scheme known; must happen before the first profile, and once."""
    if not QWebEngineUrlScheme.schemeByName(SCHEME.encode()).name().isEmpty():
        return
    scheme = QWebEngineUrlScheme(SCHEME.encode())
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    scheme.setFlags(QWebEngineUrlScheme.Flag.SecureScheme | QWebEngineUrlScheme.Flag.LocalScheme)
    QWebEngineUrlScheme.registerScheme(scheme)


class _Files(QWebEngineUrlSchemeHandler):
    """Serves the map's own files."""

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        """Answer one request from resources."""
        name = job.requestUrl().path().lstrip("/")
        content = _channel_script() if name == "qwebchannel.js" else asset(name)
        if content is None:
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
            return
        buffer = QBuffer(job)
        buffer.setData(QByteArray(content))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        job.reply(TYPES.get(name.rpartition(".")[2] or "html", b"application/octet-stream"), buffer)


def _channel_script() -> bytes:
    file = QFile(":/qtwebchannel/qwebchannel.js")
    file.open(QIODevice.OpenModeFlag.ReadOnly)
    return bytes(file.readAll().data())


class _OnlyOurs(QWebEngineUrlRequestInterceptor):
    """Blocks whatever is not ours: the map works without a network and asks nobody."""

    blocked = Signal(str)

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        """Let our scheme and inline data pass, nothing else."""
        if info.requestUrl().scheme() not in {SCHEME, "data"}:
            info.block(True)
            self.blocked.emit(info.requestUrl().toString())


class Bridge(QObject):
    """What the page may call."""

    picked = Signal(int)
    ready = Signal()

    @Slot(int)
    def pick(self, marker: int) -> None:
        """A marker was clicked."""
        self.picked.emit(marker)

    @Slot()
    def started(self) -> None:
        """The page is up."""
        self.ready.emit()


class MapEngine(QObject):
    """One web view on a profile of its own that keeps nothing."""

    picked = Signal(int)
    ready = Signal()
    died = Signal()
    blocked = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        register_scheme()
        self._profile = QWebEngineProfile()  # without a name: nothing is stored
        self._files = _Files(self._profile)
        self._profile.installUrlSchemeHandler(SCHEME.encode(), self._files)
        self._guard = _OnlyOurs(self._profile)
        self._guard.blocked.connect(self.blocked)
        self._profile.setUrlRequestInterceptor(self._guard)
        self.view = QWebEngineView()
        self._page = QWebEnginePage(self._profile, self.view)
        # adopted after the page, so that Qt deletes the page first
        self._profile.setParent(self.view)
        self._bridge = Bridge(self)
        self._channel = QWebChannel(self)
        self._channel.registerObject("bridge", self._bridge)
        self._page.setWebChannel(self._channel)
        self.view.setPage(self._page)
        self._bridge.picked.connect(self.picked)
        self._bridge.ready.connect(self.ready)
        self._page.renderProcessTerminated.connect(lambda *_: self.died.emit())

    def load(self) -> None:
        """Open the page."""
        self._page.load(HOME)

    def run(self, script: str) -> None:
        """Call one of the page's functions."""
        self._page.runJavaScript(script)

    def render_process(self) -> int:
        """Process id of the page, 0 while there is none."""
        return int(self._page.renderProcessPid())

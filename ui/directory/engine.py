"""WebEngine behind the directory's page: a profile that keeps nothing, one site, and an ear for its answers.

Imported when the page is first opened. Knows nothing of practices or the database; what the page received comes out as
`answered`. The page gets no downloads, permissions, windows or files, and nothing leads to another site.
"""

import logging
from collections.abc import Sequence
from importlib.resources import files

from PySide6.QtCore import QFile, QIODevice, QObject, Qt, QUrl, Signal, Slot
from PySide6.QtWebChannel import QWebChannel
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineDownloadRequest,
    QWebEngineFileSystemAccessRequest,
    QWebEngineFullScreenRequest,
    QWebEngineLoadingInfo,
    QWebEngineNewWindowRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineRegisterProtocolHandlerRequest,
    QWebEngineScript,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from shiboken6 import Shiboken

from domain.hosts import is_at_home
from domain.search_page import SearchPage, origin_of
from ui.map.scheme import register_scheme

log = logging.getLogger(__name__)

SCHEMES = frozenset({"http", "https", "ws", "wss", "data", "blob"})
FRAMES = frozenset(
    {
        QWebEngineUrlRequestInfo.ResourceType.ResourceTypeMainFrame,
        QWebEngineUrlRequestInfo.ResourceType.ResourceTypeNavigationPreloadMainFrame,
    }
)
ABORTED, BLOCKED = -3, -20  # Chromium's words for a load that was given up, and for one this program refused


class Answers(QObject):
    """What the world beside the page may call: one slot. The text is somebody else's, and is only passed on."""

    heard = Signal(int, bytes)

    @Slot(str)
    def take(self, text: str) -> None:
        """An answer as "status text"; status 0 where it was too long to be passed on."""
        status, _, body = text.partition(" ")
        if status.isascii() and status.isdigit() and len(status) <= 3:
            self.heard.emit(int(status), body.encode("utf-8", "replace"))


class Guard(QWebEngineUrlRequestInterceptor):
    """Keeps the page where it is, and away from this machine and the office's network unless it is served from here."""

    refused = Signal(str)

    def __init__(self, page: SearchPage, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        self._host = QUrl(page.origin).host()

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        """Block what is no web address, other sites in the window, and services of this machine and its network."""
        url = info.requestUrl()
        leaves = info.resourceType() in FRAMES and origin_of(url.toString()) != self._page.origin
        inward = not self._page.on_this_machine and url.host() != self._host and is_at_home(url.host())
        if leaves or inward or url.scheme() not in SCHEMES:
            info.block(True)
            log.warning("the directory's page was kept from an address")
            if leaves:
                self.refused.emit(url.host())


class _Page(QWebEnginePage):
    """A page that stays on its site and asks for nothing by dialogs of its own."""

    left = Signal(str)

    def __init__(self, profile: QWebEngineProfile, page: SearchPage, parent: QObject) -> None:
        super().__init__(profile, parent)
        self._origin = page.origin

    def acceptNavigationRequest(self, url: QUrl | str, kind: QWebEnginePage.NavigationType, is_main: bool) -> bool:
        """Its own site; frames inside it are the page's own affair."""
        del kind
        url = QUrl(url)
        if not is_main:
            return url.scheme() in {*SCHEMES, "about"}
        if origin_of(url.toString()) == self._origin:
            return True
        self.left.emit(url.host() or url.toString(QUrl.ComponentFormattingOption.FullyDecoded)[:80])
        return False

    def chooseFiles(
        self, mode: QWebEnginePage.FileSelectionMode, old: Sequence[str], types: Sequence[str]
    ) -> list[str]:
        """No file of this machine."""
        del mode, old, types
        return []

    def javaScriptAlert(self, origin: QUrl | str, message: str) -> None:
        """No dialog of the page stops the program."""

    def javaScriptConfirm(self, origin: QUrl | str, message: str) -> bool:
        """Nobody was asked, so nobody agrees."""
        del origin, message
        return False

    def javaScriptConsoleMessage(
        self, level: QWebEnginePage.JavaScriptConsoleMessageLevel, message: str, line: int, source: str
    ) -> None:
        """What a page of somebody else says to its makers is not written down: it may name who was searched for."""


class DirectoryEngine(QObject):
    """One web view on a profile of its own that keeps nothing on disk.

    `answered` carries status and body of what the page received; `refused` names what it was kept from ("" a download,
    a permission or a print); `broken` comes when the page cannot be loaded, `died` when its process ended.
    """

    answered = Signal(int, bytes)
    refused = Signal(str)
    moved = Signal()
    broken = Signal()
    died = Signal()

    def __init__(self, page: SearchPage, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self._search_page = page
        register_scheme()
        profile = QWebEngineProfile()  # without a name: nothing is stored
        profile.setHttpAcceptLanguage("de-DE,de")
        profile.setPersistentPermissionsPolicy(QWebEngineProfile.PersistentPermissionsPolicy.AskEveryTime)
        profile.downloadRequested.connect(self._on_download)
        # kept here: Qt does not keep it, and a profile whose guard is gone lets everything pass
        self._guard = Guard(page, profile)
        self._guard.refused.connect(self.refused)
        profile.setUrlRequestInterceptor(self._guard)
        self._page = _Page(profile, page, self)
        # children go in the order they came: the page must be gone before its profile
        profile.setParent(self)
        self.profile = profile
        self._restrict()
        self._listen()
        self.view = QWebEngineView()
        self.view.setPage(self._page)
        self.view.setAccessibleName(name)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._connect()

    def load(self) -> None:
        """Open the directory's page, also again."""
        self._page.load(QUrl(self._search_page.address))

    def back(self) -> None:
        """One page back."""
        self._page.triggerAction(QWebEnginePage.WebAction.Back)

    @property
    def may_go_back(self) -> bool:
        """Whether there is a page before this one."""
        return self._page.history().canGoBack()

    def render_process(self) -> int:
        """Process id of the page, 0 while there is none."""
        return int(self._page.renderProcessPid())

    def _restrict(self) -> None:
        off = QWebEngineSettings.WebAttribute
        for attribute in (
            off.PluginsEnabled,
            off.PdfViewerEnabled,
            off.JavascriptCanOpenWindows,
            off.JavascriptCanAccessClipboard,
            off.LocalContentCanAccessFileUrls,
            off.LocalContentCanAccessRemoteUrls,
            off.ScreenCaptureEnabled,
            off.HyperlinkAuditingEnabled,
            off.DnsPrefetchEnabled,
            off.NavigateOnDropEnabled,
            off.ErrorPageEnabled,
        ):
            self._page.settings().setAttribute(attribute, False)
        self._page.settings().setAttribute(off.WebRTCPublicInterfacesOnly, True)

    def _listen(self) -> None:
        """The ear sits in the page's world, the channel in one the page cannot reach."""
        self.answers = Answers(self)
        self.answers.heard.connect(self.answered)
        channel = QWebChannel(self)
        channel.registerObject("answers", self.answers)
        apart = QWebEngineScript.ScriptWorldId.ApplicationWorld
        self._page.setWebChannel(channel, apart.value)
        folder = files("resources").joinpath("directory")
        observe, forward = (folder.joinpath(name).read_text("utf-8") for name in ("observe.js", "forward.js"))
        own = QWebEngineScript.ScriptWorldId.MainWorld
        for name, source, world in (
            ("forward", f"{_channel_script()}\n{forward}", apart),
            ("observe", observe, own),
        ):
            script = QWebEngineScript()
            script.setName(name)
            script.setSourceCode(source)
            script.setInjectionPoint(QWebEngineScript.InjectionPoint.DocumentCreation)
            script.setWorldId(world.value)
            script.setRunsOnSubFrames(False)
            self._page.scripts().insert(script)

    def _connect(self) -> None:
        page = self._page
        page.left.connect(self.refused)
        page.newWindowRequested.connect(self._on_window)
        page.permissionRequested.connect(self._on_permission)
        page.fullScreenRequested.connect(QWebEngineFullScreenRequest.reject)
        page.fileSystemAccessRequested.connect(QWebEngineFileSystemAccessRequest.reject)
        page.registerProtocolHandlerRequested.connect(QWebEngineRegisterProtocolHandlerRequest.reject)
        page.certificateError.connect(QWebEngineCertificateError.rejectCertificate)
        page.printRequested.connect(lambda: self.refused.emit(""))
        page.loadingChanged.connect(self._on_loading)
        page.urlChanged.connect(lambda _: self.moved.emit())
        page.renderProcessTerminated.connect(self._on_end)

    def _on_window(self, request: QWebEngineNewWindowRequest) -> None:
        """A link that wants a window of its own opens here if it stays on the site."""
        url = request.requestedUrl()
        if origin_of(url.toString()) == self._search_page.origin:
            self._page.load(url)
        else:
            self.refused.emit(url.host())

    def _on_permission(self, permission: QWebEnginePermission) -> None:
        permission.deny()
        self.refused.emit("")

    def _on_download(self, request: QWebEngineDownloadRequest) -> None:
        request.cancel()
        self.refused.emit("")

    def _on_loading(self, info: QWebEngineLoadingInfo) -> None:
        failed = info.status() == QWebEngineLoadingInfo.LoadStatus.LoadFailedStatus
        # a page whose process has just died reports a failed load as well
        if failed and info.errorCode() not in {ABORTED, BLOCKED} and Shiboken.isValid(self):
            self.broken.emit()

    def _on_end(self, status: QWebEnginePage.RenderProcessTerminationStatus, code: int) -> None:
        log.error("the directory page's process ended: %s, %s", status.name, code)
        self.died.emit()


def _channel_script() -> str:
    """Qt's side of the channel, which comes with the module as a Qt resource."""
    file = QFile(":/qtwebchannel/qwebchannel.js")
    file.open(QIODevice.OpenModeFlag.ReadOnly)
    return bytes(file.readAll().data()).decode()

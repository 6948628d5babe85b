"""Pictures behind the map, for the page's own scheme: from the one host an office entered, or from an .mbtiles file.

The page reaches no server: it asks here, and here nothing but the entered address is asked, kept on disk within a
limit. A host that fails in a row is left alone for a while, longer each time. Log lines name the host and never a picture, which would tell where somebody looked.
"""

import logging
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from weakref import WeakValueDictionary

from PySide6.QtCore import QObject, QThreadPool, QUrl, Signal
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkDiskCache, QNetworkReply, QNetworkRequest

from domain.errors import Unavailable
from domain.tile_source import TileSource

log = logging.getLogger(__name__)

CACHE_BYTES = 150 * 1024 * 1024  # some 8,000 pictures
LARGEST_BYTES = 2 * 1024 * 1024
WAIT_MS = 15_000
DEEPEST = 19  # zoom
AGENT = b"Platzlotse"
KINDS = {b"\x89PNG": b"image/png", b"\xff\xd8\xff": b"image/jpeg", b"RIFF": b"image/webp"}
FAILURES_BEFORE_REST = 5
FIRST_REST, LONGEST_REST = 30.0, 600.0  # seconds
Answer = Callable[[bytes | None, bytes], None]


def kind_of(content: bytes) -> bytes | None:
    """The type of a picture by its first bytes; None for whatever else a server or file may hold."""
    return next((kind for head, kind in KINDS.items() if content.startswith(head)), None)


class Tiles(QObject):
    """Answers for pictures by zoom, column and row. One for all maps of a seat (`tiles_in`)."""

    _read = Signal(int, bytes)

    def __init__(self, folder: Path | None) -> None:
        super().__init__()
        self._folder = folder
        self._source: TileSource | None = None
        self._net: QNetworkAccessManager | None = None
        self._waiting: dict[int, Answer] = {}
        self._number = 0
        self._complained = False
        self.trouble: Unavailable | None = None  # why the last answer was none
        self.last_picture: float | None = None  # seconds of the epoch
        self._failures = self._rests = 0
        self._until = 0.0  # monotonic
        self._read.connect(self._on_read)

    @property
    def mark(self) -> str:
        """A short name of the source in use; empty while there is none."""
        return sha256(self._source.address.encode()).hexdigest()[:12] if self._source is not None else ""

    def use(self, source: TileSource | None) -> None:
        """Take pictures from there from now on."""
        if source != self._source:
            self._failures = self._rests = 0
            self._until, self.last_picture = 0.0, None
        self._source = source
        self._complained = False

    @property
    def rest(self) -> float:
        """For how many seconds the host is left alone."""
        return max(0.0, self._until - time.monotonic())

    @property
    def asked_host(self) -> str:
        """The host pictures come from; empty without one."""
        source = self._source
        return QUrl(source.address_of(0, 0, 0)).host() if source is not None and not source.is_file else ""

    def ask(self, path: str, answer: Answer, *, fresh: bool = False) -> None:
        """Answer `mark/z/x/y` with a picture and its type, or with None; perhaps later.

        `fresh` asks the host even for a picture that is kept; `trouble` says while answering why there is none.
        """
        source, spot = self._source, _spot(path, self.mark)
        if source is None or spot is None:
            answer(None, b"")
        elif source.is_file:
            self._from_file(Path(source.address), spot, answer)
        elif self.rest and not fresh:
            answer(None, b"")
        else:
            self._from_host(source.address_of(*spot), answer, fresh=fresh)

    def _from_file(self, path: Path, spot: tuple[int, int, int], answer: Answer) -> None:
        self._number += 1
        number = self._number
        self._waiting[number] = answer
        read = self._read
        QThreadPool.globalInstance().start(lambda: read.emit(number, _from_mbtiles(path, *spot)))

    def _on_read(self, number: int, content: bytes) -> None:
        self._give(self._waiting.pop(number), content, Unavailable("tiles.not_in_file"))

    def _from_host(self, address: str, answer: Answer, *, fresh: bool) -> None:
        request = QNetworkRequest(QUrl(address))
        attribute = QNetworkRequest.Attribute
        request.setAttribute(attribute.RedirectPolicyAttribute, QNetworkRequest.RedirectPolicy.SameOriginRedirectPolicy)
        control = QNetworkRequest.CacheLoadControl
        request.setAttribute(
            attribute.CacheLoadControlAttribute, control.AlwaysNetwork if fresh else control.PreferCache
        )
        for cookies in (attribute.CookieLoadControlAttribute, attribute.CookieSaveControlAttribute):
            request.setAttribute(cookies, QNetworkRequest.LoadControl.Manual)
        request.setRawHeader(b"User-Agent", AGENT)
        request.setTransferTimeout(WAIT_MS)
        reply = self._manager().get(request)
        reply.downloadProgress.connect(lambda got, _: reply.abort() if got > LARGEST_BYTES else None)
        reply.finished.connect(lambda: self._on_reply(reply, answer))

    def _on_reply(self, reply: QNetworkReply, answer: Answer) -> None:
        reply.deleteLater()
        fine = reply.error() == QNetworkReply.NetworkError.NoError
        if not fine and not self._complained:
            self._complained = True
            log.info("no pictures for the map from %s: %s", reply.url().host(), reply.error().name)
        content = bytes(reply.readAll().data()) if fine else b""
        self._note(failed=_is_hosts_fault(reply) if not fine else not kind_of(content))
        self._give(answer, content, Unavailable("tiles.no_picture", host=reply.url().host()) if fine else _why(reply))

    def _note(self, *, failed: bool) -> None:
        """Count failures in a row; a picture that is not there (404) is an answer."""
        if not failed:
            self._failures = self._rests = 0
            self._until, self.last_picture = 0.0, time.time()
            return
        self._failures += 1
        if self._failures >= FAILURES_BEFORE_REST and not self.rest:
            self._until = time.monotonic() + min(LONGEST_REST, FIRST_REST * 2.0**self._rests)
            self._rests = min(self._rests + 1, 10)

    def _give(self, answer: Answer, content: bytes, trouble: Unavailable) -> None:
        kind = kind_of(content)
        self.trouble = None if kind else trouble
        answer(content if kind else None, kind or b"")

    def _manager(self) -> QNetworkAccessManager:
        if self._net is None:
            self._net = QNetworkAccessManager(self)
            if self._folder is not None:
                cache = QNetworkDiskCache(self._net)
                cache.setCacheDirectory(str(self._folder))
                cache.setMaximumCacheSize(CACHE_BYTES)
                self._net.setCache(cache)
        return self._net


_made: "WeakValueDictionary[Path, Tiles]" = WeakValueDictionary()


def tiles_in(folder: Path) -> Tiles:
    """The one Tiles that keeps its pictures in a folder; two over one folder would spoil each other's cache."""
    found = _made.get(folder)
    if found is None:
        found = _made[folder] = Tiles(folder)
    return found


def _is_hosts_fault(reply: QNetworkReply) -> bool:
    status = reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute)
    return not isinstance(status, int) or status >= 500 or status in {401, 403, 429}


def _why(reply: QNetworkReply) -> Unavailable:
    """What hinders a host, by its answer where it gave one."""
    host = reply.url().host()
    status = reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute)
    if isinstance(status, int) and status >= 400:
        return Unavailable("tiles.status", host=host, status=status)
    error, known = reply.error(), QNetworkReply.NetworkError
    if error == known.OperationCanceledError:
        return Unavailable("tiles.slow_or_large", host=host)
    if error == known.SslHandshakeFailedError:
        return Unavailable("tiles.certificate", host=host)
    return Unavailable("tiles.unreachable", host=host)


def _spot(path: str, mark: str) -> tuple[int, int, int] | None:
    """Zoom, column and row of a path of the page; None for anything else."""
    head, *numbers = path.strip("/").split("/")
    if not mark or head != mark or len(numbers) != 3 or not all(n.isascii() and n.isdigit() for n in numbers):
        return None
    z, x, y = (int(n[:9]) for n in numbers)
    return (z, x, y) if z <= DEEPEST and x < 1 << z and y < 1 << z else None


def _from_mbtiles(path: Path, z: int, x: int, y: int) -> bytes:
    """One picture of a file, whose rows are counted from the south (MBTiles 1.3); empty if there is none."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2)) as file:
            row = file.execute(
                "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
                (z, x, (1 << z) - 1 - y),
            ).fetchone()
    except (sqlite3.Error, OSError) as error:
        log.info("the file of map pictures cannot be read: %s", type(error).__name__)
        return b""
    return row[0] if row and isinstance(row[0], bytes) else b""

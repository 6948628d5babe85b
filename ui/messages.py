"""The bar for messages: never modal, with one action at most. Any page may use it without knowing the window.

A message goes when it is closed, when another one comes, and by itself as `Ends` says:

* Nothing was done (`error`, `warning`): it refuses or asks something of the record or list in view, and goes when
  another row of a list or another part of the page is looked at. The tabs of one record are the same record.
* Something was done or lost (`info`, `success`, `undoable`, a warning that is `lasting`): it goes with the page, whatever
  else is looked at there; `info` and `success` after some seconds besides.
* No page is the one it is of: what the database being away `failed` goes when it is back, `everywhere` only by hand.

What has just been said, in the same turn of the event loop, is of what is looked at now.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from domain.errors import Unavailable
from ui import icons
from ui.errors import describe
from ui.theme import SPACE, Token
from ui.translation import tr
from ui.widgets.paged_table import PagedTable
from ui.widgets.tips import plain

Page = TypeVar("Page", bound=QWidget)
HIDE_MS = 8000
LONGEST = 600  # letters of a message on the screen; the rest stands in its tooltip
LONGEST_UNDO = 24 * 3600  # seconds: what waits longer is taken back where it lies
ICONS = {"info": "info", "success": "circle-check", "warning": "triangle-alert", "error": "circle-alert"}
COLOURS: Mapping[str, Token] = {"info": "info", "success": "success", "warning": "warning", "error": "danger"}


class Ends(Enum):
    """With what a message goes by itself; see above."""

    VIEW = 0
    PAGE = 1
    OUTAGE = 2
    NEVER = 3


@dataclass(frozen=True, slots=True)
class _Message:
    text: str
    ends: Ends


class Messages(QWidget):
    """Shows one message at a time."""

    shown = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Meldungen"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(2 * SPACE, 0, 2 * SPACE, 0)
        self._frame = QFrame()
        row = QHBoxLayout(self._frame)
        row.setContentsMargins(12, 4, 8, 4)
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)  # sentences carry names
        self._text.setWordWrap(True)
        self._action = QPushButton()
        self._close = QPushButton(icons.icon("x"), "")
        self._close.setFlat(True)
        self._close.setProperty("role", "link")
        self._close.setAccessibleName(tr("Meldung schließen"))
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._action)
        row.addWidget(self._close)
        outer.addWidget(self._frame)
        self._timer = QTimer(self, singleShot=True, interval=HIDE_MS)
        self._timer.timeout.connect(self.hide)
        self._close.clicked.connect(self._on_close)
        self._action.clicked.connect(self._act)
        self._callback: Callable[[], None] | None = None
        self._message: _Message | None = None  # the one shown
        self._page = ""
        self._fresh = False  # it came in this turn of the event loop, perhaps with what opens a page
        self._undo: Callable[[], None] | None = None
        self._undo_shown = False  # whether the button shown is that of `_undo`
        self._ends = QTimer(self, singleShot=True)
        self._ends.timeout.connect(self._too_late)
        self.hide()

    def info(self, text: str, action: str = "", callback: Callable[[], None] | None = None) -> None:
        """Something to know."""
        self._show("info", text, action, callback, ends=Ends.PAGE)

    def success(self, text: str, action: str = "", callback: Callable[[], None] | None = None) -> None:
        """Something was done."""
        self._show("success", text, action, callback, ends=Ends.PAGE)

    def warning(
        self, text: str, action: str = "", callback: Callable[[], None] | None = None, *, lasting: bool = False
    ) -> None:
        """Something wants attention; `lasting`: something that was done, or lost."""
        self._show("warning", text, action, callback, ends=Ends.PAGE if lasting else Ends.VIEW)

    def error(self, text: str, action: str = "", callback: Callable[[], None] | None = None) -> None:
        """Something was refused."""
        self._show("error", text, action, callback, ends=Ends.VIEW)

    def failed(self, error: Exception) -> None:
        """Something was refused, or what all pages need is away, until `relieve`."""
        ends = Ends.OUTAGE if isinstance(error, Unavailable) else Ends.VIEW
        self._show("error", describe(error), "", None, ends=ends)

    def everywhere(self, text: str) -> None:
        """Something went wrong that is of no page, and is to be read before it goes."""
        self._show("error", text, "", None, ends=Ends.NEVER)

    def follow(self, page: Page) -> Page:
        """Know when another row of its lists is looked at; returns it. A page with parts tells of these by `turn`."""
        for table in page.findChildren(PagedTable):
            table.turned.connect(self.turn)
        return page

    def turn_to(self, page: str, item_id: int | None = None) -> None:
        """A page is opened, with a record of it or as it was left."""
        if page != self._page:
            self._page = page
            self._end(Ends.VIEW, Ends.PAGE)
        elif item_id is not None:
            self.turn()

    def turn(self) -> None:
        """Another record or part of the page is looked at."""
        self._end(Ends.VIEW)

    def relieve(self) -> None:
        """What was away is there again."""
        if self._message is not None and self._message.ends is Ends.OUTAGE:
            self._on_close()

    def _end(self, *ends: Ends) -> None:
        if self._message is not None and self._message.ends in ends and not self._fresh:
            self._on_close()

    def undoable(
        self,
        text: str,
        undo: Callable[[], None],
        *,
        action: str = "",
        seconds: float | None = None,
        kind: str = "success",
    ) -> None:
        """Something was done that can be taken back, by the button or by Strg+Z, also after the message went.

        With `seconds` only for so long: then the button goes and Strg+Z does nothing.
        """
        self._undo = undo
        self._ends.stop()
        self._show(kind, text, action or tr("Rückgängig"), self.undo, ends=Ends.PAGE)
        self._undo_shown = True
        if seconds is not None:
            self._ends.start(round(min(seconds, LONGEST_UNDO) * 1000))

    def undo(self) -> None:
        """Take the last undoable act back; it can be taken back once."""
        undo, self._undo = self._undo, None
        self._ends.stop()
        if undo is not None:
            undo()

    def forget(self, undo: Callable[[], None] | None) -> None:
        """That was taken back elsewhere: Strg+Z and the button must not try it again."""
        if undo is not None and self._undo is undo:
            self._ends.stop()
            self._too_late()

    def _too_late(self) -> None:
        self._undo = None
        if self._undo_shown:
            self._callback = None
            self._action.hide()

    def text(self) -> str:
        """What is said now, or nothing."""
        return self._message.text if self._message is not None and self.isVisible() else ""

    def _show(
        self,
        kind: str,
        text: str,
        action: str,
        callback: Callable[[], None] | None,
        *,
        ends: Ends,
    ) -> None:
        self._message, self._fresh = _Message(text, ends), True
        QTimer.singleShot(0, self, self._age)
        self._close.setIcon(icons.icon("x"))  # in the colours of now
        self._icon.setPixmap(icons.pixmap(ICONS[kind], COLOURS[kind]))
        shown = text if len(text) <= LONGEST else text[: LONGEST - 2].rsplit(None, 1)[0] + " …"
        self._text.setText(shown)
        self._text.setToolTip("" if shown == text else plain(text))
        self._text.setAccessibleName(text)
        self._callback, self._undo_shown = callback, False
        self._action.setText(action)
        self._action.setAccessibleName(action)
        self._action.setVisible(bool(action))
        self._frame.setProperty("message", kind)
        self._frame.style().unpolish(self._frame)
        self._frame.style().polish(self._frame)
        self.show()
        self.updateGeometry()
        if kind in {"error", "warning"}:
            self._timer.stop()
        else:
            self._timer.start()
        self.shown.emit(kind, text)

    def _age(self) -> None:
        self._fresh = False

    def _on_close(self) -> None:
        self._message = None
        self.hide()

    def _act(self) -> None:
        callback, self._callback = self._callback, None
        self._on_close()
        if callback is not None:
            callback()

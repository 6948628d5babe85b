"""The frame: rail, search, pages, messages, status. It knows pages by their key only; pages are made when first shown."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui.background import Background
from ui.closing import Closing
from ui.global_search import GlobalSearch
from ui.message_place import MessagePlace
from ui.messages import Messages
from ui.navigation import PageSpec, Rail
from ui.page import PageWidget
from ui.theme import SPACE, dress
from ui.translation import ntr, tr
from ui.window_state import WindowState


class MainWindow(QMainWindow):
    """The window. `show_page` opens a page and perhaps a record on it."""

    ready = Signal()

    def __init__(self, *, background: Background, messages: Messages, state: WindowState) -> None:
        super().__init__()
        self._background, self._state = background, state
        self.messages = messages
        self._specs: dict[str, PageSpec] = {}
        self._pages: dict[str, PageWidget] = {}
        self._rail: Rail | None = None
        self.closing = Closing(self)
        self._current = ""
        self.setWindowTitle("Platzlotse")
        self.setAccessibleName("Platzlotse")
        self.setMinimumSize(1024, 640)
        dress(self)
        room = self.screen().availableGeometry()
        # the frame of the window wants some pixels of its own
        self.resize(min(1440, room.width() - 16), min(900, room.height() - 48))
        self._stack = QStackedWidget()
        self._search: GlobalSearch | None = None
        self._top = QFrame()
        self._top.setProperty("role", "topbar")
        self._top_row = QHBoxLayout(self._top)
        self._top_row.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        self._title = QLabel()
        self._title.setProperty("role", "heading")
        self._top_row.addWidget(self._title)
        self._top_row.addStretch(1)
        self._connection = QLabel(tr("verbunden"))
        self._connection.setAccessibleName(tr("Verbindung"))
        self._worker = QLabel("")
        self._worker.setAccessibleName(tr("Hintergrunddienst"))
        self._drafts = QLabel("")
        self._drafts.setAccessibleName(tr("Wartende Entwürfe"))
        self._busy = QLabel("")
        for widget in (self._connection, self._worker, self._drafts):
            self.statusBar().addWidget(widget)
        self.statusBar().setContentsMargins(SPACE, 0, SPACE, 0)
        self.statusBar().addPermanentWidget(self._busy)
        background.busy.connect(self._show_busy)
        background.failed.connect(messages.failed)
        state.restore_window(self)

    def install(self, specs: tuple[PageSpec, ...], search: GlobalSearch | None, *extras: QWidget) -> None:
        """Put the pages in; the last open one is shown. There is no search where there are no records."""
        self._specs = {spec.key: spec for spec in specs}
        self._rail = Rail(specs, self)
        self._rail.chosen.connect(lambda key: self.show_page(key))
        self._search, beside = search, [widget for widget in (search, *extras) if widget is not None]
        for widget in beside:
            self._top_row.addWidget(widget)
        if search is not None:
            QShortcut(QKeySequence("Ctrl+K"), self, search.begin)
        QShortcut(QKeySequence("F5"), self, self.refresh_current)
        # a text field with the focus takes the key for its own typing first
        QShortcut(QKeySequence.StandardKey.Undo, self, self.messages.undo)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._top)
        column.addWidget(self._stack, 1)
        whole = QWidget()
        line = QHBoxLayout(whole)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self._rail)
        line.addWidget(right, 1)
        self.setCentralWidget(whole)
        MessagePlace(self.messages, right, self._top, *beside[:1])
        last = self._state.text("window/page", specs[0].key)
        self.show_page(last if last in self._specs else specs[0].key)
        self._stack.setFocus()
        QTimer.singleShot(0, self, self.ready.emit)

    def show_page(self, key: str, item_id: int | None = None, field: str = "", /) -> None:
        """Open a page, made now if it was never shown, and a record on it, perhaps with the cursor in a field."""
        if key not in self._specs or self._rail is None:
            return
        self._current = key
        self.messages.turn_to(key, item_id)
        self._title.setText(self._specs[key].title)
        self._rail.mark(key)
        self._state.remember("window/page", key)
        if key in self._pages:
            self._bring_to_front(key)  # unless it is on its way there
        else:
            # made, dressed and shown in one turn of the event loop each: felt less than all at once
            self._pages[key] = self.messages.follow(self._specs[key].factory())
            QTimer.singleShot(0, self, lambda: self._put_in(key))
        if item_id is not None and field:
            self._pages[key].open_field(item_id, field)
        elif item_id is not None:
            self._pages[key].open_item(item_id)

    def prepare(self, key: str) -> None:
        """Make a page before it is asked for."""
        if key not in self._pages:
            self._pages[key] = self.messages.follow(self._specs[key].factory())
            self._stack.addWidget(self._pages[key])

    def _put_in(self, key: str) -> None:
        self._stack.addWidget(self._pages[key])
        QTimer.singleShot(0, self, lambda: self._bring_to_front(key))

    def _bring_to_front(self, key: str) -> None:
        # somebody may have gone on meanwhile, or the page is not in yet
        if key == self._current and self._stack.indexOf(self._pages[key]) >= 0:
            page = self._pages[key]
            self._stack.setCurrentWidget(page)
            held = QApplication.focusWidget()
            # whoever goes through the pages in the rail stays there
            if held is None or not (page.isAncestorOf(held) or (self._rail and self._rail.isAncestorOf(held))):
                self._enter(page)

    @staticmethod
    def _enter(page: PageWidget) -> None:
        """Put the cursor on the page's first control, so that the arrow keys do something."""
        control = page.nextInFocusChain()
        while control is not None and control is not page:
            reached = control.isVisible() and control.isEnabled() and control.focusPolicy() & Qt.FocusPolicy.TabFocus
            if reached and page.isAncestorOf(control):
                control.setFocus(Qt.FocusReason.TabFocusReason)
                return
            control = control.nextInFocusChain()

    def page(self, key: str) -> PageWidget | None:
        """A page that was shown already."""
        return self._pages.get(key)

    def refresh_current(self) -> None:
        """Ask the open page again (F5)."""
        if self._current in self._pages:
            self._pages[self._current].refresh()

    def show_count(self, key: str, count: int) -> None:
        """How much waits on a page."""
        if self._rail is not None:
            self._rail.show_count(key, count)

    def show_connection(self, text: str) -> None:
        """Connected, or offline since when."""
        self._connection.setText(text)

    def show_worker(self, text: str) -> None:
        """How the background worker is."""
        self._worker.setText(text)

    def show_drafts(self, text: str) -> None:
        """What has not reached the server yet."""
        self._drafts.setText(text)

    def _show_busy(self, running: int) -> None:
        self._busy.setText(ntr(running, "{n} Vorgang läuft", "{n} Vorgänge laufen") if running else "")

    on_close: Callable[[], None] | None = None

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the geometry; the program's wiring ends what runs. What would be lost is asked about first."""
        if not self.closing.allows():
            event.ignore()
            return
        self._state.save_window(self)
        if self.on_close is not None:
            self.on_close()
        super().closeEvent(event)

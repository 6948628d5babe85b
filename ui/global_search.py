"""The search field at the top: a few letters find patients, therapists and inquiries; Enter opens the first."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout

from domain.casework.finding import Hit, find_anything
from ui import icons
from ui.background import Background
from ui.theme import tokens
from ui.translation import tr

WAIT_MS = 150
KINDS = {"patients": "users", "therapists": "stethoscope", "inquiries": "send"}


class GlobalSearch(QLineEdit):
    """Field and popup."""

    def __init__(self, background: Background, navigate: Callable[[str, int | None], None]) -> None:
        super().__init__()
        self._background, self._navigate = background, navigate
        self.setAccessibleName(tr("Suche über alles"))
        self.setPlaceholderText(tr("Suchen … (Strg+K)"))
        self.setClearButtonEnabled(True)
        self.setFixedWidth(320)
        self.addAction(icons.icon("search", tokens().muted), QLineEdit.ActionPosition.LeadingPosition)
        self._popup = QFrame(self, Qt.WindowType.ToolTip)
        self._popup.setProperty("role", "card")
        column = QVBoxLayout(self._popup)
        column.setContentsMargins(1, 1, 1, 1)
        self._list = QListWidget()
        self._list.setAccessibleName(tr("Treffer"))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column.addWidget(self._list)
        self._timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._timer.timeout.connect(self._ask)
        self.textEdited.connect(lambda: self._timer.start())
        self.textChanged.connect(lambda: self._timer.start())
        self._list.itemClicked.connect(self._open)
        self.installEventFilter(self)

    def begin(self) -> None:
        """Put the cursor here (Strg+K)."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows choose, Enter opens, Escape closes."""
        if event.type() == QEvent.Type.FocusOut:
            self._popup.hide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._popup.isVisible():
            row = self._list.currentRow()
            if event.key() == Qt.Key.Key_Down:
                self._list.setCurrentRow(min(row + 1, self._list.count() - 1))
                return True
            if event.key() == Qt.Key.Key_Up:
                self._list.setCurrentRow(max(row - 1, 0))
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                item = self._list.currentItem()
                if item is not None:
                    self._open(item)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._popup.hide()
                return True
        return super().eventFilter(watched, event)

    def _ask(self) -> None:
        words = self.text().strip()
        if len(words) < 2:
            self._popup.hide()
            return
        self._background.read(self, lambda session: find_anything(session, words), self._show, key="search")

    def _show(self, hits: tuple[Hit, ...]) -> None:
        self._list.clear()
        for hit in hits:
            item = QListWidgetItem(icons.icon(KINDS[hit.page]), f"{hit.title}   {hit.detail}")
            item.setData(Qt.ItemDataRole.UserRole, hit)
            self._list.addItem(item)
        if not hits:
            nothing = QListWidgetItem(tr("Nichts gefunden."))
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self._list.addItem(nothing)
        self._list.setCurrentRow(0)
        if not self.hasFocus():
            return
        self._popup.resize(420, min(420, 36 * self._list.count() + 12))
        self._popup.move(self.mapToGlobal(QPoint(self.width() - 420, self.height() + 4)))
        self._popup.show()

    def _open(self, item: QListWidgetItem) -> None:
        hit = item.data(Qt.ItemDataRole.UserRole)
        self._popup.hide()
        if isinstance(hit, Hit):
            self.clear()
            self._navigate(hit.page, hit.record_id)

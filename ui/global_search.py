"""The search field at the top: a few letters find patients, therapists, inquiries and what was said and written.

Enter opens the first. Hits stand in groups under their word; an entry of a history opens the record whose it is, with the
words typed into the search of its history.
"""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget
from shiboken6 import Shiboken

from domain.casework.finding import EACH, Hit, find_anything
from domain.casework.finding_contacts import ContactHit, find_contacts
from domain.casework.finding_mails import MailHit, find_unknown_mails
from domain.database import Session
from ui import formats, icons
from ui.background import Background
from ui.contact_labels import contact_label
from ui.ports import Navigate
from ui.theme import tokens
from ui.translation import tr
from ui.widgets.search_field import SearchField
from ui.widgets.tips import plain

WAIT_MS = 150
WIDTH, HEIGHT = 560, 560
ICONS = {"patients": "users", "therapists": "stethoscope", "inquiries": "send", "course": "clock", "mail": "mail"}


@dataclass(frozen=True, slots=True)
class _Goal:
    """Where a line leads."""

    page: str
    record_id: int
    field: str = ""


class GlobalSearch(SearchField):
    """Field and popup."""

    def __init__(self, background: Background, navigate: Navigate) -> None:
        super().__init__(tr("Suche über alles"), tr("Suchen … (Strg+K)"), self._back)
        self._background, self._navigate = background, navigate
        self._before: QWidget | None = None  # where somebody was when the field was asked for
        self.setFixedWidth(320)
        self.addAction(icons.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self._popup = QFrame(self, Qt.WindowType.ToolTip)
        self._popup.setProperty("role", "card")
        column = QVBoxLayout(self._popup)
        column.setContentsMargins(1, 1, 1, 1)
        self._list = QListWidget()
        self._list.setAccessibleName(tr("Treffer"))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(self._list)
        self._timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._timer.timeout.connect(self._ask)
        self.textChanged.connect(lambda: self._timer.start())
        self._list.itemClicked.connect(self._open)
        self.installEventFilter(self)

    def begin(self) -> None:
        """Put the cursor here (Strg+K); Esc goes back to where it was."""
        if not self.hasFocus():
            self._before = QApplication.focusWidget()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows choose, Enter opens; Escape takes the words away, and with them the hits."""
        if event.type() == QEvent.Type.FocusOut:
            self._popup.hide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._popup.isVisible():
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                self._move(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                item = self._list.currentItem()
                if item is not None:
                    self._open(item)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._popup.hide()
        return super().eventFilter(watched, event)

    def _back(self) -> QWidget | None:
        # what stood there may be gone with its page's old rows
        return self._before if self._before is not None and Shiboken.isValid(self._before) else None

    def _move(self, step: int) -> None:
        row = self._list.currentRow() + step
        while 0 <= row < self._list.count():
            if self._list.item(row).flags() & Qt.ItemFlag.ItemIsSelectable:
                self._list.setCurrentRow(row)
                return
            row += step

    def _ask(self) -> None:
        typed = self.text().strip()
        if len(typed) < 2:
            self._popup.hide()
            return

        def work(session: Session) -> tuple[tuple[Hit, ...], tuple[ContactHit, ...], tuple[MailHit, ...]]:
            return (
                find_anything(session, typed),
                find_contacts(session, typed, each=EACH),
                find_unknown_mails(session, typed, each=EACH),
            )

        self._background.read(self, work, lambda found: self._show(typed, *found), key="search")

    def _show(
        self, typed: str, hits: tuple[Hit, ...], contacts: tuple[ContactHit, ...], mails: tuple[MailHit, ...]
    ) -> None:
        self._list.clear()
        groups = {"patients": tr("Patienten"), "therapists": tr("Therapeuten"), "inquiries": tr("Anfragen")}
        for page, title in groups.items():
            self._add(title, page, [(_line(hit), _Goal(hit.page, hit.record_id)) for hit in hits if hit.page == page])
        course = f"course:{typed}"
        said = [(_entry(one), _Goal(one.page, one.record_id, course)) for one in contacts]
        self._add(tr("Verlauf und E-Mails"), "course", said)
        unknown = [(_mail(one), _Goal("mail", one.incoming_id, "incoming")) for one in mails]
        self._add(tr("E-Mails von Unbekannten"), "mail", unknown)
        if not self._list.count():
            self._list.addItem(_silent(tr("Nichts gefunden.")))
        self._list.setCurrentRow(-1)
        self._move(1)
        if not self.hasFocus() or not self.text():
            return
        needed = sum(self._list.sizeHintForRow(row) for row in range(self._list.count())) + 12
        self._popup.resize(WIDTH, min(HEIGHT, needed))
        self._popup.move(self.mapToGlobal(QPoint(self.width() - WIDTH, self.height() + 4)))
        self._popup.show()

    def _add(self, title: str, icon: str, lines: list[tuple[str, _Goal]]) -> None:
        if lines:
            heading = _silent(title)
            font = heading.font()
            font.setBold(True)
            heading.setFont(font)
            heading.setForeground(QColor(tokens().muted))
            self._list.addItem(heading)
        for words, goal in lines:
            item = QListWidgetItem(icons.icon(ICONS[icon]), words)
            item.setToolTip(plain(words))
            item.setData(Qt.ItemDataRole.UserRole, goal)
            self._list.addItem(item)

    def _open(self, item: QListWidgetItem) -> None:
        goal = item.data(Qt.ItemDataRole.UserRole)
        if isinstance(goal, _Goal):
            self._popup.hide()
            self.clear()
            self._navigate(goal.page, goal.record_id, goal.field)


def _silent(words: str) -> QListWidgetItem:
    """A heading, or that there is nothing: nobody can go there."""
    made = QListWidgetItem(words)
    made.setFlags(Qt.ItemFlag.NoItemFlags)
    return made


def _line(hit: Hit) -> str:
    return f"{hit.title}   {hit.detail}"


def _mail(hit: MailHit) -> str:
    said = f"{hit.sender} · {formats.moment(hit.received_at)}"
    return f"{said}\n{hit.subject}" if hit.subject else said


def _entry(hit: ContactHit) -> str:
    said = f"{hit.name} · {formats.moment(hit.at)} · {contact_label(hit.kind)}"
    return f"{said}\n{hit.words}" if hit.words else said

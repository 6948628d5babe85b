"""A sentence in a coloured frame within a page: what went well, what went wrong, what to know. Keeps its page still."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from ui import icons
from ui.messages import COLOURS, ICONS
from ui.theme import SPACE


class Notice(QFrame):
    """One message at a time; hidden without one. Screen readers are told."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, SPACE, 12, SPACE)
        row.setSpacing(SPACE)
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        self.hide()

    def say(self, kind: str, text: str) -> None:
        """Show a message of a kind: info, success, warning, error."""
        self._icon.setPixmap(icons.pixmap(ICONS[kind], COLOURS[kind]))
        self._text.setText(text)
        self._text.setAccessibleName(text)
        self.setProperty("message", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self._text, QAccessible.Event.Alert))

    def text(self) -> str:
        """The message shown, or nothing."""
        return "" if self.isHidden() else self._text.text()

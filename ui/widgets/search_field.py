"""The field words are searched by, the same on every page: Esc takes the words away, once more it leaves the field."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.translation import tr


class SearchField(QLineEdit):
    """`leave_to` gives what the cursor goes to (the list); without it the key goes on, as to a dialog that closes."""

    def __init__(self, name: str, hint: str = "", leave_to: Callable[[], QWidget | None] | None = None) -> None:
        super().__init__()
        self._leave_to = leave_to
        self.setAccessibleName(name)
        self.setPlaceholderText(hint or tr("Suchen"))
        self.setClearButtonEnabled(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc: first the words, then the field."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.text():
            self.clear()
            event.accept()
        elif self._leave_to is None:
            event.ignore()
        else:
            goal = self._leave_to()
            if goal is not None and goal.isVisible():
                goal.setFocus(Qt.FocusReason.OtherFocusReason)
            else:  # a list that is empty shows a sentence instead
                self.focusNextChild()

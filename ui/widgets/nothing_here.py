"""What a list without rows says: what to do where there is nothing yet, or that what was typed or chosen finds nothing."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.translation import tr
from ui.widgets.forms import button, label


class NothingHere(QWidget):
    """Words in the middle of a list; `widen`: the person wants to see all again."""

    widen = Signal()

    def __init__(self, empty: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._empty_words = empty
        self.said = label(empty, "muted")
        self.said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._all = button(tr("Suche und Filter aufheben"), self.widen.emit, icon="x")
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(self.said)
        column.addWidget(self._all, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.say(narrowed=False)
        self.hide()

    def say(self, *, narrowed: bool) -> None:
        """Whether there is nothing at all, or nothing of what is looked for."""
        self.said.setText(tr("Dazu findet sich nichts.") if narrowed else self._empty_words)
        self._all.setVisible(narrowed)

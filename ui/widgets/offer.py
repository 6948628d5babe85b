"""What a field offers while one types: own words first, then others with their source, in one list below it.

Down and Enter choose, Escape closes; what is offered changes nothing until it is chosen.
"""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QLineEdit

ROOM = 24  # px beside a line: frame and a bar to scroll


class Offer(QObject):
    """A list below `field`; `chosen` carries the chosen line."""

    chosen = Signal(str)

    def __init__(self, field: QLineEdit) -> None:
        super().__init__(field)
        self.field = field
        self._own: list[str] = []
        self._more: list[str] = []
        self._source = ""
        self._model = QStandardItemModel(field)
        self._completer = QCompleter(self._model, field)
        self._completer.setWidget(field)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.activated.connect(self.chosen)
        self._popup.setAccessibleName(field.accessibleName())

    @property
    def _popup(self) -> QAbstractItemView:
        popup = self._completer.popup()
        assert popup is not None
        return popup

    def show_own(self, words: Sequence[str]) -> None:
        """What the program knows itself."""
        self._own = list(words)
        self._show()

    def show_more(self, words: Sequence[str], source: str) -> None:
        """What somebody else suggests; `source` stands below it and cannot be chosen."""
        self._more, self._source = list(words), source
        self._show()

    def _show(self) -> None:
        known = set(self._own)
        words = self._own + [word for word in self._more if word not in known]
        marked = self._popup.currentIndex().data() if self._popup.isVisible() else None
        self._model.clear()
        for word in words:
            self._model.appendRow(QStandardItem(word))
        if self._more:
            thanks = QStandardItem(self._source)
            thanks.setFlags(Qt.ItemFlag.NoItemFlags)
            self._model.appendRow(thanks)
        if not words or not self.field.hasFocus() or words == [self.field.text()]:
            self._popup.hide()
            return
        # a narrow field cuts off neither a line nor the thanks that are owed
        self._popup.setMinimumWidth(max(self.field.width(), self._popup.sizeHintForColumn(0) + ROOM))
        self._completer.complete()
        if marked in words:
            # whoever is on a line already stays there when more arrives
            self._popup.setCurrentIndex(self._completer.completionModel().index(words.index(marked), 0))

"""The view of every list of rows: whole rows, no grid, and all of it by keyboard."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from ui.widgets.cells import CellDelegate

MOVES = frozenset({Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_Home})


class RowView(QTableView):
    """Arrows choose a row, Tab leaves the list."""

    def __init__(self, name: str, row_height: int) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setItemDelegate(CellDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(row_height)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Where nothing is chosen the first arrow chooses the row where one is: Qt would pass over it."""
        model = self.selectionModel()
        if event.key() in MOVES and not model.hasSelection() and self.model().rowCount():
            self.selectRow(max(0, self.currentIndex().row()))
            return
        super().keyPressEvent(event)

"""Rows with a box each, of which only those seen are drawn: a model and a view that know nothing of imports."""

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent

from ui.widgets.columns import prepare_header, row_height
from ui.widgets.row_view import RowView
from ui.widgets.rows_model import RowsModel

Index = QModelIndex | QPersistentModelIndex


class CheckedRows(RowsModel[Any]):
    """Rows with a check box in the first column."""

    toggled = Signal()

    def state(self, record: Any) -> Qt.CheckState | None:
        """How the box of a row stands; None is no box."""
        raise NotImplementedError

    def spoken(self, record: Any) -> str:
        """What a screen reader says of whether a row is taken over; nothing where there is nothing to take."""
        raise NotImplementedError

    def toggle(self, record: Any) -> None:
        """Press the box of a row."""
        raise NotImplementedError

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell, or its box."""
        if role == Qt.ItemDataRole.CheckStateRole:
            return self.state(self.rows[index.row()]) if index.column() == 0 else None
        said = super().data(index, role)
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == 0:
            return ", ".join(part for part in (said, self.spoken(self.rows[index.row()])) if part)
        return said

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Boxes may be pressed."""
        flags = super().flags(index)
        boxed = index.column() == 0 and self.state(self.rows[index.row()]) is not None
        return flags | Qt.ItemFlag.ItemIsUserCheckable if boxed else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """The mouse pressed a box."""
        if role != Qt.ItemDataRole.CheckStateRole:
            return super().setData(index, value, role)
        self.press(index.row())
        return True

    def press(self, at: int) -> None:
        """Press the box of the row at a place, if it has one."""
        if 0 <= at < len(self.rows) and self.state(self.rows[at]) is not None:
            self.toggle(self.rows[at])
            self.toggled.emit()

    def repaint_all(self) -> None:
        """What is seen is asked again."""
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(self.columns) - 1))


class CheckedView(RowView):
    """Space and Enter press the box of the chosen row, and no button of the window."""

    def __init__(self, model: CheckedRows, name: str) -> None:
        super().__init__(name, row_height(model.columns))
        self._model = model
        self.setModel(model)
        prepare_header(self, model.columns, "", None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pressing the box; all else as everywhere."""
        if event.key() in {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._model.press(self.currentIndex().row())
            return
        super().keyPressEvent(event)

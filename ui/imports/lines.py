"""Many lines of text, one a row: only what is seen is made, so that a hundred thousand open at once."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView

from ui.widgets.columns import ROW_HEIGHT, Column, prepare_header
from ui.widgets.row_view import RowView
from ui.widgets.rows_model import RowsModel


class LinesView(RowView):
    """`words` says how a record reads; several may be chosen, to be copied."""

    def __init__(self, name: str, words: Callable[[Any], str]) -> None:
        super().__init__(name, ROW_HEIGHT)
        self._words = words
        self._records: RowsModel[Any] = RowsModel((Column(name, 0, text=words, tooltip=words),))
        self.setModel(self._records)
        prepare_header(self, self._records.columns, "", None)
        self.horizontalHeader().hide()
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)

    def show_records(self, records: Sequence[Any]) -> None:
        """Other lines."""
        self._records.show(records)

    def on_copy(self, act: Callable[[], None]) -> None:
        """What Ctrl+C does here."""
        QShortcut(QKeySequence.StandardKey.Copy, self, act)

    def lines(self) -> list[str]:
        """The lines chosen here, else all."""
        chosen = sorted(index.row() for index in self.selectionModel().selectedRows()) if self.hasFocus() else []
        rows = self._records.rows
        return [self._words(rows[at]) for at in chosen] or [self._words(record) for record in rows]

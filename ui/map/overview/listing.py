"""The list beside the map: everybody who is shown, also for whoever cannot use the map. All in memory."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ui.map.markers import MarkerState
from ui.map.overview.selection import Shown
from ui.map.wording import state_words
from ui.translation import tr
from ui.widgets.columns import Column, prepare_header, row_height
from ui.widgets.row_view import RowView
from ui.widgets.rows_model import RowsModel

CHIPS = {
    MarkerState.AVAILABLE: "success",
    MarkerState.OPEN_INQUIRY: "info",
    MarkerState.COOLING: "warning",
    MarkerState.FULL: "danger",
    MarkerState.UNKNOWN: "neutral",
    MarkerState.EXCLUDED: "neutral",
}


class ShownList(QWidget):
    """`selected` carries the id of the row a person went to, `activated` that of one pressed Enter on."""

    selected = Signal(int)
    activated = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        words = state_words()
        columns = (
            Column(tr("Name"), 0, text=lambda s: s.marker.title, second=lambda s: s.marker.detail),
            Column(tr("Stand"), 172, chip=lambda s: (words[s.marker.state], CHIPS[s.marker.state])),
        )
        self.model: RowsModel[Shown] = RowsModel(columns)
        self._rows: dict[int, int] = {}
        self.view = RowView(tr("Praxen auf der Karte"), row_height(columns))
        self.view.setModel(self.model)
        prepare_header(self.view, columns, "map", None)
        self._empty = QLabel()
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._empty, 1)
        self._chosen: int | None = None
        # the selection, not the current row: a screen reader selects without moving there
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._on_selection())
        self.view.activated.connect(lambda index: self.activated.emit(self.model.rows[index.row()].place.therapist_id))

    def show_rows(self, rows: Sequence[Shown], *, complete: bool, anybody: bool = True) -> None:
        """Other rows; who was chosen stays so. Before everything is read an empty list says nothing.

        `anybody`: whether there is somebody to choose among.
        """
        blocked = self.view.selectionModel().blockSignals(True)
        self.model.show(rows)
        self._rows = {one.place.therapist_id: number for number, one in enumerate(rows)}
        self.view.selectionModel().blockSignals(blocked)
        nobody = complete and not rows
        self._empty.setText(
            tr("Niemand passt zu dieser Auswahl. Lockern Sie einen Filter oder nehmen Sie ein größeres Gebiet.")
            if anybody
            else tr("Noch keine Praxis mit bekanntem Ort. Lesen Sie unter „Therapeuten“ ein Verzeichnis ein.")
        )
        self._empty.setVisible(nobody)
        self.view.setVisible(not nobody)
        if self._chosen is not None:
            self.choose(self._chosen)

    def choose(self, therapist_id: int | None) -> None:
        """Select a row from outside (the map)."""
        self._chosen = therapist_id
        row = self._rows.get(therapist_id) if therapist_id is not None else None
        blocked = self.view.selectionModel().blockSignals(True)
        if row is None:
            self.view.clearSelection()
        else:
            self.view.selectRow(row)
            self.view.scrollTo(self.model.index(row, 0))
        self.view.selectionModel().blockSignals(blocked)
        self.view.viewport().update()

    def _on_selection(self) -> None:
        rows = self.view.selectionModel().selectedRows()
        if rows:
            self._chosen = self.model.rows[rows[0].row()].place.therapist_id
            self.selected.emit(self._chosen)

"""The ranked practices of one search as a table; at most one page of them, held in memory."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QVBoxLayout, QWidget

from domain.matching.candidates import PracticeCandidate
from ui import formats
from ui.translation import tr
from ui.widgets.chips import CHIP_ROLE, ChipDelegate

Index = QModelIndex | QPersistentModelIndex


class _Model(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[PracticeCandidate, ...] = ()
        self.now: datetime | None = None
        self.titles = (tr("Praxis"), tr("Ort"), tr("Weg"), tr("Verf."), tr("Kontakt"), tr("Zusage"))

    def show(self, rows: Sequence[PracticeCandidate], now: datetime) -> None:
        self.beginResetModel()
        self.rows, self.now = tuple(rows), now
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        candidate = self.rows[index.row()]
        reachable = self.now is not None and formats.open_now(candidate.phone_hours, self.now)
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return (
                " ".join(part for part in (candidate.title, candidate.name) if part),
                candidate.city or candidate.plz or "–",
                formats.distance(candidate.distance_km),
                formats.offers(candidate.offers),
                tr("jetzt") if reachable else tr("Mail") if candidate.email else "–",
                formats.share(candidate.expected_answer),
            )[index.column()]
        if role == CHIP_ROLE and index.column() == 4:
            return "success" if reachable else "info" if candidate.email else "neutral"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if index.column() in {2, 5} else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 5:
            return tr(
                "Erwartete Zusage: {k} von {n} Antworten dieser Praxis, dazu der Erfahrungswert des Büros"
            ).format(k=candidate.acceptances, n=candidate.answers)
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 4:
            return formats.week(candidate.phone_hours)
        return None


class ResultTable(QWidget):
    """Best first; the selection is told by id."""

    selected = Signal(int)
    activated = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._model = _Model()
        self.view = QTableView()
        self.view.setAccessibleName(tr("Passende Praxen"))
        self.view.setModel(self._model)
        self.view.setItemDelegate(ChipDelegate(self.view))
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setShowGrid(False)
        self.view.setWordWrap(False)
        self.view.verticalHeader().setVisible(False)
        self.view.verticalHeader().setDefaultSectionSize(36)
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for section, width in enumerate((132, 86, 72, 66, 84, 60)):
            header.resizeSection(section, width)
        header.setStretchLastSection(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        # the selection, not the current row: a screen reader selects without moving there
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._on_selection())
        self.view.activated.connect(lambda index: self.activated.emit(self._model.rows[index.row()].therapist_id))

    def show_candidates(self, rows: Sequence[PracticeCandidate], now: datetime) -> None:
        """Other rows."""
        self._model.show(rows, now)

    def select(self, therapist_id: int) -> None:
        """Select a row from outside (the map)."""
        for number, candidate in enumerate(self._model.rows):
            if candidate.therapist_id == therapist_id:
                self.view.selectRow(number)
                return

    def _on_selection(self) -> None:
        rows = self.view.selectionModel().selectedRows()
        if rows:
            self.selected.emit(self._model.rows[rows[0].row()].therapist_id)

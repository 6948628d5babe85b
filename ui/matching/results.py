"""The ranked practices of one search as a table; the best of them or all, held in memory."""

from collections.abc import Collection, Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

from domain.casework.travelling import SearchWays
from domain.matching.candidates import PracticeCandidate
from ui import formats
from ui.matching.expectation import headline, reasons, short
from ui.translation import tr
from ui.travel_words import all_modes
from ui.travel_words import short as short_way
from ui.widgets.columns import Column, prepare_header, row_height
from ui.widgets.marking import mark, marked
from ui.widgets.row_view import RowView
from ui.widgets.rows_model import RowsModel

SAME = 0.01  # kilometres: nearer than that lies only what was placed at the same middle of a PLZ


class ResultTable(QWidget):
    """Best first; the selection is told by id, and is kept by id while the rows are of the same search.

    `several` tells the practices chosen together (Strg or Umschalt), `clicked` a marked row under the mouse, also one
    that was marked before.
    """

    selected = Signal(int)
    clicked = Signal(int)
    activated = Signal(int)
    several = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self._now: datetime | None = None
        self._ways: SearchWays | None = None
        self._skill = ""
        self._search_id: int | None = None
        columns = (
            Column(
                tr("Praxis"),
                0,
                text=_name,
                second=self._facts,
                tooltip=lambda c: f"{_name(c)}\n{self._facts(c)}",
            ),
            Column(
                tr("Weg"),
                114,
                text=_distance,
                second=self._minutes,
                tooltip=self._all_ways,
            ),
            Column(tr("Verf."), 72, text=lambda c: formats.offers(c.offers), spare=True),
            Column(tr("Kontakt"), 102, chip=self._contact, tooltip=lambda c: formats.week(c.phone_hours)),
            Column(tr("Zusage"), 74, text=lambda c: short(c.expected), right=True, tooltip=self._expected),
        )
        self._model: RowsModel[PracticeCandidate] = RowsModel(columns)
        self.view = RowView(tr("Passende Praxen"), row_height(columns))
        self.view.setModel(self._model)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        prepare_header(self.view, columns, "results", None)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        # the selection, not the current row: a screen reader selects without moving there
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._on_selection())
        self.view.clicked.connect(lambda index: self._on_click(self._model.rows[index.row()].therapist_id))
        self.view.activated.connect(lambda index: self.activated.emit(self._model.rows[index.row()].therapist_id))

    def show_candidates(
        self, rows: Sequence[PracticeCandidate], now: datetime, search_id: int, *, skill: str = ""
    ) -> None:
        """Other rows; their ways come after them, of the same search those known stay meanwhile. Who names `skill` says so."""
        if search_id != self._search_id:
            self.clear()
        self._now, self._search_id, self._skill = now, search_id, skill
        chosen, current = self.chosen(), self._current()
        self._model.show(rows)
        self._mark(chosen, current)
        self.several.emit(self.chosen())

    def clear(self) -> None:
        """No rows: those of one search are never seen, or chosen, as another's."""
        self._ways = self._search_id = None
        self._model.show(())
        self.several.emit([])

    def unmark(self) -> None:
        """Nothing is chosen; the arrow keys go on from where they were."""
        self.view.clearSelection()

    def chosen(self) -> list[int]:
        """The practices of the marked rows."""
        return [self._model.rows[row].therapist_id for row in marked(self.view)]

    def _current(self) -> int | None:
        index = self.view.currentIndex()
        return self._model.rows[index.row()].therapist_id if index.isValid() else None

    def _mark(self, chosen: Collection[int], current: int | None) -> None:
        """A model that was reset has forgotten both."""
        at = {candidate.therapist_id: row for row, candidate in enumerate(self._model.rows)}
        mark(self.view, {at[one] for one in chosen if one in at}, current=at.get(current) if current else None)

    def show_ways(self, ways: SearchWays | None) -> None:
        """How long the way to each takes."""
        self._ways = ways
        self.view.viewport().update()

    def _place(self, candidate: PracticeCandidate) -> str:
        place = f"{candidate.plz} {candidate.city}".strip() or tr("Ort unbekannt")
        return f"{self._skill} · {place}" if self._skill and candidate.skilled else place

    def _facts(self, candidate: PracticeCandidate) -> str:
        """Methods and place share a line, so that the name above has room."""
        return f"{formats.offers(candidate.offers)} · {self._place(candidate)}"

    def _minutes(self, candidate: PracticeCandidate) -> str:
        ways = self._ways.by_therapist.get(candidate.therapist_id) if self._ways is not None else None
        return short_way(ways[self._ways.mode]) if ways is not None and self._ways is not None else ""

    def _all_ways(self, candidate: PracticeCandidate) -> str:
        ways = self._ways.by_therapist.get(candidate.therapist_id) if self._ways is not None else None
        return "" if ways is None else "\n".join(all_modes(ways))

    def _contact(self, candidate: PracticeCandidate) -> tuple[str, str]:
        if self._now is not None and formats.open_now(candidate.phone_hours, self._now):
            return tr("jetzt"), "success"
        if candidate.email:
            return tr("Mail"), "info"
        return (tr("Telefon"), "neutral") if candidate.phone else (tr("Brief"), "neutral")

    def _expected(self, candidate: PracticeCandidate) -> str:
        if candidate.expected is None or self._now is None:
            return ""
        return "\n".join([headline(candidate.expected), *reasons(candidate.expected, today=self._now.date())])

    def select(self, therapist_id: int) -> None:
        """Select a row from outside (the map)."""
        for number, candidate in enumerate(self._model.rows):
            if candidate.therapist_id == therapist_id:
                self.view.selectRow(number)
                return

    def _on_click(self, therapist_id: int) -> None:
        if therapist_id in self.chosen():  # Strg may just have taken the mark away
            self.clicked.emit(therapist_id)

    def _on_selection(self) -> None:
        chosen = self.chosen()
        if chosen:
            self.selected.emit(chosen[-1])
        self.several.emit(chosen)


def _distance(candidate: PracticeCandidate) -> str:
    """How far; of two of whom no more than one PLZ is known, that it is the same."""
    if candidate.distance_km is not None and candidate.distance_km < SAME and candidate.geo_quality == "plz":
        return tr("gleiche PLZ")
    return formats.distance(candidate.distance_km)


def _name(candidate: PracticeCandidate) -> str:
    return " ".join(part for part in (candidate.title, candidate.name) if part)

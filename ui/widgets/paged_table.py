"""A list of any length as a table: its empty state, its selection by id, and what it remembers between two starts.

What is chosen only a person or the page chooses, never the list: a search text, a filter or a refresh changes which rows
are there, and the chosen record stays the one that is open. It is marked wherever its row is; where the list does not
have it, no row is marked, and it is marked again with the list that has it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

from domain.paging import ListQuery
from ui.background import Background
from ui.theme import SPACE
from ui.widgets.cells import chip_room
from ui.widgets.columns import Column, prepare_header, row_height
from ui.widgets.marking import mark, marked
from ui.widgets.nothing_here import NothingHere
from ui.widgets.paged_model import PAGE_ROWS, Fetch, PagedModel
from ui.widgets.row_view import RowView
from ui.window_state import WindowState


class PagedTable(QWidget):
    """The table with its empty state; keeps the selection by id when rows change."""

    selected = Signal(object)
    turned = Signal()  # somebody chose another row; the first one taken by the page is none
    activated = Signal(int)
    counted = Signal(int)
    several_chosen = Signal(int)  # how many rows are marked, where more than one may be
    widen = Signal()  # somebody wants to see all again, where a search text or filter finds nothing

    def __init__(
        self,
        *,
        name: str,
        title: str,
        background: Background,
        fetch: Fetch,
        columns: tuple[Column, ...],
        row_id: Callable[[Any], int],
        empty: str,
        state: WindowState | None = None,
        sort: tuple[str, bool] | None = None,
        several: bool = False,
    ) -> None:
        super().__init__()
        self.model = PagedModel(background, fetch, columns, row_id)
        self.view = RowView(title, row_height(columns))
        self.view.setModel(self.model)
        self._name, self._state = name, state
        prepare_header(self.view, columns, name, state)
        self._prepare_sort(columns, sort)
        self._empty = NothingHere(empty, self.view.viewport())
        self._empty.widen.connect(self.widen)
        self._narrowed = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self.view)
        self._selected: int | None = None
        self._to_bring = True  # into view: the row of the record that is open, once; a refresh lets the list stay
        self._marked: set[int] = set()  # more than one row, by id: the record shown stays as it is
        if several:
            self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._remembered = state.number(f"list/{name}/selected") if state is not None else None
        # the selection, not the current row: a screen reader selects without moving there
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._on_selection())
        self.view.activated.connect(self._on_activated)
        self.model.modelReset.connect(self._on_reset)
        self.model.dataChanged.connect(lambda *_: self._on_more())
        self.model.arrived.connect(self._give_chips_room)
        self.model.counted.connect(self.counted)

    def _prepare_sort(self, columns: tuple[Column, ...], sort: tuple[str, bool] | None) -> None:
        header = self.view.horizontalHeader()
        key, descending = sort or ("", False)
        if self._state is not None:
            kept = self._state.text(f"list/{self._name}/sort")
            if kept and any(column.sort == kept.lstrip("-") for column in columns):
                key, descending = kept.lstrip("-"), kept.startswith("-")
        if key:
            section = next(i for i, column in enumerate(columns) if column.sort == key)
            header.setSortIndicator(
                section, Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
            )
            self.model.query = ListQuery(sort=key, descending=descending)
        header.setSortIndicatorShown(True)
        header.sortIndicatorChanged.connect(self._sort)

    def _sort(self, section: int, order: Qt.SortOrder) -> None:
        key = self.model.columns[section].sort if 0 <= section < len(self.model.columns) else ""
        if key and self._state is not None:
            sign = "-" if order == Qt.SortOrder.DescendingOrder else ""
            self._state.remember(f"list/{self._name}/sort", sign + key)
        self.model.sort(section, order)

    def show_query(self, *, text: str = "", filters: Mapping[str, str] | None = None, narrowed: bool = False) -> None:
        """Another search text or filter; the sorting stays. `narrowed`: more than the text hides something."""
        self._narrowed, self._to_bring = bool(text.strip()) or narrowed, True
        self.model.ask(replace(self.model.query, text=text, filters=dict(filters or {})))

    def refresh(self) -> None:
        """Ask the same again."""
        self.model.ask(self.model.query)

    def select(self, row_id: int | None) -> None:
        """Have this record open, or none: its row is marked as soon as it is there. Nobody hears of it as a choice."""
        self._selected, self._remembered, self._marked, self._to_bring = row_id, None, set(), True
        self._mark()

    def select_first(self) -> None:
        """Show the first record where nobody chose one."""
        first = self.model.id_at(0)
        if first is not None:
            self.select(first)
            self.selected.emit(first)

    def chosen_id(self) -> int | None:
        """The record that is open, whether its row is there or not."""
        return self._selected

    def current(self) -> Any | None:
        """The selected record."""
        rows = self.view.selectionModel().selectedRows()
        return self.model.row_at(rows[0].row()) if rows else None

    def chosen_ids(self) -> tuple[int, ...] | None:
        """The marked records; None where some of them are not there yet (a long list is read page by page)."""
        ids = [self.model.id_at(index.row()) for index in self.view.selectionModel().selectedRows()]
        known = tuple(number for number in ids if number is not None)
        return known if len(known) == len(ids) else None

    def _on_reset(self) -> None:
        self._place_empty_state()
        # with the first list the last record is open again, unless somebody chose another one before it was there
        remembered, self._remembered = self._remembered, None
        if self._selected is None and remembered is not None and self.model.find(remembered) is not None:
            self._selected = remembered
            self.selected.emit(remembered)
        there = self.model.rows_of(self._marked)
        # of a list that is not all there the others may stand further down: a part must not pass for all of them
        known = len(there) == len(self._marked) or self.model.total <= PAGE_ROWS
        self._marked = set(there) if known and len(there) > 1 else set()
        self._mark()

    def _on_more(self) -> None:
        """Further rows came, perhaps the chosen one; what is marked stays."""
        self._to_bring = False  # whoever scrolls is not led elsewhere
        if not self.view.selectionModel().hasSelection():
            self._mark()

    def _place_empty_state(self) -> None:
        self._empty.say(narrowed=self._narrowed)
        self._empty.setVisible(self.model.answered and self.model.total == 0)
        self._empty.setGeometry(self.view.viewport().rect().adjusted(24, 24, -24, -24))

    def _mark(self) -> None:
        """The rows chosen together, else that of the record that is open."""
        opened = self.model.find(self._selected) if self._selected is not None else None
        rows = set(self.model.rows_of(self._marked).values())
        if not rows and opened is not None:
            rows = {opened}
        if rows != set(marked(self.view)):
            mark(self.view, rows, current=opened)
        if self._to_bring and opened is not None:
            self._to_bring = False
            self.view.doItemsLayout()  # else a list just come has no room to scroll in
            self.view.scrollTo(self.model.index(opened, 0))
        self.several_chosen.emit(len(rows))

    def _give_chips_room(self, records: Sequence[Any]) -> None:
        """A state is read whole: a column grows to its longest chip, at the cost of the one that takes what is left."""
        header, font = self.view.horizontalHeader(), self.view.font()
        for number, column in enumerate(self.model.columns):
            if column.chip and column.width and not header.isSectionHidden(number):
                said = {column.chip(record) for record in records}
                room = max((chip_room(font, words, kind) for words, kind in said if words), default=0)
                if room > header.sectionSize(number):
                    header.resizeSection(number, room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the empty state in the middle."""
        super().resizeEvent(event)
        QTimer.singleShot(
            0, self, lambda: self._empty.setGeometry(self.view.viewport().rect().adjusted(24, 24, -24, -24))
        )

    def _on_selection(self) -> None:
        rows = self.view.selectionModel().selectedRows()
        self.several_chosen.emit(len(rows))
        if len(rows) > 1:
            self._marked = {number for row in rows if (number := self.model.id_at(row.row())) is not None}
            return
        self._marked = set()
        row_id = self.model.id_at(rows[0].row()) if rows else None
        if row_id is not None and row_id != self._selected:
            self._selected, self._to_bring = row_id, False  # it is where it was clicked
            if self._state is not None:
                self._state.remember(f"list/{self._name}/selected", str(row_id))
            self.selected.emit(row_id)
            self.turned.emit()

    def _on_activated(self, index: QModelIndex) -> None:
        row_id = self.model.id_at(index.row())
        if row_id is not None:
            self.activated.emit(row_id)

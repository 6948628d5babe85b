"""A list of any length: pages of 200 rows fetched in the background, sorted and filtered by the database.

The view knows rows only as frozen dataclasses; columns say how to show them.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QVBoxLayout, QWidget

from domain.database import Session
from domain.paging import ListQuery, Page
from ui.background import Background
from ui.theme import SPACE
from ui.translation import tr
from ui.widgets.chips import CHIP_ROLE, ChipDelegate
from ui.window_state import WindowState

PAGE_ROWS = 200
PAGES_KEPT = 12
Fetch = Callable[[Session, ListQuery], Page[Any]]
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Column:
    """One column: header, how a row reads, and (where it can be sorted) the list's sort key.

    `chip` gives a word and its kind (success, warning, danger, info, neutral) instead of plain text.
    """

    title: str
    width: int
    text: Callable[[Any], str] | None = None
    chip: Callable[[Any], tuple[str, str]] | None = None
    sort: str = ""
    right: bool = False
    tooltip: Callable[[Any], str] | None = None


class PagedModel(QAbstractTableModel):
    """Rows of a query, page by page; a page not there yet shows empty cells and is fetched."""

    counted = Signal(int)

    def __init__(
        self, background: Background, fetch: Fetch, columns: tuple[Column, ...], row_id: Callable[[Any], int]
    ) -> None:
        super().__init__()
        self._background, self._fetch, self.columns, self._row_id = background, fetch, columns, row_id
        self._pages: OrderedDict[int, tuple[Any, ...]] = OrderedDict()
        self._wanted: set[int] = set()
        self._generation = 0
        self.total = 0
        self.query = ListQuery()

    def ask(self, query: ListQuery) -> None:
        """Show another query from its beginning (or the same again)."""
        self.query = query
        self._generation += 1
        self._wanted.clear()
        self._want(0, reset=True)

    def row_at(self, row: int) -> Any | None:
        """The row's record if its page is there."""
        page = self._pages.get(row // PAGE_ROWS)
        return page[row % PAGE_ROWS] if page is not None and row % PAGE_ROWS < len(page) else None

    def find(self, row_id: int) -> int | None:
        """The row number of a record among the pages that are there."""
        for number, page in self._pages.items():
            for offset, record in enumerate(page):
                if self._row_id(record) == row_id:
                    return number * PAGE_ROWS + offset
        return None

    def id_at(self, row: int) -> int | None:
        """The id of a row's record."""
        record = self.row_at(row)
        return None if record is None else self._row_id(record)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """All rows of the query, fetched or not."""
        return 0 if parent.isValid() else self.total

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """The columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text, chip, alignment or tooltip."""
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        record = self.row_at(index.row())
        if record is None:
            if role == Qt.ItemDataRole.DisplayRole:
                self._want(index.row() // PAGE_ROWS)
                return "…"
            return None
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return column.chip(record)[0] if column.chip else column.text(record) if column.text else ""
        if role == CHIP_ROLE and column.chip:
            return column.chip(record)[1]
        if role == Qt.ItemDataRole.ToolTipRole and column.tooltip:
            return column.tooltip(record)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Let the database sort."""
        key = self.columns[column].sort if 0 <= column < len(self.columns) else ""
        if key:
            self.ask(replace(self.query, sort=key, descending=order == Qt.SortOrder.DescendingOrder))

    def _want(self, number: int, *, reset: bool = False) -> None:
        if number in self._wanted:
            return
        self._wanted.add(number)
        generation = self._generation
        query = replace(self.query, offset=number * PAGE_ROWS, limit=PAGE_ROWS)
        self._background.read(
            self,
            lambda session: self._fetch(session, query),
            lambda page: self._take(number, generation, page, reset=reset),
            key="reset" if reset else None,
        )

    def _take(self, number: int, generation: int, page: Page[Any], *, reset: bool) -> None:
        if generation != self._generation:
            return
        self._wanted.discard(number)
        if reset:
            self.beginResetModel()
            self._pages.clear()
            self._pages[number] = page.rows
            self.total = page.total
            self.endResetModel()
            self.counted.emit(self.total)
            return
        self._pages[number] = page.rows
        self._pages.move_to_end(number)
        while len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        first, last = number * PAGE_ROWS, min(self.total, (number + 1) * PAGE_ROWS) - 1
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))


class PagedTable(QWidget):
    """The table with its empty state; keeps the selection by id when rows change."""

    selected = Signal(object)
    activated = Signal(int)
    counted = Signal(int)

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
    ) -> None:
        super().__init__()
        self.model = PagedModel(background, fetch, columns, row_id)
        self.view = QTableView()
        self.view.setAccessibleName(title)
        self.view.setModel(self.model)
        self.view.setItemDelegate(ChipDelegate(self.view))
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setShowGrid(False)
        self.view.setWordWrap(False)
        self.view.verticalHeader().setVisible(False)
        self.view.verticalHeader().setDefaultSectionSize(36)
        self.view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._prepare_header(columns, name, state, sort)
        self._empty = QLabel(empty)
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setParent(self.view.viewport())
        self._empty.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self.view)
        self._selected: int | None = None
        # the selection, not the current row: a screen reader selects without moving there
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._on_selection())
        self.view.activated.connect(self._on_activated)
        self.model.modelReset.connect(self._after_reset)
        self.model.counted.connect(self.counted)

    def _prepare_header(
        self, columns: tuple[Column, ...], name: str, state: WindowState | None, sort: tuple[str, bool] | None
    ) -> None:
        header = self.view.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for number, column in enumerate(columns):
            header.resizeSection(number, column.width)
        if state is not None:
            state.bind_header(name, header)
        if sort is not None:
            section = next(i for i, column in enumerate(columns) if column.sort == sort[0])
            order = Qt.SortOrder.DescendingOrder if sort[1] else Qt.SortOrder.AscendingOrder
            header.setSortIndicator(section, order)
            self.model.query = ListQuery(sort=sort[0], descending=sort[1])
        header.setSortIndicatorShown(True)
        header.setSectionsClickable(True)
        header.sortIndicatorChanged.connect(self.model.sort)

    def show_query(self, *, text: str = "", filters: Mapping[str, str] | None = None) -> None:
        """Another search text or filter; the sorting stays."""
        self.model.ask(replace(self.model.query, text=text, filters=dict(filters or {})))

    def refresh(self) -> None:
        """Ask the same again."""
        self.model.ask(self.model.query)

    def select(self, row_id: int | None) -> None:
        """Select a record as soon as it is there."""
        self._selected = row_id
        self._after_reset()

    def current_id(self) -> int | None:
        """The selected record's id."""
        return self._selected

    def current(self) -> Any | None:
        """The selected record."""
        rows = self.view.selectionModel().selectedRows()
        return self.model.row_at(rows[0].row()) if rows else None

    def _after_reset(self) -> None:
        self._empty.setVisible(self.model.total == 0)
        self._empty.setGeometry(self.view.viewport().rect().adjusted(24, 24, -24, -24))
        if self._selected is None:
            return
        row = self.model.find(self._selected)
        if row is not None:
            blocked = self.view.selectionModel().blockSignals(True)
            self.view.selectRow(row)
            self.view.selectionModel().blockSignals(blocked)
            self.view.viewport().update()

    def resizeEvent(self, event: Any) -> None:
        """Keep the empty state in the middle."""
        super().resizeEvent(event)
        QTimer.singleShot(
            0, self, lambda: self._empty.setGeometry(self.view.viewport().rect().adjusted(24, 24, -24, -24))
        )

    def _on_selection(self) -> None:
        rows = self.view.selectionModel().selectedRows()
        row_id = self.model.id_at(rows[0].row()) if rows else None
        if row_id is not None and row_id != self._selected:
            self._selected = row_id
            self.selected.emit(row_id)

    def _on_activated(self, index: QModelIndex) -> None:
        row_id = self.model.id_at(index.row())
        if row_id is not None:
            self.activated.emit(row_id)


def count_words(total: int, one: str, many: str) -> str:
    """The line above a list, e.g. 2 Patienten."""
    from ui.translation import ntr

    return ntr(total, one, many) if total else tr("keine Einträge")

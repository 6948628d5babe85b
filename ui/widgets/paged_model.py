"""Rows of a list of any length: pages of 200 fetched in the background, sorted and filtered by the database."""

from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from domain.database import Session
from domain.paging import ListQuery, Page
from ui.background import Background
from ui.widgets.cells import cell
from ui.widgets.columns import Column

PAGE_ROWS = 200
PAGES_KEPT = 12
Fetch = Callable[[Session, ListQuery], Page[Any]]
Index = QModelIndex | QPersistentModelIndex


class PagedModel(QAbstractTableModel):
    """Rows of a query, page by page; a page not there yet shows empty cells and is fetched.

    `arrived` brings the records of each page as it comes.
    """

    counted = Signal(int)
    arrived = Signal(object)

    def __init__(
        self, background: Background, fetch: Fetch, columns: tuple[Column, ...], row_id: Callable[[Any], int]
    ) -> None:
        super().__init__()
        self._background, self._fetch, self.columns, self._row_id = background, fetch, columns, row_id
        self._pages: OrderedDict[int, tuple[Any, ...]] = OrderedDict()
        self._wanted: set[int] = set()
        self._generation = 0
        self.total = 0
        self.answered = False  # before that, no row is not nothing
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
        return self.rows_of({row_id}).get(row_id)

    def rows_of(self, row_ids: Collection[int]) -> dict[int, int]:
        """The row numbers of those records that are among the pages that are there, by their ids."""
        return {
            row_id: number * PAGE_ROWS + offset
            for number, page in self._pages.items()
            for offset, record in enumerate(page)
            if (row_id := self._row_id(record)) in row_ids
        }

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
        record = self.row_at(index.row())
        if record is None:
            if role == Qt.ItemDataRole.DisplayRole:
                self._want(index.row() // PAGE_ROWS)
                return "…"
            return None
        return cell(self.columns[index.column()], record, role)

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
            self.total, self.answered = page.total, True
            self.endResetModel()
            self.counted.emit(self.total)
            self.arrived.emit(page.rows)
            return
        self._pages[number] = page.rows
        self._pages.move_to_end(number)
        while len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        first, last = number * PAGE_ROWS, min(self.total, (number + 1) * PAGE_ROWS) - 1
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))
            self.arrived.emit(page.rows)

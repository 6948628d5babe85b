"""A page with a list at the left and one record at the right: search, filters, count, new, and what changed meanwhile.

A page hands over its table, its detail and its words. This base knows no subject.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QStackedWidget, QWidget

from ui.changes import Refresher
from ui.page import PageWidget
from ui.ports import UiContext
from ui.record_detail import RecordDetail
from ui.widgets.forms import Choice, EmptyState, button
from ui.widgets.forms import label as words
from ui.widgets.paged_table import PagedTable
from ui.widgets.search_field import SearchField

Detail = TypeVar("Detail", bound=RecordDetail[Any, Any])
BESIDE_SEARCH = 2  # so many filters fit beside the field that is typed into


class ListDetailPage(PageWidget, Generic[Detail]):
    """List and detail side by side; `name` is the key under which the splitter is remembered.

    The row that is marked is that of the record that is open: where typing keeps one open, its row is marked again.
    """

    def __init__(
        self,
        ui: UiContext,
        *,
        name: str,
        table: PagedTable,
        detail: Detail,
        nobody: EmptyState,
        search: tuple[str, str],
        filters: Mapping[str, Choice],
        new: str,
        count: Callable[[int], str],
        topics: Collection[str],
        widths: tuple[int, int],
        actions: Sequence[QPushButton] = (),
    ) -> None:
        super().__init__(ui)
        self._table, self._detail, self._filters = table, detail, filters
        self._search = SearchField(*search, leave_to=lambda: table.view)
        counted = words("", "muted")
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._search, 2)
        # many filters would leave no room to type: they get a line of their own
        narrowing = row if len(filters) <= BESIDE_SEARCH else QHBoxLayout()
        for choice in filters.values():
            narrowing.addWidget(choice, 1)
            choice.currentIndexChanged.connect(lambda: self._ask())
        row.addWidget(counted)
        row.addStretch(1)
        for action in (*actions, button(new, self.begin_new, role="primary", icon="user-plus")):
            row.addWidget(action)
        self.body.addWidget(bar)
        if narrowing is not row:
            self.body.addLayout(narrowing)
        self._right = QStackedWidget()
        self._right.addWidget(nobody)
        self._right.addWidget(detail)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(table)
        split.addWidget(self._right)
        for place, width in enumerate(widths):
            split.setStretchFactor(place, width // 10)  # Qt knows factors up to 255
        split.setSizes(list(widths))
        split.setChildrenCollapsible(False)
        ui.state.bind_splitter(name, split)
        self.body.addWidget(split, 1)
        self._search.textChanged.connect(lambda: self._ask())
        table.selected.connect(self._select)
        table.widen.connect(self._widen)
        table.counted.connect(lambda n: counted.setText(count(n)))
        detail.opened.connect(lambda: QTimer.singleShot(0, self, self._mark_open))  # when the list is done choosing
        detail.created.connect(self.open_item)
        detail.gone.connect(lambda: self._right.setCurrentIndex(0))
        Refresher(self, ui.changes, topics, self.refresh)

    def begin_new(self) -> None:
        """An empty form."""
        self._table.select(None)
        self._right.setCurrentIndex(1)
        self._detail.begin_new()

    def refresh(self) -> None:
        """List and open record again."""
        self._table.refresh()
        self._detail.refresh()

    def open_item(self, item_id: int) -> None:
        """Show one record."""
        self._table.select(item_id)
        self._select(item_id)

    def open_field(self, item_id: int, field: str) -> None:
        """Show one record with the cursor in one of its fields."""
        self._detail.focus_when_there(field)
        self.open_item(item_id)

    def _ask(self) -> None:
        chosen = {key: choice.code() for key, choice in self._filters.items()}
        self._table.show_query(text=self._search.text(), filters=chosen, narrowed=any(chosen.values()))

    def _widen(self) -> None:
        self._search.clear()
        for choice in self._filters.values():
            choice.choose("")

    def _select(self, record_id: int) -> None:
        self._right.setCurrentIndex(1)
        self._detail.show_record(record_id)

    def _mark_open(self) -> None:
        if self._table.chosen_id() != self._detail.open_id():
            self._table.select(self._detail.open_id())

"""The columns of a list: how a row reads in each, which can be sorted, and the header that shows and hides them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView

from ui.window_state import WindowState

ROW_HEIGHT, TWO_LINES_HEIGHT = 36, 52


@dataclass(frozen=True, slots=True)
class Column:
    """One column: header, how a row reads, and (where it can be sorted) the list's sort key.

    `chip` gives a word and its kind (success, warning, danger, info, neutral) instead of plain text; `second` a
    muted line below the first. `width` 0 takes the room that is left. A `spare` column is hidden until it is
    chosen from the header's menu.
    """

    title: str
    width: int
    text: Callable[[Any], str] | None = None
    chip: Callable[[Any], tuple[str, str]] | None = None
    second: Callable[[Any], str] | None = None
    sort: str = ""
    right: bool = False
    spare: bool = False
    tooltip: Callable[[Any], str] | None = None

    def words(self, record: Any) -> str:
        """What stands in the first line."""
        return self.chip(record)[0] if self.chip else self.text(record) if self.text else ""


def row_height(columns: Sequence[Column]) -> int:
    """Pixels a row needs."""
    return TWO_LINES_HEIGHT if any(column.second for column in columns) else ROW_HEIGHT


def prepare_header(view: QTableView, columns: Sequence[Column], name: str, state: WindowState | None) -> None:
    """Widths, hidden columns and the menu that brings them back, as they were left."""
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    header.setStretchLastSection(all(column.width for column in columns))
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setMinimumSectionSize(40)
    for number, column in enumerate(columns):
        if column.width:
            header.resizeSection(number, column.width)
        else:
            header.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
        header.setSectionHidden(number, column.spare)
    if state is not None:
        state.bind_header(name, header)
    header.setSectionsClickable(True)
    header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    header.customContextMenuRequested.connect(partial(_choose, view, tuple(columns)))


def _choose(view: QTableView, columns: Sequence[Column], at: QPoint) -> None:
    header = view.horizontalHeader()
    menu = QMenu(view)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for number, column in enumerate(columns):
        action = menu.addAction(column.title)
        action.setCheckable(True)
        action.setChecked(not header.isSectionHidden(number))
        action.setEnabled(column.width != 0)  # what names the row stays
        action.toggled.connect(lambda shown, number=number: header.setSectionHidden(number, not shown))
    menu.popup(header.mapToGlobal(at))

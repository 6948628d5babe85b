"""What tabs of Verwaltung with a list and a form share: choosing, beginning a new one, saving, and being refused.

A tab says how its things are read, how a line of the list reads, and what its form holds. This base knows no subject.
"""

from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPushButton, QSplitter, QVBoxLayout, QWidget

from domain.database import Session
from ui.errors import describe
from ui.ports import UiContext
from ui.widgets.faults import Fields, be_content, refused_at
from ui.widgets.forms import EmptyState, button, row, scrolled

T = TypeVar("T")


class ListFormTab(QWidget, Generic[T]):
    """What is typed stays until another thing is chosen or it is saved."""

    fields: Fields

    def __init__(self, ui: UiContext, title: str, nothing: EmptyState) -> None:
        super().__init__()
        self._ui = ui
        self._items: tuple[T, ...] = ()
        self._shown: T | None = None
        self._fresh = True  # nothing was shown or begun yet
        self._list = QListWidget()
        self._list.setAccessibleName(title)
        self._list.currentRowChanged.connect(self._choose)
        self._nothing = nothing

    def _lay_out(self, new: str, *form: QWidget, save: QPushButton, widths: tuple[int, int]) -> None:
        """The list with the button for a new one at the left, the form at the right, `save` always in sight below it."""
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(8, 0, 8, 0)
        for widget in form:
            column.addWidget(widget)
        column.addStretch(1)
        left = QWidget()
        side = QVBoxLayout(left)
        side.setContentsMargins(0, 0, 0, 0)
        side.addWidget(self._list, 1)
        side.addWidget(self._nothing, 1)
        self._new = button(new, self._begin_new, icon="plus")
        side.addWidget(row(self._new))
        self._area = scrolled(content)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        right = QWidget()
        below = QVBoxLayout(right)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self._area, 1)
        foot = row(save)
        foot.setContentsMargins(8, 0, 8, 0)
        below.addWidget(foot)
        split.addWidget(right)
        split.setSizes(list(widths))
        split.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 0)
        outer.addWidget(split)
        self._open(None)

    # What a tab says of its own.

    def _load(self, session: Session) -> tuple[T, ...]:
        """Read them."""
        raise NotImplementedError

    def _id(self, item: T) -> int | None:
        """The id of one that is kept."""
        raise NotImplementedError

    def _line(self, item: T) -> str:
        """How it reads in the list."""
        raise NotImplementedError

    def _fill(self, item: T | None) -> None:
        """Put it into the form; None is a new one."""
        raise NotImplementedError

    def _told(self) -> None:
        """The list was read again; the form stays."""

    # What all of them share.

    def refresh(self) -> None:
        """Read the list again; what is being typed stays."""
        self._ui.background.read(self, self._load, self._show, key="list")

    def _show(self, items: tuple[T, ...]) -> None:
        self._items = items
        chosen = self._id(self._shown) if self._shown is not None else None
        blocked = self._list.blockSignals(True)
        self._list.clear()
        for number, item in enumerate(items):
            self._list.addItem(QListWidgetItem(self._line(item)))
            if chosen is not None and self._id(item) == chosen:
                self._list.setCurrentRow(number)
        self._list.blockSignals(blocked)
        self._list.setVisible(bool(items))
        self._nothing.setVisible(not items)
        fresh, self._fresh = self._fresh, False
        if fresh and items and self._shown is None:
            self._list.setCurrentRow(0)  # an empty form would look like a new one
            return
        self._told()

    def _choose(self, number: int) -> None:
        if 0 <= number < len(self._items):
            self._open(self._items[number])

    def _open(self, item: T | None) -> None:
        self._shown = item
        self._fill(item)
        be_content(self.fields)
        self._told()

    def _begin_new(self) -> None:
        self._fresh = False
        self._list.setCurrentRow(-1)
        self._open(None)
        self.fields["name"].control.setFocus()

    def _after_save(self, item_id: int) -> None:
        """Show what was saved as it is kept now."""

        def show(items: tuple[T, ...]) -> None:
            self._open(next(item for item in items if self._id(item) == item_id))
            self._show(items)

        # a key of its own: the news of the save asks for the list, too
        self._ui.background.read(self, self._load, show, key="saved")

    def _refused(self, error: Exception) -> None:
        if not refused_at(self.fields, error, self._ui.messages):
            self._ui.messages.error(describe(error))

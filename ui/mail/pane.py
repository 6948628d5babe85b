"""What both halves of Post share: a list of one box at the left, one mail at the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from domain.paging import ListQuery
from ui.ports import UiContext
from ui.widgets.paged_table import PagedTable


class MailPane(QWidget):
    """`name` is the key under which the splitter is remembered, `box` the one shown first, sorted by `sort`."""

    def __init__(
        self,
        ui: UiContext,
        table: PagedTable,
        detail: QWidget,
        *,
        name: str,
        box: str,
        sort: str,
        widths: tuple[int, int],
    ) -> None:
        super().__init__()
        self.table = table
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(table)
        split.addWidget(detail)
        split.setSizes(list(widths))
        for place, width in enumerate(widths):
            split.setStretchFactor(place, width // 10)  # Qt knows factors up to 255
        split.setChildrenCollapsible(False)
        ui.state.bind_splitter(name, split)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)
        table.model.query = ListQuery(sort=sort, descending=True, filters={box: "1"})

    def ask(self, box: str, text: str, *, chosen: bool = False) -> None:
        """Another box or search text; `chosen`: the box the mail shown lies in."""
        self.table.show_query(text=text, filters={box: "1"}, chosen=chosen)

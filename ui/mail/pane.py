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

    def ask(self, box: str, text: str, *, mail: int | None = None) -> None:
        """Another search text or box; `mail` is to be shown with it.

        A box is a list of its own: what was open in another one does not stay beside it.
        """
        if mail is not None:
            self.show_mail(mail)
        elif box not in self.table.model.query.filters:
            self.leave()
            self.table.select(None)
        self.table.show_query(text=text, filters={box: "1"})

    def show_mail(self, mail_id: int) -> None:
        """One mail; its row is marked with the list that has it."""
        raise NotImplementedError

    def leave(self) -> None:
        """Show none."""
        raise NotImplementedError

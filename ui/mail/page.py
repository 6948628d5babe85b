"""Post: outbox, sent, and what needs a person (unclear, failed, bounced); one mail in full."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QSplitter, QTabBar

from domain.communication.queries import MailDetail, box_of, count_boxes, get_mail, list_mails
from domain.paging import ListQuery
from ui import formats
from ui.changes import Refresher
from ui.labels import label
from ui.mail.detail import MailDetailView
from ui.page import PageWidget
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.chips import EMAIL_STATES
from ui.widgets.columns import Column
from ui.widgets.forms import row
from ui.widgets.paged_table import PagedTable

BOXES = ("outbox", "sent", "trouble", "cancelled")


class MailPage(PageWidget):
    """Boxes as tabs above a list and one mail."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__(ui)
        self._titles = {
            "outbox": tr("Postausgang"), "sent": tr("Gesendet"), "trouble": tr("Unklar und unzustellbar"),
            "cancelled": tr("Zurückgenommen"),
        }  # fmt: skip
        self._tabs = QTabBar()
        self._tabs.setAccessibleName(tr("Fächer"))
        self._tabs.setDrawBase(False)
        for box in BOXES:
            self._tabs.addTab(self._titles[box])
        self._search = QLineEdit()
        self._search.setAccessibleName(tr("E-Mails suchen"))
        self._search.setPlaceholderText(tr("Empfänger oder Betreff"))
        self._search.setClearButtonEnabled(True)
        self.body.addWidget(row(self._tabs, self._search, stretch=(3, 1)))
        self._table = PagedTable(
            name="mails",
            title=tr("E-Mails"),
            background=ui.background,
            fetch=list_mails,
            columns=(
                Column(
                    tr("An"),
                    0,
                    text=lambda r: r.to_name or r.to_address,
                    second=lambda r: r.subject,
                    sort="to",
                    tooltip=lambda r: r.to_address,
                ),
                Column(
                    tr("Stand"),
                    150,
                    chip=lambda r: (label("email_status", r.status), EMAIL_STATES[r.status]),
                    sort="status",
                ),
                Column(
                    tr("Zeit"),
                    138,
                    text=lambda r: formats.moment(r.sent_at or r.created_at),
                    second=lambda r: label("email_kind", r.kind),
                    sort="created",
                ),
                Column(tr("Betreff"), 240, text=lambda r: r.subject, sort="subject", spare=True),
            ),
            row_id=lambda record: record.email_id,
            empty=tr("Hier liegt nichts."),
            state=ui.state,
            sort=("created", True),
        )
        self._detail = MailDetailView(ui)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self._table)
        split.addWidget(self._detail)
        split.setSizes([600, 540])
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        ui.state.bind_splitter("mail", split)
        self.body.addWidget(split, 1)
        self._table.model.query = ListQuery(sort="created", descending=True, filters={"outbox": "1"})
        self._tabs.currentChanged.connect(lambda _: self._ask())
        self._search.textChanged.connect(lambda _: self._ask())
        self._table.selected.connect(self._detail.show_mail)
        Refresher(self, ui.changes, ("email",), self.refresh)

    def refresh(self) -> None:
        """List, counts and open mail again."""
        self._table.refresh()
        self._detail.refresh()
        self.ui.background.read(self, count_boxes, self._show_counts, key="counts")

    def open_item(self, item_id: int) -> None:
        """Show one mail, and the box it lies in."""
        self._detail.show_mail(item_id)

        def found(mail: MailDetail) -> None:
            self._table.select(item_id)
            self._tabs.setCurrentIndex(BOXES.index(box_of(mail.row.status)))

        self.ui.background.read(self, lambda s: get_mail(s, item_id), found, key="box")

    def _ask(self) -> None:
        self._table.show_query(text=self._search.text(), filters={BOXES[self._tabs.currentIndex()]: "1"})

    def _show_counts(self, counts: dict[str, int]) -> None:
        for number, box in enumerate(BOXES):
            count = f" ({counts[box]})" if counts[box] and box != "sent" else ""
            self._tabs.setTabText(number, self._titles[box] + count)

"""Mails that go out: a list of one box and one mail in full."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from domain.communication.queries import list_mails
from domain.paging import ListQuery
from ui import formats
from ui.labels import label
from ui.mail.detail import MailDetailView
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.chips import EMAIL_STATES
from ui.widgets.columns import Column
from ui.widgets.paged_table import PagedTable


class OutgoingPane(QWidget):
    """Outbox, sent, trouble and cancelled share one list."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
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
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)
        self._table.model.query = ListQuery(sort="created", descending=True, filters={"outbox": "1"})
        self._table.selected.connect(self._detail.show_mail)

    def ask(self, box: str, text: str) -> None:
        """Another box or search text."""
        self._table.show_query(text=text, filters={box: "1"})

    def refresh(self) -> None:
        """List and open mail again."""
        self._table.refresh()
        self._detail.refresh()

    def show_mail(self, email_id: int) -> None:
        """One mail; its list follows when the box is asked for."""
        self._detail.show_mail(email_id)
        self._table.select(email_id)

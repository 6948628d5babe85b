"""Finding the inquiry a mail answers: a list to search by practice or reference."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from domain.matching.listing import list_inquiries
from ui import formats
from ui.labels import label
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.chips import INQUIRY_STATES
from ui.widgets.columns import Column
from ui.widgets.paged_table import PagedTable
from ui.widgets.search_field import SearchField


class InquiryFinder(QDialog):
    """Enter or a double click takes the chosen one."""

    def __init__(self, parent: QWidget, ui: UiContext) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Anfrage zuordnen"))
        self.setAccessibleName(tr("Anfrage zuordnen"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 480)
        self._search = SearchField(tr("Anfrage suchen"), tr("Praxis oder Kennzeichen"))
        now = ui.now()
        self._table = PagedTable(
            name="finder",
            title=tr("Anfragen"),
            background=ui.background,
            fetch=lambda session, query: list_inquiries(session, query, now=now),
            columns=(
                Column(tr("Praxis"), 0, text=lambda r: r.therapist, second=lambda r: f"PL-{r.reference}"),
                Column(tr("Stand"), 150, chip=lambda r: (label("inquiry_state", r.state), INQUIRY_STATES[r.state])),
                Column(tr("Gesendet"), 160, text=lambda r: formats.moment(r.sent_at)),
            ),
            row_id=lambda record: record.inquiry_id,
            empty=tr("Keine Anfrage gefunden."),
        )
        self._buttons = QDialogButtonBox()
        self._ok = self._buttons.addButton(tr("Zuordnen"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._ok.setProperty("role", "primary")
        self._ok.setEnabled(False)
        self._buttons.addButton(tr("Abbrechen"), QDialogButtonBox.ButtonRole.RejectRole)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self._search)
        column.addWidget(self._table, 1)
        column.addWidget(self._buttons)
        self._search.textChanged.connect(lambda text: self._table.show_query(text=text))
        self._table.widen.connect(self._search.clear)
        self._table.selected.connect(lambda _: self._ok.setEnabled(True))
        self._table.activated.connect(lambda _: self.accept())
        self._table.refresh()

    def ask(self, then: Callable[[int], None]) -> None:
        """Show it; `then` gets the id of the chosen inquiry."""

        def accepted() -> None:
            chosen = self._table.current()
            if chosen is not None:
                then(chosen.inquiry_id)

        self.accepted.connect(accepted)
        self.open()

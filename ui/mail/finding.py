"""Finding the inquiry or the patient a mail belongs to: a list to search, one is taken."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from domain.database import Session
from domain.matching.listing import list_inquiries
from domain.paging import ListQuery, Page
from domain.patients.queries import PatientRow, list_patients
from ui import formats
from ui.labels import label
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.chips import INQUIRY_STATES
from ui.widgets.columns import Column
from ui.widgets.paged_table import PagedTable
from ui.widgets.search_field import SearchField


class Finder(QDialog):
    """Enter or a double click takes the chosen one."""

    def __init__(self, parent: QWidget, title: str, search: SearchField, table: PagedTable) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 480)
        self._table = table
        self._buttons = QDialogButtonBox()
        self._ok = self._buttons.addButton(tr("Zuordnen"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._ok.setProperty("role", "primary")
        self._ok.setEnabled(False)
        self._buttons.addButton(tr("Abbrechen"), QDialogButtonBox.ButtonRole.RejectRole)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(search)
        column.addWidget(table, 1)
        column.addWidget(self._buttons)
        search.textChanged.connect(lambda text: table.show_query(text=text))
        table.widen.connect(search.clear)
        table.selected.connect(lambda _: self._ok.setEnabled(True))
        table.activated.connect(lambda _: self.accept())
        table.refresh()

    def take(self, then: Callable[[Any], None]) -> None:
        """Show it; `then` gets the row that was chosen."""

        def accepted() -> None:
            chosen = self._table.current()
            if chosen is not None:
                then(chosen)

        self.accepted.connect(accepted)
        self.open()


class InquiryFinder(Finder):
    """By practice or reference."""

    def __init__(self, parent: QWidget, ui: UiContext) -> None:
        now = ui.now()
        table = PagedTable(
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
        search = SearchField(tr("Anfrage suchen"), tr("Praxis oder Kennzeichen"))
        super().__init__(parent, tr("Anfrage zuordnen"), search, table)

    def ask(self, then: Callable[[int], None]) -> None:
        """Show it; `then` gets the id of the chosen inquiry."""
        self.take(lambda row: then(row.inquiry_id))


class PatientFinder(Finder):
    """By name, address or number; only those whose records one sees."""

    def __init__(self, parent: QWidget, ui: UiContext) -> None:
        today = ui.today()
        table = PagedTable(
            name="patient_finder",
            title=tr("Patienten"),
            background=ui.background,
            fetch=lambda session, query: _patients(session, query, today=today),
            columns=(
                Column(tr("Name"), 0, text=lambda r: r.name, second=lambda r: f"{r.plz} {r.city}".strip()),
                Column(tr("Alter"), 80, text=lambda r: "" if r.age is None else str(r.age)),
                Column(tr("Stand"), 160, text=lambda r: label("patient_state", r.state)),
            ),
            row_id=lambda record: record.patient_id,
            empty=tr("Kein Patient gefunden."),
        )
        search = SearchField(tr("Patient suchen"), tr("Name, Ort oder Kürzel"))
        super().__init__(parent, tr("Patient zuordnen"), search, table)

    def ask(self, then: Callable[[int], None]) -> None:
        """Show it; `then` gets the id of the chosen patient."""
        self.take(lambda row: then(row.patient_id))


def _patients(session: Session, query: ListQuery, *, today: date) -> Page[PatientRow]:
    """By what their record says; where that finds nobody, by a code of an inquiry."""
    found = list_patients(session, query, today=today)
    if found.total or not query.text.strip():
        return found
    by_code = replace(query, text="", filters={"code": query.text.strip()})
    return list_patients(session, by_code, today=today)

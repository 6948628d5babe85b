"""Patienten: the list at the left, one record at the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSplitter, QStackedWidget, QWidget

from domain.patients.queries import PatientRow, list_patients
from ui import formats
from ui.changes import Refresher
from ui.imports.dialog import choose_file
from ui.labels import label, labels
from ui.page import PageWidget
from ui.patients.detail import PatientDetailView
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.chips import PATIENT_STATES
from ui.widgets.columns import Column
from ui.widgets.forms import Choice, EmptyState, button
from ui.widgets.forms import label as words
from ui.widgets.paged_table import PagedTable

INSURANCE_KINDS = frozenset({"statutory", "private", "self_pay", "unknown"})


class PatientsPage(PageWidget):
    """List and detail; the last record is open again next time."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__(ui)
        self._search = QLineEdit()
        self._search.setAccessibleName(tr("Patienten suchen"))
        self._search.setPlaceholderText(tr("Name, Ort oder PLZ"))
        self._search.setClearButtonEnabled(True)
        self._state = Choice({"": tr("Alle Stände"), **labels("patient_state")}, tr("Stand filtern"))
        self._count = words("", "muted")
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._search, 2)
        row.addWidget(self._state, 1)
        row.addWidget(self._count)
        row.addStretch(1)
        row.addWidget(button(tr("Datei &einlesen"), lambda: choose_file(self, ui), icon="file-input"))
        row.addWidget(button(tr("&Neuer Patient"), self.begin_new, role="primary", icon="user-plus"))
        self.body.addWidget(bar)
        self._table = PagedTable(
            name="patients",
            title=tr("Patientenliste"),
            background=ui.background,
            fetch=lambda session, query: list_patients(session, query, today=ui.today()),
            columns=self._columns(),
            row_id=lambda record: record.patient_id,
            empty=tr("Noch keine Patienten. Legen Sie jemanden an oder lesen Sie Aufnahmebögen ein."),
            state=ui.state,
            sort=("name", False),
        )
        self._detail = PatientDetailView(ui)
        self._right = QStackedWidget()
        self._right.addWidget(
            EmptyState("users", tr("Niemand ausgewählt"), tr("Wählen Sie links einen Menschen aus, um alles zu sehen."))
        )
        self._right.addWidget(self._detail)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self._table)
        split.addWidget(self._right)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 4)
        split.setSizes([500, 640])
        split.setChildrenCollapsible(False)
        ui.state.bind_splitter("patients", split)
        self.body.addWidget(split, 1)
        self._search.textChanged.connect(lambda: self._ask())
        self._state.currentIndexChanged.connect(lambda: self._ask())
        self._table.selected.connect(self._select)
        self._table.counted.connect(lambda n: self._count.setText(ntr(n, "{n} Patient", "{n} Patienten")))
        self._detail.created.connect(self.open_item)
        Refresher(self, ui.changes, ("patient", "place_search", "inquiry_item", "placement"), self.refresh)

    def _columns(self) -> tuple[Column, ...]:
        def insurer(row: PatientRow) -> str:
            return label("insurance", row.insurer) if row.insurer in INSURANCE_KINDS else row.insurer

        return (
            Column(
                tr("Name"),
                0,
                text=lambda r: r.name,
                second=lambda r: f"{r.plz} {r.city}".strip() or tr("Ort unbekannt"),
                sort="name",
            ),
            Column(
                tr("Stand"),
                160,
                chip=lambda r: (label("patient_state", r.state), PATIENT_STATES[r.state]),
                sort="state",
            ),
            Column(tr("Alter"), 60, text=lambda r: "–" if r.age is None else str(r.age), sort="age", right=True),
            Column(
                tr("Wartet"),
                72,
                text=lambda r: formats.waiting_short(r.registered_on, self.ui.today()),
                sort="waiting",
                right=True,
            ),
            Column(tr("Ort"), 130, text=lambda r: r.city, sort="city", spare=True),
            Column(tr("Kasse"), 130, text=insurer, spare=True),
            Column(
                tr("Wiedervorlage"), 110, text=lambda r: formats.day(r.resubmission_on), sort="resubmission", spare=True
            ),
        )

    def begin_new(self) -> None:
        """An empty form."""
        self._table.view.clearSelection()
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

    def _ask(self) -> None:
        self._table.show_query(text=self._search.text(), filters={"state": self._state.code()})

    def _select(self, patient_id: int) -> None:
        self._right.setCurrentIndex(1)
        self._detail.show_patient(patient_id)

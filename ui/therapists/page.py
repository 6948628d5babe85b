"""Therapeuten: the list at the left, one record at the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSplitter, QStackedWidget, QWidget

from domain.therapists.queries import list_therapists
from ui import formats
from ui.changes import Refresher
from ui.imports.dialog import choose_file
from ui.labels import labels
from ui.page import PageWidget
from ui.ports import UiContext
from ui.therapists.detail import CONTACTS, TherapistDetailView, contact_words
from ui.translation import ntr, tr
from ui.widgets.columns import Column
from ui.widgets.forms import Choice, EmptyState, button
from ui.widgets.forms import label as words
from ui.widgets.paged_table import PagedTable


class TherapistsPage(PageWidget):
    """List, detail, and reading files in."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__(ui)
        self._search = QLineEdit()
        self._search.setAccessibleName(tr("Therapeuten suchen"))
        self._search.setPlaceholderText(tr("Name oder E-Mail"))
        self._search.setClearButtonEnabled(True)
        self._method = Choice({"": tr("Alle Verfahren"), **labels("method")}, tr("Verfahren filtern"))
        self._contact = Choice(
            {"": tr("Alle"), **{code: contact_words(code) for code in CONTACTS}}, tr("Kontakt filtern")
        )
        self._count = words("", "muted")
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._search, 2)
        row.addWidget(self._method, 1)
        row.addWidget(self._contact, 1)
        row.addWidget(self._count)
        row.addStretch(1)
        row.addWidget(button(tr("Datei &einlesen"), lambda: choose_file(self, ui), icon="file-input"))
        row.addWidget(button(tr("&Neuer Therapeut"), self.begin_new, role="primary", icon="user-plus"))
        self.body.addWidget(bar)
        self._table = PagedTable(
            name="therapists",
            title=tr("Therapeutenliste"),
            background=ui.background,
            fetch=lambda session, query: list_therapists(session, query, now=ui.now()),
            columns=(
                Column(
                    tr("Name"),
                    0,
                    text=lambda r: r.name,
                    second=lambda r: f"{r.plz} {r.city}".strip() or tr("Ort unbekannt"),
                    sort="name",
                ),
                Column(
                    tr("Kontakt"), 162, chip=lambda r: (contact_words(r.contact), CONTACTS[r.contact]), sort="contact"
                ),
                Column(tr("Verfahren"), 100, text=lambda r: formats.offers(r.offers)),
                Column(tr("Ort"), 130, text=lambda r: r.city, sort="city", spare=True),
                Column(tr("Telefon"), 130, text=lambda r: formats.phone(r.phone), spare=True),
                Column(tr("E-Mail"), 180, text=lambda r: r.email, spare=True),
            ),
            row_id=lambda record: record.therapist_id,
            empty=tr("Noch keine Therapeuten. Lesen Sie ein Verzeichnis ein oder legen Sie jemanden an."),
            state=ui.state,
            sort=("name", False),
        )
        self._detail = TherapistDetailView(ui)
        self._right = QStackedWidget()
        self._right.addWidget(
            EmptyState(
                "stethoscope", tr("Niemand ausgewählt"), tr("Wählen Sie links eine Praxis aus, um alles zu sehen.")
            )
        )
        self._right.addWidget(self._detail)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self._table)
        split.addWidget(self._right)
        split.setSizes([560, 580])
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        ui.state.bind_splitter("therapists", split)
        self.body.addWidget(split, 1)
        self._search.textChanged.connect(lambda: self._ask())
        self._method.currentIndexChanged.connect(lambda: self._ask())
        self._contact.currentIndexChanged.connect(lambda: self._ask())
        self._table.selected.connect(self._select)
        self._table.counted.connect(lambda n: self._count.setText(ntr(n, "{n} Therapeut", "{n} Therapeuten")))
        self._detail.created.connect(self.open_item)
        Refresher(self, ui.changes, ("therapist", "inquiry", "import"), self.refresh)

    def begin_new(self) -> None:
        """An empty form."""
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
        self._table.show_query(
            text=self._search.text(), filters={"method": self._method.code(), "contact": self._contact.code()}
        )

    def _select(self, therapist_id: int) -> None:
        self._right.setCurrentIndex(1)
        self._detail.show_therapist(therapist_id)

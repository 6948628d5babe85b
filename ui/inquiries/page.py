"""Anfragen: the list by state, one inquiry with its patients, their answers one by one, and its history."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget

from domain.casework.batches.gathering import Gathered, gather_reminders
from domain.casework.printed_letters import count_waiting
from domain.matching.listing import list_inquiries
from domain.paging import ListQuery
from ui import formats
from ui.changes import Refresher
from ui.inquiries.detail import InquiryDetailView
from ui.inquiries.letters_printing import LetterPrinting
from ui.labels import label, labels
from ui.mail.batches.gathered import gathered_words, show_elsewhere
from ui.page import PageWidget
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.chips import INQUIRY_STATES
from ui.widgets.columns import Column
from ui.widgets.forms import Choice, EmptyState, button, row
from ui.widgets.forms import label as words
from ui.widgets.paged_table import PagedTable
from ui.widgets.search_field import SearchField


class InquiriesPage(PageWidget):
    """List and detail."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__(ui)
        self._search = SearchField(tr("Anfragen suchen"), tr("Praxis oder Zeichen"), lambda: self._table.view)
        self._state = Choice(
            {
                "open": tr("Offene"),
                "chase": tr("Nachfassen fällig"),
                "": tr("Alle"),
                "closed": tr("Abgeschlossene"),
                **labels("inquiry_state"),
            },
            tr("Stand filtern"),
        )
        self._count = words("", "muted")
        self._chase = button(tr("A&lle erinnern …"), self._on_chase, icon="clock")
        self._chase.hide()
        self._printing = LetterPrinting(ui, self)
        self._letters = button(tr("&Briefe drucken …"), self._printing.print_waiting, icon="file-input")
        self._letters.hide()
        self.body.addWidget(
            row(self._search, self._state, self._count, self._letters, self._chase, stretch=(2, 1, 2, 0, 0))
        )
        self._table = PagedTable(
            name="inquiries",
            title=tr("Anfragenliste"),
            background=ui.background,
            fetch=lambda session, query: list_inquiries(session, query, now=ui.now()),
            columns=(
                Column(
                    tr("Praxis"),
                    0,
                    text=lambda r: r.therapist,
                    second=lambda r: r.patients,
                    sort="therapist",
                    tooltip=lambda r: r.patients,
                ),
                Column(
                    tr("Stand"),
                    178,
                    chip=lambda r: (label("inquiry_state", r.state), INQUIRY_STATES[r.state]),
                    sort="state",
                ),
                Column(
                    tr("Gesendet"),
                    158,
                    text=lambda r: formats.day(r.sent_at),
                    second=lambda r: tr("{n} von {all} beantwortet").format(n=r.answered, all=r.items),
                    sort="sent",
                ),
                Column(tr("Zeichen"), 96, text=lambda r: f"PL-{r.reference}", sort="reference", spare=True),
                Column(tr("Läuft ab"), 90, text=lambda r: formats.day(r.expires_at), sort="expires", spare=True),
            ),
            row_id=lambda record: record.inquiry_id,
            empty=tr("Keine Anfragen. Auf der Seite Vermittlung wählen Sie eine passende Praxis und fragen an."),
            state=ui.state,
            sort=("sent", True),
        )
        self._detail = InquiryDetailView(ui)
        self._right = QStackedWidget()
        self._right.addWidget(
            EmptyState(
                "send", tr("Keine Anfrage ausgewählt"), tr("Wählen Sie links eine Anfrage, um Antworten einzutragen.")
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
        ui.state.bind_splitter("inquiries", split)
        self.body.addWidget(split, 1)
        self._table.model.query = ListQuery(sort="sent", descending=True, filters={"open": "1"})
        self._search.textChanged.connect(lambda: self._ask())
        self._state.currentIndexChanged.connect(lambda: self._ask())
        self._table.selected.connect(self._select)
        self._table.widen.connect(self._widen)
        self._table.counted.connect(lambda n: self._count.setText(ntr(n, "{n} Anfrage", "{n} Anfragen")))
        Refresher(
            self, ui.changes, ("inquiry", "inquiry_item", "placement", "email", "phone_call", "letter"), self.refresh
        )

    def refresh(self) -> None:
        """List and open record again."""
        self._table.refresh()
        self._detail.refresh()
        self.ui.background.read(self, count_waiting, self._show_waiting, key="letters")

    def _show_waiting(self, letters: int) -> None:
        words = ntr(letters, "{n} &Brief drucken …", "{n} &Briefe drucken …")
        self._letters.setText(f" {words}")
        self._letters.setAccessibleName(words.replace("&", ""))
        self._letters.setVisible(letters > 0)

    def open_item(self, item_id: int) -> None:
        """Show one inquiry."""
        self._table.select(item_id)
        self._select(item_id)

    def _ask(self) -> None:
        code = self._state.code()
        self._chase.setVisible(code == "chase")
        filters = {code: "1"} if code in {"open", "chase", "closed"} else {"state": code}
        self._table.show_query(text=self._search.text(), filters=filters, narrowed=code not in {"", "open"})

    def _widen(self) -> None:
        self._search.clear()
        self._state.choose("")

    def _on_chase(self) -> None:
        """A batch of one reminder to each practice of the chase list, to look through before it is sent."""
        now = self.ui.now()
        self.ui.background.write(
            self,
            lambda s: gather_reminders(s, now=now),
            self._gathered,
            lambda error: show_elsewhere(self.ui, error, self._show_batch),
        )

    def _gathered(self, gathered: Gathered) -> None:
        self._show_batch(gathered.batch_id)
        self.ui.messages.info(gathered_words(gathered))

    def _show_batch(self, batch_id: int) -> None:
        self.ui.navigate("mail", batch_id, "batch")

    def _select(self, inquiry_id: int) -> None:
        self._right.setCurrentIndex(1)
        self._detail.show_inquiry(inquiry_id)

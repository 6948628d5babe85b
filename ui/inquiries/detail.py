"""One inquiry: its practice, the call that waits, each patient with the answer given, and everything that happened."""

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.casework.entered_answers import to_take_back
from domain.casework.history import inquiry_history
from domain.communication.queries import last_call_of, leaves_at
from domain.matching.listing import InquiryDetail, get_inquiry
from ui import formats
from ui.inquiries.actions import InquiryActions
from ui.inquiries.calls import CallCard
from ui.inquiries.item_card import ItemCard
from ui.inquiries.letters import LettersRow
from ui.inquiries.steps import ItemSteps
from ui.inquiries.waiting_mails import WaitingMails
from ui.labels import label
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.chips import INQUIRY_STATES, Chip
from ui.widgets.forms import label as words
from ui.widgets.forms import row, scrolled
from ui.widgets.timeline import Timeline


class InquiryDetailView(QWidget):
    """Header, one card a patient, timeline."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._wanted: int | None = None
        self._steps = ItemSteps(ui, self, refresh=self.refresh)
        self._head = words("", "title")
        self._chip = Chip()
        self._facts = words("", "muted")
        self._actions = InquiryActions(ui, refused=self._steps.refused)
        self._letters = LettersRow(ui)
        self._waiting = WaitingMails(ui)
        self._call = CallCard(ui)
        self._items = QWidget()
        self._column = QVBoxLayout(self._items)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._history = Timeline(tr("Verlauf der Anfrage"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 0, 0, 0)
        outer.addWidget(row(self._head, self._chip))
        outer.addWidget(self._facts)
        outer.addWidget(self._actions)
        outer.addWidget(self._letters)
        outer.addWidget(self._waiting)
        outer.addWidget(self._call)
        outer.addWidget(scrolled(self._items), 3)
        outer.addWidget(words(tr("Verlauf"), "heading"))
        outer.addWidget(self._history, 2)

    def show_inquiry(self, inquiry_id: int) -> None:
        """Load one inquiry."""
        self._wanted = inquiry_id
        self.refresh()

    def refresh(self) -> None:
        """Load again."""
        number, today, now = self._wanted, self._ui.today(), self._ui.now()
        if number is None:
            return
        read = self._ui.background.read
        read(
            self,
            lambda s: (get_inquiry(s, number, today=today), leaves_at(s, number), to_take_back(s, number, now=now)),
            lambda found: self._show(*found),
            key="inquiry",
        )
        self._letters.load(number)
        self._waiting.load(number)
        read(self, lambda s: last_call_of(s, number), self._call.show_call, key="call")
        read(self, lambda s: inquiry_history(s, number), self._history.show_entries, key="history")

    def _show(self, inquiry: InquiryDetail, leaves: datetime | None, entered: Mapping[int, int]) -> None:
        r = inquiry.row
        self._head.setText(r.therapist)
        self._chip.show_state(label("inquiry_state", r.state), INQUIRY_STATES[r.state])
        self._facts.setText(" · ".join(fact for fact in _facts(inquiry, leaves) if fact))
        self._actions.show_inquiry(inquiry)
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for position in inquiry.items:
            together = entered.get(position.item_id, 0)
            self._column.addWidget(ItemCard(position, self._steps, sent=r.sent_at is not None, together=together))
        self._column.addStretch(1)


def _facts(inquiry: InquiryDetail, leaves: datetime | None) -> list[str]:
    r = inquiry.row
    facts = [f"PL-{r.reference}", label("channel", r.channel), r.city]
    facts.append(
        tr("gesendet {when}").format(when=formats.moment(r.sent_at)) if r.sent_at else tr("noch nicht gesendet")
    )
    if leaves:
        facts.append(tr("geht frühestens {when} hinaus").format(when=formats.moment(leaves)))
    if r.reminders:
        facts.append(ntr(r.reminders, "{n} Erinnerung", "{n} Erinnerungen"))
    if inquiry.out_of_office_until:
        facts.append(tr("abwesend bis {day}").format(day=formats.day(inquiry.out_of_office_until)))
    if r.expires_at:
        facts.append(tr("läuft ab am {day}").format(day=formats.day(r.expires_at)))
    if inquiry.created_by:
        facts.append(tr("von {name}").format(name=inquiry.created_by))
    return facts

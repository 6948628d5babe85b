"""The short card of whoever was chosen on the map or in the list: who, where, how it stands, and what to do next."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.errors import NotFound
from domain.therapists.queries import TherapistDetail, get_therapist
from ui import formats
from ui.errors import describe
from ui.labels import label
from ui.map.markers import MarkerState
from ui.map.overview.listing import CHIPS
from ui.map.overview.selection import Shown
from ui.map.wording import state_words
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.chips import Chip
from ui.widgets.forms import Card, button, row
from ui.widgets.forms import label as words


class PracticeCard(QWidget):
    """`visited` asks the map to go there, `pin_wanted` to move the pin by hand (only where that can be kept)."""

    visited = Signal(int)
    pin_wanted = Signal(int)

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._shown: Shown | None = None
        self._search: tuple[int, str] | None = None
        self._record: TherapistDetail | None = None
        self._name = words("", "heading")
        self._chip = Chip()
        self._facts = words("", "muted")
        self._facts.setAccessibleName(tr("Angaben zur Praxis"))
        self._ask = button("", self._on_ask, role="primary", icon="send")
        self._inquiry = button(tr("Zur &Anfrage"), self._on_inquiry, icon="send")
        self._open = button(tr("A&kte öffnen"), self._on_open, icon="stethoscope")
        self._match = button(tr("Passende &Patienten"), self._on_match, icon="users")
        self._visit = button(tr("Auf der &Karte"), self._on_visit, icon="map-pin", name=tr("Auf der Karte zeigen"))
        self._pin = button(tr("Pin &setzen"), self._on_pin, icon="pencil", name=tr("Pin von Hand setzen"))
        card = Card()
        card.add(row(self._name, self._chip, row(), stretch=(0, 0, 1)))
        card.add(self._facts)
        card.add(row(self._ask, self._inquiry, self._open, self._match, self._visit, self._pin))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(card)
        self.hide()

    def show_practice(self, one: Shown | None, search: tuple[int, str] | None) -> None:
        """Somebody else, or nobody; `search` is the patient's search (id, name) one looks for now."""
        self._shown, self._search, self._record = one, search, None
        self.setVisible(one is not None)
        if one is None:
            return
        self._name.setText(one.marker.title)
        self._chip.show_state(state_words()[one.marker.state], CHIPS[one.marker.state])
        self._facts.setText(one.marker.detail)
        self._show_actions()
        number = one.place.therapist_id
        self._ui.background.read(self, lambda s: get_therapist(s, number), self._arrive, self._gone, key="card")

    def _arrive(self, record: TherapistDetail) -> None:
        one = self._shown
        if one is None or record.therapist_id != one.place.therapist_id:
            return
        self._record = t = record
        self._name.setText(" ".join(part for part in (t.title, t.first_name, t.last_name) if part))
        street = f"{t.street} {t.house_number}".strip()
        address = ", ".join(part for part in (street, f"{t.plz} {t.city}".strip()) if part)
        seat = label("seat", t.seat) if t.seat != "unknown" else ""
        first = " · ".join(
            part for part in (formats.offers(t.offers), seat, formats.phone(t.phone or t.mobile)) if part
        )
        state = one.marker.state
        until = formats.day(t.cooling_until) if state == MarkerState.COOLING and t.cooling_until else ""
        self._chip.show_state(state_words()[state] + (f" {tr('bis')} {until}" if until else ""), CHIPS[state])
        where = one.marker.detail.rpartition(", ")[2] if self._search else ""
        lines = (" · ".join(part for part in (t.practice, address, where) if part), first, t.capacity_note)
        self._facts.setText("\n".join(line for line in lines if line))
        self._show_actions()

    def _gone(self, error: Exception) -> None:
        self._facts.setText(
            tr("Diesen Eintrag gibt es nicht mehr.") if isinstance(error, NotFound) else describe(error)
        )

    def _show_actions(self) -> None:
        one, search = self._shown, self._search
        if one is None:
            return
        free = one.marker.state in {MarkerState.AVAILABLE, MarkerState.UNKNOWN, MarkerState.FULL}
        self._ask.setVisible(search is not None and free)
        if search is not None:
            text = tr("Für {name} anfragen").format(name=search[1])
            self._ask.setText(f" {text}")
            self._ask.setAccessibleName(text)
        self._inquiry.setVisible(self._record is not None and self._record.open_inquiry_id is not None)
        self._match.setVisible(search is None and free)

    def _on_ask(self) -> None:
        if self._shown is not None and self._search is not None:
            self._ui.navigate("matching", self._search[0], str(self._shown.place.therapist_id))

    def _on_inquiry(self) -> None:
        if self._record is not None and self._record.open_inquiry_id is not None:
            self._ui.navigate("inquiries", self._record.open_inquiry_id)

    def _on_open(self) -> None:
        if self._shown is not None:
            self._ui.navigate("therapists", self._shown.place.therapist_id)

    def _on_match(self) -> None:
        if self._shown is not None:
            self._ui.navigate("matching", -self._shown.place.therapist_id)

    def _on_visit(self) -> None:
        if self._shown is not None:
            self.visited.emit(self._shown.place.therapist_id)

    def _on_pin(self) -> None:
        if self._shown is not None:
            self.pin_wanted.emit(self._shown.place.therapist_id)

"""Suggestions while an address is typed: PLZ and town from the table, streets that are known there, then the network's.

What the program knows itself stands first and comes at once; what a server suggests follows, with whose it is.
"""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLineEdit

from domain.casework.address_suggestions import suggest_streets, suggest_towns
from domain.casework.suggesting import Suggestion, Typed
from domain.database import Session
from domain.geocoding.addresses import Address, clean
from ui.background import Background
from ui.translation import tr
from ui.widgets.address_suggestions import AddressSuggestions, in_one_line
from ui.widgets.forms import Field
from ui.widgets.offer import Offer

SERVERS = {"photon": "Photon", "nominatim": "Nominatim"}


class AddressHelp(QObject):
    """Hangs on the fields street, plz, city and perhaps house_number.

    Choosing a town fills PLZ and town, an address all four; typing on is always possible. `of_patient` says whose
    address it is: a patient's goes to a server only where the office allows it.
    """

    def __init__(self, background: Background, lines: Mapping[str, QLineEdit], *, of_patient: bool = False) -> None:
        street, plz, city = (lines[name] for name in ("street", "plz", "city"))
        super().__init__(plz)
        self._background = background
        self._street, self._number, self._plz, self._city = street, lines.get("house_number"), plz, city
        self._addresses: dict[str, Suggestion] = {}
        for field in (plz, city):
            offer = Offer(field)
            offer.chosen.connect(self._choose_town)
            self._attach(offer, suggest_towns)
        self._streets = Offer(street)
        self._streets.chosen.connect(self._choose_street)
        self._attach(self._streets, lambda s, typed: suggest_streets(s, plz.text().strip(), typed))
        self._network = AddressSuggestions(background, self, of_patient=of_patient)
        self._network.found.connect(self._take_addresses)
        self._network.unreachable.connect(lambda: self._say(tr("Vorschläge gerade nicht erreichbar")))
        street.textEdited.connect(self._ask_network)
        street.editingFinished.connect(self._network.stop)

    def _attach(self, offer: Offer, suggest: Callable[[Session, str], Sequence[object]]) -> None:
        field = offer.field

        def arrived(found: Sequence[object]) -> None:
            offer.show_own([" ".join(entry) if isinstance(entry, tuple) else str(entry) for entry in found])

        def ask(typed: str) -> None:
            self._background.read(self, lambda s: suggest(s, typed), arrived, key=f"suggest-{id(field)}")

        field.textEdited.connect(ask)

    def _ask_network(self, typed: str) -> None:
        self._streets.show_more([], "")
        self._say("")
        number = self._number.text().strip() if self._number is not None else ""
        self._network.want(Typed(f"{typed} {number}".strip(), self._plz.text(), self._city.text()))

    def _take_addresses(self, _typed: Typed, found: list[Suggestion], server: str) -> None:
        self._addresses = {in_one_line(one): one for one in found}
        self._streets.show_more(
            list(self._addresses), f"{SERVERS.get(server, server)}, {tr('© OpenStreetMap-Mitwirkende')}"
        )

    def _choose_town(self, chosen: str) -> None:
        plz, _, city = chosen.partition(" ")
        self._plz.setText(plz)
        self._city.setText(city)

    def _choose_street(self, chosen: str) -> None:
        self._network.stop()
        one = self._addresses.get(chosen)
        if one is None:
            self._street.setText(chosen)
            return
        # a street alone was found: the number that was typed with it stays
        number = one.house_number or clean(Address(self._street.text(), "", "", "")).house_number
        for field, value in ((self._street, one.street), (self._plz, one.plz), (self._city, one.city)):
            if value:
                field.setText(value)
        if self._number is not None and number:
            self._number.setText(number)

    def _say(self, text: str) -> None:
        owner = self._street.parent()
        if isinstance(owner, Field):
            owner.hint(text)

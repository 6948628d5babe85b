"""How sure the place of an address is, in words: an outage reads "unbekannt, später", never "nicht gefunden"."""

from domain.casework.placing import WITHHELD, PlaceState
from ui.labels import label
from ui.translation import tr


def place_words(quality: str, *, by_hand: bool, state: PlaceState | None) -> str:
    """Lage: Hausnummer; with what is known of looking the address up."""
    if by_hand:
        return tr("Lage: von Hand gesetzt")
    what = tr("Lage: {what}").format(what=label("geo_quality", quality))
    more = _more(state) if state is not None else ""
    return f"{what} ({more})" if more else what


def _more(state: PlaceState) -> str:
    if state.state == "not_found":
        return tr("Adresse nicht gefunden, bitte prüfen")
    if state.state == "placed":
        return ", ".join(map(_warning, state.warnings))
    if state.cause == WITHHELD:
        return tr("genauer: unbekannt; die Daten sind eingeschränkt, die Adresse bleibt im Büro")
    if state.cause:
        return tr("genauer: unbekannt, später; der Kartendienst antwortet nicht")
    return tr("wird gerade gesucht")


def _warning(code: str) -> str:
    """A difference; with the PLZ the map has the address under, where it is far from the one written."""
    kind, _, plz = code.partition(":")
    words = label("place_warning", kind)
    return f"{words}: {tr('gemeint sein kann {plz}, bitte PLZ prüfen').format(plz=plz)}" if plz else words

"""Places by what a person types: a PLZ or a town, from the program's own tables. Free of Qt."""

from dataclasses import dataclass

from domain.geocoding.folding import fold_place
from ui.map.places import load_places, load_plz


@dataclass(frozen=True, slots=True)
class NamedSpot:
    """A place by its name (degrees)."""

    name: str
    lat: float
    lon: float


def find_spot(text: str) -> NamedSpot | None:
    """A PLZ or a place's name, the largest of that name; None where the map knows none. The first time some 0.2 s."""
    words = text.strip()
    for centre in load_plz():
        if centre.plz == words:
            return NamedSpot(f"{centre.plz} {centre.place}".strip(), centre.lat, centre.lon)
    wanted = fold_place(words)
    found = next((p for p in load_places() if fold_place(p.name) == wanted), None)
    found = found or next((p for p in load_places() if len(wanted) > 2 and fold_place(p.name).startswith(wanted)), None)
    return NamedSpot(found.name, found.lat, found.lon) if found is not None else None

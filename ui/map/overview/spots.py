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
    named = [(place, fold_place(place.name)) for place in load_places()]
    found = next((place for place, name in named if name == wanted), None)
    found = found or next((place for place, name in named if len(wanted) > 2 and name.startswith(wanted)), None)
    return NamedSpot(found.name, found.lat, found.lon) if found is not None else None

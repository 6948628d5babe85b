"""What can be reached, as the map draws and says it: a router's area with its name, or a ring that says it is estimated."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.casework.reaching import Reached
from ui import formats
from ui.errors import describe_code
from ui.labels import label
from ui.map.shapes import Point, circle
from ui.translation import tr
from ui.travel_words import SOURCES

# owed to whoever made the data, wherever the area is shown
CREDITS = {
    "valhalla": "Valhalla, © OpenStreetMap-Mitwirkende",
    "openrouteservice": "© openrouteservice.org by HeiGIT, © OpenStreetMap-Mitwirkende",
}
Rings = tuple[tuple[Point, ...], ...]


@dataclass(frozen=True, slots=True)
class ReachShown:
    """Lines around what is surely and perhaps within, who counts as within, and the words (kind, text) beside them."""

    sure: Rings
    maybe: Rings
    name: str
    lines: tuple[tuple[str, str], ...]

    @property
    def area(self) -> Rings:
        """Whoever may be in time counts; a router knows no perhaps."""
        return self.maybe or self.sure


def as_shown(found: Reached, place: str = "") -> ReachShown:
    """An area for the map; `place` names a town it begins at, never a patient."""
    reach = found.reach
    mode = label("travel_mode", reach.mode)
    about = tr("{minutes} Min. {mode}").format(minutes=reach.minutes, mode=mode)
    start = tr(" ab {place}").format(place=place) if place else ""
    head = ("head", tr("Erreichbar: {about}").format(about=f"{about}{start}"))
    if not reach.estimated:
        name = f"{about}{start} ({SOURCES[reach.source]})"
        lines = [head, ("sure", tr("innerhalb der Zeit")), ("note", CREDITS[reach.source])]
        if not reach.rings:
            lines[1] = ("note", tr("Von hier führt kein Weg weiter, den der Dienst kennt."))
        if found.at.uncertainty_m:
            lines.append(("note", tr("Vom Wohnort ist nur die Gegend bekannt.")))
        return ReachShown(reach.rings, (), name, tuple(lines))
    at = found.at
    near = ("sure", tr("geschätzt: wohl bis {km}").format(km=formats.distance(reach.near_km)))
    lines = [
        head,
        *([near] if reach.near_km > 0 else []),
        ("maybe", tr("geschätzt: vielleicht bis {km}").format(km=formats.distance(reach.far_km))),
        *_why(found),
    ]
    sure = (circle(at.lat, at.lon, reach.near_km),) if reach.near_km > 0 else ()
    maybe = (circle(at.lat, at.lon, reach.far_km),) if reach.far_km > 0 else ()
    return ReachShown(sure, maybe, tr("{about}, geschätzt").format(about=f"{about}{start}"), tuple(lines))


def _why(found: Reached) -> Sequence[tuple[str, str]]:
    """Why it is only estimated, where there is more to say than that there is no router."""
    if found.home:
        return [("note", tr("Wohnorte bleiben im Büro: Der Dienst für Wege wird nicht gefragt."))]
    if found.trouble:
        said = describe_code(found.trouble, host=tr("für Wege"), status="").replace(" ()", "")
        return [("note", tr("Genauer: unbekannt, später. {said}").format(said=said) if found.waiting else said)]
    if found.waiting or found.askable:
        return [("note", tr("Der Dienst für Wege wird gefragt …"))]
    return []

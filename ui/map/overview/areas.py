"""Choosing an area: a line by the mouse, or by keyboard a circle around a place or the part that is seen."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QMenu, QSpinBox, QVBoxLayout, QWidget

from domain.geocoding.folding import fold_place
from ui.map.places import load_places, load_plz
from ui.map.shapes import Point, circle, rectangle
from ui.map.view import MapView
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import Field, button, row

KM, MOST_KM = 15, 200


@dataclass(frozen=True, slots=True)
class Spot:
    """A place by its name (degrees)."""

    name: str
    lat: float
    lon: float


def find_spot(text: str) -> Spot | None:
    """A PLZ or a place's name, the largest of that name; None where the map knows none. The first time some 0.2 s."""
    words = text.strip()
    for centre in load_plz():
        if centre.plz == words:
            return Spot(f"{centre.plz} {centre.place}".strip(), centre.lat, centre.lon)
    wanted = fold_place(words)
    named = [(p, fold_place(p.name)) for p in load_places()]
    found = next((p for p, name in named if name == wanted), None)
    found = found or next((p for p, name in named if len(wanted) > 2 and name.startswith(wanted)), None)
    return Spot(found.name, found.lat, found.lon) if found is not None else None


class CircleDialog(QDialog):
    """A place and how far around it. `wanted` asks to look the place up."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Umkreis um einen Ort"))
        self.setMinimumWidth(380)
        self._place = QLineEdit()
        self._place.setPlaceholderText(tr("etwa Aachen oder 52062"))
        self._km = QSpinBox()
        self._km.setRange(1, MOST_KM)
        self._km.setValue(KM)
        self._km.setSuffix(" km")
        self._field = Field(tr("&PLZ oder Ort"), self._place)
        take = QDialogButtonBox()
        good = take.addButton(tr("Zeigen"), QDialogButtonBox.ButtonRole.AcceptRole)
        good.setAccessibleName(tr("Zeigen"))
        good.setProperty("role", "primary")
        take.addButton(tr("Abbrechen"), QDialogButtonBox.ButtonRole.RejectRole)
        take.accepted.connect(lambda: self.wanted.emit(self._place.text()))
        take.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (self._field, Field(tr("&Umkreis"), self._km), take):
            column.addWidget(widget)

    def answer(self, spot: Spot | None) -> tuple[Spot, int] | None:
        """The place and the km; None after saying that the place is unknown."""
        if spot is None:
            self._field.complain(tr("Diesen Ort kennt die Karte nicht. Versuchen Sie die Postleitzahl."))
            return None
        return spot, self._km.value()


class AreaTools(QWidget):
    """The button "Gebiet". `chosen` carries the line and what it is called; an empty line takes it away."""

    chosen = Signal(list, str)

    def __init__(self, ui: UiContext, view: MapView) -> None:
        super().__init__()
        self._ui, self._view = ui, view
        self._seen: tuple[float, float, float, float] | None = None
        self._menu = QMenu(self)
        self._menu.addAction(tr("Mit der Maus &zeichnen"), self._draw)
        self._menu.addAction(tr("&Umkreis um einen Ort …"), self._around)
        self._menu.addAction(tr("&Sichtbarer Ausschnitt"), self._take_seen)
        self._clear_action = self._menu.addAction(tr("Gebiet &aufheben"), self.clear)
        self._clear_action.setEnabled(False)
        self._button = button(tr("&Gebiet wählen"), lambda: None, icon="circle-dashed")
        self._button.setMenu(self._menu)
        self._drawing = button(tr("Zeichnen ab&brechen"), self._stop, icon="x")
        self._drawing.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(row(self._button, self._drawing))
        view.looked.connect(self._on_look)
        view.enclosed.connect(self._on_line)

    def clear(self) -> None:
        """No area any more."""
        self._take([], "")

    def _draw(self) -> None:
        self._view.draw_line(on=True)
        self._drawing.show()
        self._ui.messages.info(
            tr("Halten Sie die Maustaste und fahren Sie um die Praxen herum; loslassen beendet die Linie.")
        )

    def _stop(self) -> None:
        self._view.draw_line(on=False)
        self._drawing.hide()

    def _on_line(self, points: list[Point]) -> None:
        self._stop()
        self._take(points, tr("gezeichnetes Gebiet"), aim=False)

    def _on_look(self, south: float, west: float, north: float, east: float, _zoom: float) -> None:
        self._seen = (south, west, north, east)

    def _take_seen(self) -> None:
        if self._seen is not None:
            self._take(list(rectangle(*self._seen)), tr("Ausschnitt"), aim=False)

    def _around(self) -> None:
        dialog = CircleDialog(self)
        dialog.wanted.connect(partial(self._look_up, dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _look_up(self, dialog: CircleDialog, text: str) -> None:
        def arrive(spot: Spot | None) -> None:
            found = dialog.answer(spot)
            if found is not None:
                place, km = found
                dialog.accept()
                name = tr("{km} km um {place}").format(km=km, place=place.name)
                self._take(list(circle(place.lat, place.lon, km)), name)

        self._ui.background.local(dialog, lambda: find_spot(text), arrive, key="spot")

    def _take(self, points: list[Point], name: str, *, aim: bool = True) -> None:
        self._clear_action.setEnabled(bool(points))
        self._view.set_enclosed(points, aim=aim and bool(points))
        self.chosen.emit(points, name)

"""Moving the pin of a practice by hand, in a mode of its own: shown, moved, saved or left as it was."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from domain.casework.pins import Pin, pin_site, unpin_site
from domain.geocoding.earth import great_circle_km
from ui import formats
from ui.map.overview.selection import Shown
from ui.map.view import MapView
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import button
from ui.widgets.forms import label as words


class PinBar(QFrame):
    """What to do, how far the pin was moved, and the two ways out. `moved` carries therapist, lat and lon when saved."""

    moved = Signal(int, float, float)

    def __init__(self, ui: UiContext, view: MapView) -> None:
        super().__init__()
        self._ui, self._view = ui, view
        self._shown: Shown | None = None
        self._to: tuple[float, float] | None = None
        self.setProperty("message", "info")
        self._text = words("")
        self._text.setWordWrap(True)
        self._save = button(tr("Pin &speichern"), self._on_save, role="primary", icon="save")
        line = QHBoxLayout(self)
        line.addWidget(self._text, 1)
        line.addWidget(self._save)
        line.addWidget(button(tr("&Lassen, wie er war"), self.stop, icon="undo-2"))
        view.moved.connect(self._on_move)
        view.ready.connect(self._show_again)
        self.hide()

    def begin(self, one: Shown) -> None:
        """Take the pin of this practice."""
        self._shown, self._to = one, None
        self._text.setText(
            tr("{name}: Ziehen Sie den Pin an seinen Ort, mit der Maus oder den Pfeiltasten.").format(
                name=one.marker.title
            )
        )
        self._save.setEnabled(False)
        self._view.set_pin(one.place.lat, one.place.lon, tr("Pin von {name}").format(name=one.marker.title))
        self.show()

    def stop(self) -> None:
        """Nothing was moved."""
        self._shown = self._to = None
        self._view.clear_pin()
        self.hide()

    def _on_move(self, lat: float, lon: float) -> None:
        one = self._shown
        if one is None:
            return
        self._to = (lat, lon)
        self._save.setEnabled(True)
        far = formats.distance(great_circle_km(one.place.lat, one.place.lon, lat, lon))
        self._text.setText(tr("{name}: um {far} verschoben.").format(name=one.marker.title, far=far))

    def _show_again(self) -> None:
        """A map that comes back shows the pin where it was put, which is what would be saved."""
        if self._shown is not None and self._to is not None:
            self._view.set_pin(*self._to, tr("Pin von {name}").format(name=self._shown.marker.title))

    def _on_save(self) -> None:
        one, to = self._shown, self._to
        if one is None or to is None:
            return
        place, (lat, lon) = one.place, to

        def done(before: Pin) -> None:
            self.stop()
            self._ui.messages.undoable(
                tr("Der Pin steht am neuen Ort."),
                lambda: self._put_back(place.site_id, before),
                action=tr("Zurücksetzen"),
            )
            self.moved.emit(place.therapist_id, lat, lon)

        self._ui.background.write(self, lambda s: pin_site(s, place.site_id, lat=lat, lon=lon), done)

    def _put_back(self, site_id: int, before: Pin) -> None:
        self._ui.background.write(
            self,
            lambda s: unpin_site(s, site_id, back_to=before),
            lambda _: self._ui.messages.success(tr("Der Pin steht wieder, wo er war.")),
        )

"""Trying out the pictures behind the map: one of the office's surroundings, fetched as every map does, or a sentence."""

import time
from math import asinh, pi, radians, tan

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from domain.access import office
from domain.database import Session
from domain.geocoding.lookup import locate
from domain.tile_source import TileSource
from ui.errors import describe
from ui.map.tile_setting import TILES, read_tile_source
from ui.ports import UiContext
from ui.theme import SPACE
from ui.translation import tr
from ui.widgets.forms import button
from ui.widgets.forms import label as words

SIDE = 128  # px, half of a picture
MIDDLE = (51.2, 10.4)  # of the country, for an office without a PLZ
ZOOMS = (12, 9, 6)  # a file may hold few of them; a host has all, so the first is enough


class TileTrial(QWidget):
    """A button, a picture, a sentence; tries what is saved."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._possible = self._busy = self._home = False
        self._began = 0.0
        self.button = button(tr("&Testen"), self._ask, icon="check", name=tr("Kartenbilder testen"))
        self.picture = QLabel()
        self.picture.setAccessibleName(tr("Probebild der Karte"))
        self.picture.hide()
        self.said = words("", "muted")
        self.said.setContentsMargins(0, 8, 0, 0)  # beside the button's own words
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE)
        for widget, stretch in ((self.button, 0), (self.picture, 0), (self.said, 1)):
            line.addWidget(widget, stretch, Qt.AlignmentFlag.AlignTop)

    def show_possible(self, *, possible: bool) -> None:
        """Whether there is a saved source to try."""
        self._possible = possible
        self.button.setEnabled(possible and not self._busy)

    def _ask(self) -> None:
        def work(session: Session) -> tuple[TileSource | None, tuple[float, float]]:
            settings = office(session)
            here = locate(session, settings.plz, settings.city) if settings.plz and self._ui.sees_records else None
            return read_tile_source(session), (here.lat, here.lon) if here else MIDDLE

        self._busy = True
        self.show_possible(possible=self._possible)
        self.picture.hide()
        self._say(tr("Ein Bild wird geholt …"), "muted")
        self._ui.background.read(
            self, work, lambda found: self._begin(*found), lambda e: self._end(describe(e), "error")
        )

    def _begin(self, source: TileSource | None, spot: tuple[float, float]) -> None:
        # by then it imports the network, which a seat without a map need not
        from ui.map.tiles import tiles_in

        if source is None:
            self._end(tr("Es ist kein Kartenhintergrund gespeichert."), "muted")
            return
        self._home = spot != MIDDLE
        self._tiles = tiles_in(self._ui.state.home / TILES)
        self._tiles.use(source)
        self._began = time.monotonic()
        self._try(source, spot, ZOOMS if source.is_file else ZOOMS[:1])

    def _try(self, source: TileSource, spot: tuple[float, float], zooms: tuple[int, ...]) -> None:
        zoom, *further = zooms
        x, y = tile_at(*spot, zoom)

        def answer(content: bytes | None, _kind: bytes) -> None:
            trouble = self._tiles.trouble
            if content is None and further:
                self._try(source, spot, tuple(further))
            elif content is None:
                self._end(describe(trouble) if trouble is not None else "", "error")
            else:
                self._show(content, source)

        self._tiles.ask(f"{self._tiles.mark}/{zoom}/{x}/{y}", answer, fresh=True)

    def _show(self, content: bytes, source: TileSource) -> None:
        picture = QPixmap()
        if not picture.loadFromData(content):
            self._end(tr("Das Bild ist beschädigt und lässt sich nicht zeigen."), "error")
            return
        mode = Qt.TransformationMode.SmoothTransformation
        self.picture.setPixmap(picture.scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio, mode))
        self.picture.show()
        seconds = f"{time.monotonic() - self._began:.1f}".replace(".", ",")
        # an office without a PLZ is looked for nowhere
        where = tr("die Gegend Ihres Büros") if self._home else tr("die Mitte Deutschlands")
        said = tr("Das Bild kommt ({seconds} s) und zeigt {where}. Auf der Karte steht: {credit}")
        self._end(said.format(seconds=seconds, where=where, credit=source.attribution), "muted")

    def _end(self, said: str, role: str) -> None:
        self._busy = False
        self._say(said, role)
        self.show_possible(possible=self._possible)

    def _say(self, said: str, role: str) -> None:
        self.said.setText(said)
        self.said.setProperty("role", role)
        self.said.style().unpolish(self.said)
        self.said.style().polish(self.said)


def tile_at(lat: float, lon: float, zoom: int) -> tuple[int, int]:
    """Column and row of the picture that holds a place (Web Mercator, rows counted from the north)."""
    across = 1 << zoom
    return int((lon + 180) / 360 * across), int((1 - asinh(tan(radians(lat))) / pi) / 2 * across)

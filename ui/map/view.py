"""The map as a widget: starts its engine when first shown, keeps what it was told, and survives the engine's death.

Does not import WebEngine by itself: that costs 95 MB and three processes, which a seat without a map need not pay.
"""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QThreadPool, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from ui.map import dress
from ui.map.base_page import base_page
from ui.map.feed import MarkerFeed
from ui.map.markers import MapMarker
from ui.map.sandbox import allow_missing_sandbox
from ui.map.wording import page_words
from ui.translation import tr
from ui.widgets.forms import EmptyState

if TYPE_CHECKING:
    from ui.map.engine import MapEngine

log = logging.getLogger(__name__)


class _PageMaker(QObject):
    """Brings the page from the pool's thread; folium's import would hold the window for a third of a second."""

    made = Signal(bytes)
    failed = Signal()

    def make(self) -> None:
        """Runs on the pool's thread."""
        try:
            page = base_page()
        except Exception:
            log.exception("the map's page could not be made")
            self.failed.emit()
        else:
            self.made.emit(page)


class MapView(QWidget):
    """Shows practices around a patient.

    `selected` carries the id of a marker the user chose, `ready` follows each start of the page, `drawn` carries the
    number of markers on the map once it shows all that were set, `failed` comes when the page is lost.
    """

    selected = Signal(int)
    ready = Signal()
    drawn = Signal(int)
    failed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._engine: MapEngine | None = None
        self._maker: _PageMaker | None = None
        self._up = False
        self._busy = False  # a portion is on its way; the next follows when the page has it
        self._feed = MarkerFeed()
        self._dark = False
        self._centre: tuple[float, float, float | None, str] | None = None
        self._marker: int | None = None
        self._stack = QStackedLayout(self)
        self._waiting = EmptyState(
            "map", tr("Die Karte wird geladen …"), tr("Das dauert nur beim ersten Mal einen Augenblick.")
        )
        self._broken = EmptyState(
            "map",
            tr("Die Karte ist ausgefallen."),
            tr("Alles andere arbeitet weiter, nichts ging verloren."),
            tr("Karte neu laden"),
        )
        self._broken.acted.connect(self._reload)
        self._stack.addWidget(self._waiting)
        self._stack.addWidget(self._broken)
        self.setAccessibleName(tr("Karte der Praxen"))

    def set_markers(self, markers: Sequence[MapMarker]) -> None:
        """Show these markers and no others; the page is told only what differs."""
        self._feed.want(markers)
        if self._up and not self._busy:
            self._tell()

    def set_center(self, lat: float, lon: float, radius_km: float | None, title: str) -> None:
        """Show the patient's place (degrees) and limit; the view moves there when either has changed."""
        self._centre = (lat, lon, radius_km, title)
        self._call("setCenter", *self._centre)

    def set_selected(self, marker: int | None) -> None:
        """Emphasise one marker, or none."""
        self._marker = marker
        self._call("setSelected", marker)

    def set_dark(self, dark: bool) -> None:
        """Dress the page."""
        self._dark = dark
        self._dress()

    def render_process(self) -> int:
        """Process id of the page, 0 while there is none."""
        return self._engine.render_process() if self._engine is not None else 0

    def showEvent(self, event: QShowEvent) -> None:
        """Start the engine the first time somebody looks, after the window has painted."""
        super().showEvent(event)
        if self._maker is None:
            QTimer.singleShot(0, self, self._start)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the chosen language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(tr("Karte der Praxen"))
            self._call("setWords", page_words())

    def _start(self) -> None:
        if self._maker is not None:
            return
        maker = self._maker = _PageMaker()
        maker.made.connect(self._load)
        maker.failed.connect(self._on_death)
        QThreadPool.globalInstance().start(maker.make)
        if self._engine is None:
            self._build()

    def _build(self) -> None:
        allow_missing_sandbox()
        from ui.map.engine import MapEngine

        engine = self._engine = MapEngine(self.accessibleName(), self)
        engine.picked.connect(self.selected)
        engine.ready.connect(self._on_ready)
        engine.applied.connect(self._on_applied)
        engine.died.connect(self._on_death)
        self._stack.addWidget(engine.view)
        self._dress()

    def _load(self, page: bytes) -> None:
        if self._engine is not None:
            self._engine.load(page)

    def _on_ready(self) -> None:
        if self._engine is None:
            return
        self._up = True
        self._stack.setCurrentWidget(self._engine.view)
        self._call("setWords", page_words())
        self._dress()
        if self._centre is not None:
            self._call("setCenter", *self._centre)
        self._call("setSelected", self._marker)
        self._feed.forget()
        self._tell()
        self.ready.emit()

    def _on_applied(self, count: int) -> None:
        self._busy = False
        if not self._tell():
            self.drawn.emit(count)

    def _on_death(self) -> None:
        self._up = self._busy = False
        self._stack.setCurrentWidget(self._broken)
        self.failed.emit()

    def _reload(self) -> None:
        self._stack.setCurrentWidget(self._waiting)
        self._maker = None
        self._start()

    def _tell(self) -> bool:
        """Send the next portion; False if there is none."""
        change = self._feed.next_change()
        if change is None:
            return False
        self._busy = True
        self._call("change", change.removed, change.rows)
        return True

    def _dress(self) -> None:
        if self._engine is not None:
            self._engine.set_ground(dress.sea(dark=self._dark))
        self._call("setDress", dress.variables(dark=self._dark))

    def _call(self, name: str, *arguments: object) -> None:
        if self._up and self._engine is not None:
            self._engine.call(name, *arguments)

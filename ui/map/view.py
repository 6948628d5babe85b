"""The map as a widget: loads its engine when first shown, keeps what it was told, and survives the engine's death."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from ui.map.markers import MapMarker
from ui.translation import tr
from ui.widgets.forms import EmptyState

if TYPE_CHECKING:
    from ui.map.engine import MapEngine


class MapView(QWidget):
    """Shows practices around a patient; clicks come out as `selected`."""

    selected = Signal(int)
    ready = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Karte der Praxen"))
        self._engine: MapEngine | None = None
        self._up = False
        self._calls: dict[str, str] = {}  # the newest call of each kind, for a page that comes up later or again
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

    def set_markers(self, markers: Sequence[MapMarker]) -> None:
        """Show these markers and no others; the page changes only what differs."""
        self._call("setMarkers", [asdict(marker) for marker in markers])

    def set_center(self, lat: float, lon: float, radius_km: int | None, title: str) -> None:
        """Show the patient's place and limit."""
        self._call("setCenter", lat, lon, radius_km, title)

    def set_selected(self, marker: int | None) -> None:
        """Emphasise one marker."""
        self._call("setSelected", marker)

    def set_dark(self, dark: bool) -> None:
        """Dress the page."""
        self._call("setDark", dark)

    def render_process(self) -> int:
        """Process id of the page, 0 while there is none."""
        return self._engine.render_process() if self._engine is not None else 0

    def showEvent(self, event: QShowEvent) -> None:
        """Load the engine the first time somebody looks."""
        super().showEvent(event)
        if self._engine is None:
            QTimer.singleShot(0, self, self._start)

    def _start(self) -> None:
        if self._engine is not None:
            return
        from ui.map.engine import MapEngine

        self._engine = MapEngine(self)
        self._engine.picked.connect(self.selected)
        self._engine.ready.connect(self._on_ready)
        self._engine.died.connect(self._on_death)
        self._stack.addWidget(self._engine.view)
        self._engine.load()

    def _call(self, name: str, *arguments: object) -> None:
        script = f"platzlotse.{name}({', '.join(json.dumps(argument) for argument in arguments)})"
        self._calls[name] = script
        if self._up and self._engine is not None:
            self._engine.run(script)

    def _on_ready(self) -> None:
        if self._engine is None:
            return
        self._up = True
        self._stack.setCurrentWidget(self._engine.view)
        # markers last: the view they appear in is set by then
        for name in ("setDark", "setCenter", "setMarkers", "setSelected"):
            if name in self._calls:
                self._engine.run(self._calls[name])
        self.ready.emit()

    def _on_death(self) -> None:
        self._up = False
        self._stack.setCurrentWidget(self._broken)

    def _reload(self) -> None:
        self._stack.setCurrentWidget(self._waiting)
        if self._engine is not None:
            self._engine.load()

"""The map as a widget: starts its engine when first shown, keeps what it was told, and survives the engine's death.

Does not import WebEngine by itself: that costs 95 MB and three processes, which a seat without a map need not pay.
"""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QThreadPool, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from domain.tile_source import TileSource
from ui.map import dress
from ui.map.markers import MapMarker
from ui.map.page_maker import PageMaker
from ui.map.sandbox import allow_missing_sandbox
from ui.map.telling import Telling
from ui.map.wording import page_words
from ui.theme import is_dark
from ui.translation import tr
from ui.widgets.forms import EmptyState

if TYPE_CHECKING:
    from ui.map.engine import MapEngine

Polygon = Sequence[tuple[float, float]]


class MapView(QWidget):
    """Shows practices, perhaps around a patient.

    `selected` carries the id of a marker the user chose, `ready` follows each start of the page, `drawn` carries the
    number of markers on the map once it shows all that were set, `failed` comes when the page is lost. `enclosed` is a
    line somebody drew (lat, lon), `fanned` the ids of those fanned out at one address, `looked` the part that is seen
    (south, west, north, east, zoom), `moved` where the pin was put. `folder` keeps pictures behind the map.
    """

    selected = Signal(int)
    ready = Signal()
    drawn = Signal(int)
    failed = Signal()
    enclosed = Signal(list)
    fanned = Signal(list)
    looked = Signal(float, float, float, float, float)
    moved = Signal(float, float)

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self._folder = folder
        self._engine: MapEngine | None = None
        self._maker: PageMaker | None = None
        self._page = Telling(self._say)
        self._dark = is_dark()
        self._source: TileSource | None = None
        self._sheet_done: Callable[[bytes], None] | None = None
        self._sight: tuple[float, float, float] | None = None  # middle and zoom, as last seen
        self._lost: tuple[float, float, float] | None = None
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
        self._gone = EmptyState(
            "map",
            tr("Die Karte kommt nicht wieder."),
            tr("Schließen Sie Platzlotse und öffnen Sie es neu, dann ist sie wieder da. Alles andere arbeitet weiter."),
            tr("Noch einmal versuchen"),
        )
        self._reloaded = False  # somebody pressed, and the page has not begun since
        for state in (self._broken, self._gone):
            state.acted.connect(self._reload)
        for widget in (self._waiting, self._broken, self._gone):
            self._stack.addWidget(widget)
        self.setAccessibleName(tr("Karte der Praxen"))

    def set_markers(self, markers: Sequence[MapMarker]) -> None:
        """Show these markers and no others; the page is told only what differs."""
        self._page.markers(markers)

    def change_markers(self, markers: Sequence[MapMarker], gone: Collection[int]) -> None:
        """Show these as well, or anew, and those no longer: what a few changes cost does not depend on the many."""
        self._page.change(markers, gone)

    def set_center(self, lat: float, lon: float, radius_km: float | None, title: str) -> None:
        """Show the patient's place (degrees) and limit; the view moves there when either has changed."""
        self._page.keep("setCenter", lat, lon, radius_km, title)

    def set_region(self, south: float, west: float, north: float, east: float) -> None:
        """Where an office works (degrees): seen while there is no patient, unless somebody moved the map."""
        self._page.keep("setRegion", south, west, north, east)

    def clear_center(self) -> None:
        """No patient: the whole country again."""
        if self._page.drop("setCenter"):
            self._page.once("clearCenter")

    def set_selected(self, marker: int | None) -> None:
        """Emphasise one marker, or none."""
        self._page.keep("setSelected", marker)

    def has_drawn(self, marker: int) -> bool:
        """Whether a marker stands on the map."""
        return self._page.has(marker)

    def visit(self, marker: int) -> None:
        """Go where a marker stands."""
        self._page.once("visit", marker)

    def show_area(
        self,
        sure: Sequence[Polygon],
        maybe: Sequence[Polygon] = (),
        lines: Sequence[tuple[str, str]] = (),
        *,
        aim: bool = False,
    ) -> None:
        """Lines (lat, lon) around what can be reached, surely and perhaps, with words (kind, text); none takes it away."""
        self._page.keep("setReach", sure, maybe, lines, aim)

    def draw_line(self, *, on: bool) -> None:
        """Let the mouse draw a line around practices instead of moving the map."""
        self._page.keep("setLasso", on)

    def set_enclosed(self, points: Polygon, *, aim: bool = False) -> None:
        """Show the area that was chosen, perhaps moving there; no points take it away."""
        self._page.keep("setEnclosed", points, aim)

    def set_pin(self, lat: float, lon: float, title: str) -> None:
        """A pin that can be moved by mouse and arrow keys; `moved` tells where it was put."""
        self._page.keep("setPin", lat, lon, title)

    def clear_pin(self) -> None:
        """The pin goes."""
        self._page.keep("setPin", None, None, "")

    def set_tiles(self, source: TileSource | None) -> None:
        """Take pictures behind the map from there, or do without."""
        if source == self._source:
            return
        self._source = source
        self._tell_tiles()

    def set_dark(self, dark: bool) -> None:
        """Dress the page."""
        self._dark = dark
        self._dress(dark=dark)

    def sheet(self, lines: Sequence[str], done: Callable[[bytes], None]) -> None:
        """The part that is seen as a PDF in light colours with a heading; `done` gets nothing if there is no map."""
        if not self._page.up or self._sheet_done is not None:
            done(b"")
            return
        self._sheet_done = done
        self._dress(dark=False)
        self._page.once("setSheet", lines)

    def render_process(self) -> int:
        """Process id of the page, 0 while there is none."""
        return self._engine.render_process() if self._engine is not None else 0

    def showEvent(self, event: QShowEvent) -> None:
        """Start the engine the first time somebody looks, after the window has painted."""
        super().showEvent(event)
        if self._maker is None:
            QTimer.singleShot(0, self, self._start)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the chosen language, wear the chosen appearance."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and is_dark() != self._dark:
            self.set_dark(is_dark())
        if event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(tr("Karte der Praxen"))
            self._page.once("setWords", page_words())

    def _start(self) -> None:
        if self._maker is not None:
            return
        maker = self._maker = PageMaker()
        maker.made.connect(self._load)
        maker.failed.connect(self._on_death)
        QThreadPool.globalInstance().start(maker.make)
        if self._engine is None:
            self._build()

    def _build(self) -> None:
        allow_missing_sandbox()
        from ui.map.engine import MapEngine
        from ui.map.tiles import Tiles, tiles_in

        self._tiles = tiles_in(self._folder) if self._folder is not None else Tiles(None)
        engine = self._engine = MapEngine(self.accessibleName(), self, self._tiles)
        bridge = engine.bridge
        for heard, told in (
            (bridge.picked, self.selected),
            (bridge.enclosed, self.enclosed),
            (bridge.fanned, self.fanned),
            (bridge.looked, self.looked),
            (bridge.moved, self.moved),
        ):
            heard.connect(told)
        bridge.applied.connect(self._on_applied)
        bridge.looked.connect(self._on_look)
        bridge.sheet_laid.connect(lambda: engine.sheet(self._on_sheet))
        engine.ready.connect(self._on_ready)
        engine.died.connect(self._on_death)
        self._stack.addWidget(engine.view)
        self._dress(dark=self._dark)

    def _load(self, page: bytes) -> None:
        if self._engine is not None:
            self._engine.load(page)

    def _on_ready(self) -> None:
        if self._engine is None:
            return
        self._stack.setCurrentWidget(self._engine.view)
        self._reloaded = False
        self._page.begin()
        self._page.once("setWords", page_words())
        self._dress(dark=self._dark)
        self._page.all_again()
        self._tell_tiles()
        lost, self._lost = self._lost, None
        if lost is not None:
            self._page.once("restoreSight", *lost)
        self.ready.emit()

    def _on_look(self, south: float, west: float, north: float, east: float, zoom: float) -> None:
        self._sight = ((south + north) / 2, (west + east) / 2, zoom)

    def _on_applied(self, count: int) -> None:
        if not self._page.portion():
            self.drawn.emit(count)

    def _on_sheet(self, pdf: bytes) -> None:
        done, self._sheet_done = self._sheet_done, None
        self._page.once("setSheet", [])
        self._dress(dark=self._dark)
        if done is not None:
            done(pdf)

    def _on_death(self) -> None:
        self._page.end()
        self._lost = self._sight
        done, self._sheet_done = self._sheet_done, None
        # without the process that begins pages (Chromium's zygote) none begins any more in this program
        self._stack.setCurrentWidget(self._gone if self._reloaded else self._broken)
        self.failed.emit()
        if done is not None:
            done(b"")

    def _reload(self) -> None:
        self._stack.setCurrentWidget(self._waiting)
        self._reloaded = True
        self._maker = None
        self._start()

    def _tell_tiles(self) -> None:
        if self._engine is None:
            return
        self._tiles.use(self._source)
        self._page.once("setTiles", self._tiles.mark, self._source.attribution if self._source is not None else "")

    def _dress(self, *, dark: bool) -> None:
        if self._engine is not None:
            self._engine.set_ground(dress.sea(dark=dark))
        self._page.once("setDress", dress.variables(dark=dark))

    def _say(self, name: str, *arguments: object) -> None:
        if self._engine is not None:
            self._engine.call(name, *arguments)

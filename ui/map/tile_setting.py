"""The office's choice of pictures behind the map, followed by every map of the window."""

from PySide6.QtCore import QObject

from domain.access import office
from domain.database import Session
from domain.tile_source import TileSource, tile_source
from ui.changes import Refresher
from ui.map.view import MapView
from ui.ports import UiContext

TILES = "map-tiles"  # a folder of the profile


def read_tile_source(session: Session) -> TileSource | None:
    """Where the office takes its pictures from, None where it has none."""
    settings = office(session)
    return tile_source(settings.tile_source, settings.tile_attribution)


class TileSetting(QObject):
    """Tells a map its source when it is first shown and whenever the office changes it."""

    def __init__(self, ui: UiContext, view: MapView) -> None:
        super().__init__(view)
        self._ui, self._view = ui, view
        Refresher(view, ui.changes, ("office",), self._ask)

    def _ask(self) -> None:
        self._ui.background.read(self, read_tile_source, self._view.set_tiles, key="tiles")

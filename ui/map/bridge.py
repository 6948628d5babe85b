"""What the map's page may call; it sees these slots and nothing else of the program. What it says is checked here."""

import json
from math import isfinite

from PySide6.QtCore import QObject, Signal, Slot

MOST_POINTS = 20_000  # of a line drawn by hand

Point = tuple[float, float]


class Bridge(QObject):
    """Facts from the page as signals."""

    picked = Signal(int)
    started = Signal()
    applied = Signal(int)
    enclosed = Signal(list)
    fanned = Signal(list)
    looked = Signal(float, float, float, float, float)
    moved = Signal(float, float)
    sheet_laid = Signal()

    @Slot(int)
    def pick(self, marker: int) -> None:
        """A marker was chosen."""
        self.picked.emit(marker)

    @Slot()
    def start(self) -> None:
        """The page is up."""
        self.started.emit()

    @Slot(int)
    def apply(self, count: int) -> None:
        """A portion of markers is in place; so many stand on the map now."""
        self.applied.emit(count)

    @Slot(str)
    def enclose(self, points: str) -> None:
        """A line was drawn around something: [[lat, lon], …]."""
        try:
            found = [(float(lat), float(lon)) for lat, lon in json.loads(points)[:MOST_POINTS]]
        except (ValueError, TypeError):
            return
        if len(found) >= 3 and all(isfinite(lat) and isfinite(lon) for lat, lon in found):
            self.enclosed.emit(found)

    @Slot(str)
    def fan(self, markers: str) -> None:
        """Those who share an address were fanned out."""
        self.fanned.emit([int(number) for number in json.loads(markers)])

    @Slot(float, float, float, float, float)
    def look(self, south: float, west: float, north: float, east: float, zoom: float) -> None:
        """The part of the map that is seen."""
        self.looked.emit(south, west, north, east, zoom)

    @Slot(float, float)
    def move(self, lat: float, lon: float) -> None:
        """The pin was put somewhere."""
        self.moved.emit(lat, lon)

    @Slot()
    def sheet(self) -> None:
        """The map is laid out for paper and painted."""
        self.sheet_laid.emit()

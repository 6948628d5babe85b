"""What the window remembers between two starts: geometry, columns, splitters, the last page. No personal data."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QHeaderView, QMainWindow, QSplitter


class WindowState:
    """A file of the profile behind a few typed calls."""

    def __init__(self, path: Path) -> None:
        self.home = path.parent  # the profile; what pages keep there may be lost
        self._settings = QSettings(str(path), QSettings.Format.IniFormat)
        self.folder: Path | None = None  # where a file was chosen last; only until the program ends

    def text(self, key: str, default: str = "") -> str:
        """A remembered word."""
        return str(self._settings.value(key, default))

    def number(self, key: str) -> int | None:
        """A remembered number."""
        text = self.text(key)
        return int(text) if text.isdigit() else None

    def remember(self, key: str, value: str) -> None:
        """Remember a word."""
        self._settings.setValue(key, value)

    def restore_window(self, window: QMainWindow) -> None:
        """Geometry as it was left."""
        geometry = self._settings.value("window/geometry")
        if isinstance(geometry, QByteArray):
            window.restoreGeometry(geometry)

    def save_window(self, window: QMainWindow) -> None:
        """Remember the geometry."""
        self._settings.setValue("window/geometry", window.saveGeometry())
        self._settings.sync()  # now, not when the process ends: the folder may be gone by then

    def bind_splitter(self, key: str, splitter: QSplitter) -> None:
        """Restore a splitter and remember every move."""
        state = self._settings.value(f"splitter/{key}")
        if isinstance(state, QByteArray):
            splitter.restoreState(state)
        splitter.splitterMoved.connect(lambda: self._settings.setValue(f"splitter/{key}", splitter.saveState()))

    def bind_header(self, key: str, header: QHeaderView) -> None:
        """Restore the columns' widths (0: hidden) and remember every change."""
        stored = self.text(f"columns/{key}")
        widths = [int(part) for part in stored.split(",") if part.isdigit()]
        if len(widths) == header.count():
            for column, width in enumerate(widths):
                header.setSectionHidden(column, width == 0)
                if width:
                    header.resizeSection(column, width)

        def save() -> None:
            self.remember(f"columns/{key}", ",".join(str(header.sectionSize(i)) for i in range(header.count())))

        header.sectionResized.connect(save)

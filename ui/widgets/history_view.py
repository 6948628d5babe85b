"""A history with a field that searches it; whoever shows it says how it is asked for."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from domain.casework.history import TimelineEntry
from domain.database import Session
from ui.background import Background
from ui.translation import tr
from ui.widgets.timeline import Timeline

TYPING_MS = 200  # whoever still types is not answered yet

Fetch = Callable[[Session, str], tuple[TimelineEntry, ...]]


class HistoryView(QWidget):
    """Words above, entries below, newest first."""

    def __init__(self, background: Background, name: str) -> None:
        super().__init__()
        self._background = background
        self._fetch: Fetch | None = None
        self.search = QLineEdit()
        self.search.setAccessibleName(tr("{name} durchsuchen").format(name=name))
        self.search.setPlaceholderText(tr("Verlauf durchsuchen"))
        self.search.setClearButtonEnabled(True)
        self.timeline = Timeline(name)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self.refresh)
        self.search.textChanged.connect(lambda _: self._typing.start())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.search)
        column.addWidget(self.timeline, 1)

    def load(self, fetch: Fetch | None) -> None:
        """Show another history; None shows an empty one."""
        self._fetch = fetch
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        fetch, words = self._fetch, self.search.text()
        if fetch is None:
            self.timeline.show_entries(())
            return
        self._background.read(
            self,
            lambda session: fetch(session, words),
            lambda found: self.timeline.show_entries(found, searched=bool(words.strip())),
            key="history",
        )

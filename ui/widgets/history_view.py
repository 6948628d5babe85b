"""A history with a field that searches it; whoever shows it says how it is asked for."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.casework.history import PAGE, TimelineEntry
from domain.database import Session
from ui.background import Background
from ui.translation import tr
from ui.widgets.forms import button
from ui.widgets.search_field import SearchField
from ui.widgets.timeline import Timeline

TYPING_MS = 200  # whoever still types is not answered yet

# words typed, and the id of the entry after which older ones go on (None: from the newest)
Fetch = Callable[[Session, str, int | None], tuple[TimelineEntry, ...]]


class HistoryView(QWidget):
    """Words above, entries below, newest first, a page at a time."""

    def __init__(self, background: Background, name: str) -> None:
        super().__init__()
        self._background = background
        self._fetch: Fetch | None = None
        self._entries: tuple[TimelineEntry, ...] = ()
        self.search = SearchField(
            tr("{name} durchsuchen").format(name=name), tr("Verlauf durchsuchen"), lambda: self.timeline
        )
        self.search.setToolTip(
            tr(
                "Alle Wörter, in jeder Form; „in Anführungszeichen“ genau so; -Wort: ohne dieses. Auch Teile wie Platz in Therapieplatz."
            )
        )
        self.timeline = Timeline(name)
        self.older = button(tr("Ä&ltere Einträge zeigen"), self._on_older, role="link")
        self.older.hide()
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self.refresh)
        self.search.textChanged.connect(lambda _: self._typing.start())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.search)
        column.addWidget(self.timeline, 1)
        column.addWidget(self.older)

    def load(self, fetch: Fetch | None) -> None:
        """Show another history; None shows an empty one."""
        self._fetch = fetch
        self.refresh()

    def refresh(self) -> None:
        """Ask again, from the newest on."""
        self._ask(())

    def _on_older(self) -> None:
        self._ask(self._entries)

    def _ask(self, before: tuple[TimelineEntry, ...]) -> None:
        fetch, words = self._fetch, self.search.text()
        if fetch is None:
            self._show((), (), searched=False)
            return
        last = before[-1].entry_id if before else None
        self._background.read(
            self,
            lambda session: fetch(session, words, last),
            lambda found: self._show(before, found, searched=bool(words.strip())),
            key="history",
        )

    def _show(self, before: tuple[TimelineEntry, ...], found: tuple[TimelineEntry, ...], *, searched: bool) -> None:
        self._entries = before + found
        at = self.timeline.verticalScrollBar().value() if before else 0
        self.timeline.show_entries(self._entries, searched=searched)
        self.timeline.verticalScrollBar().setValue(at)
        self.older.setVisible(len(found) == PAGE)

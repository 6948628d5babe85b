"""The ways of the short list: estimated at once, asked of the office's router once a search, shown with their source."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel

from domain.casework.travelling import SearchWays, ask_ways, ways_of_search
from ui.changes import Refresher
from ui.errors import describe_code
from ui.labels import label
from ui.ports import UiContext
from ui.translation import tr
from ui.travel_words import SOURCES


class WaysLine(QLabel):
    """One line that says by what and from whom the minutes are; `found` brings them to the table."""

    found = Signal(object)

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._search_id: int | None = None
        self._therapists: Sequence[int] = ()
        self._asked: set[tuple[int, tuple[int, ...]]] = set()
        self.setProperty("role", "muted")
        self.setWordWrap(True)
        self.hide()
        Refresher(self, ui.changes, ("travel", "map_settings"), self.refresh)

    def show_list(self, search_id: int, therapists: Sequence[int]) -> None:
        """The short list of a search, best first."""
        self._search_id, self._therapists = search_id, therapists
        self.refresh()

    def refresh(self) -> None:
        """Read the ways again."""
        search_id, therapists, now = self._search_id, self._therapists, self._ui.now()
        if search_id is not None:
            self._ui.background.read(
                self, lambda s: ways_of_search(s, search_id, therapists, now=now), self._arrived, key="ways"
            )

    def _arrived(self, ways: SearchWays | None) -> None:
        self.setVisible(bool(self._therapists))
        self.setText(_words(ways))
        self.found.emit(ways)
        search_id = self._search_id
        # once for the same list: what could not be answered waits with the worker
        if ways is not None and search_id is not None and ways.waiting and (search_id, ways.waiting) not in self._asked:
            self._asked.add((search_id, ways.waiting))
            mode, waiting = ways.mode, ways.waiting
            self._ui.background.write(self, lambda s: ask_ways(s, search_id, mode, waiting), changes=False)


def _words(ways: SearchWays | None) -> str:
    if ways is None:
        return tr("Ohne Wohnort sind keine Wege bekannt.")
    mode = label("travel_mode", ways.mode)
    sources = {way.source for each in ways.by_therapist.values() if not (way := each[ways.mode]).estimated}
    estimated = any(each[ways.mode].estimated for each in ways.by_therapist.values())
    names = ", ".join(sorted(SOURCES.get(source, source) for source in sources))
    if not sources:
        said = tr("Fahrzeit ({mode}) geschätzt.").format(mode=mode)
    elif estimated:
        said = tr("Fahrzeit ({mode}) nach {source}, mit „≈“ geschätzt.").format(mode=mode, source=names)
    else:
        said = tr("Fahrzeit ({mode}) nach {source}.").format(mode=mode, source=names)
    if ways.trouble:
        why = describe_code(ways.trouble, host=tr("für Wege"), status="").replace(" ()", "")
        said = f"{said} {why}"
    return said

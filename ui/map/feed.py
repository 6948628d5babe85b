"""What the page still has to be told: the difference between the markers wanted and those it shows, in portions.

Portions keep the window responsive: 40,000 markers are 6 MB of JSON, which one call would build on the GUI thread.
Knows no Qt and no page.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice

from ui.map.markers import MapMarker

PORTION = 2_500  # about 10 ms of JSON

Row = tuple[int, float, float, str, str, str, bool]


@dataclass(frozen=True, slots=True)
class Change:
    """One portion: ids to take away, ids of such that come back as they were, then markers to put or to change.

    Rows are (id, lat, lon, state, title, detail, uncertain). `more` tells that the next portion follows at once.
    """

    removed: tuple[int, ...]
    back: tuple[int, ...]
    rows: tuple[Row, ...]
    more: bool


class MarkerFeed:
    """Keeps both sides by id; `next_change` until None makes them equal.

    The page keeps what it took away: a filter that is left again brings thousands back by their ids alone.
    """

    def __init__(self, portion: int = PORTION) -> None:
        self._portion = portion
        self._wanted: dict[int, MapMarker] = {}
        self._shown: dict[int, MapMarker] = {}
        self._laid_by: dict[int, MapMarker] = {}
        # in the order they came, each once
        self._removed: dict[int, None] = {}
        self._pending: dict[int, None] = {}

    def want(self, markers: Sequence[MapMarker]) -> None:
        """Show these and no others; of two with the same id the later one counts."""
        self._wanted = {marker.id: marker for marker in markers}
        self._compare()

    def change(self, markers: Sequence[MapMarker], gone: Collection[int]) -> None:
        """Show these as well, or anew, and those no longer."""
        for marker in markers:
            self._wanted[marker.id] = marker
            self._removed.pop(marker.id, None)
            if self._shown.get(marker.id) == marker:
                self._pending.pop(marker.id, None)
            else:
                self._pending[marker.id] = None
        for number in gone:
            self._wanted.pop(number, None)
            self._pending.pop(number, None)
            if number in self._shown:
                self._removed[number] = None

    def forget(self) -> None:
        """The page is empty (again)."""
        self._shown, self._laid_by = {}, {}
        self._compare()

    def shows(self, number: int) -> bool:
        """Whether the page was told of it."""
        return number in self._shown

    def next_change(self) -> Change | None:
        """The next portion, taken as shown from now on; None if the page shows what is wanted."""
        if not self._removed and not self._pending:
            return None
        removed, self._removed = tuple(self._removed), {}
        self._laid_by.update((number, self._shown.pop(number)) for number in removed)
        back = self._back()
        now = tuple(islice(self._pending, self._portion))
        for number in now:
            del self._pending[number]
            self._laid_by.pop(number, None)
        markers = [self._wanted[number] for number in now]
        self._shown.update((marker.id, marker) for marker in markers)
        return Change(
            removed=removed,
            back=back,
            rows=tuple((m.id, m.lat, m.lon, m.state.value, m.title, m.detail, m.uncertain) for m in markers),
            more=bool(self._pending),
        )

    def _back(self) -> tuple[int, ...]:
        """Those that wait and lie by as they are wanted; shown from now on."""
        found = tuple(number for number in self._pending if self._laid_by.get(number) == self._wanted[number])
        for number in found:
            del self._pending[number]
            self._shown[number] = self._laid_by.pop(number)
        return found

    def _compare(self) -> None:
        shown = self._shown
        self._removed = dict.fromkeys(number for number in shown if number not in self._wanted)
        # most are the very same object: `is` spares comparing seven fields of each
        self._pending = dict.fromkeys(
            number
            for number, marker in self._wanted.items()
            if (old := shown.get(number)) is not marker and old != marker
        )

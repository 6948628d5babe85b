"""All therapists of the map in memory, read in portions off the GUI thread, then followed change by change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from domain.database import Session
from domain.therapists.on_map import MapPlace, map_page, map_places
from ui.map.overview.news import News
from ui.map.overview.selection import Shown, shown
from ui.ports import UiContext


@dataclass(frozen=True, slots=True)
class _Portion:
    shown: tuple[Shown, ...]
    last: int | None
    placeless: int


class MapStore(QObject):
    """`changed` follows the first portion and the last one; `few` carries the ids of those who changed meanwhile.

    `completed` follows every whole reading.
    """

    changed = Signal()
    few = Signal(list)
    completed = Signal()

    def __init__(self, ui: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._ui = ui
        self._known: dict[int, Shown] = {}
        self._coming: dict[int, Shown] | None = None  # while everything is being read
        self._missed: list[News] = []  # what was heard meanwhile, since the portion with it may be in already
        self._lacking = 0
        self._asked = 0  # readings of changes so far, each by its number
        self._settled = 0  # up to which a reading of everything has it all
        self._newest: dict[int, int] = {}  # therapist → the reading they were last taken from
        self.placeless = 0
        self.complete = False

    def everybody(self) -> tuple[Shown, ...]:
        """All who are known now, for a thread of the pool."""
        return tuple(self._known.values())

    def get(self, therapist_id: int) -> Shown | None:
        """One of them."""
        return self._known.get(therapist_id)

    def load(self) -> None:
        """Read everything again; what is there stays until the new is."""
        self._coming, self._missed, self._lacking = {}, [], 0
        self._settled, self._newest = self._asked, {}
        self._read(0)

    def hear(self, news: News) -> None:
        """Read again what changed."""
        if news.everything:
            self.load()
            return
        if self._coming is not None:
            self._missed.append(news)
            return
        self._asked += 1
        now, number = self._ui.now(), self._asked

        def work(session: Session) -> Mapping[int, Shown | None]:
            found = map_places(session, therapists=news.therapists, inquiries=news.inquiries, now=now)
            return {who: None if place is None else shown(place) for who, place in found.items()}

        self._ui.background.read(self, work, lambda found: self._take_changes(found, number))

    def _take_changes(self, found: Mapping[int, Shown | None], number: int) -> None:
        """Take what a reading found, but of nobody whom a later one has brought already."""
        if number <= self._settled:
            return
        current = [who for who in found if self._newest.get(who, 0) < number]
        self._newest |= dict.fromkeys(current, number)
        different = [who for who in current if self._known.get(who) != found[who]]
        for who in different:
            one = found[who]
            if one is None:
                del self._known[who]
            else:
                self._known[who] = one
        if different:
            self.few.emit(different)

    def _read(self, after: int) -> None:
        self._ui.background.read(self, self._portion(after), self._take, key="map")

    def _portion(self, after: int) -> Callable[[Session], _Portion]:
        now, known = self._ui.now(), self._known

        def same(place: MapPlace) -> Shown:
            # who did not change stays the same object: the map compares by it
            old = known.get(place.therapist_id)
            return old if old is not None and old.place == place else shown(place)

        def work(session: Session) -> _Portion:
            page = map_page(session, after=after, now=now)
            return _Portion(tuple(same(place) for place in page.places), page.last, page.placeless)

        return work

    def _take(self, portion: _Portion) -> None:
        if self._coming is None:
            return
        first = not self._coming
        self._coming.update((one.place.therapist_id, one) for one in portion.shown)
        self._lacking += portion.placeless
        if portion.last is not None:
            self._read(portion.last)
            if first and not self._known:
                self._known = dict(self._coming)
                self.changed.emit()
            return
        self._known, self._coming = self._coming, None
        self.placeless, self.complete = self._lacking, True
        self.changed.emit()
        self.completed.emit()
        missed, self._missed = self._missed, []
        for news in missed:
            self.hear(news)

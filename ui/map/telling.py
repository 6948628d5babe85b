"""What the page is told: each thing once, the markers in portions, and all of it again to a page that comes back.

Knows no Qt; `say` carries one call to the page.
"""

from collections.abc import Callable, Collection, Sequence

from ui.map.feed import MarkerFeed
from ui.map.markers import MapMarker


class Telling:
    """Keeps the newest of each call while there is no page."""

    def __init__(self, say: Callable[..., None]) -> None:
        self._say = say
        self._feed = MarkerFeed()
        self._kept: dict[str, tuple[object, ...]] = {}
        self._busy = False  # a portion is on its way; the next follows when the page has it
        self.up = False

    def keep(self, name: str, *arguments: object) -> None:
        """Tell it now and whenever a page comes (back)."""
        self._kept[name] = arguments
        self.once(name, *arguments)

    def once(self, name: str, *arguments: object) -> None:
        """Tell it to the page that is there, if one is."""
        if self.up:
            self._say(name, *arguments)

    def drop(self, name: str) -> bool:
        """No longer tell it; whether it was kept."""
        return self._kept.pop(name, None) is not None

    def markers(self, markers: Sequence[MapMarker]) -> None:
        """These and no others."""
        self._feed.want(markers)
        self._go_on()

    def change(self, markers: Sequence[MapMarker], gone: Collection[int]) -> None:
        """These as well, or anew, and those no longer."""
        self._feed.change(markers, gone)
        self._go_on()

    def has(self, marker: int) -> bool:
        """Whether the page was told of a marker."""
        return self.up and self._feed.shows(marker)

    def begin(self) -> None:
        """A page came up and knows nothing yet."""
        self.up = True

    def all_again(self) -> None:
        """Tell it all that was kept, then the markers."""
        for name, arguments in self._kept.items():
            self.once(name, *arguments)
        self._feed.forget()
        self.portion()

    def end(self) -> None:
        """The page is lost."""
        self.up = self._busy = False

    def portion(self) -> bool:
        """Send the next portion of markers, the last one having arrived; False if there is none."""
        change = self._feed.next_change()
        self._busy = change is not None
        if change is not None:
            self.once("change", change.removed, change.back, change.rows, change.more)
        return self._busy

    def _go_on(self) -> None:
        if self.up and not self._busy:
            self.portion()

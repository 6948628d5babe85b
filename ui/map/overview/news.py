"""What changed since the map was last seen: whose markers have to be read again, or all of them."""

from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from ui.changes import DEBOUNCE_MS, Changes

MOST = 2_000  # changed ones; above it reading all is quicker
OFTEN_MS = 10 * 60 * 1000  # a contact period ends by the clock, and nobody tells


@dataclass(frozen=True, slots=True)
class News:
    """Therapists and inquiries that changed; or everything."""

    everything: bool = True
    therapists: frozenset[int] = field(default_factory=frozenset)
    inquiries: frozenset[int] = field(default_factory=frozenset)


class MapNews(QObject):
    """Collects changes and tells them together, as soon as the widget is seen."""

    arrived = Signal(object)

    def __init__(self, widget: QWidget, changes: Changes) -> None:
        super().__init__(widget)
        self._widget = widget
        self._everything = True
        self._ids: dict[str, set[int]] = {"therapist": set(), "inquiry": set()}
        self._timer = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._timer.timeout.connect(self._tell)
        self._clock = QTimer(self, interval=OFTEN_MS)
        self._clock.timeout.connect(lambda: self._on_change("*", 0))
        self._clock.start()
        changes.changed.connect(self._on_change)
        widget.installEventFilter(self)

    def _on_change(self, topic: str, number: int) -> None:
        if topic in {"*", "import"} or (topic in self._ids and number == 0):
            self._everything = True
        elif topic in self._ids:
            self._ids[topic].add(number)
            self._everything = self._everything or sum(map(len, self._ids.values())) > MOST
        else:
            return
        if self._widget.isVisible() and not self._timer.isActive():
            self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Catch up when the widget is shown."""
        if event.type() == QEvent.Type.Show and (self._everything or any(self._ids.values())):
            self._timer.start(0)
        return super().eventFilter(watched, event)

    def _tell(self) -> None:
        news = News(self._everything, frozenset(self._ids["therapist"]), frozenset(self._ids["inquiry"]))
        self._everything = False
        for ids in self._ids.values():
            ids.clear()
        self.arrived.emit(news)

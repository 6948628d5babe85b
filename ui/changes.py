"""The one global signal: something changed in the database, here or at another desk."""

from collections.abc import Callable, Collection

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

DEBOUNCE_MS = 80


class Changes(QObject):
    """`changed(topic, id)`; id 0 means many. Emitted on the GUI thread only."""

    changed = Signal(str, int)


class Refresher(QObject):
    """Re-queries a widget when a topic it shows changed: at once if visible (debounced), else when it is shown."""

    def __init__(self, widget: QWidget, changes: Changes, topics: Collection[str], refresh: Callable[[], None]) -> None:
        super().__init__(widget)
        self._widget, self._topics, self._refresh = widget, frozenset(topics), refresh
        self._dirty = True
        self._timer = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._timer.timeout.connect(self._now)
        changes.changed.connect(self._on_change)
        widget.installEventFilter(self)

    def _on_change(self, topic: str, _id: int) -> None:
        if topic not in self._topics and topic != "*":
            return
        self._dirty = True
        if self._widget.isVisible() and not self._timer.isActive():
            self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Catch up when the widget is shown."""
        if event.type() == QEvent.Type.Show and self._dirty:
            self._timer.start(0)
        return super().eventFilter(watched, event)

    def _now(self) -> None:
        self._dirty = False
        self._refresh()

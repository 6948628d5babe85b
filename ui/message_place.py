"""Where the message of the window stands: over its top bar, so that the page below never moves when it comes or goes.

It keeps clear of the search. A long one takes the whole width, and where that is not enough reaches over the page.
"""

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtWidgets import QWidget

from ui.messages import Messages

ROOM = 4  # px above it, and over the page's margin below the bar


class MessagePlace(QObject):
    """Keeps the message over `bar`, left of `beside` if it is short; both are inside `area`."""

    def __init__(self, messages: Messages, area: QWidget, bar: QWidget, beside: QWidget) -> None:
        super().__init__(area)
        self._messages, self._area, self._bar, self._beside = messages, area, bar, beside
        messages.setParent(area)
        messages.hide()
        for watched in (messages, area, bar, beside):
            watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Anything that may need another place."""
        kinds = {QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show}
        if watched is self._messages:
            kinds = {QEvent.Type.Show, QEvent.Type.LayoutRequest}
        if event.type() in kinds:
            self.place()
        return super().eventFilter(watched, event)

    def place(self) -> None:
        """Put it there."""
        messages, high = self._messages, self._bar.height() + ROOM
        width = self._beside.mapTo(self._area, QPoint(0, 0)).x()
        layout = messages.layout()
        if layout is None or width <= 0:
            return
        if layout.totalHeightForWidth(width) > high:
            width = self._area.width()
        height = layout.totalHeightForWidth(width)
        messages.setGeometry(0, max(0, (self._bar.height() - height) // 2), width, height)
        messages.raise_()

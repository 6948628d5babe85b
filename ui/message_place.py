"""Where the message of the window stands: over its top bar, so that the page below never moves when it comes or goes.

It never covers the search and what stands beside that: it stands left of it, and a long one reaches over the page. Where it would cover less of the
page so, it lies below the bar over the whole width.
"""

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtWidgets import QWidget

from ui.messages import Messages

ROOM = 4  # px above it, and over the page's margin below the bar


class MessagePlace(QObject):
    """Keeps the message over `bar` and left of `beside`, or below `bar`; both are inside `area`."""

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
        messages, bar = self._messages, self._bar.height()
        width, whole = self._beside.mapTo(self._area, QPoint(0, 0)).x(), self._area.width()
        layout = messages.layout()
        if layout is None or width <= 0:
            return
        height, below = layout.totalHeightForWidth(width), layout.totalHeightForWidth(whole)
        if (height - bar - ROOM) * width <= below * whole:
            messages.setGeometry(0, max(0, (bar - height) // 2), width, height)
        else:
            messages.setGeometry(0, bar, whole, below)
        messages.raise_()

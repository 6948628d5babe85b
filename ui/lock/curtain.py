"""Takes every window off the screen and out of the accessibility tree, and brings all back as they were.

A widget laid over the others would hide pixels only: what lies under it is still read out by a screen reader, and a
dialog that opens later stands on top. So the windows themselves go: hidden, their system window destroyed, and what
wants to appear meanwhile is never mapped. The widgets stay as they are, with every letter typed into them.
"""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QToolTip, QWidget
from shiboken6 import isValid

PASSING = frozenset({Qt.WindowType.Popup, Qt.WindowType.ToolTip, Qt.WindowType.SplashScreen})


@dataclass(frozen=True, slots=True)
class _Away:
    """A window that comes back: maximised or not, and where it was; None where it was nowhere yet."""

    window: QWidget
    state: Qt.WindowState
    place: QRect | None


class Curtain(QObject):
    """Down, only `kept` and what belongs to it can be seen."""

    def __init__(self, app: QApplication, kept: QWidget) -> None:
        super().__init__(kept)
        self._app, self._kept = app, kept
        self._away: list[_Away] = []
        self._active: QWidget | None = None

    def fall(self) -> None:
        """Put all away; `kept` should be shown already, so that there is a window at any time."""
        self._active = self._app.activeModalWidget() or self._app.activeWindow()
        QToolTip.hideText()
        while (popup := self._app.activePopupWidget()) is not None:
            popup.close()
        self._app.installEventFilter(self)
        # those that were closed and not thrown away, too: a screen reader finds them still
        made = [w for w in self._app.topLevelWidgets() if w.windowHandle() is not None and not self._belongs(w)]
        for window in sorted(made, key=_depth):
            if window.isVisible() and window.windowType() not in PASSING:
                self._remember(window)
        for window in sorted(made, key=_depth, reverse=True):
            _put_away(window)

    def rise(self) -> None:
        """Bring all back that was not closed meanwhile."""
        self._app.removeEventFilter(self)
        away, self._away = self._away, []
        for one in away:
            window = one.window
            if not isValid(window):
                continue
            if isinstance(window, QDialog):
                window.finished.disconnect(self._forget)
            window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)
            if one.place is not None:
                window.setWindowState(Qt.WindowState.WindowNoState)
                window.setGeometry(one.place)
                window.setWindowState(one.state)
            window.show()
        if self._active is not None and isValid(self._active) and self._active.isVisible():
            self._active.activateWindow()
        self._active = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What wants to appear stays off the screen until the curtain rises."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and self._is_foreign(watched):
            watched.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, True)
            QTimer.singleShot(0, watched, partial(self._take, watched))
        elif event.type() == QEvent.Type.Close and isinstance(watched, QWidget):
            self._drop(watched)
        return super().eventFilter(watched, event)

    def _is_foreign(self, widget: QWidget) -> bool:
        return widget.isWindow() and not self._belongs(widget)

    def _belongs(self, widget: QWidget) -> bool:
        """Whether it is the window that stays, or a menu or a tooltip of it."""
        found: QWidget | None = widget
        while found is not None and found is not self._kept:
            found = found.parentWidget()
        return found is self._kept

    def _take(self, window: QWidget) -> None:
        if not isValid(window) or not window.isVisible():
            return  # it went by itself
        passing = window.windowType() in PASSING
        if not passing:
            self._remember(window)
        _put_away(window)
        if passing:
            window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)

    def _remember(self, window: QWidget) -> None:
        if any(known.window is window for known in self._away):
            return
        # the system would choose a new place and size for a window it has not seen yet
        state, has_place = window.windowState(), window.windowHandle().isVisible()
        is_large = bool(state & (Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen))
        place = window.normalGeometry() if is_large else window.geometry()
        self._away.append(_Away(window, state, place if has_place and place.isValid() else None))
        if isinstance(window, QDialog):
            window.finished.connect(self._forget)

    def _forget(self, _result: int) -> None:
        """A dialog whose work ended meanwhile is not opened again."""
        dialog = self.sender()
        if isinstance(dialog, QWidget):
            self._drop(dialog)

    def _drop(self, window: QWidget) -> None:
        self._away = [known for known in self._away if known.window is not window]


def _depth(window: QWidget) -> int:
    """How many windows it stands on."""
    depth, parent = 0, window.parentWidget()
    while parent is not None:
        depth, parent = depth + 1, parent.parentWidget()
    return depth


def _put_away(window: QWidget) -> None:
    window.hide()
    # a hidden system window is still offered to screen readers, with all it holds
    window.destroy()

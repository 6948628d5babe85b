"""Whether somebody is there: keys, mouse and touch of every window, and a machine that slept. It knows no lock.

It listens to the windows of the system, where input arrives first, and not to every event of every widget: a filter in
Python on the whole application would be asked thousands of times for each page that opens.
"""

import ctypes
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow

TICK_MS = 2_000
SLEPT_SECONDS = 20  # what a clock may jump without the machine having slept
DEFAULT_MINUTES = 10
INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletMove,
        QEvent.Type.InputMethod,
    }
)


def awake_seconds() -> float:
    """A clock that stands still while the machine sleeps."""
    if sys.platform == "win32":
        # Python's own goes on there
        passed = ctypes.c_ulonglong()
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(passed))
        return passed.value / 10_000_000
    return time.monotonic()


class IdleWatch(QObject):
    """`left` is emitted when nobody touched anything for the set minutes or the machine slept, `wanted` by Strg+L."""

    left = Signal()
    wanted = Signal()

    def __init__(
        self,
        app: QGuiApplication,
        parent: QObject,
        *,
        awake: Callable[[], float] = awake_seconds,
        wall: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self._awake, self._wall = awake, wall
        self._touched = self._before = awake()
        self._wall_before = wall()
        self._limit = DEFAULT_MINUTES * 60
        for window in app.topLevelWindows():
            self._watch(window)
        app.focusWindowChanged.connect(self._watch)
        # who works by voice or a screen reader presses no key: another control has the focus, though
        app.focusObjectChanged.connect(self._on_focus)
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def set_minutes(self, minutes: int) -> None:
        """How long nobody may be there."""
        self._limit = minutes * 60

    def touch(self) -> None:
        """Somebody is there."""
        self._touched = self._awake()

    def look(self) -> None:
        """See whether time is up."""
        awake, wall = self._awake(), self._wall()
        slept = (wall - self._wall_before) - (awake - self._before) > SLEPT_SECONDS
        self._before, self._wall_before = awake, wall
        if slept or awake - self._touched >= self._limit:
            self._touched = awake
            self.left.emit()

    @Slot()
    def _on_focus(self) -> None:
        # which one is not asked: it may be part of a map that is being taken apart, and Python must not touch that
        self.touch()

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.removeEventFilter(self)  # once is enough
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note what somebody does; Strg+L goes no further."""
        if event.type() in INPUT:
            self.touch()
            if isinstance(event, QKeyEvent) and _is_lock_key(event):
                self.wanted.emit()
                return True
        return super().eventFilter(watched, event)


def _is_lock_key(event: QKeyEvent) -> bool:
    return (
        event.type() == QEvent.Type.KeyPress
        and event.key() == Qt.Key.Key_L
        and event.modifiers() == Qt.KeyboardModifier.ControlModifier
    )

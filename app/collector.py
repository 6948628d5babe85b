"""Python's cyclic garbage is collected on the GUI thread only.

Whichever thread allocates last would collect otherwise, and with it destroy windows and timers that lie in a cycle. Qt
forbids that off their own thread; the program would end without a word.
"""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 1_000


class GuiThreadCollector(QObject):
    """Made on the GUI thread; from then on until `stop` it alone collects, the young often, the old when due."""

    def __init__(self) -> None:
        super().__init__()
        gc.disable()
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the oldest generation whose time has come, as the interpreter would have."""
        due = [
            n for n, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)) if count > most
        ]
        if due:
            gc.collect(due[-1])

    def stop(self) -> None:
        """Give collecting back to the interpreter, when no other thread works any more."""
        self._timer.stop()
        gc.enable()

"""Makes the lines of released batches, and takes those of others back: one a transaction, in the background.

It ends with the window; what is left then waits for somebody to press Weiter.
"""

from PySide6.QtCore import QObject, Signal

from domain.casework.batches.making import make_next
from domain.casework.batches.steering import take_back_next
from ui.errors import describe
from ui.ports import UiContext


class BatchRunner(QObject):
    """`stopped` is emitted when nothing is left to do for a batch, or it could not go on."""

    stopped = Signal(int)

    def __init__(self, ui: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._ui = ui
        self._busy: set[int] = set()

    def works_on(self, batch_id: int) -> bool:
        """Whether this window is making or taking back lines of a batch."""
        return batch_id in self._busy

    def make(self, batch_id: int) -> None:
        """Make line after line until there is none left or the batch is held."""
        if batch_id not in self._busy:
            self._busy.add(batch_id)
            self._make_next(batch_id)

    def take_back(self, batch_id: int) -> None:
        """Take line after line back. Making ends by itself, since the batch is held."""
        self._busy.add(batch_id)
        self._take_next(batch_id, 0)

    def _make_next(self, batch_id: int) -> None:
        now = self._ui.now()
        self._ui.background.write(
            self,
            lambda s: make_next(s, batch_id, now=now),
            lambda more: self._make_next(batch_id) if more else self._end(batch_id),
            lambda error: self._fail(batch_id, error),
        )

    def _take_next(self, batch_id: int, after: int) -> None:
        now = self._ui.now()
        self._ui.background.write(
            self,
            lambda s: take_back_next(s, batch_id, after=after, now=now),
            lambda last: self._end(batch_id) if last is None else self._take_next(batch_id, last),
            lambda error: self._fail(batch_id, error),
        )

    def _fail(self, batch_id: int, error: Exception) -> None:
        self._ui.messages.everywhere(describe(error))  # whatever is looked at by then
        self._end(batch_id)

    def _end(self, batch_id: int) -> None:
        self._busy.discard(batch_id)
        self.stopped.emit(batch_id)

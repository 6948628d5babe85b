"""Work of the first run off the GUI thread. There is no database session yet, so this is not `Background`.

One errand at a time: the page that asked waits for the answer, which comes back on the GUI thread.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot
from shiboken6 import isValid

from ui.first_run.ports import Step, Tell

T = TypeVar("T")


class Errands(QObject):
    """Runs one work after the other; `step` tells on the GUI thread how far it has come."""

    step = Signal(str)
    _returned = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._returned.connect(self._deliver)

    def run(
        self,
        owner: QObject,
        work: Callable[[Tell], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Run `work`; `done` gets its result, `failed` its error, unless the owner is gone."""
        self._pool.start(_Errand(self, owner, work, done, failed))

    def wait(self) -> None:
        """Let a running work end: nothing is left half done (closing the program)."""
        self._pool.waitForDone()

    @Slot(object)
    def _deliver(self, errand: "_Errand") -> None:
        if not isValid(errand.owner):
            return
        if errand.error is not None:
            errand.failed(errand.error)
        else:
            errand.done(errand.result)


class _Errand(QRunnable):
    """One work with its owner and what to do afterwards."""

    def __init__(
        self,
        errands: Errands,
        owner: QObject,
        work: Callable[[Tell], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        super().__init__()
        self._errands, self._work = errands, work
        self.owner, self.done, self.failed = owner, done, failed
        self.result: Any = None
        self.error: Exception | None = None

    def run(self) -> None:
        """Work; never raise into Qt."""
        try:
            self.result = self._work(self._tell)
        except Exception as error:  # noqa: BLE001 - it is handed to the caller on the GUI thread
            self.error = error
        self._errands._returned.emit(self)  # noqa: SLF001 - both halves of one idea

    def _tell(self, step: Step) -> None:
        self._errands.step.emit(step.value)

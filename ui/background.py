"""Work off the GUI thread: the one pattern. The window never waits for the database.

A session lives on the pool's thread only. A result is dropped if its owner is gone or a newer call has its key;
rows of the database in a result are an error (they would load on the wrong thread).
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import is_dataclass
from itertools import count
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot
from shiboken6 import isValid

from domain.database import Session, again_if_in_the_way

T = TypeVar("T")
THREADS = 4


class ReadsAndWrites(Protocol):
    """What this module needs of a database."""

    def read(self) -> AbstractContextManager[Session]:
        """A session whose changes are dropped."""

    def write(self) -> AbstractContextManager[Session]:
        """A session that commits."""


class Background(QObject):
    """Runs reads and writes in a pool and brings results back to the GUI thread.

    `committed` is emitted after every write that changes something; `busy` tells how many works are under way; `failed` carries the
    errors nobody asked for.
    """

    committed = Signal()
    busy = Signal(int)
    failed = Signal(object)
    _returned = Signal(int)

    def __init__(self, database: ReadsAndWrites, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._database = database
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(THREADS)
        self._numbers = count(1)
        self._newest: dict[tuple[int, str], int] = {}
        self._calls: dict[int, _Call] = {}
        self._running = 0
        self._ended = False
        self._returned.connect(self._deliver)

    def read(
        self,
        owner: QObject,
        work: Callable[[Session], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
        key: str | None = None,
    ) -> None:
        """Run `work` in a reading session; `done` gets its result unless a newer call has the key."""
        self._submit(_Call(owner, work, done, failed, key, writes=False))

    def write(
        self,
        owner: QObject,
        work: Callable[[Session], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        key: str | None = None,
        *,
        changes: bool = True,
    ) -> None:
        """Run `work` in one transaction; `done` gets its result after the commit.

        `changes` is false where only a reading is noted: nothing that is shown anywhere is another than before.
        """
        self._submit(_Call(owner, work, done, failed, key, writes=True, changes=changes))

    def local(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        key: str | None = None,
    ) -> None:
        """Run `work` without the database: files and the store of this machine, with the server or without."""
        self._submit(_Call(owner, lambda _: work(), done, failed, key, writes=False, asks=False))

    @property
    def running(self) -> int:
        """How many works are under way."""
        return self._running

    def wait(self, milliseconds: int = 10_000) -> bool:
        """Let running works end (closing the program)."""
        return self._pool.waitForDone(milliseconds)

    def end(self) -> None:
        """Let running works end and hand over no more of them: the window is being taken apart."""
        self._ended = True
        self.wait()

    def _submit(self, call: "_Call") -> None:
        call.number = next(self._numbers)
        self._calls[call.number] = call
        if call.key is not None:
            self._newest[id(call.owner), call.key] = call.number
        self._running += 1
        self.busy.emit(self._running)
        self._pool.start(_Job(call, self._database, self._returned))

    @Slot(int)
    def _deliver(self, number: int) -> None:
        call = self._calls.pop(number)
        self._running -= 1
        self.busy.emit(self._running)
        if self._ended:
            return
        if call.writes and call.changes and call.error is None:
            self.committed.emit()
        if not isValid(call.owner):
            return
        if call.key is not None and self._newest.get((id(call.owner), call.key)) != call.number:
            return
        if call.error is not None:
            if call.failed is not None:
                call.failed(call.error)
            else:
                self.failed.emit(call.error)
        elif call.done is not None:
            call.done(call.result)


class _Call:
    """One work with its owner and what to do afterwards."""

    def __init__(
        self,
        owner: QObject,
        work: Callable[[Any], Any],
        done: Callable[[Any], None] | None,
        failed: Callable[[Exception], None] | None,
        key: str | None,
        *,
        writes: bool,
        asks: bool = True,
        changes: bool = True,
    ) -> None:
        self.owner, self.work, self.done, self.failed, self.key = owner, work, done, failed, key
        self.writes, self.asks, self.changes = writes, asks, changes
        self.number = 0
        self.result: Any = None
        self.error: Exception | None = None


class _Job(QRunnable):
    """A call on a pool thread."""

    def __init__(self, call: _Call, database: ReadsAndWrites, returned: Any) -> None:
        super().__init__()
        self._call: _Call | None = call
        self._database, self._returned = database, returned

    def run(self) -> None:
        """Open the session, work, close it; never raise into Qt.

        The call is let go of before its end is told: were this thread the last to hold it, what its functions hold (a
        widget) would die here, on a thread that is not its own.
        """
        call = self._call
        assert call is not None
        number = call.number
        _work(call, self._database)
        self._call = None
        del call
        self._returned.emit(number)


def _work(call: _Call, database: ReadsAndWrites) -> None:
    """Do a call's work and put its result or its error into it."""

    def once() -> object:
        if not call.asks:
            return call.work(None)
        with database.write() if call.writes else database.read() as session:
            result: object = call.work(session)
            return result

    try:
        call.result = again_if_in_the_way(once)
        refuse_rows(call.result)
    except Exception as error:  # noqa: BLE001 - it is handed to the caller on the GUI thread
        call.error = error


def refuse_rows(result: object, depth: int = 0) -> None:
    """Raise TypeError if a result carries rows of the database."""
    if hasattr(result, "_sa_instance_state"):
        raise TypeError(f"{type(result).__name__} is a row of the database and must not leave its thread")
    if depth < 3:
        if is_dataclass(result) and not isinstance(result, type):
            for name in getattr(result, "__slots__", ()) or vars(result):
                refuse_rows(getattr(result, name), depth + 1)
        elif isinstance(result, (tuple, list)):
            for item in result[:5]:
                refuse_rows(item, depth + 1)

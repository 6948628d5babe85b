"""Reading ahead: the next rows of a file are read by a thread of its own while those before them are written.

Who writes waits for the server, and reading needs none of it. Reading has its turn while they wait only: of two threads
that both have work Python lets one run, so that the other would keep the server without any. What is read ahead is
bounded and comes in the file's order: an error after every row before it.
"""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Semaphore, Thread
from typing import Generic, TypeVar

T = TypeVar("T")
TOGETHER = 250  # rows handed over at once
AHEAD = 8  # so many times that are read and not yet taken


@dataclass(frozen=True, slots=True)
class _Handed(Generic[T]):
    """Rows that follow each other; after the last ones `ended`, with what went wrong behind them."""

    rows: list[T]
    ended: bool = False
    error: BaseException | None = None


@contextmanager
def read_ahead(rows: Generator[T, None, None], turn: Event) -> Iterator[Iterator[T]]:
    """The same rows, read ahead within the block while `turn` is set, and while somebody waits for one.

    At its end nothing reads any more and the generator is closed. Raises what the generator raises, where its rows are
    taken.
    """
    handed: SimpleQueue[_Handed[T]] = SimpleQueue()
    room, stopped = Semaphore(AHEAD), Event()
    reader = Thread(target=_read, args=(rows, handed, room, turn, stopped), name="reading-ahead")
    reader.start()
    try:
        yield _taken(handed, room, turn)
    finally:
        stopped.set()
        turn.set()
        room.release()
        reader.join()


def _read(
    rows: Generator[T, None, None], handed: SimpleQueue[_Handed[T]], room: Semaphore, turn: Event, stopped: Event
) -> None:
    read: list[T] = []
    error: BaseException | None = None
    try:
        with closing(rows):
            for row in rows:
                read.append(row)
                if len(read) == TOGETHER:
                    handed.put(_Handed(read))
                    read = []
                    room.acquire()
                turn.wait()
                if stopped.is_set():
                    break
    except BaseException as exc:  # noqa: BLE001 - whatever it is, who takes the rows hears of it
        error = exc
    handed.put(_Handed(read, ended=True, error=error))


def _taken(handed: SimpleQueue[_Handed[T]], room: Semaphore, turn: Event) -> Iterator[T]:
    while True:
        try:
            part = handed.get_nowait()
        except Empty:
            turn.set()
            part = handed.get()
            turn.clear()
        room.release()
        yield from part.rows
        if part.error is not None:
            raise part.error
        if part.ended:
            return

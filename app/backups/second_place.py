"""What is done at the second place of backups is done beside the round, by a thread of its own.

A place behind a network may for hours neither answer nor refuse, and nothing ends a thread that waits for it. So a
round waits only while something moves there; a place that is silent is told of and left alone until its thread is back,
and the backups themselves are made as always.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic

from app.backups.tools import refuse_halted
from domain.errors import Unavailable

# without a block read or written
PATIENCE = timedelta(minutes=5)
_ENDING = timedelta(seconds=10)  # what a worker that ends allows; what is half there is cleared away by the next
_MOVED = object()


class SecondPlace:
    """Asks each place one thing at a time; `stopping` is set when the program ends."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._asked: dict[Path, threading.Thread] = {}

    def ask(self, place: Path, work: Callable[[Callable[[], None]], None]) -> None:
        """Do something there; `work` is given what it calls whenever something has moved.

        Raises what it raises, and Unavailable (``backup.second_silent`` where nothing moves, or did not when asked
        before; ``backup.interrupted`` where the program ends meanwhile: what moved breaks it off).
        """
        if place in self._asked and self._asked[place].is_alive():
            raise Unavailable("backup.second_silent", path=str(place))
        heard: SimpleQueue[object] = SimpleQueue()

        def moved() -> None:
            refuse_halted(self._stopping.is_set)
            heard.put(_MOVED)

        asked = threading.Thread(target=_asked, args=(work, moved, heard), name="second-place", daemon=True)
        self._asked[place] = asked
        asked.start()
        last = monotonic()
        while monotonic() - last < (_ENDING if self._stopping.is_set() else PATIENCE).total_seconds():
            try:
                said = heard.get(timeout=1)
            except Empty:
                continue
            if said is _MOVED:
                last = monotonic()
                continue
            asked.join()
            if isinstance(said, BaseException):
                raise said
            return
        refuse_halted(self._stopping.is_set)
        raise Unavailable("backup.second_silent", path=str(place))


def _asked(work: Callable[[Callable[[], None]], None], moved: Callable[[], None], heard: SimpleQueue[object]) -> None:
    try:
        work(moved)
    except BaseException as error:  # noqa: BLE001 - whatever it is, who asked hears of it
        heard.put(error)
    else:
        heard.put(None)

"""Who uses the server of one folder: one lease per process, free by itself when the process dies.

A lease is a locked file. POSIX locks belong to the process, not to the open file: a second handle in the same
process would get the lock too, and closing it would drop the first one. Therefore this module counts within
the process and opens each file once. It knows nothing of PostgreSQL.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fasteners

from domain.errors import Unavailable

GUARD_SECONDS = 180  # a first start on a slow disk takes well under this


class _Held:
    """The process's lease of one folder, and how many users in the process share it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = fasteners.InterProcessLock(path)
        self.users = 0


_in_process = threading.Lock()
_held: dict[Path, _Held] = {}


class Leases:
    """The leases of one folder. Everything but `guard` is called inside the guard."""

    def __init__(self, home: Path) -> None:
        self._home = home.absolute()
        self._folder = self._home / "leases"

    @contextmanager
    def guard(self) -> Iterator[None]:
        """One at a time, over all processes and threads. Raises Unavailable after GUARD_SECONDS."""
        with _in_process:
            lock = fasteners.InterProcessLock(self._home / "start.lock")
            if not _acquire(lock, timeout=GUARD_SECONDS):
                raise Unavailable("postgres.busy", seconds=GUARD_SECONDS)
            try:
                yield
            finally:
                lock.release()

    def take(self) -> None:
        """Count one more user in this process; the first one makes the process's lease."""
        if self._folder not in _held:
            self._folder.mkdir(exist_ok=True, mode=0o700)
            held = _Held(self._folder / str(os.getpid()))
            # a dead process of the same number may have left the file, but not the lock
            _acquire(held.lock)
            _held[self._folder] = held
        _held[self._folder].users += 1

    def give_back(self) -> bool:
        """Count one user less; True if nobody in any process is left. Leases of the dead are cleared."""
        held = _held[self._folder]
        held.users -= 1
        if held.users:
            return False
        del _held[self._folder]
        held.lock.release()
        held.path.unlink(missing_ok=True)
        return not self.in_use()

    def others(self) -> bool:
        """Whether another living process holds a lease. Its own file is not touched: that would let go of it."""
        own = self._held_file()
        return any(self._is_alive(path) for path in self._folder.glob("*") if path != own)

    def _held_file(self) -> Path | None:
        held = _held.get(self._folder)
        return held.path if held is not None else None

    def in_use(self) -> bool:
        """Whether a living process holds a lease; leases of the dead are cleared."""
        if self._folder in _held:
            return True
        alive = [path for path in self._folder.glob("*") if self._is_alive(path)]
        return bool(alive)

    @staticmethod
    def _is_alive(path: Path) -> bool:
        lock = fasteners.InterProcessLock(path)
        if not _acquire(lock):
            return True
        lock.release()
        path.unlink(missing_ok=True)
        return False


def _acquire(lock: fasteners.InterProcessLock, *, timeout: float = 0) -> bool:
    """Take the lock or close its file again; the library leaves the file open on refusal."""
    taken = bool(lock.acquire(blocking=timeout > 0, timeout=timeout or None))
    if not taken:
        lock.lockfile.close()
    return taken

"""Slows wrong passwords down at this seat, over restarts, too. Knows no server and keeps no password.

A try is counted before it is made and given back when it was not a wrong one, so that ending the program in between
saves nobody the wait. What a server does against tries from elsewhere is the server's (deploy/auth_delay.conf).
"""

import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.private_files import write_private
from app.settings import ServerSettings
from domain.errors import PlatzlotseError, Unavailable

FREE = 3  # wrong ones before the first wait
FIRST_SECONDS, LONGEST_SECONDS = 5, 300
FORGET_SECONDS = 24 * 3600
WRONG = "server.password_wrong"

Tries = dict[str, tuple[int, float]]  # by login: how many in a row, and when the last was


def account(server: ServerSettings) -> str:
    """Whose password it is."""
    return f"{server.user}@{server.host}:{server.port}/{server.database}"


def wait_after(wrong: int) -> int:
    """Seconds to wait after so many wrong passwords in a row."""
    if wrong < FREE:
        return 0
    return min(LONGEST_SECONDS, FIRST_SECONDS << min(wrong - FREE, 10))


class WrongPasswords:
    """The tries of one seat, in a file of its profile; where it cannot be written, those of this session."""

    def __init__(self, path: Path, *, now: Callable[[], float] = time.time) -> None:
        self._path, self._now = path, now
        self._here: Tries = {}
        self._one_at_a_time = threading.Lock()

    def seconds_left(self, login: str) -> int:
        """How long the next try of this login has to wait."""
        wrong, last = self._tries().get(login, (0, 0.0))
        wait = wait_after(wrong)
        # a clock that was set back makes nobody wait longer than the wait is
        return max(0, min(wait, math.ceil(last + wait - self._now())))

    @contextmanager
    def counted(self, login: str) -> Iterator[None]:
        """Try a password in this block; what it raises is raised.

        Raises Unavailable where one has to wait, before the try (``login.wait``) or from now on (``login.wrong_wait``).
        """
        with self._one_at_a_time:
            if left := self.seconds_left(login):
                raise Unavailable("login.wait", seconds=left)
            before = self._tries().get(login)
            wrong = (before[0] if before else 0) + 1
            self._keep(login, (wrong, self._now()))
            try:
                yield
            except PlatzlotseError as error:
                if error.code != WRONG:
                    self._keep(login, before)
                    raise
                self._keep(login, (wrong, self._now()))
                if wait := wait_after(wrong):
                    raise Unavailable("login.wrong_wait", wrong=wrong, seconds=wait) from error
                raise
            except BaseException:
                self._keep(login, before)
                raise
            self._keep(login, None)

    def _tries(self) -> Tries:
        known = dict(self._here)
        with suppress(OSError, ValueError, TypeError, AttributeError):
            for login, (wrong, last) in json.loads(self._path.read_text("utf-8")).items():
                if int(wrong) > known.get(login, (0, 0.0))[0]:
                    known[login] = int(wrong), float(last)
        oldest = self._now() - FORGET_SECONDS
        return {login: tries for login, tries in known.items() if tries[1] > oldest}

    def _keep(self, login: str, tries: tuple[int, float] | None) -> None:
        known = self._tries()
        known.pop(login, None)
        self._here.pop(login, None)
        if tries is not None:
            known[login] = self._here[login] = tries
        # a full disk keeps nobody out; then the tries of this session count
        with suppress(OSError):
            if known:
                write_private(self._path, json.dumps(known))
            else:
                self._path.unlink(missing_ok=True)

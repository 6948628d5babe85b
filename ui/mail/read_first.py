"""A mail that opened by itself is read before a key confirms it: a key pressed twice was meant for the one before."""

import time

READ_FIRST = 1.0  # seconds on the screen


class ReadFirst:
    """Knows whether the mail shown came by itself, and for how long it has been there."""

    def __init__(self) -> None:
        self._follows, self._until = False, 0.0

    def settled(self) -> None:
        """The mail shown is done: the next one comes by itself."""
        self._follows = True

    def shown(self) -> None:
        """Another mail is on the screen."""
        self._until = time.monotonic() + READ_FIRST if self._follows else 0.0
        self._follows = False

    def too_soon(self) -> bool:
        """Whether nobody can have read it yet."""
        return time.monotonic() < self._until

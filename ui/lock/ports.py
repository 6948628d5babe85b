"""What locking needs from outside: somebody who knows whether a person may see the window again. Free of Qt."""

from typing import Protocol


class Porter(Protocol):
    """Guards one seat. `check` and `lock_computer` take time and are called off the GUI thread."""

    @property
    def person(self) -> str:
        """Whose password is asked for; empty where the seat has none of a person."""

    @property
    def can_lock_computer(self) -> bool:
        """Whether this system has a lock of its own that can be asked for."""

    def note(self, *, locked: bool) -> None:
        """Remember over a restart that the seat is locked, or that it is not any more."""

    def seconds_left(self) -> int:
        """How long the next password has to wait; 0 where it need not."""

    def check(self, password: str) -> None:
        """Return where this is the person's password. Raises PlatzlotseError with the reason where it is not known to be."""

    def lock_computer(self) -> bool:
        """Ask the system to lock the screen; False where it refused."""

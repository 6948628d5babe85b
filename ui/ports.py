"""What a page needs from outside the window; the program's wiring (app) hands it over.

Pages depend on these shapes only, so a page can be shown and tested without the program around it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from domain.access import PERSON_ROLES, RECORD_ROLES
from domain.backups.set_aside import SetAside
from domain.communication.drafts.store import DraftStore
from domain.health.models import Finding
from ui.background import Background
from ui.changes import Changes
from ui.messages import Messages
from ui.window_state import WindowState


class Navigate(Protocol):
    """Opens a page, perhaps with one record, perhaps with the cursor in one of its fields."""

    def __call__(self, page: str, item_id: int | None = None, field: str = "", /) -> None:
        """Go there."""
        ...


class Vault(Protocol):
    """The encrypted store of this machine. `opened` may be asked anywhere; opening takes time (not on the GUI thread)."""

    @property
    def opened(self) -> DraftStore | None:
        """The store, once it is open."""
        ...

    def open_by_keyring(self) -> DraftStore | None:
        """Open it by the key in the system's keyring; None where there is none, and a passphrase is asked for."""
        ...

    def is_new(self) -> bool:
        """Whether a passphrase is yet to be chosen."""
        ...

    def open_by_passphrase(self, passphrase: str) -> DraftStore:
        """Open it, the first time with a passphrase chosen now. Raises Invalid (``drafts.passphrase``)."""
        ...


def _nothing_of_the_machine() -> tuple[Finding, ...]:
    return ()


def _nothing_aside() -> tuple[SetAside, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class UiContext:
    """Everything a page gets: work off the GUI thread, news, messages, remembered state, and the clock.

    `machine` looks at this machine for the doctor; it takes time and is not asked on the GUI thread. `roles` are those
    of whoever sits here: nothing is offered that the database would refuse to all of them. `data_aside` are data of this
    machine that a restore set aside; it takes time, too.
    """

    background: Background
    changes: Changes
    messages: Messages
    state: WindowState
    navigate: Navigate
    vault: Vault
    now: Callable[[], datetime]
    today: Callable[[], date]
    machine: Callable[[], tuple[Finding, ...]] = _nothing_of_the_machine
    roles: frozenset[str] = frozenset(PERSON_ROLES)
    data_aside: Callable[[], tuple[SetAside, ...]] = _nothing_aside

    @property
    def sees_records(self) -> bool:
        """Whether patients and practices are anything to whoever sits here."""
        return bool(self.roles & RECORD_ROLES)

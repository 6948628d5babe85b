"""What a page needs from outside the window; the program's wiring (app) hands it over.

Pages depend on these shapes only, so a page can be shown and tested without the program around it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from ui.background import Background
from ui.changes import Changes
from ui.messages import Messages
from ui.window_state import WindowState


class Navigate(Protocol):
    """Opens a page, perhaps with one record, perhaps with the cursor in one of its fields."""

    def __call__(self, page: str, item_id: int | None = None, field: str = "", /) -> None:
        """Go there."""
        ...


@dataclass(frozen=True, slots=True)
class UiContext:
    """Everything a page gets: work off the GUI thread, news, messages, remembered state, and the clock."""

    background: Background
    changes: Changes
    messages: Messages
    state: WindowState
    navigate: Navigate
    now: Callable[[], datetime]
    today: Callable[[], date]

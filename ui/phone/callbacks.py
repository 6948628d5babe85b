"""The day a practice asks to be called again, refused in the dialog that asks for it."""

from collections.abc import Callable
from datetime import datetime

from domain.communication.contacts import refuse_callback
from domain.errors import Invalid
from ui.errors import describe
from ui.widgets.reason import ReasonDialog


def refused_day(now: Callable[[], datetime]) -> Callable[[ReasonDialog], str]:
    """What a dialog says of a callback that is over, or further ahead than anybody plans; empty where it may be."""

    def refuse(dialog: ReasonDialog) -> str:
        day = dialog.day()
        try:
            if day is not None:
                refuse_callback(day, dialog.clock(), now=now())
        except Invalid as error:
            return describe(error)
        return ""

    return refuse

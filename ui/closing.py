"""Whether the window may close: what would be lost is said first, and whoever closes decides. It knows no page.

A widget that holds what is nowhere else says so by `would_lose`; that is all it takes to be asked.
"""

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from ui.translation import tr
from ui.widgets.reason import ReasonDialog

GRACE_MS = 400  # for what is just being saved


@runtime_checkable
class Holder(Protocol):
    """Holds something that would be lost with the window."""

    def would_lose(self) -> str:
        """What, in a few words; empty where it is nothing. What can be saved without asking is on its way now."""
        ...


def losses(window: QWidget) -> tuple[str, ...]:
    """What would be lost if a window closed now, each once."""
    held = [widget.would_lose() for widget in window.findChildren(QWidget) if isinstance(widget, Holder)]
    return tuple(dict.fromkeys(words for words in held if words))


class Closing(QObject):
    """Asks once at a time; agreed to, the window closes."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._asking = self._agreed = False

    def allows(self) -> bool:
        """Whether the window may close at once; otherwise it is asked about, and closes by itself."""
        if self._agreed or not losses(self._window):
            return True
        if not self._asking:
            self._asking = True
            QTimer.singleShot(GRACE_MS, self, self._ask)
        return False

    def agree(self) -> None:
        """Whoever closes has agreed already, or nothing may be said where they are."""
        self._agreed = True

    def _ask(self) -> None:
        held = losses(self._window)
        if not held:
            self._asking = False
            self._window.close()
            return
        said = tr("Noch nicht gespeichert ist:\n{held}\nBeim Schließen geht das verloren.")
        dialog = ReasonDialog(
            self._window, tr("Schließen und verlieren"),
            said.format(held="\n".join(f"• {words}" for words in held)), reason="", back=tr("Zurück"),
        )  # fmt: skip
        dialog.ok.setProperty("role", "danger")
        dialog.ok.style().polish(dialog.ok)
        dialog.ok.setAutoDefault(False)
        dialog.back.setDefault(True)  # the key that closes a dialog leads back
        dialog.back.setFocus()
        dialog.rejected.connect(self._go_back)
        dialog.ask(lambda _: self._close())

    def _go_back(self) -> None:
        self._asking = False

    def _close(self) -> None:
        self._agreed = True
        self._window.close()

"""The button on the page Therapeuten: how many pairs are to be looked at, and the window that shows them."""

from PySide6.QtWidgets import QPushButton

from domain.therapists.duplicates.suspects import MOST, suspected_duplicates
from ui.changes import Refresher
from ui.ports import UiContext
from ui.therapists.duplicates.dialog import DuplicatesDialog
from ui.translation import tr


class DuplicatesButton(QPushButton):
    """Counts when it is first seen and after every import: comparing everybody takes some seconds."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._dialog: DuplicatesDialog | None = None
        self._tell(None)
        self.clicked.connect(self.open)
        Refresher(self, ui.changes, ("import",), self._ask)

    def open(self) -> None:
        """One window, brought to the front if it is there."""
        if self._dialog is not None:
            self._dialog.raise_()
            self._dialog.activateWindow()
            return
        self._dialog = DuplicatesDialog(self.parentWidget() or self, self._ui)
        self._dialog.counted.connect(self._tell)
        self._dialog.destroyed.connect(self._forget)
        self._dialog.show()

    def _forget(self) -> None:
        self._dialog = None

    def _ask(self) -> None:
        self._ui.background.read(self, lambda s: len(suspected_duplicates(s)), self._tell, key="count")

    def _tell(self, count: int | None) -> None:
        many = f"{MOST}+" if count is not None and count >= MOST else str(count)
        number = "" if count is None else f" ({many})"
        self.setText(tr("Du&bletten") + number)  # short: the bar has little room
        self.setToolTip(tr("Dubletten prüfen"))
        self.setAccessibleName(tr("Dubletten prüfen") + number)

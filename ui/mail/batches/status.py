"""What the status bar says of batches under way, wherever one is in the program, at every desk."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel

from domain.casework.batches.listing import UnderWay, under_way
from ui.ports import UiContext
from ui.translation import ntr, tr

WAIT_MS = 400
TOPICS = frozenset({"batch", "email", "*"})


class BatchStatus(QLabel):
    """Empty where nothing is under way; follows changes while it is out of sight, too."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self.setAccessibleName(tr("Sammelversand"))
        self._timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._timer.timeout.connect(self.refresh)
        ui.changes.changed.connect(self._on_change)
        self._timer.start()

    def _on_change(self, topic: str, _id: int) -> None:
        if topic in TOPICS and not self._timer.isActive():
            self._timer.start()

    def refresh(self) -> None:
        """Ask again."""
        self._ui.background.read(self, under_way, self._show, failed=lambda _: None, key="under_way")

    def _show(self, told: UnderWay) -> None:
        said = ""
        if told.running or told.paused:
            said = tr("Sammelversand: {n} von {all} gesendet").format(n=told.gone, all=told.all)
        if told.paused and not told.running:
            said += tr(", angehalten")
        if told.trouble:
            said += ", " + ntr(told.trouble, "{n} zu klären", "{n} zu klären")
        self.setText(said)

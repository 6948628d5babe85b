"""Takes over what sources brought without a review, where the office chose so: in whichever window hears of it first."""

from PySide6.QtCore import QObject, QTimer

from domain.casework.imports import ImportReport
from domain.casework.source_review import take_over_due
from domain.errors import Forbidden, Unavailable
from ui.errors import describe
from ui.imports.working import Stopped, Working
from ui.ports import UiContext
from ui.translation import tr

PAUSE_MS = 2000  # pages of a reading come one by one, each with its news


class SourceKeeper(QObject):
    """Looks when news of a source came, and once at the beginning. Who may not import is told nothing.

    What goes wrong is told once in a window, however often it is tried.
    """

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._told: set[str] = set()
        self._work = Working()
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self.look)
        ui.changes.changed.connect(self._on_change)
        self._timer.start()

    def _on_change(self, topic: str, _id: int) -> None:
        if topic in {"source", "*"} and not self._timer.isActive():
            self._timer.start()

    def look(self) -> None:
        """Take one over, and look again until there is none."""
        now, today = self._ui.now(), self._ui.today()
        told = self._work.on_batch
        self._ui.background.write(
            self, lambda s: take_over_due(s, now=now, today=today, on_batch=told), self._done, self._refused
        )

    def stop(self) -> None:
        """The window closes: nothing more is taken over, what is under way is left to the next window."""
        self._timer.stop()
        self._work.stop()

    def _done(self, report: ImportReport | None) -> None:
        if report is None:
            return
        said = tr("Eine Quelle wurde übernommen: {a} neu, {b} geändert.")
        self._ui.messages.info(said.format(a=report.imported, b=report.updated))
        self._timer.start()

    def _refused(self, error: Exception) -> None:
        # where the server is away nobody knows of any source; it is looked again once it is back
        if isinstance(error, (Forbidden, Stopped, Unavailable)):
            return
        said = describe(error)
        if said not in self._told:
            self._told.add(said)
            self._ui.messages.everywhere(tr("Eine Quelle ließ sich nicht übernehmen. {reason}").format(reason=said))

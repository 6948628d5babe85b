"""One import off the GUI thread: how far it is, how long it will take, and stopping it."""

from collections.abc import Mapping
from datetime import date
from time import monotonic

from PySide6.QtCore import QObject, Signal

from domain.acquisition.reading import Source, records
from domain.casework.imports import BATCH, ImportReport, import_file
from domain.database import Session
from domain.therapists.changes import ALL, Choice
from ui import formats
from ui.ports import UiContext
from ui.translation import ntr, tr


class Stopped(Exception):
    """The person pressed Abbrechen; the transaction is taken back."""


class Working(QObject):
    """A trial or the import itself.

    `progress` tells rows done and rows in all (0: not counted yet), `waiting` that another file is being read in.
    It tells from a thread of the pool, so it has no parent: its window may go with its page at any moment, and a signal
    of an object that is being destroyed ends the program. Whoever holds the work (`Background`) holds this, too.
    """

    progress = Signal(int, int)
    waiting = Signal()

    def __init__(self, total: int = 0) -> None:
        super().__init__()
        self._total = total
        self._stop = self._keeps = False
        self._since = monotonic()

    def stop(self) -> None:
        """End the work at its next thousand rows."""
        self._stop = True

    @property
    def stopping(self) -> bool:
        """Whether it was told to end."""
        return self._stop

    def begin(self, *, keep: bool) -> None:
        """Forget an earlier wish to stop; `keep` where it is no trial."""
        self._stop, self._keeps = False, keep
        self._since = monotonic()

    def leave(self) -> None:
        """The window is gone: nobody wants a trial any more, what was to be taken over is."""
        self._stop = self._stop or not self._keeps

    def on_batch(self, rows: int) -> None:
        """So many rows are done, on a thread of the pool. Raises Stopped."""
        if self._stop:
            raise Stopped
        self.progress.emit(rows, self._total)

    def on_wait(self) -> None:
        """Another file is being read in, told on a thread of the pool. Raises Stopped."""
        if self._stop:
            raise Stopped
        self._since = monotonic()
        self.waiting.emit()

    def words(self, rows: int, total: int) -> str:
        """How far it is and how long it will take."""
        if rows >= total:
            return tr("Alles ist gelesen, der Abgleich wird abgeschlossen …")
        said = tr("{rows} von {total} gelesen").format(rows=formats.thousands(rows), total=formats.thousands(total))
        left = (monotonic() - self._since) * (total - rows) / max(rows, 1)
        return f"{said}, {time_left(left)}"


class FileWorking(Working):
    """That of a person's file."""

    def __init__(self, ui: UiContext, source: Source) -> None:
        super().__init__()
        self._ui = ui
        self.source = source

    def run(self, session: Session, *, mapping: Mapping[str, str] | None, choice: Choice = ALL) -> ImportReport:
        """The work, on a thread of the pool. Raises Stopped, and what the import raises."""
        now, today = self._ui.now(), self._ui.today()
        if not self._total:
            self._total = self._count(today, mapping)
        self._since = monotonic()
        return import_file(
            session, self.source, now=now, today=today, mapping=mapping, choice=choice,
            on_batch=self.on_batch, on_wait=self.on_wait,
        )  # fmt: skip

    def _count(self, today: date, mapping: Mapping[str, str] | None) -> int:
        """How many rows there are: read once without the database, a small part of the whole work."""
        total = 0
        for total, _ in enumerate(records(self.source, today=today, mapping=mapping), start=1):
            if total % BATCH == 0 and self._stop:
                raise Stopped
        return total


def time_left(seconds: float) -> str:
    """Noch etwa 20 Sekunden; noch etwa 3 Minuten."""
    if seconds < 5:
        return tr("gleich fertig")
    if seconds < 90:
        return tr("noch etwa {n} Sekunden").format(n=round(seconds / 5) * 5)
    return ntr(round(seconds / 60), "noch etwa {n} Minute", "noch etwa {n} Minuten")

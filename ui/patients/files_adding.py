"""Files brought to a patient's papers one after the other: read and written off the GUI thread, told as they go."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from domain.database import Session
from domain.patients.files import add_file
from ui.errors import describe
from ui.ports import UiContext
from ui.widgets.files import read_file


@dataclass(frozen=True, slots=True)
class _Wanted:
    patient_id: int
    path: Path
    kind: str
    note: str


class FileAdder(QObject):
    """`going` carries number, of how many, and the name; `ended` how many came in, and why the others did not."""

    going = Signal(int, int, str)
    ended = Signal(int, list)

    def __init__(self, ui: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._ui = ui
        self._waiting: list[_Wanted] = []
        self._of = self._added = 0
        self._refused: list[str] = []
        self._busy = False

    def add(self, patient_id: int, paths: Sequence[Path], kind: str, note: str) -> None:
        """Bring files in; those of a call before come first."""
        self._waiting += [_Wanted(patient_id, path, kind, note) for path in paths]
        self._of += len(paths)
        if not self._busy:
            self._next()

    def _next(self) -> None:
        if not self._waiting:
            added, refused = self._added, self._refused
            self._busy, self._of, self._added, self._refused = False, 0, 0, []
            if added or refused:
                self.ended.emit(added, refused)
            return
        self._busy = True
        wanted, now = self._waiting.pop(0), self._ui.now()
        self.going.emit(self._of - len(self._waiting), self._of, wanted.path.name)

        def work(session: Session) -> int:
            content = read_file(wanted.path)  # before the first statement: no transaction waits for a slow disk
            return add_file(
                session, wanted.patient_id, name=wanted.path.name, content=content, kind=wanted.kind, now=now,
                note=wanted.note,
            )  # fmt: skip

        self._ui.background.write(self, work, self._came, self._failed)

    def _came(self, _file_id: int) -> None:
        self._added += 1
        self._next()

    def _failed(self, error: Exception) -> None:
        self._refused.append(describe(error))
        self._next()

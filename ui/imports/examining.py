"""Looking at a file on a thread of the pool: what it is, and its beginning where it is a table. Free of Qt."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from domain.acquisition.reading import FileKind, Source, recognise
from domain.acquisition.tables import TablePreview, preview
from domain.casework.imports import ImportReport
from domain.database import Session
from domain.therapists.duplicates.likeness import with_likenesses
from ui.imports.selection import Selection


@dataclass(frozen=True, slots=True)
class Examined:
    """A recognised file, with its beginning where it is a table."""

    source: Source
    table: TablePreview | None

    @property
    def needs_columns(self) -> bool:
        """Whether a person is asked before the first trial: patients always, others where the headers leave doubt."""
        return self.table is not None and (self.source.kind is FileKind.OFFICE_TABLE or not self.table.certain)


@dataclass(frozen=True, slots=True)
class Tried:
    """What a trial told, and the choice it begins with: sorted by kind on the pool's thread."""

    report: ImportReport
    selection: Selection

    @classmethod
    def of(cls, session: Session, report: ImportReport) -> "Tried":
        """In the session of the trial: whom the new ones may be is told before they are taken over."""
        return cls(report, Selection(with_likenesses(session, report.changes)))


def examine(path: Path, *, today: date) -> Examined:
    """Recognise a file. Raises Invalid and Unavailable."""
    source = recognise(path, today=today)
    return Examined(source, preview(path) if source.kind.is_table else None)

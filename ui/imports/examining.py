"""Looking at a file on a thread of the pool: what it is, and its beginning where it is a table. Free of Qt."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from domain.acquisition.reading import FileKind, Source, recognise
from domain.acquisition.remembered_columns import Remembered, recall
from domain.acquisition.tables import TablePreview, preview
from domain.casework.imports import ImportReport
from domain.database import Session
from domain.therapists.duplicates.likeness import with_likenesses
from ui.imports.selection import Selection


@dataclass(frozen=True, slots=True)
class Examined:
    """A recognised file; of a table its beginning, and what was said of one with these headers before."""

    source: Source
    table: TablePreview | None
    remembered: Remembered | None = None
    page: FileKind | None = None

    @property
    def kind(self) -> FileKind:
        """What the file is, or what it was called before."""
        return self.source.kind if self.remembered is None else self.remembered.about

    @property
    def in_doubt(self) -> bool:
        """Whether the headers leave open what a table is about, or tell of others than the page it is read in from."""
        if self.table is None:
            return False
        named = {self.kind.of_patients, *([] if self.page is None else [self.page.of_patients])}
        if self.table.certain:
            named.add(self.table.about.of_patients)
        return len(named) > 1 or (not self.table.certain and self.remembered is None)

    @property
    def needs_columns(self) -> bool:
        """Whether a person is asked before the first trial: patients always, others where the headers leave doubt."""
        return self.in_doubt or (self.table is not None and self.kind is FileKind.OFFICE_TABLE)


@dataclass(frozen=True, slots=True)
class Tried:
    """What a trial told, and the choice it begins with: sorted by kind on the pool's thread."""

    report: ImportReport
    selection: Selection

    @classmethod
    def of(cls, session: Session, report: ImportReport) -> "Tried":
        """In the session of the trial: whom the new ones may be is told before they are taken over."""
        return cls(report, Selection(with_likenesses(session, report.changes)))


def examine(session: Session, path: Path, *, today: date, about: FileKind | None = None) -> Examined:
    """Recognise a file; a table whose headers leave it open begins as what the page it is read in from is `about`.

    Raises Invalid and Unavailable.
    """
    source = recognise(path, today=today)
    if not source.kind.is_table:
        return Examined(source, None)
    table = preview(path)
    if about is not None and not table.certain:
        table = replace(table, about=about)
    return Examined(source, table, recall(session, table.headers), about)

"""Imports as they were made: which files, with which counts, which rows were rejected and which values left out."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.acquisition.models import RejectedRow
from domain.acquisition.records import RowError


@dataclass(frozen=True, slots=True)
class ImportShown:
    """One import: file, hash, counts, by whom and when, and whether it was taken back."""

    import_id: int
    file_name: str
    kind: str
    sha256: str
    as_of: date
    imported_at: datetime
    by: str | None
    read: int
    imported: int
    updated: int
    unchanged: int
    skipped: int
    rejected: int
    gone: int
    undone_at: datetime | None


_LIST = """
SELECT f.id AS import_id, f.file_name, f.kind, f.sha256, f.as_of, f.imported_at, p.display_name AS by, f.read,
       f.imported, f.updated, f.unchanged, f.skipped, f.rejected, f.gone, f.undone_at
FROM scraping_service.import_file f LEFT JOIN platform.person p ON p.id = f.imported_by
ORDER BY f.imported_at DESC, f.id DESC LIMIT :limit
"""


def list_imports(session: Session, *, limit: int = 200) -> tuple[ImportShown, ...]:
    """Imports, the newest first."""
    return tuple(ImportShown(**row) for row in session.execute(text(_LIST), {"limit": limit}).mappings())


def rejected_rows(session: Session, import_id: int) -> tuple[RowError, ...]:
    """The rows of an import that were rejected, in the file's order."""
    rows = session.scalars(
        select(RejectedRow).where(RejectedRow.import_file_id == import_id).order_by(RejectedRow.row, RejectedRow.id)
    )
    return tuple(RowError(entry.row, entry.reason, dict(entry.params)) for entry in rows)


_LEFT_OUT = """
SELECT v.row, v.reason, coalesce(
    (SELECT trim(t.first_name || ' ' || t.last_name)
     FROM scraping_service.import_change c JOIN therapist_service.therapist t ON t.id = c.therapist_id
     WHERE c.import_file_id = v.import_file_id AND c.row = v.row LIMIT 1), '') AS name
FROM scraping_service.left_out_value v WHERE v.import_file_id = :import_id ORDER BY v.row, v.id
"""


def left_out_values(session: Session, import_id: int) -> tuple[RowError, ...]:
    """Values of an import's rows that could not be read; the parameter `name` is that of the therapist as now known."""
    rows = session.execute(text(_LEFT_OUT), {"import_id": import_id})
    return tuple(RowError(row.row, row.reason, {"name": row.name}) for row in rows)

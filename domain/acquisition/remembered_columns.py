"""Which column of a table is which field, as a person said it of tables with the same headers. For the whole office.

Tables are told apart by a digest of their headers (`therapist_columns.family`), whatever days they show. What is
remembered is a first guess: it is told, may be changed, and may be forgotten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.acquisition.models import TableColumns
from domain.acquisition.patient_columns import fold_header
from domain.acquisition.reading import FileKind
from domain.acquisition.tables import fields_of
from domain.acquisition.therapist_columns import family


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a table is about, and field → header as it stands in the table at hand."""

    about: FileKind
    mapping: Mapping[str, str]
    confirmed_at: datetime


def remember(
    session: Session, headers: Sequence[str], about: FileKind, mapping: Mapping[str, str], *, now: datetime
) -> None:
    """Keep what somebody took over; the same again keeps its day. Within an import: these are made one by one."""
    row = _row(session, headers)
    if row is None:
        session.add(TableColumns(digest=family(headers), about=about, fields=dict(mapping), confirmed_at=now))
    elif (row.about, row.fields) != (about, dict(mapping)):
        row.about, row.fields, row.confirmed_at = about, dict(mapping), now


def recall(session: Session, headers: Sequence[str]) -> Remembered | None:
    """What was said of a table with these headers. A column that is not there any more, as a day's, is left out."""
    row = _row(session, headers)
    if row is None:
        return None
    about = FileKind(row.about)
    here = {fold_header(header): header for header in reversed(headers)} | {header: header for header in headers}
    found = {field: here.get(header) or here.get(fold_header(header)) for field, header in row.fields.items()}
    mapping = {field: header for field in fields_of(about) if (header := found.get(field))}
    return Remembered(about, mapping, row.confirmed_at) if mapping else None


def forget(session: Session, headers: Sequence[str]) -> None:
    """Guess anew from now on."""
    if (row := _row(session, headers)) is not None:
        session.delete(row)


def _row(session: Session, headers: Sequence[str]) -> TableColumns | None:
    return session.scalar(select(TableColumns).where(TableColumns.digest == family(headers)))

"""What a person sees of a table before it is read: its beginning, what it seems to be about, which column seems what.

"About" is a kind of file: therapists, patients, or what was done with therapists (contacts).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from domain.acquisition import patient_columns, therapist_columns
from domain.acquisition.chosen_sheet import table
from domain.acquisition.reading import FileKind
from domain.acquisition.text import clean

ABOUT = (FileKind.THERAPIST_TABLE, FileKind.OFFICE_TABLE, FileKind.CONTACT_TABLE)
# what an entry of the history needs: who it is about and what was done
_WHO = ("last_name", "first_name", "name", "title", "phone", "mobile", "email", "street", "house_number", "plz", "city")
CONTACT_FIELDS = (*_WHO, "address", "contact_status", "contact_note", "contact_on")


@dataclass(frozen=True, slots=True)
class TablePreview:
    """Headers and first rows as text; what the table is about, and whether its headers leave no doubt of that."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    about: FileKind
    certain: bool

    def guess(self, about: FileKind) -> Mapping[str, str]:
        """Field → header, were the table about that."""
        if about is FileKind.OFFICE_TABLE:
            return patient_columns.guess_mapping(self.headers)
        found = therapist_columns.guess_columns(self.headers)
        return {name: found[name] for name in fields_of(about) if name in found}


def fields_of(about: FileKind) -> tuple[str, ...]:
    """The fields a column can be, in the order they are asked."""
    if about is FileKind.OFFICE_TABLE:
        return tuple(patient_columns.HEADERS)
    return CONTACT_FIELDS if about is FileKind.CONTACT_TABLE else tuple(therapist_columns.HEADERS)


def preview(path: Path, *, count: int = 3) -> TablePreview:
    """The beginning of a table. Raises Invalid when it is damaged."""
    rows = table(path)
    _, header = next(rows, (1, []))
    headers = therapist_columns.header_words(header)
    first = (tuple(clean(cell) for cell in row) for _, row in rows if any(clean(cell) for cell in row))
    of_therapists, certain = therapist_columns.is_of_therapists(headers)
    about = FileKind.THERAPIST_TABLE if of_therapists else FileKind.OFFICE_TABLE
    return TablePreview(headers, tuple(islice(first, count)), about, certain)

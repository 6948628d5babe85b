"""Files for the readers' tests."""

from datetime import date
from pathlib import Path

from domain.acquisition.reading import recognise, records
from domain.acquisition.records import PatientRecord, RowError, TherapistRecord
from domain.errors import PlatzlotseError

TODAY = date(2026, 11, 23)
SAMPLES = Path(__file__).parents[3] / "resources" / "samples"


def read(path: Path) -> list[TherapistRecord | PatientRecord | RowError]:
    """All rows of a file."""
    return list(records(recognise(path, today=TODAY), today=TODAY))


def patients(folder: Path, content: str | bytes) -> list[PatientRecord]:
    """The patients of a file with that content; a rejected row fails."""
    found = read(_written(folder, content))
    assert all(isinstance(row, PatientRecord) for row in found), found
    return [row for row in found if isinstance(row, PatientRecord)]


def code_of(folder: Path, content: str | bytes) -> str:
    """The code a file is refused with; empty if it is read."""
    try:
        read(_written(folder, content))
    except PlatzlotseError as error:
        return error.code
    return ""


def _written(folder: Path, content: str | bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path

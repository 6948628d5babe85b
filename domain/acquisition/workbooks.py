"""Rows of XLSX files that fit into memory.

Imported where a workbook is read, not before: its library is a tenth of what the background worker loads.
"""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

from domain.acquisition.sheets import Row
from domain.acquisition.workbook_limits import MOST_ROWS, check_sheet, check_workbook
from domain.errors import Invalid

# The library lets through whatever its parsers meet in a damaged file.
_DAMAGE = (
    InvalidFileException, BadZipFile, zlib.error, ParseError, OSError, EOFError,
    KeyError, ValueError, IndexError, TypeError, AttributeError, NotImplementedError, RuntimeError,
)  # fmt: skip


def is_workbook(path: Path) -> bool:
    """Whether a zip has a workbook's parts; one that is damaged may have had them."""
    try:
        with ZipFile(path) as archive:
            return any(part.startswith("xl/") for part in archive.namelist())
    except _DAMAGE:
        return True


def sheets(path: Path, name: str) -> Iterator[tuple[str, Iterator[Row]]]:
    """The sheets a person sees in their order, the one so called first: its title, and every row with its number.

    The rows are read as they are asked for, as long as the next sheets are. Raises Invalid where it is damaged.
    """
    with _workbook(path) as (archive, book):
        for sheet in sorted(_seen(book), key=lambda found: found.title != name):
            yield sheet.title, _rows(path, archive, sheet)


def _seen(book: Workbook) -> Sequence[Worksheet | ReadOnlyWorksheet]:
    return [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets[:1]


def _rows(path: Path, archive: ZipFile, sheet: Worksheet | ReadOnlyWorksheet) -> Iterator[Row]:
    with _undamaged(path):
        if isinstance(sheet, ReadOnlyWorksheet):
            # the library says nowhere else which part the sheet is
            check_sheet(archive, str(getattr(sheet, "_worksheet_path")), path.name)  # noqa: B009 - unknown to its types
            # the extent a program wrote into the file may be wrong and would cut rows and columns off
            sheet.reset_dimensions()
        # a sheet that is only read iterates as any other does
        found: Iterator[tuple[object, ...]] = sheet.iter_rows(values_only=True)  # type: ignore[misc]
        for number, row in enumerate(found, start=1):
            if number > MOST_ROWS:  # a row said to be that far down would be waited for
                raise Invalid("import.xlsx_broken", file=path.name)
            yield number, row


def has_sheet(path: Path, sheet: str) -> bool:
    """Whether a person sees a sheet of that name. Raises Invalid where the file is damaged."""
    with _workbook(path) as (_, book):
        return any(found.title == sheet for found in _seen(book))


@contextmanager
def _workbook(path: Path) -> Iterator[tuple[ZipFile, Workbook]]:
    """A workbook that fits into memory. Raises Invalid where it is damaged or does not."""
    # opened here: the library would judge the file by its name
    with path.open("rb") as file, _undamaged(path), ZipFile(file) as archive:
        check_workbook(archive, path.name)
        # data_only: what a person saw in the cell, not the formula behind it; nothing is computed here
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        yield archive, book
        book.close()


@contextmanager
def _undamaged(path: Path) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as exc:
        raise Invalid("import.xlsx_broken", file=path.name) from exc

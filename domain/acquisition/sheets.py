"""Rows of CSV and XLSX files with the number a person sees beside them. Knows nothing of what the cells mean."""

import csv
import io
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from charset_normalizer import from_bytes

from domain.errors import Invalid

Row = tuple[int, Sequence[object]]

DELIMITERS = ";,\t"
SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)  # Excel's own hint before the header
CHUNK = 65_536
MOST_ABOVE = 20  # rows in which a header is looked for
MOST_COLUMNS = 2_000  # contact-status files have one a day: five years
LARGEST_ROW = 4_000_000  # characters
LONGEST_CELL = 1_000_000  # a longer one breaks the file; one too long for its field costs its row only
csv.field_size_limit(LONGEST_CELL)
_QUOTED = re.compile(r'"[^"]*(?:"|$)')
_FILLING = re.compile(r"(?:^|(?<=[;,\t\"\r\n]))\0+|\0+(?=[;,\t\"\r\n]|$)")


def is_xlsx(path: Path) -> bool:
    """Whether the file is a zip, as XLSX files are."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def is_workbook(path: Path) -> bool:
    """Whether a zip may be a workbook: other programs pack their files so, too. One that is damaged may be."""
    from domain.acquisition import workbooks

    return workbooks.is_workbook(path)


def rows(path: Path, sheet: str = "", *, alone: Callable[[str], bool] | None = None) -> Iterator[Row]:
    """Every row with its number: of a workbook those of the sheet so called, else of the first one.

    Below a line of which `alone` says that it heads a column, a comma parts nothing.

    Raises Invalid where the file is damaged, or a row wider than any table of its kind.
    """
    for number, row in _xlsx_rows(path, sheet) if is_xlsx(path) else _csv_rows(path, alone):
        if len(row) > MOST_COLUMNS:
            raise Invalid("import.too_wide", file=path.name, row=number, most=MOST_COLUMNS)
        yield number, row


def table(path: Path, sheet: str = "", *, alone: Callable[[str], bool]) -> Iterator[Row]:
    """The rows from the header on: a list's name, its day and empty rows may stand above it.

    The header is the first row with two filled cells, or with one of which `alone` says that it heads a column, unless
    that is a list's name right above the header; where none of the first is one, the very first row.
    """
    found = rows(path, sheet, alone=alone)
    above: list[Row] = []
    only: int | None = None  # where a cell stands that may head the only column
    for number, row in islice(found, MOST_ABOVE):
        filled = [str(cell) for cell in row if cell is not None and str(cell).strip()]
        above.append((number, row))
        if len(filled) > 1 and (only is None or any(map(alone, filled))):
            return chain(above[-1:], found)
        if filled and only is not None:
            break
        if filled and alone(filled[0]):
            only = len(above) - 1
    return chain(above[only or 0 :], found)


def has_sheet(path: Path, sheet: str) -> bool:
    """Whether a file is a workbook with a sheet of that name. Raises Invalid where it is damaged."""
    if not is_xlsx(path):
        return False
    from domain.acquisition import workbooks

    return workbooks.has_sheet(path, sheet)


def _xlsx_rows(path: Path, sheet: str) -> Iterator[Row]:
    from domain.acquisition import workbooks

    return workbooks.rows(path, sheet)


def is_utf16(path: Path) -> bool:
    """Whether a file begins with the mark of UTF-16, as what Excel calls "Unicode-Text" does."""
    with path.open("rb") as file:
        return file.read(2) in {BOM_UTF16_LE, BOM_UTF16_BE}


def encoding_of(path: Path) -> str:
    """UTF-8 (with or without mark), UTF-16 by its mark, else Windows-1252; by all of it: an umlaut may come late."""
    if is_utf16(path):
        return "utf-16"
    decoder = getincrementaldecoder("utf-8-sig")()
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                best = from_bytes(chunk, cp_isolation=["cp1252", "latin_1"]).best()
                return "cp1252" if best is None else best.encoding
            if not chunk:
                return "utf-8-sig"


def _csv_rows(path: Path, alone: Callable[[str], bool] | None) -> Iterator[Row]:
    with path.open("r", encoding=encoding_of(path), errors="replace", newline="") as file:
        lines = _Lines(file)
        number = 1
        try:
            before, first = 0, next(lines, "")
            if hint := SEPARATOR_LINE.fullmatch(first):
                before, delimiter = 1, hint[1]
                number = 2
            else:
                delimiter = _delimiter(first, lines, alone)
                file.seek(0)
            lines.taken = 0
            # strict: a quotation mark that never closes would swallow all rows after it without a word
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            for row in reader:
                yield number, row
                number = before + reader.line_num + 1
                lines.taken = 0
        except _TooLongError as exc:
            raise Invalid("import.row_too_large", file=path.name, row=number) from exc
        except csv.Error as exc:
            raise Invalid("import.csv_broken", file=path.name, row=number) from exc


def _delimiter(first: str, more: "_Lines", alone: Callable[[str], bool] | None) -> str:
    """That of the first line with any; a comma in quotation marks, or below a header of one column, parts nothing."""
    for line in chain([first], islice(more, MOST_ABOVE - 1)):
        bare = _QUOTED.sub("", line)
        if any(map(bare.count, DELIMITERS)):
            return max(DELIMITERS, key=bare.count)
        if alone is not None and alone(line.strip().strip('"')):
            break
        more.taken = 0
    return DELIMITERS[0]


class _TooLongError(Exception):
    """A row takes more than is read at once."""


class _Lines:
    """The lines of a text, never more of a row than LARGEST_ROW: `taken` counts from where that is set to 0.

    NUL at the edge of a cell fills it up and says nothing; inside a word it stands for a letter that is lost.
    """

    def __init__(self, file: io.TextIOBase) -> None:
        self._file = file
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(LARGEST_ROW + 1)
        if not line:
            raise StopIteration
        self.taken += len(line)
        if self.taken > LARGEST_ROW:
            raise _TooLongError
        return _FILLING.sub("", line).replace("\0", "\ufffd") if "\0" in line else line

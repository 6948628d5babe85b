"""Rows of CSV and XLSX files with the number a person sees beside them. Knows nothing of what the cells mean."""

import csv
import io
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from pathlib import Path

from charset_normalizer import from_bytes

from domain.errors import Invalid

Row = tuple[int, Sequence[object]]

DELIMITERS = ";,\t"
SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)  # Excel's own hint before the header
CHUNK = 65_536
MOST_ABOVE = 20  # rows in which a header is looked for
NO_CHANCE = 3  # that many words for columns in one row of a list: somebody may be called "Ort", not "Name, Ort, Mail"
MOST_COLUMNS = 2_000  # contact-status files have one a day: five years
LARGEST_ROW = 4_000_000  # characters
LONGEST_CELL = 1_000_000  # a longer one breaks the file; one too long for its field costs its row only
csv.field_size_limit(LONGEST_CELL)
_NUMBER = re.compile(r"[0-9]{5}")  # of a telephone or a PLZ; no year
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


def rows(path: Path, sheet: str = "") -> Iterator[Row]:
    """Every row with its number: of a workbook those of the sheet so called, else of the first one.

    Raises Invalid where the file is damaged, or a row wider than any table of its kind.
    """
    for _, found in sheets(path, sheet, None):
        yield from found
        break


def sheets(path: Path, sheet: str, alone: Callable[[str], bool] | None) -> Iterator[tuple[str, Iterator[Row]]]:
    """The sheets a person sees in a workbook, the one so called first, with their rows; a CSV file is one untitled.

    Below a line of which `alone` says that it heads a column, a comma parts nothing.
    """
    if is_xlsx(path):
        from domain.acquisition import workbooks

        for title, found in workbooks.sheets(path, sheet):
            yield title, _no_wider(path, found)
    else:
        yield "", _no_wider(path, _csv_rows(path, alone))


def _no_wider(path: Path, found: Iterator[Row]) -> Iterator[Row]:
    for number, row in found:
        if len(row) > MOST_COLUMNS:
            raise Invalid("import.too_wide", file=path.name, row=number, most=MOST_COLUMNS)
        yield number, row


def from_header(found: Iterator[Row], alone: Callable[[str], bool], known: Callable[[str], bool]) -> Iterator[Row]:
    """The rows from the header on: a list's name, its day, a legend and empty rows may stand above it.

    The header is the first of the rows at the top that has two filled cells and a word of which `alone` says that it
    heads a column of names; the row below that, if the first only groups what this one names: of a row of words nobody
    knows that is so where three of this one are `known` to head columns. Where none is, it is a single cell with such
    a word, else the first row with two filled cells, else the very first.
    """
    above: list[Row] = []
    first: dict[int, str] = {}  # the cells of the first row with two, by their column
    header = 0
    state = ""  # what the header found so far is
    for number, row in islice(found, MOST_ABOVE):
        above.append((number, row))
        cells = {column: str(cell) for column, cell in enumerate(row) if cell is not None and str(cell).strip()}
        if not cells:
            continue
        named = len(cells) > 1 and _heads(cells.values(), alone)
        legend = bool(first) and _is_legend(first.values())
        if state == "named":
            header = len(above) - 1 if named and _groups(first, cells, alone) else header
            break
        below = bool(first) and (len(cells) > len(first) == 2 or sum(map(known, cells.values())) >= NO_CHANCE)
        if named and (not first or legend or below):
            header, first, state = len(above) - 1, cells, "named"
        elif state == "single":
            break
        elif len(cells) == 1 and (legend or not first) and any(map(alone, cells.values())):
            header, state = len(above) - 1, "single"
        elif len(cells) > 1 and not first:
            header, first = len(above) - 1, cells
    return chain(above[header:], found)


def _heads(cells: Iterable[str], alone: Callable[[str], bool]) -> bool:
    """Whether cells head columns: a word does of which `alone` says so; no "Name: Kern", no number or PLZ beside it."""
    return any(_is_heading(cell, alone) for cell in cells) and not any(map(_is_number, cells))


def _is_heading(cell: str, alone: Callable[[str], bool]) -> bool:
    return not cell.rstrip().endswith(":") and alone(cell)


def _groups(upper: Mapping[int, str], lower: Mapping[int, str], alone: Callable[[str], bool]) -> bool:
    """Whether a row heads groups of the columns below: there, too, names are headed, under the same cell.

    A row of the list does not: below "Name" stands a name, whatever somebody is called under "Beruf".
    """
    ends = [*sorted(upper)[1:], MOST_COLUMNS]
    spans = [range(column, end) for column, end in zip(sorted(upper), ends, strict=True) if alone(upper[column])]
    return len(lower) > len(upper) and any(
        column in span and _is_heading(cell, alone) for column, cell in lower.items() for span in spans
    )


def _is_number(cell: str) -> bool:
    return _NUMBER.search(cell.replace(" ", "").replace("/", "")) is not None


def _is_legend(cells: Iterable[str]) -> bool:
    """Whether a row tells of the list: its day, "Stand: …"."""
    return any(cell.rstrip().endswith(":") or any(map(str.isdigit, cell)) for cell in cells)


def has_sheet(path: Path, sheet: str) -> bool:
    """Whether a file is a workbook with a sheet of that name that is seen. Raises Invalid where it is damaged."""
    if not is_xlsx(path):
        return False
    from domain.acquisition import workbooks

    return workbooks.has_sheet(path, sheet)


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
    """That of the first line whose cells head columns, else of the first with any.

    A comma in quotation marks, or below a header of one column, parts nothing. Nor does one inside a header's cell
    ("Name, Anschrift;Telefon"): it parts only what no other sign does.
    """
    found = ""
    for line in chain([first], islice(more, MOST_ABOVE - 1)):
        more.taken = 0
        bare = _QUOTED.sub("", line)
        inside = sorted(filter(bare.count, DELIMITERS), key=bare.count, reverse=True)
        if alone is None and inside:
            return inside[0]
        if alone is not None and not inside and alone(line.strip().strip('"')):
            return DELIMITERS[0]
        # what parts the first line and this one is no sentence's comma
        if alone is not None and found not in inside:
            for delimiter in sorted(inside, key=partial(_may_part_least, bare)):
                cells = _cells(line, delimiter)
                if len(cells) > 1 and _heads([*cells, *(cell.partition(",")[0] for cell in cells)], alone):
                    return delimiter
        found = found or (inside[0] if inside else "")
    return found or DELIMITERS[0]


def _may_part_least(line: str, sign: str) -> tuple[bool, bool]:
    """Order of the signs of a header: "Name, Titel;Ort" and "Name,Telefon; Fax,Ort" have a second one in a cell."""
    return line.count(sign) == line.count(f"{sign} "), sign == ","


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # a cell longer than any
        return []


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

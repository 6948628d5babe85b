"""Which sheet of a file a table is, by one rule for whoever looks at it: recognised, shown, and read it is the same."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from domain.acquisition import sheets
from domain.acquisition.patient_columns import fold_header
from domain.acquisition.records import RowError
from domain.acquisition.sheets import Row
from domain.acquisition.text import clean
from domain.acquisition.therapist_columns import header_words, heads, heads_names
from domain.errors import Invalid

HOURS_SHEET, MAIN_SHEET = "Telefonsprechzeiten", "Praxisdaten"
FEWEST = 2  # filled rows that make a sheet worth telling of beside a list over pages
PAGE = 2_000_000  # between the numbers of two pages' rows: more than any sheet has
# what converters of printed lists call the sheets they make of pages, and no spreadsheet program its own
_PAGE = re.compile(r"((?:table|page|seite) ?)([1-9][0-9]{0,2})", re.IGNORECASE)
_LOOKED_AT = 1000  # rows of a sheet that is not read


def headers_of(path: Path, mapped: Collection[str] = ()) -> tuple[str, ...]:
    """The header of a CSV or XLSX file. Raises Invalid where it is damaged."""
    _, header = next(table(path, mapped), (1, ()))
    return header_words(header)


def table(
    path: Path, mapped: Collection[str] = (), *, paged: bool = False, left: list[str] | None = None
) -> Iterator[Row]:
    """The rows from the header on, of the first sheet that may be a table; headers a person named (`mapped`) tell one.

    What has but one cell in a row, and no name above it, is a cover.

    `paged` goes on over sheets that only their number tells from it ("Table 1", "Table 2") and that have the same
    header: `place` tells their rows apart. A header that is repeated is no row. Titles of other sheets go into `left`.

    Raises Invalid where the file is damaged.
    """

    def alone(word: str) -> bool:
        return word in mapped or heads_names(word)

    found = ((title, *_headed(rows, alone)) for title, rows in sheets.sheets(path, MAIN_SHEET, alone))
    covers: list[tuple[str, Sequence[object], Iterator[Row]]] = []
    for title, header, rows in found:
        first = next(rows)  # one that is damaged says so: no other takes its place
        covers.append((title, header, chain([first], rows)))
        if _may_be_table(header):
            break
    if not covers:
        return
    title, header, rows = covers.pop(-1 if _may_be_table(covers[-1][1]) else 0)
    yield next(rows)
    words = _folded(header)
    yield from _without(words, rows)
    if left is None:
        return
    for other, above, rows in chain(covers, found):
        number = _page_after(title, other) if paged else 0
        if number and not above:
            next(rows)  # a page that is damaged breaks the file
        if number and _folded(above) == words:
            next(rows)
            yield from ((row_on(number, row), cells) for row, cells in _without(words, rows))
        elif _is_filled(rows, FEWEST if paged else 1):
            left.append(other)


def row_on(page: int, row: int) -> int:
    """The number of a row among those of all pages; `page` is 0 for the first sheet that is read."""
    return page * PAGE + row


def place(row: int) -> tuple[int, int]:
    """The page a row stands on (0: the first sheet that is read, or the only one) and its number there."""
    return divmod(row, PAGE)


def told_of(left: Sequence[str]) -> Iterator[RowError]:
    """That sheets were not read; they have no row."""
    return (RowError(0, "import.note.other_sheet", {"sheet": title}) for title in left)


def _headed(rows: Iterator[Row], alone: Callable[[str], bool]) -> tuple[Sequence[object], Iterator[Row]]:
    """The header of a sheet, and its rows from there on; a damaged one says so to whoever reads it."""
    try:
        headed = sheets.from_header(rows, alone, heads)
        first = next(headed, (1, ()))
    except Invalid as exc:
        return (), _refused(exc)
    return first[1], chain([first], headed)


def _refused(exc: Invalid) -> Iterator[Row]:
    yield from ()
    raise exc


def _may_be_table(header: Sequence[object]) -> bool:
    words = list(filter(None, header_words(header)))
    return len(words) > 1 or any(map(heads_names, words))


def _folded(row: Sequence[object]) -> tuple[str, ...]:
    found = [fold_header(word) for word in header_words(row)]
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def _without(header: tuple[str, ...], rows: Iterator[Row]) -> Iterator[Row]:
    at = next((at for at, word in enumerate(header) if word), None)
    for number, row in rows:
        # most rows differ in their first cell
        if at is None or len(row) <= at or fold_header(clean(row[at])) != header[at] or _folded(row) != header:
            yield number, row


def _page_after(first: str, title: str) -> int:
    """The number of a sheet that is another page of the first; else 0."""
    one, two = _PAGE.fullmatch(first), _PAGE.fullmatch(title)
    return int(two[2]) if one and two and one[1] == two[1] else 0


def _is_filled(rows: Iterator[Row], least: int) -> bool:
    try:
        filled = (number for number, row in islice(rows, _LOOKED_AT) if any(map(clean, row)))
        return sum(1 for _ in islice(filled, least)) == least
    except Invalid:
        return True

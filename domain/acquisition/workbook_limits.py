"""Whether a workbook can be read within memory: looked at packed, before any library takes it apart.

The library keeps all texts of a workbook and whatever stands in its sheets outside of rows; a file of a few kilobytes
may unpack to gigabytes. Measured with openpyxl 3.1 a text costs about 150 bytes besides itself, a row 90, a cell of the
row being read 320: within these limits a process stays under 500 MB.
"""

import re
from collections.abc import Iterator
from zipfile import ZipFile

from openpyxl.xml.constants import ARC_CONTENT_TYPES, ARC_CORE, ARC_STYLE, ARC_THEME, ARC_WORKBOOK, SHARED_STRINGS
from openpyxl.xml.functions import fromstring

from domain.errors import Invalid

CHUNK = 262_144
MOST_ROWS = 1_048_576  # Excel's own limit
MOST_STRINGS = 1_000_000
LARGEST_STRINGS = 32 * 1024**2
LARGEST_ROW = 2 * 1024**2
LARGEST_REST = 4 * 1024**2  # of a sheet besides its rows
LARGEST_PART = 2 * 1024**2  # of what the library reads whole besides
LARGEST_UNPACKED = 2 * 1024**3
READ_WHOLE = frozenset({ARC_CONTENT_TYPES, ARC_CORE, ARC_STYLE, ARC_THEME, ARC_WORKBOOK})
LONGEST_TAG = 1024
STRING = re.compile(rb"<(?:[\w.-]+:)?si[\s/>]")
ROW = re.compile(rb"<(/?)(?:[\w.-]+:)?row(?:\s[^<>]*?)?(/?)>")


def check_workbook(archive: ZipFile, file: str) -> None:
    """Raise Invalid where opening the workbook would take too much memory."""
    sizes = {part.filename: part.file_size for part in archive.infolist()}
    whole = (size for name, size in sizes.items() if name in READ_WHOLE or name.endswith(".rels"))
    if sum(sizes.values()) > LARGEST_UNPACKED or max(whole, default=0) > LARGEST_PART:
        raise Invalid("import.xlsx_too_large", file=file)
    types = fromstring(archive.read(ARC_CONTENT_TYPES))
    name = next(
        (str(part.get("PartName")).removeprefix("/") for part in types if part.get("ContentType") == SHARED_STRINGS), ""
    )
    if not name:
        return
    if sizes.get(name, 0) > LARGEST_STRINGS:
        raise Invalid("import.xlsx_too_large", file=file)
    count = 0
    for chunk, fresh in _chunks(archive, name, file):
        count += sum(match.end() > len(chunk) - fresh for match in STRING.finditer(chunk))
        if count > MOST_STRINGS:
            raise Invalid("import.xlsx_too_large", file=file)


def check_sheet(archive: ZipFile, name: str, file: str) -> None:
    """Raise Invalid where a sheet has rows, or anything besides them, too large to be held one at a time."""
    rest = rows = since = passed = 0  # since: where the row that is open began, or the last one ended
    inside = False
    for chunk, fresh in _chunks(archive, name, file):
        start = passed - (len(chunk) - fresh)
        for match in ROW.finditer(chunk):
            if match.end() <= len(chunk) - fresh:
                continue  # seen with the chunk before
            at = start + match.end()
            rest, since = rest + (0 if inside else at - since), at
            inside = not match[1] and not match[2]
            rows += not inside
        passed += fresh
        here = passed - since
        if here > LARGEST_ROW if inside else rest + here > LARGEST_REST or rows > MOST_ROWS:
            raise Invalid("import.xlsx_too_large", file=file)


def _chunks(archive: ZipFile, name: str, file: str) -> Iterator[tuple[bytes, int]]:
    """A part piece by piece, each behind the end of the one before, and how many of its bytes are new."""
    before = b""
    with archive.open(name) as part:
        while new := part.read(CHUNK):
            if b"\0" in new:
                raise Invalid("import.xlsx_broken", file=file)  # UTF-16, as no spreadsheet program writes it
            yield before + new, len(new)
            before = new[-LONGEST_TAG:]

"""Recognising a file by its content and reading it as a stream of records. Never by name, never whole in memory.

Everything wrong with a file as a whole is Invalid with a code ``import.…``; a truncated file raises where it
breaks off, so the caller's transaction takes back what came before.
"""

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import file_digest
from pathlib import Path
from typing import Any

import ijson

from domain.acquisition import (
    arztsuche,
    intake,
    office_table,
    plz_directory,
    saved_page,
    sheets,
    therapist_columns,
    therapist_table,
)
from domain.acquisition.chosen_sheet import headers_of
from domain.acquisition.json_depth import Shallow, TooDeep
from domain.acquisition.records import PatientRecord, RowError, TherapistRecord
from domain.acquisition.text import day
from domain.errors import Invalid, Unavailable
from domain.weektime import office_day

Record = TherapistRecord | PatientRecord | RowError
HEAD = 4096
_NO_TEXT = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]\x00|\x00[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_FEW = 8  # one NUL in so many bytes
# PDF, RTF, gzip, and Excel's old or encrypted files: nothing in them is a row
_OTHERS = (b"%PDF", b"{\\rtf", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_MOST_CONTROL, _ONE_IN = 20, 50  # of them in a head that is text
LONGEST_VALUE, LONGEST_NOTE = 500, 50_000  # characters; an index takes a third of what a page of the database holds
CHUNK = 4096
WINDOW, LONGEST_WORD = 1 << 20, 64  # bytes looked through at once; of them what may go on in the next
_TELLS_OF_MORE = re.compile(rb'"moreResults"(?!\s{0,9}:\s{0,9}false)')  # one that the end of a window cuts, too
FIRST_DIRECTORY = date(2000, 1, 1)  # a day written before is a fault of what wrote the file
CUT_LENGTHS = frozenset({50, 100})  # the directory cuts its list there


class FileKind(StrEnum):
    """What a file holds."""

    ARZTSUCHE = "arztsuche"
    PLZ_DIRECTORY = "plz_directory"
    INTAKE = "intake"
    OFFICE_TABLE = "office_table"
    THERAPIST_TABLE = "therapist_table"
    CONTACT_TABLE = "contact_table"
    SAVED_PAGE = "saved_page"

    @property
    def of_patients(self) -> bool:
        """Whether its rows are patients (else therapists)."""
        return self in {FileKind.INTAKE, FileKind.OFFICE_TABLE}

    @property
    def may_be_undone(self) -> bool:
        """Whether a whole import of it can be taken back: records of patients are worked with, a history only grows."""
        return not self.of_patients and self is not FileKind.CONTACT_TABLE

    @property
    def is_table(self) -> bool:
        """Whether it is a CSV or XLSX file, of which a person may say what it is about and which column is what."""
        return self in {FileKind.OFFICE_TABLE, FileKind.THERAPIST_TABLE, FileKind.CONTACT_TABLE}


@dataclass(frozen=True, slots=True)
class Source:
    """A recognised file: what it is, its hash, and the date its content is as of.

    `key` names the directory it is of: only two files of one key can say of somebody that they moved or are gone.
    `seat` is what being listed there says of a practice: the search of the statutory physicians' associations lists
    statutory seats only, another directory may list anybody.
    """

    path: Path
    kind: FileKind
    sha256: str
    as_of: date
    key: str
    seat: str = "unknown"


def recognise(path: Path, *, today: date) -> Source:
    """What a file is, by its content. Raises Invalid (not usable, with the reason) or Unavailable (not readable)."""
    digest = hash_of(path)
    with path.open("rb") as file:
        head = file.read(HEAD)
    kind = _kind(path, head)
    scraped_on = _scraped_on(path) if kind is FileKind.PLZ_DIRECTORY else None
    if scraped_on is not None and scraped_on < FIRST_DIRECTORY:
        scraped_on = None
    # a clock that ran ahead must not make a directory newer than all that follow
    saved_on = office_day(_written(path)) if kind is FileKind.SAVED_PAGE else None
    source = Source(path, kind, digest, min(scraped_on or saved_on or today, today), kind.value)
    if kind.is_table:
        return as_table(source, kind)
    return replace(source, seat="statutory") if kind in {FileKind.ARZTSUCHE, FileKind.SAVED_PAGE} else source


def as_table(source: Source, kind: FileKind, headers: Sequence[str] | None = None) -> Source:
    """The same table as a person says what it is about; its headers are read where they are not given.

    A list whose columns are days is as of the newest of them, as far as that has come.

    Raises Invalid for a file that is no table.
    """
    if not (source.kind.is_table and kind.is_table):
        raise Invalid("import.no_table", file=source.path.name)
    if kind is not FileKind.THERAPIST_TABLE:
        return replace(source, kind=kind, key=kind.value, seat="unknown")
    headers = headers_of(source.path) if headers is None else headers
    days = [on for _, on in therapist_columns.columns_of(headers).days.values() if on is not None]
    if days and max(days) >= FIRST_DIRECTORY:
        source = replace(source, as_of=min(max(days), source.as_of))
    seat = "statutory" if therapist_columns.is_of_arztsuche(headers) else "unknown"
    return replace(source, kind=kind, key=f"{kind.value}:{therapist_columns.family(headers)}", seat=seat)


def hash_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal. Raises Unavailable where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as exc:
        raise Unavailable("import.unreadable", file=path.name) from exc


def _written(path: Path) -> datetime:
    """When a file was last written: a saved page has no date of its own."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as exc:
        raise Unavailable("import.unreadable", file=path.name) from exc


def _kind(path: Path, head: bytes) -> FileKind:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise Invalid("import.empty", file=path.name)
    if head.startswith(_OTHERS) or (head.startswith(b"PK\x03\x04") and not sheets.is_workbook(path)):
        raise Invalid("import.binary", file=path.name)
    if head.startswith(b"PK\x03\x04") or sheets.is_utf16(path):
        return _table_kind(path)
    if text[:1] in b"{[":
        return _json_kind(path)
    if text[:1] == b"<":
        if saved_page.is_result_page(path):
            return FileKind.SAVED_PAGE
        raise Invalid("import.html", file=path.name)
    # a table may hold a NUL or two; what is none is full of them, or of other signs no text has
    control = len(_CONTROL.findall(head))
    noisy = control > _MOST_CONTROL and control * _ONE_IN > len(head)
    if noisy or _NO_TEXT.search(head) or head.count(0) * _FEW > len(head):
        raise Invalid("import.binary", file=path.name)
    return _table_kind(path)


def _table_kind(path: Path) -> FileKind:
    of_therapists, _ = therapist_columns.is_of_therapists(headers_of(path))
    return FileKind.THERAPIST_TABLE if of_therapists else FileKind.OFFICE_TABLE


def _json_kind(path: Path) -> FileKind:
    """The kind of a JSON file by its first lists; reads only as far as needed."""
    found: set[tuple[str, str]] = set()
    with _json(path) as file:
        for prefix, event, value in ijson.parse(file, **_NUMBERS):
            if event == "start_array" or (event == "start_map" and prefix == "metadata"):
                found.add((prefix, event))
            if ("arztPraxisDatas", "start_array") in found:
                return FileKind.ARZTSUCHE
            if {("metadata", "start_map"), ("therapists", "start_array")} <= found:
                return FileKind.PLZ_DIRECTORY
            if prefix == "item" and event == "map_key" and value in {"nachname", "einwilligung"}:
                return FileKind.INTAKE
    raise Invalid("import.unknown_json", file=path.name)


# Without use_float the C parser dies of an integer with more digits than Python converts (4,300): the whole
# process, not an exception. With it an integer beyond 64 bits is an error of the file.
_NUMBERS: Mapping[str, Any] = {"use_float": True, "buf_size": CHUNK}


@contextmanager
def _json(path: Path) -> Iterator[Shallow]:
    """A JSON file without its byte order mark; what is wrong with it is Invalid, truncated or broken."""
    try:
        with path.open("rb") as file:
            if file.read(3) != b"\xef\xbb\xbf":
                file.seek(0)
            yield Shallow(file)
    except ijson.JSONError as exc:
        # the parser calls every fault "incomplete"; only its words tell a file that breaks off
        code = "truncated_json" if "premature EOF" in str(exc) else "broken_json"
        raise Invalid(f"import.{code}", file=path.name) from exc
    except (TooDeep, UnicodeDecodeError) as exc:
        raise Invalid("import.broken_json", file=path.name) from exc


def _scraped_on(path: Path) -> date | None:
    for value in _items(path, "metadata.scrape_date"):
        return day(str(value)[:10])
    return None


def records(source: Source, *, today: date, mapping: Mapping[str, str] | None = None) -> Generator[Record, None, None]:
    """The rows of a recognised file, in order. Raises Invalid where it breaks off, Unavailable if it is gone."""
    try:
        for record in _rows(source, today=today, mapping=mapping):
            yield record if isinstance(record, RowError) else _bounded(record)
    except OSError as exc:
        raise Unavailable("import.unreadable", file=source.path.name) from exc


def _rows(source: Source, *, today: date, mapping: Mapping[str, str] | None) -> Iterator[Record]:
    if source.kind is FileKind.OFFICE_TABLE:
        yield from office_table.records(source.path, today=today, mapping=mapping)
    elif source.kind.is_table:
        yield from therapist_table.records(source.path, today=source.as_of, mapping=mapping)
    elif source.kind is FileKind.SAVED_PAGE:
        yield from saved_page.records(source.path, saved_on=source.as_of)
    elif source.kind is FileKind.INTAKE:
        for row, entry in enumerate(_items(source.path, "item"), start=1):
            yield intake.record_of(row, entry, today=today)
    elif source.kind is FileKind.ARZTSUCHE:
        for row, entry in enumerate(_items(source.path, "arztPraxisDatas.item"), start=1):
            yield arztsuche.record_of(row, entry, today=source.as_of)
    else:
        for row, entry in enumerate(_items(source.path, "therapists.item"), start=1):
            yield plz_directory.record_of(row, entry, scraped_on=source.as_of)


def _bounded(record: TherapistRecord | PatientRecord) -> Record:
    """The record, unless one of its values is longer than any of its kind and could not be looked up."""
    for name, most in _BOUNDS[type(record)]:
        value = getattr(record, name)
        for text in (value,) if isinstance(value, str) else value if isinstance(value, frozenset | tuple) else ():
            if isinstance(text, str) and len(text) > most:
                about = record if isinstance(record, TherapistRecord) else None
                return RowError(record.row, "import.row.too_long", about=about)
    return record


_BOUNDS = {
    kind: tuple((f.name, LONGEST_NOTE if f.name in {"contact_note", "notes"} else LONGEST_VALUE) for f in fields(kind))
    for kind in (TherapistRecord, PatientRecord)
}


def is_cut(source: Source, rows: int) -> bool:
    """Whether the directory cut its list: it says so, or it ends at exactly 50 or 100 entries."""
    if source.kind is FileKind.SAVED_PAGE:
        return rows in CUT_LENGTHS
    if source.kind is not FileKind.ARZTSUCHE:
        return False
    return rows in CUT_LENGTHS or (
        _may_tell_of_more(source.path) and any(value is True for value in _items(source.path, "moreResults"))
    )


def _may_tell_of_more(path: Path) -> bool:
    """Whether a file must be parsed to know: most say "no" in plain letters, and these are found ten times as fast."""
    before = b""
    with path.open("rb") as file:
        while chunk := file.read(WINDOW):
            if _TELLS_OF_MORE.search(before + chunk):
                return True
            before = (before + chunk)[-LONGEST_WORD:]
    return False


def _items(path: Path, prefix: str) -> Iterator[object]:
    with _json(path) as file:
        yield from ijson.items(file, prefix, **_NUMBERS)

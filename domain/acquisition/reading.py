"""Recognising a file by its content and reading it as a stream of records. Never by name, never whole in memory.

Everything wrong with a file as a whole is Invalid with a code ``import.…``; a truncated file raises where it
breaks off, so the caller's transaction takes back what came before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import file_digest
from pathlib import Path

import ijson

from domain.acquisition import arztsuche, intake, office_table, plz_directory
from domain.acquisition.records import PatientRecord, RowError, TherapistRecord
from domain.acquisition.text import day
from domain.errors import Invalid, Unavailable

Record = TherapistRecord | PatientRecord | RowError
HEAD = 4096
CUT_LENGTHS = frozenset({50, 100})  # the directory cuts its list there


class FileKind(StrEnum):
    """What a file holds."""

    ARZTSUCHE = "arztsuche"
    PLZ_DIRECTORY = "plz_directory"
    INTAKE = "intake"
    OFFICE_TABLE = "office_table"

    @property
    def of_patients(self) -> bool:
        """Whether its rows are patients (else therapists)."""
        return self in {FileKind.INTAKE, FileKind.OFFICE_TABLE}


@dataclass(frozen=True, slots=True)
class Source:
    """A recognised file: what it is, its hash, and the date its content is as of."""

    path: Path
    kind: FileKind
    sha256: str
    as_of: date


def recognise(path: Path, *, today: date) -> Source:
    """What a file is, by its content. Raises Invalid (not usable, with the reason) or Unavailable (not readable)."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
            file.seek(0)
            digest = file_digest(file, "sha256").hexdigest()
    except OSError as exc:
        raise Unavailable("import.unreadable", file=path.name) from exc
    kind = _kind(path, head)
    as_of = _scraped_on(path) or today if kind is FileKind.PLZ_DIRECTORY else today
    return Source(path, kind, digest, as_of)


def _kind(path: Path, head: bytes) -> FileKind:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise Invalid("import.empty", file=path.name)
    if head.startswith(b"PK\x03\x04"):
        return FileKind.OFFICE_TABLE
    if text[:1] in b"{[":
        return _json_kind(path)
    if text[:1] == b"<":
        raise Invalid("import.html", file=path.name)
    if b"\0" in head:
        raise Invalid("import.binary", file=path.name)
    return FileKind.OFFICE_TABLE


def _json_kind(path: Path) -> FileKind:
    """The kind of a JSON file by its first keys; reads only as far as needed."""
    keys: set[str] = set()
    try:
        with path.open("rb") as file:
            for prefix, event, value in ijson.parse(_without_mark(file)):
                if event == "map_key" and prefix == "":
                    keys.add(value)
                if "arztPraxisDatas" in keys:
                    return FileKind.ARZTSUCHE
                if {"metadata", "therapists"} <= keys:
                    return FileKind.PLZ_DIRECTORY
                if prefix == "item" and event == "map_key" and value in {"nachname", "einwilligung"}:
                    return FileKind.INTAKE
    except ijson.IncompleteJSONError as exc:
        raise Invalid("import.truncated_json", file=path.name) from exc
    except (ijson.JSONError, UnicodeDecodeError) as exc:
        raise Invalid("import.broken_json", file=path.name) from exc
    raise Invalid("import.unknown_json", file=path.name)


def _without_mark(file: object) -> object:
    mark = file.read(3)  # type: ignore[attr-defined]
    if mark != b"\xef\xbb\xbf":
        file.seek(0)  # type: ignore[attr-defined]
    return file


def _scraped_on(path: Path) -> date | None:
    for value in _items(path, "metadata.scrape_date"):
        return day(str(value)[:10])
    return None


def records(source: Source, *, today: date, mapping: Mapping[str, str] | None = None) -> Iterator[Record]:
    """The rows of a recognised file, in order. Raises Invalid where the file breaks off."""
    if source.kind is FileKind.OFFICE_TABLE:
        yield from office_table.records(source.path, today=today, mapping=mapping)
    elif source.kind is FileKind.INTAKE:
        for row, entry in enumerate(_items(source.path, "item"), start=1):
            yield intake.record_of(row, entry, today=today)
    elif source.kind is FileKind.ARZTSUCHE:
        for row, entry in enumerate(_items(source.path, "arztPraxisDatas.item"), start=1):
            yield arztsuche.record_of(row, entry, today=source.as_of)
    else:
        for row, entry in enumerate(_items(source.path, "therapists.item"), start=1):
            yield plz_directory.record_of(row, entry, scraped_on=source.as_of)


def is_cut(source: Source, rows: int) -> bool:
    """Whether the directory cut its list: it says so, or it ends at exactly 50 or 100 entries."""
    if source.kind is not FileKind.ARZTSUCHE:
        return False
    return rows in CUT_LENGTHS or any(value is True for value in _items(source.path, "moreResults"))


def _items(path: Path, prefix: str) -> Iterator[object]:
    try:
        with path.open("rb") as file:
            yield from ijson.items(_without_mark(file), prefix, use_float=True)
    except ijson.IncompleteJSONError as exc:
        raise Invalid("import.truncated_json", file=path.name) from exc
    except (ijson.JSONError, UnicodeDecodeError) as exc:
        raise Invalid("import.broken_json", file=path.name) from exc

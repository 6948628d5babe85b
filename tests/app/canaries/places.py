"""Where a program may have written: files below a folder with their names, and tables of its database."""

import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from sqlalchemy import text

from domain.database import Database
from tests.app.canaries.words import found_in

COLUMNS = text("""
    SELECT n.nspname || '.' || c.relname AS place, a.attname, a.atttypid = 'bytea'::regtype AS bytes
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname IN ('platform', 'audit')
    ORDER BY 1, a.attnum""")


def in_files(folder: Path, *, may: Mapping[str, str]) -> list[str]:
    """Files and folders below whose name or content holds something planted; `may` are beginnings of paths that may."""
    found = []
    for path in _below(folder):
        place = path.relative_to(folder).as_posix()
        found += [f"name of {place}: {hit}" for hit in found_in(place.encode("utf-8", "surrogateescape"))]
        if path.is_symlink():
            with suppress(OSError):  # it has gone meanwhile
                found += [f"link {place}: {hit}" for hit in found_in(bytes(path.readlink()))]
        elif path.is_file() and not any(place.startswith(begins) for begins in may):
            for content in contents(path):
                found += [f"{place}: {hit}" for hit in found_in(content)]
    return found


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        yield from (Path(place) / name for name in (*folders, *files))


def contents(path: Path) -> Iterator[bytes]:
    """What a file holds, and what is packed in it; nothing if it has gone meanwhile."""
    try:
        content = path.read_bytes()
    except OSError:
        return
    yield content
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            yield from (packed.read(name) for name in packed.namelist())
    for begins in (b"\x1f\x8b", b"\x78\x9c", b"\x78\x01", b"\x78\xda"):
        if content.startswith(begins):
            unpack = zlib.decompressobj(wbits=47)
            try:
                yield unpack.decompress(content)
            except zlib.error:
                continue


def in_tables(
    owner: Database, *, may: Mapping[str, str], found_in: Callable[[bytes], list[str]] = found_in
) -> list[str]:
    """Every column of jobs, events, settings and the audit that holds something planted, but those that may."""
    found = []
    with owner.read() as session:
        columns = session.execute(COLUMNS).all()
        assert len(columns) > 100
        for place, column, is_bytes in columns:
            if place in may or f"{place}.{column}" in may:
                continue
            said = f'"{column}"' if is_bytes else f'"{column}"::text'
            for value in session.scalars(text(f'SELECT {said} FROM {place} WHERE "{column}" IS NOT NULL')):
                found += [f"{place}.{column}: {hit}" for hit in found_in(value if is_bytes else value.encode())]
    return found

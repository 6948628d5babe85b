"""Backups as files: their names, written whole or not at all, copied and compared, leftovers cleared.

A name tells when and why, and nothing of anybody. A file that is being written bears another ending and is no backup.
"""

import errno
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from domain.errors import Unavailable

WINDOWS = os.name == "nt"
if not WINDOWS:
    import fcntl

ENDING, UNFINISHED = ".sicherung", ".unfertig"
_NAMED = re.compile(r"platzlotse-(\d{8}T\d{6}Z)-(hourly|manual|safety)-[0-9a-f]{8}\.sicherung")
_MOMENT = "%Y%m%dT%H%M%SZ"
_HELD = {errno.EWOULDBLOCK, errno.EACCES}  # other answers: a place that knows no locks
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_BLOCK = 1 << 20


class Kind(StrEnum):
    """Why a backup was made: by the clock, by a person, before a restore."""

    HOURLY = "hourly"
    MANUAL = "manual"
    SAFETY = "safety"


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A file that bears a backup's name; what is in it is known when it is read."""

    path: Path
    at: datetime
    kind: Kind

    @property
    def name(self) -> str:
        """Its name without the folder: the same in every place."""
        return self.path.name


def file_name(kind: Kind, at: datetime) -> str:
    """A name nobody had before."""
    return f"platzlotse-{at.astimezone(UTC):{_MOMENT}}-{kind}-{secrets.token_hex(4)}{ENDING}"


def parse_name(path: Path) -> BackupFile | None:
    """What a file's name says; None where it is no backup's."""
    found = _NAMED.fullmatch(path.name)
    if found is None:
        return None
    with suppress(ValueError):
        return BackupFile(path, datetime.strptime(found[1], _MOMENT).replace(tzinfo=UTC), Kind(found[2]))
    return None


def backups_in(folder: Path) -> tuple[BackupFile, ...]:
    """The backups of a folder, newest first. Raises Unavailable for a folder that is not there or is closed."""
    with folder_errors(folder):
        found = [parse_name(path) for path in folder.iterdir() if path.is_file()]
    return tuple(sorted((file for file in found if file), key=lambda file: (file.at, file.name), reverse=True))


@contextmanager
def folder_errors(folder: Path) -> Iterator[None]:
    """What the system says of a folder, as codes: backup.disk_full, backup.folder_missing, backup.folder_unusable."""
    try:
        yield
    except OSError as exc:
        if exc.errno in _FULL:
            raise Unavailable("backup.disk_full", path=str(folder)) from exc
        if isinstance(exc, FileNotFoundError | NotADirectoryError):
            raise Unavailable("backup.folder_missing", path=str(folder)) from exc
        reason = exc.strerror or type(exc).__name__
        raise Unavailable("backup.folder_unusable", path=str(folder), reason=reason) from exc


@contextmanager
def whole_file(folder: Path, name: str) -> Iterator[BinaryIO]:
    """A new file for its owner only (0600), under its name once all of it is on disk; else nothing stays."""
    fresh = folder / f"{name}{UNFINISHED}"
    with folder_errors(folder):
        descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            with os.fdopen(descriptor, "w+b", buffering=_BLOCK) as file:
                _hold(descriptor)
                yield file
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(folder / name)
            _keep_entry(folder)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise


def copy_to(source: Path, folder: Path, moved: Callable[[], None]) -> None:
    """Bring a backup to a second place and read it back there; `moved` is called with each block and may raise.

    Raises Unavailable; then nothing lies there. It has its name once it was read back: a name is never looked at again.
    """
    with whole_file(folder, source.name) as file, source.open("rb") as content:
        hashed, back = blake2b(), blake2b()
        while block := content.read(_BLOCK):
            hashed.update(block)
            file.write(block)
            moved()
        _forget(file)
        while block := file.read(_BLOCK):
            back.update(block)
            moved()
        if back.digest() != hashed.digest():
            raise Unavailable("backup.copy_differs", path=str(folder))


def clear_leftovers(folder: Path) -> None:
    """Remove what a killed program was writing, and nothing that another machine writes there just now."""
    with suppress(OSError):
        for path in folder.glob(f"platzlotse-*{UNFINISHED}"):
            with suppress(OSError), nullcontext() if WINDOWS else path.open("rb+") as file:
                if file is not None:
                    _hold(file.fileno())
                path.unlink(missing_ok=True)


def _hold(descriptor: int) -> None:
    """For as long as it is open. Raises OSError where another has it; Windows removes no open file, its own neither."""
    if not WINDOWS:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            if exc.errno in _HELD:
                raise


def _forget(file: BinaryIO) -> None:
    """Write it out and let the system keep none of it, where it can be asked: what is read next comes from there."""
    file.flush()
    os.fsync(file.fileno())
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    file.seek(0)


def _keep_entry(folder: Path) -> None:
    """The new name is on disk, too; on Windows a folder cannot be asked for it."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

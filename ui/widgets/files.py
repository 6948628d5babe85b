"""Files of this machine that pages read, write and take when they are dropped; nothing here asks the database."""

import errno
import os
import tempfile
from pathlib import Path

from PySide6.QtCore import QMimeData

from domain.errors import Invalid, Unavailable
from domain.file_types import FILE_BYTES


def dropped_files(data: QMimeData) -> list[Path]:
    """The files of a drop; nothing that lies elsewhere than on this machine."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def read_file(path: Path) -> bytes:
    """The bytes of a file somebody chose. Raises Unavailable, and Invalid before a huge one is read."""
    try:
        if path.stat().st_size > FILE_BYTES:
            raise Invalid("file.too_large", name=path.name, limit=FILE_BYTES // 1_000_000)
        return path.read_bytes()
    except OSError as exc:
        raise Unavailable("file.unreadable", path=str(path)) from exc


def put_whole(path: Path, content: bytes) -> None:
    """Write a file so that under its name is the old one or the whole new one (0600), whatever happens meanwhile.

    Raises Unavailable (``file.unwritable``, ``file.disk_full``).
    """
    try:
        descriptor, made = tempfile.mkstemp(prefix=".platzlotse-", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(made).replace(path)
        except OSError:
            Path(made).unlink(missing_ok=True)
            raise
    except OSError as exc:
        full = exc.errno in {errno.ENOSPC, errno.EDQUOT}
        raise Unavailable("file.disk_full" if full else "file.unwritable", path=str(path)) from exc

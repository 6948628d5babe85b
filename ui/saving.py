"""Files a person saves: whole or not at all. Knows no Qt."""

import os
import tempfile
from pathlib import Path

from domain.errors import Unavailable


def put_whole(path: Path, content: bytes) -> None:
    """Write a file so that under its name is the old one or the whole new one (0600), whatever happens meanwhile."""
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
        raise Unavailable("file.unwritable", path=str(path)) from exc

"""Files for this user only: written whole or not at all, and logs that do not grow without end.

Knows nothing of what is in them.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

LOG_BYTES = 1_000_000


def write_private(path: Path, content: str) -> None:
    """Write a file for its owner only (0600), whole or not at all, on disk when the call returns."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def open_log(path: Path) -> int:
    """Open a log for appending (0600), the long one set aside first; returns a file descriptor."""
    with suppress(OSError):
        if path.stat().st_size > LOG_BYTES:
            # on Windows a log in use cannot be renamed; then it grows on
            path.replace(path.with_name(f"{path.name}.1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

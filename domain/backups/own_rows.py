"""Settings and list of backups are the machine's, not the content's: a restore leaves them as they are."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection

_SETTINGS = ("enabled", "folder", "second_folder", "limit_days", "recovery_key", "recovery_made_at", "since")
_BACKUP = (
    "kind", "state", "asked_at", "made_at", "verified_at", "copied_at", "folder", "file_name", "size", "row_count",
    "newest_event", "trouble", "copy_trouble",
)  # fmt: skip
_UNTOUCHED = "version = 1 AND recovery_key IS NULL"  # an empty office made for the restore: the backup's own are better


@dataclass(frozen=True, slots=True)
class OwnRows:
    """As they were read; no settings where nobody has changed any."""

    settings: dict[str, Any] | None
    backups: tuple[dict[str, Any], ...]


def read_own_rows(source: Connection) -> OwnRows:
    """Of the database that is replaced."""
    there = f"SELECT {', '.join(_SETTINGS)} FROM platform.backup_settings WHERE NOT ({_UNTOUCHED})"
    settings = source.execute(text(there)).mappings().one_or_none()
    listed = source.execute(text(f"SELECT {', '.join(_BACKUP)} FROM platform.backup WHERE file_name <> '' ORDER BY id"))
    return OwnRows(None if settings is None else dict(settings), tuple(dict(row) for row in listed.mappings()))


def write_own_rows(target: Connection, rows: OwnRows) -> None:
    """Into the one that takes its place, as the owner."""
    if rows.settings is not None:
        values = ", ".join(f"{name} = :{name}" for name in _SETTINGS)
        target.execute(text(f"UPDATE platform.backup_settings SET {values}, version = version + 1"), rows.settings)
    target.execute(text("DELETE FROM platform.backup"))
    if rows.backups:
        values = ", ".join(f":{name}" for name in _BACKUP)
        target.execute(
            text(f"INSERT INTO platform.backup ({', '.join(_BACKUP)}) VALUES ({values})"), list(rows.backups)
        )

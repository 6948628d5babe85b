"""Settings and list of backups are the machine's, not the content's: a restore leaves them as they are."""

from sqlalchemy import text
from sqlalchemy.engine import Connection

_SETTINGS = ("enabled", "folder", "second_folder", "limit_days", "recovery_key", "recovery_made_at", "since")
_BACKUP = (
    "kind", "state", "asked_at", "made_at", "verified_at", "copied_at", "folder", "file_name", "size", "row_count",
    "newest_event", "trouble", "copy_trouble",
)  # fmt: skip
_UNTOUCHED = "version = 1 AND recovery_key IS NULL"  # an empty office made for the restore: the backup's own are better


def carry_over(source: Connection, target: Connection) -> None:
    """From the database that is replaced into the one that takes its place, as the owner of both."""
    there = f"SELECT {', '.join(_SETTINGS)} FROM platform.backup_settings WHERE NOT ({_UNTOUCHED})"
    settings = source.execute(text(there)).mappings().one_or_none()
    if settings is not None:
        values = ", ".join(f"{name} = :{name}" for name in _SETTINGS)
        target.execute(text(f"UPDATE platform.backup_settings SET {values}, version = version + 1"), dict(settings))
    listed = source.execute(text(f"SELECT {', '.join(_BACKUP)} FROM platform.backup WHERE file_name <> '' ORDER BY id"))
    rows = [dict(row) for row in listed.mappings()]
    target.execute(text("DELETE FROM platform.backup"))
    if rows:
        values = ", ".join(f":{name}" for name in _BACKUP)
        target.execute(text(f"INSERT INTO platform.backup ({', '.join(_BACKUP)}) VALUES ({values})"), rows)

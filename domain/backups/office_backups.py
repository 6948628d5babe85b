"""Backups as persons see and want them: the list, asking for one, the settings, the recovery key's public half."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath, PureWindowsPath

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain import events
from domain.access import person_name
from domain.backups.models import Backup, BackupSettings
from domain.backups.recovery_key import name_of
from domain.database import is_kept
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid

LIMIT_DAYS = (1, 30)
SHOWN = 500


@dataclass(frozen=True, slots=True)
class BackupForm:
    """What a person sets; an empty folder is the one beside the worker's other files, no second folder is no copy."""

    enabled: bool = True
    folder: str = ""
    second_folder: str = ""
    limit_days: int = 2


@dataclass(frozen=True, slots=True)
class BackupShown:
    """One line of the list. `trouble` and `copy_trouble` are codes."""

    id: int
    kind: str
    state: str
    asked_at: datetime
    made_at: datetime | None
    verified_at: datetime | None
    copied_at: datetime | None
    folder: str
    file_name: str
    size: int
    row_count: int
    newest_event: int
    trouble: str
    trouble_params: dict[str, int | str]
    copy_trouble: str


@dataclass(frozen=True, slots=True)
class BackupState:
    """How the office stands: `verified` is of when the newest verified content is, `late` that this is too long ago."""

    form: BackupForm
    version: int
    verified: datetime | None
    late: bool
    waiting: bool
    running: bool
    recovery_made_at: datetime | None
    recovery_name: str


def read_state(session: Session, *, now: datetime) -> BackupState:
    """Settings, and how old what can be relied on is."""
    row = session.get_one(BackupSettings, 1, populate_existing=True)
    open_states = set(session.scalars(select(Backup.state).where(Backup.state.in_(("wanted", "running")))))
    return BackupState(
        form=BackupForm(row.enabled, row.folder, row.second_folder, row.limit_days),
        version=row.version,
        verified=last_verified(session),
        late=is_late(session, now=now),
        waiting="wanted" in open_states,
        running="running" in open_states,
        recovery_made_at=row.recovery_made_at,
        recovery_name=name_of(row.recovery_key) if row.recovery_key else "",
    )


def last_verified(session: Session) -> datetime | None:
    """Of when the content of the newest verified backup is."""
    newest = select(Backup.made_at).where(Backup.state == "verified").order_by(Backup.made_at.desc()).limit(1)
    found: datetime | None = session.scalar(newest)
    return found


def is_late(session: Session, *, now: datetime) -> bool:
    """Whether the last verified backup is older than the office's limit; without any it counts from the beginning.

    Turning backups off makes none younger.
    """
    row = session.get_one(BackupSettings, 1)
    return (last_verified(session) or row.since) < now - timedelta(days=row.limit_days)


def are_on(session: Session) -> bool:
    """Whether the worker makes backups by itself."""
    return session.get_one(BackupSettings, 1).enabled


def list_backups(session: Session) -> tuple[BackupShown, ...]:
    """The newest first, what waits and failed among them."""
    rows = session.scalars(select(Backup).order_by(Backup.asked_at.desc(), Backup.id.desc()).limit(SHOWN))
    return tuple(BackupShown(*(getattr(row, name) for name in BackupShown.__slots__)) for row in rows)


def ask_backup(session: Session, *, now: datetime) -> None:
    """Have the worker make one now. Where one waits already, that is the one."""
    asked = text("INSERT INTO platform.backup (asked_at) VALUES (:now) ON CONFLICT DO NOTHING RETURNING id")
    if session.scalar(asked, {"now": now}) is not None:
        events.record(session, "backup.asked", 0)


def save_backup_settings(session: Session, form: BackupForm, *, version: int) -> None:
    """Save. Raises Invalid (field), Conflict (who, when) and Forbidden for whoever may not."""
    low, high = LIMIT_DAYS
    if not low <= form.limit_days <= high:
        raise Invalid("office.out_of_bounds", field="limit_days", low=low, high=high)
    folder, second = form.folder.strip(), form.second_folder.strip()
    for field, given in (("folder", folder), ("second_folder", second)):
        if given and not _is_whole(given):
            raise Invalid("backup.folder_relative", field=field)
    if second and second == folder:
        raise Invalid("backup.same_folder", field="second_folder")
    row = load_for_edit(session, BackupSettings, 1, version)
    row.enabled, row.folder, row.second_folder, row.limit_days = form.enabled, folder, second, form.limit_days
    events.record(session, "backup.settings", 1)


def keep_recovery_key(session: Session, public: bytes, *, now: datetime, seen: datetime | None) -> None:
    """From now on backups open by this key, too; it replaces the one before. `seen` is when that was made.

    Raises Conflict where somebody made one meanwhile: its paper would be worthless, and nobody would know.
    """
    row = load_for_edit(session, BackupSettings, 1)
    if row.recovery_made_at != seen:
        raise Conflict(
            "record.changed_meanwhile",
            by=person_name(session, row.updated_by),
            at=row.updated_at.isoformat(),
        )
    row.recovery_key, row.recovery_made_at = public, now
    events.record(session, "backup.key", 1)


def recovery_key(session: Session) -> bytes | None:
    """The public half of the paper's key."""
    return session.get_one(BackupSettings, 1).recovery_key


def _is_whole(folder: str) -> bool:
    """Whether it names a place from the root on, of whichever system the worker runs on."""
    return is_kept(folder) and (PurePosixPath(folder).is_absolute() or PureWindowsPath(folder).is_absolute())

"""What the worker notes of backups: that one is being made, is there, was verified or copied, or why not.

Rows follow the files: one that lies there without a row is taken up, a row whose file is gone goes. Who notes has the
turn to back up, so that nobody else does at the same time.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, text, update
from sqlalchemy.orm import Session

from domain import events
from domain.backups.files import BackupFile, Kind
from domain.backups.models import Backup, BackupSettings
from domain.errors import PlatzlotseError

EVERY = timedelta(hours=1)
AGAIN = timedelta(minutes=10)  # after one that failed
VERIFIED_EVERY = timedelta(days=1)
FAILED_FOR = timedelta(days=7)  # so long a failure is told of
INTERRUPTED = "backup.interrupted"
_BACKUP, _SECOND = "backup.", "backup.second_"
NO_ROOM = "backup.no_room_to_verify"  # says nothing of the backup: it is tried again


def at_second(code: str) -> str:
    """The code of a trouble with a place, told of the second one: there the backups themselves are made."""
    return code if code.startswith(_SECOND) else code.replace(_BACKUP, _SECOND, 1)


def at_first(code: str) -> str:
    """The code of the same trouble wherever it is."""
    return code.replace(_SECOND, _BACKUP, 1)


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether a person asked for one, or the hour is over."""
    if session.scalar(select(Backup.id).where(Backup.state == "wanted")) is not None:
        return True
    if not session.get_one(BackupSettings, 1).enabled:
        return False
    last = session.execute(
        select(Backup.asked_at, Backup.state).order_by(Backup.asked_at.desc(), Backup.id.desc()).limit(1)
    ).one_or_none()
    # one that lies ahead was noted by a clock that was wrong: it must not keep the next ones back
    return last is None or not last[0] <= now < last[0] + (AGAIN if last[1] == "failed" else EVERY)


def begin_due(session: Session, *, now: datetime) -> tuple[int, Kind] | None:
    """Begin what a person asked for, else the hour's; None where nothing is due."""
    if not is_due(session, now=now):
        return None
    row = session.scalar(select(Backup).where(Backup.state == "wanted"))
    if row is None:
        row = Backup(kind=Kind.HOURLY, asked_at=now)
        session.add(row)
    row.state = "running"
    session.flush()
    events.record(session, "backup.begun", row.id)
    return row.id, Kind(row.kind)


def note_made(
    session: Session, backup_id: int, file: BackupFile, *, size: int, row_count: int, newest_event: int
) -> None:
    """It lies there."""
    row = session.get_one(Backup, backup_id)
    row.state, row.made_at, row.folder, row.file_name = "made", file.at, str(file.path.parent), file.name
    row.size, row.row_count, row.newest_event = size, row_count, newest_event
    events.record(session, "backup.made", backup_id)


def note_failed(session: Session, backup_id: int, error: PlatzlotseError) -> None:
    """It was not to be, and why."""
    row = session.get_one(Backup, backup_id)
    row.state, row.trouble, row.trouble_params = "failed", error.code[:200], _kept(error.params)
    events.record(session, "backup.failed", backup_id)


def note_verified(session: Session, backup_id: int, *, row_count: int, newest_event: int, now: datetime) -> None:
    """It was brought back and is the same: so many rows, up to this event."""
    row = session.get_one(Backup, backup_id)
    row.row_count, row.newest_event = row_count, newest_event
    row.state, row.verified_at, row.trouble, row.trouble_params = "verified", now, "", {}
    events.record(session, "backup.verified", backup_id)


def note_verified_by_command(
    session: Session, file: BackupFile, *, size: int, row_count: int, newest_event: int
) -> None:
    """One that was made and brought back by command counts as any other; its login may write nothing else."""
    session.execute(
        text("SELECT platform.note_verified_backup(:made, :place, :name, :size, :rows, :newest)"),
        {
            "made": file.at, "place": str(file.path.parent), "name": file.name,
            "size": size, "rows": row_count, "newest": newest_event,
        },
    )  # fmt: skip


def note_unverified(session: Session, backup_id: int, error: PlatzlotseError) -> None:
    """It lies there and could not be brought back, and why."""
    row = session.get_one(Backup, backup_id)
    if row.trouble == error.code == NO_ROOM:
        return
    row.trouble, row.trouble_params = error.code[:200], _kept(error.params)
    events.record(session, "backup.failed", backup_id)


def note_copies(session: Session, held: Collection[str], *, trouble: str, now: datetime) -> None:
    """Which files the second place has, and why it has not the others."""
    there = Backup.file_name.in_(list(held))
    come = update(Backup).where(there, Backup.copied_at.is_(None)).values(copied_at=now, copy_trouble="")
    missing = update(Backup).where(
        ~there, Backup.file_name != "", or_(Backup.copied_at.is_not(None), Backup.copy_trouble != trouble)
    )
    changed = [
        session.execute(statement.returning(Backup.id)).all()
        for statement in (come, missing.values(copied_at=None, copy_trouble=trouble[:200]))
    ]
    if any(changed):
        events.record(session, "backup.copied", 0)


def due_for_verifying(session: Session, folder: str, *, now: datetime) -> int | None:
    """What a person asked for and is unverified, else once a day the newest; one that failed is not tried again.

    Only of this `folder`: what another machine made is that one's to read.
    """
    untried = Backup.trouble.in_(("", NO_ROOM))
    there = select(Backup.id).where(Backup.state == "made", Backup.folder == folder)
    unverified = there.where(untried).order_by(Backup.made_at.desc())
    asked: int | None = session.scalar(unverified.where(Backup.kind == Kind.MANUAL).limit(1))
    if asked is not None:
        return asked
    last = session.scalar(select(Backup.made_at).where(Backup.state == "verified").order_by(Backup.made_at.desc()))
    if last is not None and last <= now < last + VERIFIED_EVERY:
        return None
    found: int | None = session.scalar(unverified.limit(1))
    return found


def settle(session: Session, files: Iterable[BackupFile], folder: str) -> None:
    """Begin a turn: what a killed worker was making has failed, and rows and files of the folder agree."""
    interrupted = update(Backup).where(Backup.state == "running")
    changed = len(session.execute(interrupted.values(state="failed", trouble=INTERRUPTED).returning(Backup.id)).all())
    there = {file.name: file for file in files}
    known = listed_names(session)
    gone = delete(Backup).where(Backup.file_name != "", Backup.folder == folder, Backup.file_name.not_in(there))
    changed += len(session.execute(gone.returning(Backup.id)).all())
    for name in there.keys() - known:
        file = there[name]
        session.add(
            Backup(
                kind=file.kind, state="made", asked_at=file.at, made_at=file.at, folder=folder, file_name=name,
                size=file.path.stat().st_size,
            )
        )  # fmt: skip
        changed += 1
    if changed:
        events.record(session, "backup.listed", 0)


def forget(session: Session, names: Iterable[str], *, now: datetime) -> None:
    """Rows of files that were rotated out, and failures of long ago."""
    session.execute(delete(Backup).where(Backup.file_name.in_(list(names)), Backup.file_name != ""))
    session.execute(delete(Backup).where(Backup.state == "failed", Backup.asked_at < now - FAILED_FOR))


def listed_names(session: Session) -> frozenset[str]:
    """All files the office knows of."""
    return frozenset(session.scalars(select(Backup.file_name).where(Backup.file_name != "")))


def own_names(session: Session) -> frozenset[str]:
    """The files that were made or brought back here: of one that was only found lying there no rows were counted."""
    return frozenset(session.scalars(select(Backup.file_name).where(Backup.file_name != "", Backup.row_count > 0)))


def verified_names(session: Session) -> frozenset[str]:
    """The files that were brought back and are the same."""
    return frozenset(session.scalars(select(Backup.file_name).where(Backup.state == "verified")))


def _kept(params: Mapping[str, object]) -> dict[str, int | str]:
    return {name: value if isinstance(value, int) else str(value)[:1000] for name, value in params.items()}

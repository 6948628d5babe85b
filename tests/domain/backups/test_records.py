"""The list of backups and the office's settings for them: who notes, who asks, who may change what."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from domain.backups import office_backups, records
from domain.backups.files import BackupFile, Kind
from domain.backups.models import Backup, BackupSettings
from domain.backups.office_backups import BackupForm, ask_backup, list_backups, read_state, save_backup_settings
from domain.database import Database, Session
from domain.errors import Conflict, Forbidden, Invalid, Unavailable
from domain.persons import ensure_login
from tests.conftest import NOW, PASSWORD, Office

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def admin(office: Office) -> Iterator[Database]:
    """Who runs the server and reads no patient."""
    database = office.database("admin")
    yield database
    database.close()


def made(session: Session, folder: Path, now: datetime, kind: Kind = Kind.HOURLY) -> int:
    """A backup that lies there."""
    row = Backup(kind=kind, state="running", asked_at=now)
    session.add(row)
    session.flush()
    file = BackupFile(folder / f"{kind}-{now:%d%H%M}", now, kind)
    records.note_made(session, row.id, file, size=1, row_count=10, newest_event=5)
    return row.id


def test_what_a_person_asks_for_comes_first_then_one_an_hour(
    database: Database, worker_database: Database, now: datetime
) -> None:
    """Asked twice it is one; the next comes an hour later, after a failure sooner; a clock set back hinders none."""
    with database.write() as session:
        ask_backup(session, now=now)
        ask_backup(session, now=now)
    with worker_database.write() as session:
        number, kind = records.begin_due(session, now=now) or (0, Kind.SAFETY)
        assert kind is Kind.MANUAL
        records.note_failed(session, number, Unavailable("backup.disk_full", path="/x"))
    with worker_database.write() as session:
        assert not records.is_due(session, now=now + timedelta(minutes=9))
        assert records.is_due(session, now=now + timedelta(minutes=10))
        assert records.is_due(session, now=now - DAY)
        number, kind = records.begin_due(session, now=now + HOUR) or (0, Kind.SAFETY)
        assert kind is Kind.HOURLY
        records.note_made(session, number, BackupFile(Path("/b/x"), now, kind), size=1, row_count=1, newest_event=1)
        assert not records.is_due(session, now=now + 1.9 * HOUR)
        assert records.is_due(session, now=now + 2 * HOUR)
    with database.read() as session:
        newest, asked = list_backups(session)
        assert (newest.state, newest.file_name, asked.state, asked.trouble) == (
            "made",
            "x",
            "failed",
            "backup.disk_full",
        )


def test_one_a_day_and_any_by_hand_is_verified(worker_database: Database, tmp_path: Path, now: datetime) -> None:
    """The newest; one that could not be brought back is told of and not tried again."""
    with worker_database.write() as session:
        first, second = made(session, tmp_path, now), made(session, tmp_path, now + HOUR)
        assert records.due_for_verifying(session, str(tmp_path), now=now + HOUR) == second
        records.note_unverified(session, second, Invalid("backup.differs", what="patient"))
        assert records.due_for_verifying(session, str(tmp_path), now=now + HOUR) == first
        records.note_verified(session, first, row_count=10, newest_event=5, now=now + HOUR)
        third = made(session, tmp_path, now + 2 * HOUR)
        assert records.due_for_verifying(session, str(tmp_path), now=now + 2 * HOUR) is None
        assert records.due_for_verifying(session, "/another/machine", now=now + DAY) is None
        assert records.due_for_verifying(session, str(tmp_path), now=now + DAY) == third
        by_hand = made(session, tmp_path, now + 3 * HOUR, Kind.MANUAL)
        assert records.due_for_verifying(session, str(tmp_path), now=now + 3 * HOUR) == by_hand


def test_rows_follow_the_files(worker_database: Database, tmp_path: Path, now: datetime) -> None:
    """What lies there is listed, what is gone is not, and what a killed worker was making has failed."""
    there = tmp_path / "platzlotse-20261123T080000Z-safety-00000000.sicherung"
    there.write_bytes(b"x")
    with worker_database.write() as session:
        made(session, tmp_path, now)
        session.add(Backup(kind=Kind.HOURLY, state="running", asked_at=now))
    with worker_database.write() as session:
        records.settle(session, [BackupFile(there, now, Kind.SAFETY)], str(tmp_path))
        found = {(row.state, row.file_name, row.trouble) for row in list_backups(session)}
        assert found == {("failed", "", "backup.interrupted"), ("made", there.name, "")}
        records.note_copies(session, [there.name], trouble="", now=now)
        session.expire_all()
        assert [row.copied_at for row in list_backups(session) if row.file_name] == [now]
        records.note_copies(session, [], trouble="backup.folder_missing", now=now)
        session.expire_all()
        assert [row.copy_trouble for row in list_backups(session) if row.file_name] == ["backup.folder_missing"]


def test_an_office_is_late_when_nothing_newer_was_verified(
    database: Database, worker_database: Database, tmp_path: Path
) -> None:
    """It counts what the content is of; without any from the beginning; turning them off makes none younger."""
    with database.read() as session:
        began = session.get_one(BackupSettings, 1).since
        assert not read_state(session, now=began + 2 * DAY).late
        assert read_state(session, now=began + 2.1 * DAY).late
    with worker_database.write() as session:
        records.note_verified(session, made(session, tmp_path, began), row_count=1, newest_event=1, now=began + DAY)
    with database.write() as session:
        state = read_state(session, now=began + 2.1 * DAY)
        assert (state.late, state.verified) == (True, began)
        save_backup_settings(session, BackupForm(limit_days=3), version=state.version)
    with database.write() as session:
        state = read_state(session, now=began + 2.1 * DAY)
        assert not state.late
        save_backup_settings(session, BackupForm(enabled=False), version=state.version)
    with database.read() as session:
        assert read_state(session, now=began + 9 * DAY).late


def test_an_admin_turns_backups_on_and_a_supervisor_off(database: Database, admin: Database) -> None:
    """Off, or a longer limit, is decided by who sees patients; a folder and a shorter limit are technical."""
    with admin.read() as session:
        state = read_state(session, now=NOW)
    for form in (BackupForm(enabled=False), BackupForm(limit_days=30)):
        with pytest.raises(Invalid) as refused, admin.write() as session:
            save_backup_settings(session, form, version=state.version)
        assert refused.value.code == "db.ck_backup_settings_decided"
    with admin.write() as session:
        save_backup_settings(session, BackupForm(folder="/srv/sicherung", limit_days=1), version=state.version)
    with database.write() as session:
        state = read_state(session, now=NOW)
        save_backup_settings(session, BackupForm(enabled=False, limit_days=5), version=state.version)
    with admin.write() as session:
        state = read_state(session, now=NOW)
        save_backup_settings(session, BackupForm(enabled=True, limit_days=5), version=state.version)
    with database.read() as session:
        assert read_state(session, now=NOW).form == BackupForm(enabled=True, limit_days=5)


def test_settings_say_what_is_wrong_with_them(database: Database, now: datetime) -> None:
    """A whole path, two places that differ, a limit that makes sense; nobody overwrites another's."""
    for form, field in (
        (BackupForm(folder="sicherung"), "folder"),
        (BackupForm(folder="/a", second_folder="/a"), "second_folder"),
        (BackupForm(limit_days=0), "limit_days"),
    ):
        with pytest.raises(Invalid) as refused, database.write() as session:
            save_backup_settings(session, form, version=1)
        assert refused.value.field == field
    with database.write() as session:
        save_backup_settings(session, BackupForm(second_folder="D:\\Sicherung"), version=1)
    with pytest.raises(Conflict), database.write() as session:
        save_backup_settings(session, BackupForm(), version=1)
    with database.read() as session:
        assert read_state(session, now=now).form.second_folder == "D:\\Sicherung"


def test_who_reads_no_patient_chooses_no_recovery_key(
    database: Database, admin: Database, worker_database: Database, now: datetime
) -> None:
    """An administrator sets places and asks; the key is for who leads the office, and is never replaced unseen."""
    with admin.write() as session:
        save_backup_settings(session, BackupForm(limit_days=1), version=1)
        ask_backup(session, now=now)
    for who in (admin, worker_database):
        with pytest.raises(Forbidden), who.write() as session:
            office_backups.keep_recovery_key(session, b"k" * 32, now=now, seen=None)
    with database.write() as session:
        office_backups.keep_recovery_key(session, b"k" * 32, now=now, seen=None)
    with pytest.raises(Conflict), database.write() as session:
        office_backups.keep_recovery_key(session, b"l" * 32, now=now, seen=None)
    with database.read() as session:
        assert office_backups.recovery_key(session) == b"k" * 32


@pytest.mark.parametrize("who", ["jana", "admin"])
def test_a_person_asks_and_notes_nothing(office: Office, who: str) -> None:
    """Whatever program: that a backup is there or was verified is the worker's to say."""
    database = office.database(who)
    statements = (
        "INSERT INTO platform.backup (asked_at, state, made_at, file_name) VALUES (now(), 'made', now(), 'x')",
        "UPDATE platform.backup SET state = 'verified'",
        "DELETE FROM platform.backup",
    )
    for statement in statements:
        with pytest.raises(Forbidden), database.write() as session:
            session.execute(text(statement))
    database.close()


def test_a_backup_verified_by_command_counts(office: Office, database: Database, now: datetime, tmp_path: Path) -> None:
    """Also where the worker found the file first; only who backs up may say so."""
    file = BackupFile(tmp_path / "platzlotse-a", now, Kind.MANUAL)
    counted = {"size": 5, "row_count": 10, "newest_event": 3}
    with pytest.raises(Forbidden), database.write() as session:
        records.note_verified_by_command(session, file, **counted)
    owner = office.database("owner")
    with owner.write() as session:
        ensure_login(session, role_name="test_saves", password=PASSWORD, roles={"backup"})
    saves = office.database("saves")
    for _ in range(2):
        with saves.write() as session:
            records.note_verified_by_command(session, file, **counted)
    saves.close()
    with database.read() as session:
        (row,) = list_backups(session)
        assert (row.state, row.row_count, row.folder) == ("verified", 10, str(tmp_path))
        assert read_state(session, now=now).verified == now
    with owner.write() as session:
        session.execute(text("DROP ROLE test_saves"))
    owner.close()

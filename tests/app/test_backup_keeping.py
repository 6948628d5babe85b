"""Backups by the clock, by hand and over the network: real dumps, real scratch clusters."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from sqlalchemy import create_engine, text

from app.backups.keeping import BackupKeeper
from app.backups.keys import machine_key
from app.backups.making import make_backup, read_manifest, verify
from app.paths import Profile
from domain.backups.chain_heads import FILE as HEADS
from domain.backups.files import Kind, backups_in, clear_leftovers, copy_to, file_name, whole_file
from domain.backups.office_backups import BackupForm, BackupShown, ask_backup, list_backups, save_backup_settings
from domain.backups.records import settle
from domain.database import Database
from domain.errors import Unavailable
from domain.persons import ensure_login
from tests.app.command_line import ROOT
from tests.builders import add_patient
from tests.conftest import NOW, PASSWORD, Office
from ui.admin.worker_words import hindered
from ui.errors import describe, describe_code

HOUR = timedelta(hours=1)


class Clock:
    """A clock that is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """What it shows."""
        return self.now


@pytest.fixture
def clock(now: datetime) -> Clock:
    """The keeper's."""
    return Clock(now)


@pytest.fixture
def profile(home: Path) -> Profile:
    """A folder of the worker's machine, short enough for a scratch cluster's socket."""
    return Profile(home.parent)


@pytest.fixture
def reader(office: Office) -> str:
    """The way in of who backs up: it reads everything and writes nothing."""
    owner = office.database("owner")
    with owner.write() as session:
        ensure_login(session, role_name="test_backup", password=PASSWORD, roles={"backup"})
    owner.close()
    return office.url("backup")


@pytest.fixture
def keeper(office: Office, profile: Profile, reader: str, clock: Clock) -> Iterator[BackupKeeper]:
    """A worker's keeper with a login of the role backup."""
    keeper = BackupKeeper(profile, reader_url=reader, writer_url=office.url("worker"), now=clock)
    yield keeper
    keeper.close()


def listed(database: Database) -> tuple[BackupShown, ...]:
    """As a person sees it."""
    with database.read() as session:
        return list_backups(session)


def test_what_a_person_asks_for_is_made_copied_and_verified(
    database: Database, keeper: BackupKeeper, profile: Profile, clock: Clock, tmp_path: Path
) -> None:
    """By the role `backup`, with every row there is; the second place has the same file; nothing of the trial stays."""
    with database.write() as session:
        add_patient(session)
        save_backup_settings(session, BackupForm(second_folder=str(tmp_path)), version=1)
        ask_backup(session, now=clock.now)
    keeper.keep()
    (row,) = listed(database)
    assert (row.kind, row.state, row.trouble, row.copy_trouble) == ("manual", "verified", "", "")
    assert (row.copied_at, row.row_count > 0, row.newest_event > 0) == (clock.now, True, True)
    first, second = Path(row.folder) / row.file_name, tmp_path / row.file_name
    assert first.read_bytes() == second.read_bytes()
    assert read_manifest(first, [machine_key(profile)]).tables["patient_service.patient"][0] == "1"
    assert list((profile.home / "backup-scratch").iterdir()) == []


def test_one_an_hour_is_made_and_old_ones_go(
    database: Database, keeper: BackupKeeper, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing between the hours; after weeks one a week is left, and the newest."""
    monkeypatch.setattr("app.backups.keeping.verify", lambda path, keys, *_, **__: read_manifest(path, keys))
    begun = clock.now
    keeper.keep()
    clock.now += HOUR / 2
    keeper.keep()
    assert len(listed(database)) == 1
    for hours in (1, 2, 3, 4):
        clock.now = begun + hours * HOUR
        keeper.keep()
    rows = listed(database)
    assert [row.state for row in rows] == ["made"] * 4 + ["verified"]  # once a day
    clock.now = begun + timedelta(days=30)
    keeper.keep()
    clock.now += HOUR
    keeper.keep()
    left = listed(database)
    assert len(left) == 4  # the newest three, and the verified one of before
    assert {row.file_name for row in left} == {file.name for file in backups_in(Path(left[0].folder))}


def test_a_place_that_is_away_is_told_and_comes_back(
    database: Database, keeper: BackupKeeper, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first place has its backup all the same; until the other is back the trouble stands."""
    monkeypatch.setattr("app.backups.keeping.verify", lambda path, keys, *_, **__: read_manifest(path, keys))
    away = tmp_path / "stick"
    with database.write() as session:
        save_backup_settings(session, BackupForm(second_folder=str(away)), version=1)
    for _ in range(2):
        with pytest.raises(Unavailable) as why:
            keeper.keep()
        assert hindered("backups", why.value.code)[0].startswith("Das Kopieren")
    (row,) = listed(database)
    assert (row.state, row.copied_at, row.copy_trouble) == ("verified", None, "backup.folder_missing")
    away.mkdir()
    clock.now += HOUR / 6
    keeper.keep()
    (row,) = listed(database)
    assert (row.copied_at, row.copy_trouble) == (clock.now, "")


def test_an_end_amid_a_copy_breaks_it_off_and_is_no_trouble(
    office: Office, database: Database, keeper: BackupKeeper, profile: Profile, reader: str, clock: Clock,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Nothing half stays at the second place, nothing unread is taken for whole; the next round brings all of it."""
    monkeypatch.setattr("app.backups.keeping.verify", lambda path, keys, *_, **__: read_manifest(path, keys))
    with database.write() as session:
        save_backup_settings(session, BackupForm(second_folder=str(tmp_path)), version=1)

    def ended(source: Path, folder: Path, moved: Callable[[], None]) -> None:
        blocks = iter(range(2))

        def end_at_the_second() -> None:
            if next(blocks):  # written whole, amid reading it back
                keeper.stop()
            moved()

        copy_to(source, folder, end_at_the_second)

    monkeypatch.setattr("app.backups.keeping.copy_to", ended)
    keeper.keep()
    (row,) = listed(database)
    assert (row.state, row.copied_at, row.copy_trouble) == ("verified", None, "")
    assert not [path for path in tmp_path.iterdir() if row.file_name in path.name]
    monkeypatch.undo()
    again = BackupKeeper(profile, reader_url=reader, writer_url=office.url("worker"), now=clock)
    again.keep()
    (row,) = listed(database)
    assert (row.copied_at, row.copy_trouble) == (clock.now, "")
    again.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in a folder")
def test_a_second_place_that_is_silent_holds_no_backup_back(
    database: Database, keeper: BackupKeeper, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a drive whose machine is gone: who reads there waits; the next backup is made, and another place is used."""
    monkeypatch.setattr("app.backups.keeping.verify", lambda path, keys, *_, **__: read_manifest(path, keys))
    monkeypatch.setattr("app.backups.second_place.PATIENCE", timedelta(seconds=1))
    gone, other = tmp_path / "gone", tmp_path / "other"
    gone.mkdir()
    other.mkdir()
    os.mkfifo(gone / HEADS)
    with database.write() as session:
        save_backup_settings(session, BackupForm(second_folder=str(gone)), version=1)
    for hour in (1, 2):
        with pytest.raises(Unavailable, match="second_silent"):
            keeper.keep()
        clock.now += HOUR
        assert len(listed(database)) == hour
    with database.write() as session:
        save_backup_settings(session, BackupForm(second_folder=str(other)), version=2)
    keeper.keep()
    assert [(row.state, row.copy_trouble, row.copied_at is not None) for row in listed(database)] == [
        ("made", "", True), ("made", "", True), ("verified", "", True)
    ]  # fmt: skip
    (gone / HEADS).open("wb").close()  # it answers, with nothing; whoever waited there reads it and is done
    for thread in threading.enumerate():
        if thread.name == "second-place":
            thread.join(60)


@pytest.mark.soak
def test_one_that_is_damaged_is_told_and_the_next_verified(
    database: Database, keeper: BackupKeeper, clock: Clock, profile: Profile, reader: str
) -> None:
    """A flipped byte is found by bringing it back; a program that ends leaves nothing half."""
    folder = profile.home / "backups"
    folder.mkdir()
    made = make_backup(reader, folder, [bytes(machine_key(profile).public_key)], kind=Kind.MANUAL, now=clock.now - HOUR)
    content = bytearray(made.path.read_bytes())
    content[-2000] ^= 1
    made.path.write_bytes(content)
    keeper.keep()
    newest, damaged = listed(database)
    assert (newest.state, damaged.state, damaged.trouble) == ("made", "made", "backup.damaged")
    keeper.stop()
    keeper.keep()
    with pytest.raises(Unavailable, match="interrupted"):
        verify(
            Path(newest.folder) / newest.file_name, [machine_key(profile)], profile.home / "backup-scratch",
            now=clock.now, halted=lambda: True,
        )  # fmt: skip
    assert list((profile.home / "backup-scratch").iterdir()) == []


def test_where_a_trial_has_no_room_the_backup_waits_for_it(
    database: Database, keeper: BackupKeeper, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not called unreadable, and the disk others work on is not filled; once there is room it is verified."""
    free = shutil.disk_usage

    def full(folder: Path) -> object:
        found = free(folder)
        return found._replace(free=70_000_000) if folder == profile.home else found

    monkeypatch.setattr("app.backups.making.shutil.disk_usage", full)
    keeper.keep()
    (only,) = listed(database)
    assert (only.state, only.trouble) == ("made", "backup.no_room_to_verify")
    assert str(profile.home) in describe_code(only.trouble, **only.trouble_params)
    monkeypatch.undo()
    keeper._looked = None
    keeper.keep()
    (only,) = listed(database)
    assert (only.state, only.trouble) == ("verified", "")


@pytest.mark.parametrize("listed_before", [pytest.param(False, marks=pytest.mark.soak), True])
def test_anothers_backups_in_the_same_folder_are_left_alone(
    office: Office,
    database: Database,
    worker_database: Database,
    keeper: BackupKeeper,
    profile: Profile,
    clock: Clock,
    tmp_path: Path,
    *,
    listed_before: bool,
) -> None:
    """Two offices share a drive: neither keeps, rotates or goes on listing the other's, and both are told."""
    stranger = bytes(PrivateKey.generate().public_key)
    folder = profile.home / "backups"
    folder.mkdir()
    theirs = set()
    for days in (0, 20, 21, 22, 23, 200):
        at = clock.now - timedelta(days=days)
        theirs.add(make_backup(office.url("owner"), folder, [stranger], kind=Kind.HOURLY, now=at).path.name)
    for name in theirs:
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    if listed_before:
        with worker_database.write() as session:
            settle(session, backups_in(folder), str(folder))
        assert {row.file_name for row in listed(database)} == theirs
    with database.write() as session:
        save_backup_settings(session, BackupForm(second_folder=str(tmp_path)), version=1)
    with pytest.raises(Unavailable, match="shared_folder") as why:
        keeper.keep()
    assert "fremden" in describe(why.value)
    (only,) = listed(database)
    assert only.state == "verified"
    assert only.copied_at is not None
    for place in (folder, tmp_path):
        assert {file.name for file in backups_in(place)} == theirs | {only.file_name}


def test_a_backup_stays_the_offices_when_the_machine_gets_another_key(
    database: Database, keeper: BackupKeeper, profile: Profile, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It made them, verified or not; that none of today's keys opens them makes them nobody else's."""
    monkeypatch.setattr("app.backups.keeping.verify", lambda path, keys, *_, **__: read_manifest(path, keys))
    keeper.keep()
    clock.now += HOUR
    keeper.keep()
    assert [row.state for row in listed(database)] == ["made", "verified"]
    (profile.home / "backup.key").unlink()
    clock.now += HOUR
    keeper.keep()
    assert [row.state for row in listed(database)] == ["made", "made", "verified"]


def test_what_another_machine_writes_just_now_is_no_leftover(tmp_path: Path) -> None:
    """Half a file of a killed program goes; one that is being written stays until it is whole."""
    left = tmp_path / f"{file_name(Kind.HOURLY, NOW)}.unfertig"
    left.write_bytes(b"halb")
    name = file_name(Kind.HOURLY, NOW)
    with whole_file(tmp_path, name) as file:
        file.write(b"ganz")
        clear_leftovers(tmp_path)
    assert not left.exists()
    assert (tmp_path / name).read_bytes() == b"ganz"


def test_who_backs_up_without_all_rows_is_refused(office: Office, profile: Profile, clock: Clock, reader: str) -> None:
    """A dump of a part is no backup: without the right to pass the rules of rows it breaks off."""
    engine = create_engine(office.url("owner"))
    with engine.begin() as connection:
        connection.execute(text("ALTER ROLE test_backup NOBYPASSRLS"))
    engine.dispose()
    profile.make()
    with pytest.raises(Unavailable, match="not_dumped"):
        make_backup(reader, profile.home, [bytes(machine_key(profile).public_key)], kind=Kind.MANUAL, now=clock.now)
    assert backups_in(profile.home) == ()


@pytest.mark.soak
def test_the_worker_of_a_service_keeps_backups(
    office: Office, database: Database, profile: Profile, reader: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Started it makes the hour's, and what a person asks for; ended while it works it leaves nothing running."""
    file = tmp_path / "login"
    file.write_text(reader)
    monkeypatch.setenv("PLATZLOTSE_BACKUP_LOGIN", str(file))
    monkeypatch.setenv("PLATZLOTSE_WORKER_URL", office.url("worker"))
    profile.make()
    profile.settings.write_text('mode = "single"\n')
    command = [sys.executable, str(ROOT / "main.py"), "--profile", str(profile.home), "worker"]
    worker = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(lambda: [row.state for row in listed(database)] == ["verified"], worker)
        with database.write() as session:
            ask_backup(session, now=datetime.now(UTC))
        wait_for(lambda: any((profile.home / "backup-scratch").iterdir()), worker)
        worker.terminate()
        _, words = worker.communicate(timeout=60)
    finally:
        worker.kill()
        worker.wait()
    assert worker.returncode == 0, words
    assert list((profile.home / "backup-scratch").iterdir()) == []
    asked, hourly = listed(database)
    # it may just have been through
    assert asked.state in {"made", "verified"}
    assert (asked.kind, asked.trouble, hourly.state) == ("manual", "", "verified")


def wait_for(true: Callable[[], bool], worker: subprocess.Popen[str]) -> None:
    """Until it is so, while the worker lives."""
    until = time.monotonic() + 90
    while not true():
        assert worker.poll() is None, worker.stderr.read() if worker.stderr else ""
        assert time.monotonic() < until
        time.sleep(0.05)

"""Killed at the worst moment, cut, without room: a sentence, nothing lost, and the next one works."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from nacl.public import PrivateKey
from sqlalchemy import create_engine, text

from app.backups.making import make_backup
from app.backups.restoring import Target, restore
from app.backups.targets import server_target
from app.backups.tools import own_binaries
from app.embedded_postgres import EmbeddedPostgres
from domain.backups.files import Kind, backups_in
from domain.errors import PlatzlotseError
from tests.app.command_line import answer
from tests.conftest import NOW, Office
from tests.servers.forked import Forked
from ui.errors import describe

PATIENCE = 60.0
# reaches the point, says so, and goes no further while the program lives
STALLED = """#!/bin/sh
touch "{mark}"
while kill -0 $PPID 2>/dev/null; do sleep 0.05; done
"""
NAME = "SELECT name FROM platform.office"
DATABASES = "SELECT datname FROM pg_database WHERE starts_with(datname, :name) ORDER BY 1"


@pytest.fixture
def profile(office: Office, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine whose logins lead to the office's server; what restores set aside goes afterwards."""
    for name in ("PLATZLOTSE_BACKUP_LOGIN", "PLATZLOTSE_OWNER_LOGIN"):
        file = tmp_path / name
        file.write_text(office.url("owner"))
        monkeypatch.setenv(name, str(file))
    yield home.parent
    engine = create_engine(office.cluster.admin_url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in connection.scalars(text(DATABASES), {"name": f"{office.name}_"}).all():
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()


def databases(office: Office) -> list[str]:
    """The office's database and what lies beside it."""
    engine = create_engine(office.cluster.admin_url("postgres"))
    with engine.connect() as connection:
        found = list(connection.scalars(text(DATABASES), {"name": office.name}).all())
    engine.dispose()
    return found


def named(office: Office, name: str = "") -> str:
    """The office's name, or a new one."""
    engine = create_engine(office.url("owner"))
    with engine.begin() as connection:
        if name:
            connection.execute(text("UPDATE platform.office SET name = :name"), {"name": name})
        found = str(connection.scalar(text(NAME)))
    engine.dispose()
    return found


def killed_at(binaries: Path, folder: Path, tool: str, *arguments: str | Path) -> None:
    """Run a command whose `tool` of PostgreSQL comes to no end, and kill it there."""
    programs, mark = folder / f"stalled-{tool}", folder / f"reached-{tool}"
    programs.mkdir()
    for program in binaries.iterdir():
        if program.name != tool:
            (programs / program.name).symlink_to(program)
    (programs / tool).write_text(STALLED.format(mark=mark))
    (programs / tool).chmod(0o755)
    with patch.dict(os.environ, PLATZLOTSE_POSTGRES_BIN=str(programs)):
        running = Forked("main", *map(str, arguments), heard=True)
    until = time.monotonic() + PATIENCE
    while not mark.exists() and running.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    running.kill()
    _, words = running.communicate(PATIENCE)
    assert mark.exists(), words
    assert running.returncode == -signal.SIGKILL


def test_a_backup_killed_while_it_is_written_leaves_none(office: Office, profile: Path, tmp_path: Path) -> None:
    """Half a file is no backup; the next one clears it away and is whole."""
    killed_at(office.cluster.programs, tmp_path, "pg_dump", "--profile", profile, "backup")
    folder = profile / "backups"
    assert [path.suffix for path in folder.iterdir()] == [".unfertig"]
    made = answer("--profile", profile, "backup")
    assert [str(path) for path in folder.iterdir()] == [made["file"]]
    assert databases(office) == [office.name]


@pytest.mark.soak
def test_a_backup_killed_while_it_is_verified_is_there(office: Office, profile: Path, tmp_path: Path) -> None:
    """It is whole and counts as unverified; the cluster left behind is stopped and cleared by the next."""
    killed_at(own_binaries().folder, tmp_path, "pg_restore", "--profile", profile, "backup")
    (left,) = backups_in(profile / "backups")
    (scratch,) = (profile / "backup-scratch").iterdir()
    assert EmbeddedPostgres(scratch, lasting=False).is_running()
    answer("--profile", profile, "backup")
    assert list((profile / "backup-scratch").iterdir()) == []
    assert left.path.exists()
    assert databases(office) == [office.name]


@pytest.mark.parametrize("tool", [pytest.param("pg_dump", marks=pytest.mark.soak), "pg_restore"])
def test_a_restore_killed_on_its_way_changes_nothing(office: Office, profile: Path, tmp_path: Path, tool: str) -> None:
    """While the safety copy is written, or while the backup is read in: all is as it was, and the next one does it."""
    named(office, "Alt")
    made = answer("--profile", profile, "backup")
    named(office, "Neu")
    killed_at(office.cluster.programs, tmp_path, tool, "--profile", profile, "restore", "--at", made["file"])
    assert named(office) == "Neu"
    for left in databases(office)[1:]:
        assert answer("--profile", profile, "restore", "--drop", left, "--yes") == {"dropped": left}
    done = answer("--profile", profile, "restore", "--at", made["file"])
    assert named(office) == "Alt"
    assert databases(office) == [office.name, done["kept"]]


def refused(target: Target, made: Path, key: PrivateKey) -> str:
    """The sentence with which a restore is refused."""
    with pytest.raises(PlatzlotseError) as why:
        restore(target, made, [key], safety=[bytes(key.public_key)], folder=made.parent, now=NOW)
    return describe(why.value)


def test_a_backup_that_is_cut_or_closed_restores_nothing(office: Office, tmp_path: Path) -> None:
    """Cut short, flipped, of another machine, no backup at all: each is said, and all is as it was."""
    key = PrivateKey.generate()
    made = make_backup(office.url("owner"), tmp_path, [bytes(key.public_key)], kind=Kind.MANUAL, now=NOW).path
    named(office, "Neu")
    target = server_target(office.url("owner"))
    content = made.read_bytes()
    middle = len(content) // 2
    for damaged, words in (
        (content[:-500], "abgeschnitten"),
        (content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :], "beschädigt"),
        (b"Guten Tag", "keine Sicherung"),
    ):
        made.write_bytes(damaged)
        assert words in refused(target, made, key)
    made.write_bytes(content)
    assert "öffnet die Sicherung nicht" in refused(target, made, PrivateKey.generate())
    assert (named(office), databases(office)) == ("Neu", [office.name])

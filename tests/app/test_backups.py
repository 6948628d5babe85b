"""A seat is backed up and brought back, by the commands of main.py and a real embedded server."""

import os
import resource
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from sqlalchemy import create_engine, text

from app.backups.keys import machine_key
from app.backups.making import make_backup, read_manifest, verify
from app.embedded_postgres import EmbeddedPostgres
from app.paths import Profile
from app.seat import DATABASE
from domain.backups.files import Kind
from domain.errors import Invalid, Unavailable
from tests.app.command_line import answer, called, platzlotse
from tests.conftest import Office

NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
NAME = "SELECT name FROM platform.office"
ASIDE = "SELECT string_agg(name, ' ') FROM platform.databases_set_aside()"


def of_seat(profile: Path, statement: str) -> str:
    """One value, as the owner."""
    with EmbeddedPostgres(profile / "postgres") as server:
        engine = create_engine(server.url(database=DATABASE))
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            found = str(result.scalar()) if result.returns_rows else ""
        engine.dispose()
    return found


@pytest.fixture
def profile(home: Path) -> Path:
    """A folder of a seat, short enough for a socket, with an office in it."""
    answer("--profile", home.parent, "migrate")
    of_seat(home.parent, "UPDATE platform.office SET name = 'Alt'")
    return home.parent


def test_a_seat_comes_back_as_it_was(profile: Path) -> None:
    """Backup, change, restore: the old content is there, the change lies in a safety copy; an open seat refuses."""
    key = answer("--profile", profile, "backup", "--new-key")["key"]
    made = answer("--profile", profile, "backup")
    assert (made["verified"], made["recovery_key"]) == (True, True)
    of_seat(profile, "UPDATE platform.office SET name = 'Neu'")
    with EmbeddedPostgres(profile / "postgres"):
        refused = platzlotse("--profile", profile, "restore", "--at", made["file"])
    assert (refused.returncode, "noch geöffnet" in refused.stderr) == (1, True)
    assert of_seat(profile, NAME) == "Neu"
    done = answer("--profile", profile, "restore", "--at", made["file"])
    assert of_seat(profile, NAME) == "Alt"
    assert len(answer("--profile", profile, "restore", "--list")["backups"]) == 2
    dropped = ("--profile", profile, "restore", "--drop", done["kept"])
    refused = called(*dropped)
    assert (refused.returncode, "nichts entfernt" in refused.stderr) == (1, True)
    assert of_seat(profile, ASIDE) == done["kept"]
    with EmbeddedPostgres(profile / "postgres"):  # whoever works there is not disturbed
        assert answer(*dropped, "--yes") == {"dropped": done["kept"]}
    assert of_seat(profile, ASIDE) == "None"
    refused = called("--profile", profile, "restore", "--drop", "platzlotse", "--yes")
    assert (refused.returncode, "gibt es nicht" in refused.stderr) == (1, True)
    assert of_seat(profile, NAME) == "Alt"
    # on paper's key alone, as on another machine
    (profile / "backup.key").unlink()
    refused = called("--profile", profile, "restore", "--at", done["safety_copy"])
    assert (refused.returncode, "PLATZLOTSE_RECOVERY_KEY" in refused.stderr) == (1, True)
    os.environ["PLATZLOTSE_RECOVERY_KEY"] = key
    try:
        answer("--profile", profile, "restore", "--at", done["safety_copy"])
    finally:
        del os.environ["PLATZLOTSE_RECOVERY_KEY"]
    assert of_seat(profile, NAME) == "Neu"


def test_a_backup_that_is_no_longer_whole_is_not_verified(office: Office, home: Path) -> None:
    """Cut, flipped or opened by another key it is refused, and nothing of a trial stays."""
    profile = Profile(home.parent)
    key = machine_key(profile)
    made = make_backup(office.url("owner"), home.parent, [bytes(key.public_key)], kind=Kind.MANUAL, now=NOW)
    scratch = home.parent / "scratch"
    assert verify(made.path, [key], scratch, now=NOW) == made.manifest
    with pytest.raises(Invalid, match=r"backup\.wrong_key"):
        verify(made.path, [PrivateKey.generate()], scratch, now=NOW)
    content = made.path.read_bytes()
    made.path.write_bytes(content[:-1000])
    with pytest.raises((Invalid, Unavailable), match=r"backup\.truncated"):
        verify(made.path, [key], scratch, now=NOW)
    assert list(scratch.iterdir()) == []


def test_a_dump_may_take_longer_than_the_server_waits(office: Office, tmp_path: Path) -> None:
    """An office's server ends whoever holds a transaction and does nothing; a long dump is not such a one."""
    key = PrivateKey.generate()
    owner = create_engine(office.url("owner"), isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{office.name}" SET idle_in_transaction_session_timeout = 2000'))
    owner.dispose()
    pauses = iter((2.5,))

    def slow() -> bool:
        time.sleep(next(pauses, 0))
        return False

    url = office.url("owner")
    made = make_backup(url, tmp_path, [bytes(key.public_key)], kind=Kind.MANUAL, now=NOW, halted=slow)
    assert read_manifest(made.path, [key]) == made.manifest


def test_a_full_disk_leaves_no_half_backup(office: Office, tmp_path: Path) -> None:
    """The sentence says so, and the folder is as it was."""
    key = PrivateKey.generate()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(Unavailable, match=r"backup\.disk_full"):
            make_backup(office.url("owner"), tmp_path, [bytes(key.public_key)], kind=Kind.MANUAL, now=NOW)
    finally:
        with suppress(ValueError):
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []

"""Which backup a time means, and what is said where none lies."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.commands.restore import chosen
from domain.backups.files import Kind, file_name
from domain.errors import Invalid, NotFound
from tests.app.command_line import called
from ui import formats


def lies(folder: Path, *moment: int) -> Path:
    """A backup of that moment, in UTC."""
    path = folder / file_name(Kind.HOURLY, datetime(*moment, tzinfo=UTC))  # type: ignore[misc,arg-type] # numbers only
    path.write_bytes(b"")
    return path


def test_a_listed_time_means_the_backup_it_is_listed_with(tmp_path: Path) -> None:
    """The list shows minutes; what was made forty-five seconds into one is meant by it, and not the hour before."""
    before, there = lies(tmp_path, 2026, 11, 29, 12, 30, 12), lies(tmp_path, 2026, 11, 29, 13, 30, 45)
    assert chosen("29.11.2026 14:30", tmp_path) == there
    assert chosen("29.11.2026 14:29", tmp_path) == before
    as_listed = formats.moment(datetime(2026, 11, 29, 13, 30, tzinfo=UTC))
    assert chosen(as_listed, tmp_path) == there
    assert chosen(before.name, tmp_path) == before
    with pytest.raises(NotFound, match="no_such"):
        chosen("29.11.2026 13:29", tmp_path)
    with pytest.raises(Invalid, match="moment"):
        chosen("gestern", tmp_path)


def test_another_offices_backup_beside_is_passed_over(tmp_path: Path) -> None:
    """A time means the newest that opens; where none does, the newest, for whose key one is asked."""
    own, theirs = lies(tmp_path, 2026, 11, 29, 12, 30, 0), lies(tmp_path, 2026, 11, 29, 13, 0, 0)
    assert chosen("29.11.2026 14:30", tmp_path, opens=lambda path: path == own) == own
    assert chosen("29.11.2026 14:30", tmp_path, opens=lambda _: False) == theirs
    assert chosen(theirs.name, tmp_path, opens=lambda path: path == own) == theirs


def test_of_an_hour_that_comes_twice_the_second_is_meant(tmp_path: Path) -> None:
    """On the night of the change 02:30 is listed twice; nothing of the later one is lost."""
    lies(tmp_path, 2026, 10, 25, 0, 30, 0)
    later = lies(tmp_path, 2026, 10, 25, 1, 30, 0)
    assert formats.moment(datetime(2026, 10, 25, 1, 30, tzinfo=UTC)) == "25.10.2026, 02:30"
    assert chosen("25.10.2026 02:30", tmp_path) == later


def test_a_folder_without_backups_or_a_seat_says_so(tmp_path: Path) -> None:
    """With the folder that was looked at, since an office may keep them elsewhere."""
    said = called("--profile", tmp_path, "restore", "--list", "--folder", tmp_path)
    assert (said.returncode, str(tmp_path) in said.stdout, "--folder" in said.stdout) == (0, True, True)
    refused = called("--profile", tmp_path, "backup")
    assert (refused.returncode, f"In {tmp_path} ist noch kein" in refused.stderr) == (1, True)
    assert "nichts zu sichern" in refused.stderr

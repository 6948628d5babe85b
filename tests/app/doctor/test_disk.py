"""The disk below the profile, by what the systems' own tools say."""

import json
from collections import namedtuple
from pathlib import Path

import pytest

from app.doctor import disk
from app.doctor.disk import Seen, layers, look, mounted
from domain.health.models import State

MOUNTS = """22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:25 / /daten rw - ext4 /dev/mapper/daten rw
31 22 0:26 / /daten/jana/Geteilte\\040Akten rw - nfs4 server:/akten rw
32 22 0:27 / /run rw - tmpfs tmpfs rw
"""
Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - the shape shutil gives


def device(kind: str, *children: dict[str, object]) -> dict[str, object]:
    """One line of lsblk."""
    return {"name": kind, "type": kind, "children": list(children)}


def test_one_encrypted_layer_below_is_enough() -> None:
    """LVM on LUKS on a partition; and the same without."""
    sealed = device("lvm", device("crypt", device("part", device("disk"))))
    assert layers(json.dumps({"blockdevices": [sealed]})) is Seen.ENCRYPTED
    assert layers(json.dumps({"blockdevices": [device("part", device("disk"))]})) is Seen.OPEN


@pytest.mark.parametrize(
    ("folder", "source"),
    [
        ("/srv/akten", "/dev/vda"),
        ("/daten/jana", "/dev/mapper/daten"),
        ("/datenbank", "/dev/vda"),
        ("/daten/jana/Geteilte Akten/2026", "server:/akten"),
        ("/run/x", "tmpfs"),
    ],
)
def test_the_nearest_mount_above_counts(folder: str, source: str) -> None:
    """By whole names, blanks included."""
    assert mounted(Path(folder), MOUNTS)[1] == source


@pytest.mark.parametrize(
    ("platform", "answer", "seen"),
    [
        ("win32", (0, ""), Seen.ENCRYPTED),
        ("win32", (1, ""), Seen.OPEN),
        ("win32", (-2147024891, ""), Seen.UNKNOWN),
        ("darwin", (0, "FileVault is On.\n"), Seen.ENCRYPTED),
        ("darwin", (0, "FileVault is Off.\n"), Seen.OPEN),
        ("darwin", (1, ""), Seen.UNKNOWN),
    ],
)
def test_what_cannot_be_seen_is_not_called_sound(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, answer: tuple[int, str], seen: Seen
) -> None:
    """BitLocker by its exit code (asking wants an administrator), FileVault by its word."""
    monkeypatch.setattr(disk, "_said", lambda *_: answer)
    assert look(tmp_path, platform) is seen
    monkeypatch.setattr(disk, "look", lambda _: seen)
    assert disk.encryption(tmp_path).state is (State.OK if seen is Seen.ENCRYPTED else State.WARN)


def test_a_missing_tool_is_unknown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No error, no guess."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert look(tmp_path, "darwin") is Seen.UNKNOWN


@pytest.mark.parametrize(("free", "state"), [(50e9, State.OK), (2e9, State.WARN), (5e8, State.FAIL)])
def test_room_is_told_before_it_is_gone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: float, state: State
) -> None:
    """Five gigabytes want a look, one must be mended."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(1e12, 0, free))
    assert disk.room(tmp_path).state is state

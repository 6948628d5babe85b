"""The disk below the profile: whether there is room, and whether it is encrypted, as far as the system tells."""

import json
import os
import shutil
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

from domain.health.models import Finding, fail, ok, warn

LITTLE, TOO_LITTLE = 5_000_000_000, 1_000_000_000  # bytes
ENCRYPTED_FILES = frozenset({"ecryptfs", "fuse.gocryptfs", "fuse.cryfs", "fuse.encfs", "fuse.veracrypt"})
SECONDS = 10
NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)


class Seen(StrEnum):
    """What the system says of the disk."""

    ENCRYPTED = "encryption"
    OPEN = "encryption.off"
    UNKNOWN = "encryption.unknown"


def room(folder: Path) -> Finding:
    """Whether there is room for what comes."""
    free = shutil.disk_usage(folder).free
    said = round(free / 1e9, 1)
    if free < TOO_LITTLE:
        return fail("disk", "disk.full", free=said)
    return warn("disk", "disk.little", free=said) if free < LITTLE else ok("disk", "disk", free=said)


def encryption(folder: Path) -> Finding:
    """Whether a stolen disk tells anything; what cannot be seen is said to be unseen."""
    seen = look(folder)
    return (ok if seen is Seen.ENCRYPTED else warn)("encryption", seen.value)


def look(folder: Path, platform: str = sys.platform) -> Seen:
    """Ask the system's own tool; none of them changes anything."""
    try:
        if platform == "win32":
            return _bitlocker(folder)
        if platform == "darwin":
            return _filevault(_said("fdesetup", "status")[1])
        return _linux(folder)
    except (OSError, ValueError, subprocess.SubprocessError):
        return Seen.UNKNOWN


def _bitlocker(folder: Path) -> Seen:
    """Its exit code alone speaks no language: 0 protected, 1 not; anything else is that one may not ask."""
    code, _ = _said("manage-bde", "-status", folder.absolute().drive, "-protectionaserrorlevel")
    return {0: Seen.ENCRYPTED, 1: Seen.OPEN}.get(code, Seen.UNKNOWN)


def _filevault(said: str) -> Seen:
    if "FileVault is On" in said:
        return Seen.ENCRYPTED
    return Seen.OPEN if "FileVault is Off" in said else Seen.UNKNOWN


def _linux(folder: Path) -> Seen:
    kind, source = mounted(folder, Path("/proc/self/mountinfo").read_text("utf-8"))
    if kind in ENCRYPTED_FILES:
        return Seen.ENCRYPTED
    if not source.startswith("/dev/"):
        return Seen.UNKNOWN  # of a container, a network or a pool: what lies below is not to be seen
    code, said = _said("lsblk", "--json", "--inverse", "--output", "NAME,TYPE", source)
    return Seen.UNKNOWN if code else layers(said)


def layers(said: str) -> Seen:
    """What lsblk says of a device and everything below it; one encrypted layer is enough."""
    devices = json.loads(said)["blockdevices"]
    kinds = set()
    while devices:
        device = devices.pop()
        kinds.add(device["type"])
        devices += device.get("children", [])
    return Seen.ENCRYPTED if "crypt" in kinds else Seen.OPEN


def mounted(folder: Path, mounts: str) -> tuple[str, str]:
    """Kind and source of the file system a folder lies on: the longest mount point above it."""
    here = os.fsencode(folder.resolve())
    best, found = -1, ("", "")
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        point = before.split()[4].encode().decode("unicode_escape").encode("latin-1")
        if (here + b"/").startswith(point.rstrip(b"/") + b"/") and len(point) >= best:
            kind, source, *_ = after.split()
            best, found = len(point), (kind, source)
    return found


def _said(*command: str) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603 - the system's own tools with constant arguments
        command,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        stdin=subprocess.DEVNULL,
        creationflags=NO_WINDOW,
        env={**os.environ, "LC_ALL": "C"},
    )
    return done.returncode, done.stdout

"""Whose keys open a seat's backups: this machine's, a private file, and the one on paper, whose public half is kept."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from pathlib import Path

from nacl.public import PrivateKey

from app.paths import Profile
from app.private_files import write_private
from domain.backups.recovery_key import new_recovery_key, written
from domain.errors import Unavailable


def machine_key(profile: Profile) -> PrivateKey:
    """The machine's key, made when it is first needed; with it backups are verified without the paper."""
    path = profile.home / "backup.key"
    if not path.exists():
        write_private(path, b64encode(bytes(PrivateKey.generate())).decode("ascii"))
    return PrivateKey(_read(path))


def public_keys(profile: Profile) -> list[bytes]:
    """To whom a new backup is sealed; the paper's key is missing until one was made."""
    paper = profile.home / "recovery.pub"
    return [bytes(machine_key(profile).public_key), *([_read(paper)] if paper.exists() else [])]


def make_recovery_key(profile: Profile) -> str:
    """A new key for paper. Later backups open by it; the older ones still by the one before."""
    key = new_recovery_key()
    write_private(profile.home / "recovery.pub", b64encode(bytes(key.public_key)).decode("ascii"))
    return written(key)


def _read(path: Path) -> bytes:
    try:
        raw = b64decode(path.read_text("ascii").strip(), validate=True)
    except (OSError, ValueError, NotBase64) as exc:
        raise Unavailable("backup.key_unreadable", path=str(path)) from exc
    if len(raw) != 32:
        raise Unavailable("backup.key_unreadable", path=str(path))
    return raw

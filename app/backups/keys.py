"""Whose keys open an office's backups: that of the machine that makes them, a private file, and the one on paper.

Of the one on paper the office's settings hold the public half.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64

from nacl.public import PrivateKey

from app.paths import Profile
from app.private_files import write_private
from domain.errors import Unavailable


def machine_key(profile: Profile) -> PrivateKey:
    """The machine's key, made when it is first needed; with it backups are verified without the paper."""
    path = profile.home / "backup.key"
    if not path.exists():
        write_private(path, b64encode(bytes(PrivateKey.generate())).decode("ascii"))
    try:
        raw = b64decode(path.read_text("ascii").strip(), validate=True)
    except (OSError, ValueError, NotBase64) as exc:
        raise Unavailable("backup.key_unreadable", path=str(path)) from exc
    if len(raw) != PrivateKey.SIZE:
        raise Unavailable("backup.key_unreadable", path=str(path))
    return PrivateKey(raw)


def public_keys(profile: Profile, paper: bytes | None) -> list[bytes]:
    """To whom a new backup is sealed; the paper's key is missing until one was made."""
    return [bytes(machine_key(profile).public_key), *([paper] if paper else [])]

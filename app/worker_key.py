"""The worker's own key: a file for this user only, made at its first run; a service may name another place."""

import os
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from pathlib import Path

from nacl.public import PrivateKey

from app.private_files import write_private
from domain.errors import Unavailable


def worker_key(path: Path) -> PrivateKey:
    """The key in a file; a new one where there is none. Raises Unavailable for a file that is no key.

    With another key than before, passwords of mail accounts have to be entered again.
    """
    path = Path(os.environ.get("PLATZLOTSE_WORKER_KEY", path))
    if not path.exists():
        key = PrivateKey.generate()
        write_private(path, b64encode(bytes(key)).decode("ascii"))
        return key
    try:
        return PrivateKey(b64decode(path.read_text("ascii").strip(), validate=True))
    except (OSError, ValueError, NotBase64) as exc:
        raise Unavailable("worker_key.unreadable", path=str(path)) from exc

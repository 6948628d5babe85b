"""The key to the drafts on this machine: in the keyring, else wrapped by a passphrase asked for each session."""

import hashlib
import json
import secrets
import threading
from contextlib import AbstractContextManager
from pathlib import Path

from fasteners import InterProcessLock
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from app.paths import Profile
from app.private_files import write_private
from app.secrets import has_keyring, recall, remember
from domain.communication.drafts.schema import KEY_BYTES
from domain.communication.drafts.store import DraftStore
from domain.errors import Invalid, Unavailable

SHORTEST = 12  # letters of a passphrase
# scrypt at the cost OWASP's password storage sheet names first: 128 MiB, below a second
COST = {"n": 2**17, "r": 8, "p": 1}
MEMORY = 256 * 1024 * 1024


class DraftVault:
    """Opens the store of a profile once and keeps it open; safe to be asked from several threads."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._store: DraftStore | None = None
        self._lock = threading.Lock()

    @property
    def opened(self) -> DraftStore | None:
        """The store, once it is open."""
        return self._store

    def open_by_keyring(self) -> DraftStore | None:
        """Open by the keyring's key, made now for a new store; None where a passphrase is needed.

        Raises Invalid (``drafts.key_wrong``) when the keyring's key does not fit the store.
        """
        with self._lock:
            if self._store is not None:
                return self._store
            if self._profile.draft_key.exists() or not has_keyring():
                return None
            name = f"drafts:{self._profile.home}"
            with self._one_window():
                known = recall(name)
                if known is None:
                    self._refuse_another_key()
                    known = secrets.token_bytes(KEY_BYTES).hex()
                    if not remember(name, known):
                        return None
            return self._open(bytes.fromhex(known))

    def is_new(self) -> bool:
        """Whether a passphrase is yet to be chosen."""
        return not self._profile.draft_key.exists() and not self._profile.drafts.exists()

    def open_by_passphrase(self, passphrase: str) -> DraftStore:
        """Open by a passphrase.

        Raises Invalid: ``drafts.passphrase_short`` for a new one, ``drafts.passphrase``, and ``drafts.key_lost`` where
        the store was made with a keyring that is away.
        """
        with self._lock:
            if self._store is not None:
                return self._store
            path = self._profile.draft_key
            with self._one_window():
                if path.exists():
                    return self._open(_unwrap(path, passphrase))
                self._refuse_another_key()
                if len(passphrase) < SHORTEST:
                    raise Invalid("drafts.passphrase_short", field="passphrase", shortest=SHORTEST)
                key = secrets.token_bytes(KEY_BYTES)
                write_private(path, _wrapped(key, passphrase))
                return self._open(key)

    def close(self) -> None:
        """Close the store; the key is asked for again next time."""
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None

    def _one_window(self) -> AbstractContextManager[object]:
        """Two windows of one profile must not both make a key: one of them would lock the other's drafts away."""
        held: AbstractContextManager[object] = InterProcessLock(self._profile.drafts.with_suffix(".lock"))
        return held

    def _refuse_another_key(self) -> None:
        """A store that is there has a key already; a new one would never open it."""
        if self._profile.drafts.exists():
            raise Invalid("drafts.key_lost", path=str(self._profile.drafts))

    def _open(self, key: bytes) -> DraftStore:
        self._store = DraftStore(self._profile.drafts, key)
        self._profile.drafts.chmod(0o600)
        return self._store


def _wrapped(key: bytes, passphrase: str) -> str:
    salt = secrets.token_bytes(16)
    box = SecretBox(_stretched(passphrase, salt)).encrypt(key)
    return json.dumps({"salt": salt.hex(), "box": bytes(box).hex(), **COST})


def _unwrap(path: Path, passphrase: str) -> bytes:
    try:
        kept = json.loads(path.read_text("utf-8"))
        salt, box = bytes.fromhex(kept["salt"]), bytes.fromhex(kept["box"])
        cost = {name: int(kept[name]) for name in COST}
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise Unavailable("drafts.key_unreadable", path=str(path)) from exc
    try:
        return bytes(SecretBox(_stretched(passphrase, salt, cost)).decrypt(box))
    except CryptoError as exc:
        raise Invalid("drafts.passphrase", field="passphrase") from exc


def _stretched(passphrase: str, salt: bytes, cost: dict[str, int] | None = None) -> bytes:
    return hashlib.scrypt(passphrase.encode(), salt=salt, maxmem=MEMORY, dklen=SecretBox.KEY_SIZE, **(cost or COST))

"""Passwords: in the system's keyring, else asked for each session. Never in a plain file of ours.

Only real keyrings count: a back end that stores in the clear is worse than asking.
"""

import keyring
from keyring.backends import fail
from keyring.errors import KeyringError

SERVICE = "Platzlotse"
REAL_BACKENDS = frozenset(
    {
        "keyring.backends.SecretService",
        "keyring.backends.libsecret",
        "keyring.backends.kwallet",
        "keyring.backends.Windows",
        "keyring.backends.macOS",
    }
)


def has_keyring() -> bool:
    """Whether this seat has a keyring worth the name."""
    backend = keyring.get_keyring()
    chosen = getattr(backend, "backends", (backend,))
    return any(type(b).__module__ in REAL_BACKENDS for b in chosen if not isinstance(b, fail.Keyring))


def remember(name: str, secret: str) -> bool:
    """Keep a secret in the keyring; False where there is none (the caller then asks each session)."""
    if not has_keyring():
        return False
    try:
        keyring.set_password(SERVICE, name, secret)
    except KeyringError:
        return False
    return True


def recall(name: str) -> str | None:
    """A secret from the keyring, or None."""
    if not has_keyring():
        return None
    try:
        return keyring.get_password(SERVICE, name)
    except KeyringError:
        return None

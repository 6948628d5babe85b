"""The recovery key: the private half of a key pair, written so that it can be typed off paper without a slip.

Crockford's alphabet (no I, L, O, U), fourteen groups of four; the last carries a check over the others. The program
keeps the public half only.
"""

from hashlib import blake2b

from nacl.public import PrivateKey

from domain.errors import Invalid

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUP = 4
_KEY, _CHECK = 52, 4  # characters of five bits each; 256 bits take 52
_LOOKS_LIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_recovery_key() -> PrivateKey:
    """A key nobody had before."""
    return PrivateKey.generate()


def written(key: PrivateKey) -> str:
    """How it stands on paper: groups of four signs with a hyphen between them."""
    signs = _signs(int.from_bytes(bytes(key)), _KEY) + _check(bytes(key))
    return "-".join(signs[at : at + GROUP] for at in range(0, len(signs), GROUP))


def name_of(public: bytes) -> str:
    """By which a key is told from others, on paper and on the screen; it tells nothing of the key."""
    signs = _signs(int.from_bytes(blake2b(public, digest_size=5).digest()), 2 * GROUP)
    return f"{signs[:GROUP]}-{signs[GROUP:]}"


def read_recovery_key(typed: str) -> PrivateKey:
    """The key somebody typed, whatever stands between its signs. Raises Invalid (``backup.key_mistyped``)."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum()).translate(_LOOKS_LIKE)
    if len(signs) != _KEY + _CHECK or not set(signs) <= set(ALPHABET):
        raise Invalid("backup.key_mistyped", field="key")
    value = 0
    for sign in signs[:_KEY]:
        value = value * 32 + ALPHABET.index(sign)
    if value >> 256:
        raise Invalid("backup.key_mistyped", field="key")
    raw = value.to_bytes(32)
    if _check(raw) != signs[_KEY:]:
        raise Invalid("backup.key_mistyped", field="key")
    return PrivateKey(raw)


def _check(raw: bytes) -> str:
    return _signs(int.from_bytes(blake2b(raw, digest_size=4).digest()) & 0xFFFFF, _CHECK)


def _signs(value: int, count: int) -> str:
    return "".join(ALPHABET[(value >> (5 * at)) & 31] for at in reversed(range(count)))

"""Why a mail that came in shows no words: they are encrypted, or there are none. Told from what is kept of it."""

from collections.abc import Iterable
from typing import Literal

Hidden = Literal["pgp", "smime", "nothing"]
PGP_TYPES = frozenset({"application/pgp-encrypted"})
SMIME_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_ARMOUR = "-----BEGIN PGP MESSAGE-----"


def hidden_words(body_text: str, media_types: Iterable[str]) -> Hidden | None:
    """How the words of a mail are hidden; None where a person can read some. `media_types` are those of its files."""
    said = body_text.strip()
    types = set(media_types)
    if said.startswith(_ARMOUR) or (not said and types & PGP_TYPES):
        return "pgp"
    if said:
        return None
    return "smime" if types & SMIME_TYPES else "nothing"

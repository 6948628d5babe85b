"""How deep the brackets of a JSON file open, found while it streams by: the parser keeps a path for each level.

A path grows with the depth, so that a hundred thousand brackets (100 kB) would take gigabytes.
"""

from io import BytesIO
from itertools import accumulate
from typing import Protocol

# A directory's file opens five.
DEEPEST = 1000
_MEANS_NOTHING = bytes(set(range(256)) - set(b'"[]{}'))
_STEP = {ord(c): step for c, step in (("[", 1), ("{", 1), ("]", -1), ("}", -1))}


class Reads(Protocol):
    """A file of bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to that many bytes."""


class TooDeep(ValueError):
    """The brackets open deeper than DEEPEST."""


class Shallow:
    """A file as the JSON parser reads it, stopped when its brackets open too deep; those within texts do not count."""

    def __init__(self, file: Reads) -> None:
        self._file = file
        self._depth, self._in_text, self._held = 0, False, b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises TooDeep."""
        chunk = self._file.read(size)
        brackets = self._brackets(chunk)
        openings = brackets.count(b"[") + brackets.count(b"{")
        # counted one by one only where some order of them would be too deep
        if self._depth + openings > DEEPEST and self._deepest(brackets) > DEEPEST:
            raise TooDeep
        self._depth += 2 * openings - len(brackets)
        return chunk

    def _deepest(self, brackets: bytes) -> int:
        return max(accumulate(map(_STEP.__getitem__, brackets), initial=self._depth))

    def _brackets(self, chunk: bytes) -> bytes:
        """Those outside of texts, in their order; whole bytes are dropped at once, since files have 200 MB."""
        plain = (self._held + chunk).replace(rb"\\", b"")
        # a backslash at the end says something of the first byte to come
        self._held = b"\\" if plain.endswith(b"\\") else b""
        parts = plain.replace(rb"\"", b"").translate(None, _MEANS_NOTHING).split(b'"')
        outside = parts[1 if self._in_text else 0 :: 2]
        self._in_text ^= len(parts) % 2 == 0
        return b"".join(outside)


def check_depth(text: str) -> None:
    """The same for a text that is at hand as a whole. Raises TooDeep."""
    Shallow(BytesIO(text.encode(errors="surrogatepass"))).read()

"""Bytes from outside as text, by the charset they name: whatever that is, there is a text, and never an error."""

import codecs

LONGEST_NAME = 40


def decoded(body: bytes, charset: str) -> str:
    """The body as text; bytes of another charset become replacement characters, and so does NUL.

    A charset nobody writes pages in ("idna", "undefined", "unicode_escape") counts as none.
    """
    try:
        name = codecs.lookup(charset[:LONGEST_NAME]).name
        known = name.startswith(_PAGES)
    except (LookupError, ValueError):  # ValueError: UnicodeError among them
        known = False
    return body.decode(name if known else "utf-8", "replace").replace("\0", "\ufffd")


_PAGES = (
    "utf-8", "utf-16", "utf-32", "ascii", "iso8859", "latin", "cp", "mac", "koi8", "big5", "gb", "euc", "shift",
    "iso2022", "johab", "hz", "tis",
)  # fmt: skip

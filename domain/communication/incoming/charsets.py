"""Letters out of bytes: as the mail names them where a mail program writes so, else guessed.

Python knows more codecs than mail programs write: some run code points nobody may store (utf-7, unicode_escape), some
take hours (punycode). Only those on the list are believed.
"""

import codecs
import re

# as Python names them; what German and other mail programs write
_BELIEVED = frozenset(
    {
        "ascii", "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-32-be", "utf-32-le",
        *(f"iso8859-{number}" for number in range(1, 17)),
        *(f"cp{number}" for number in (437, 850, 852, 858, 866, 874, 932, 949, 950, *range(1250, 1259))),
        "koi8-r", "koi8-u", "mac-roman", "mac-latin2", "big5", "gb2312", "gbk", "gb18030", "euc_jp", "euc_kr",
        "iso2022_jp", "iso2022_kr", "shift_jis",
    }
)  # fmt: skip
# what German mail programs write when they name no charset, or a wrong one
_WRITTEN_IN = ["utf_8", "cp1252", "utf_16", "mac_roman"]
_GUESSED_FROM = 20_000  # bytes
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_LONE = re.compile("[\ud800-\udfff]")


def letters(content: bytes, charset: str) -> str:
    """The text in bytes that are said to be in a charset."""
    try:
        codec = codecs.lookup(charset or "utf-8").name
        if codec in _BELIEVED:
            return content.decode(codec)
    except (LookupError, ValueError):  # no such charset, a NUL in its name, other bytes than it says
        pass
    return _guessed(content)


def _guessed(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # heavy, and needed only for a mail that names no charset, or a wrong one
        from charset_normalizer import from_bytes

        best = from_bytes(content[:_GUESSED_FROM], cp_isolation=_WRITTEN_IN).best()
        return content.decode(best.encoding if best is not None else "cp1252", "replace")


def clean(text: str, instead: str = "") -> str:
    """Text without letters that steer a screen or that no database keeps; half a letter shows as one unknown."""
    return _LONE.sub("\ufffd", _CONTROL.sub(instead, text))

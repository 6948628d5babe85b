"""The head of a mail: short enough to be read in no time, in letters that can be kept.

The library's ways of taking a header apart need time by the square of its length, so a header is cut as it is read
from the source, before anything looks at it.
"""

import re
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32

from domain.communication.incoming.charsets import clean, letters

LONGEST_SOURCE = 4_000  # letters of a header looked at
LONGEST_MIME_SOURCE = 1_200  # of those that are taken apart many times, part by part
LONGEST = 2_000  # letters kept of a header
# whatever the library raises on what no mail program ever wrote
BROKEN = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,120}")


class CutHeaders(Compat32):
    """Reads mails as of old, but no header beyond a length, and bytes outside of ASCII as they came."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Name and value of a header in the source."""
        name, value = super().header_source_parse(sourcelines)
        longest = LONGEST_MIME_SOURCE if name.lower().startswith("content-") else LONGEST_SOURCE
        return name[:LONGEST_MIME_SOURCE], value[:longest]

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002
        """The value as it stands in the source."""
        return value


def header(message: Message, name: str) -> str:
    """A header in words; empty when there is none."""
    return words_of(str(message.get(name, "")))


def words_of(raw: str) -> str:
    """The words of a header value (RFC 2047), on one line."""
    plain = as_letters(raw)
    try:
        text = "".join(
            part if isinstance(part, str) else letters(part, charset) if charset else _unencoded(part)
            for part, charset in decode_header(plain)
        )
    except BROKEN:
        text = plain
    return " ".join(clean(text, " ").split())[:LONGEST]


def media_type(part: Message) -> str:
    """What a part says it is; anything that is no media type is bytes."""
    said = part.get_content_type()
    return said if _MEDIA_TYPE.fullmatch(said) else "application/octet-stream"


def file_name(part: Message) -> str:
    """The name of a file, without folders; empty when it has none."""
    try:
        name = words_of(part.get_filename() or "")
    except BROKEN:
        return ""
    return re.split(r"[\\/]", name)[-1].strip(". ")[:150]


def as_letters(raw: str) -> str:
    """Bytes outside of ASCII, which no header may have, read as what they mostly are."""
    try:
        return letters(raw.encode("utf-8", "surrogateescape"), "utf-8")
    except UnicodeEncodeError:
        return clean(raw)


def _unencoded(part: bytes) -> str:
    return part.decode("raw_unicode_escape", "replace")

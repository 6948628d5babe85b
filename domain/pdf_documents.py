"""PDF documents: refused where they plainly run something, open something or carry another file along.

No library reads them for this: it would have to take apart what a stranger made. Looked for are the names that every
such action must bear, in the file and in its packed groups of objects. What is encrypted stays unseen.
"""

import re
import zlib
from collections.abc import Iterator

from domain.errors import Invalid

_BEGIN = b"%PDF-"
_NAME_ENDS = rb"(?=[\s/<>\[\]()%]|$)"


def _names(*names: str) -> re.Pattern[bytes]:
    """Finds names however they are written: ``/J#61vaScript`` is one way."""
    spelled = ("".join(f"(?:{sign}|#(?i:{ord(sign):02x}))" for sign in name) for name in names)
    return re.compile(f"/(?:{'|'.join(spelled)})".encode() + _NAME_ENDS)


_RUNS = _names("JavaScript", "Launch", "ImportData", "SubmitForm", "RichMedia", "GoToE")
_CARRIES = _names("EmbeddedFile", "EmbeddedFiles")
_GROUP = _names("ObjStm")
_STREAM = re.compile(rb"endstream|stream\r?\n")
_HEAD = 400  # bytes before a stream in which its kind stands
_UNPACKED = 50_000_000  # bytes of all groups together


def check_pdf(name: str, content: bytes) -> None:
    """Let an ordinary PDF pass.

    Raises Invalid: ``file.content`` (no PDF from its first byte on), ``file.actions`` or ``file.embedded``.
    """
    if not content.startswith(_BEGIN):
        raise Invalid("file.content", name=name)
    for piece in (content, *_groups(content)):
        if _RUNS.search(piece):
            raise Invalid("file.actions", name=name)
        if _CARRIES.search(piece):
            raise Invalid("file.embedded", name=name)


def _groups(content: bytes) -> Iterator[bytes]:
    """The unpacked object streams, as far as they can be unpacked; each byte of the file is looked at once."""
    left, opened = _UNPACKED, 0
    bytes_of = memoryview(content)
    for found in _STREAM.finditer(content):
        if found.group() != b"endstream":
            opened = found.end() if _GROUP.search(_head(content, found.start())) else 0
        elif opened and left > 0:
            try:
                unpacked = zlib.decompressobj().decompress(bytes_of[opened : found.start()], left)
            except zlib.error:
                unpacked = b""
            opened, left = 0, left - len(unpacked)
            yield unpacked


def _head(content: bytes, end: int) -> bytes:
    """What stands of an object before its stream."""
    return content[max(0, end - _HEAD) : end].rpartition(b"endobj")[2]

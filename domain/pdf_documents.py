"""PDF documents: refused where they plainly run something, open something or carry another file along.

No library reads them for this: it would have to take apart what a stranger made. Looked for are the names that every
such action must bear, in the file and in its packed groups of objects. What is encrypted stays unseen.
"""

import re
import zlib
from collections.abc import Iterator

from domain.errors import Invalid

_BEGIN = b"%PDF-"
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAME_ENDS = rb"(?=[\s/<>\[\]()%]|$)"
_RUNS = re.compile(rb"/(?:JavaScript|Launch|ImportData|SubmitForm|RichMedia|GoToE)" + _NAME_ENDS)
_CARRIES = re.compile(rb"/EmbeddedFiles?" + _NAME_ENDS)
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_HEAD = 400  # bytes before a stream in which its kind stands
_UNPACKED = 50_000_000  # bytes of all groups together


def check_pdf(name: str, content: bytes) -> None:
    """Let an ordinary PDF pass.

    Raises Invalid: ``file.content`` (no PDF from its first byte on), ``file.actions`` or ``file.embedded``.
    """
    if not content.startswith(_BEGIN):
        raise Invalid("file.content", name=name)
    for piece in (content, *_groups(content)):
        plain = _unescaped(piece)
        if _RUNS.search(plain):
            raise Invalid("file.actions", name=name)
        if _CARRIES.search(plain):
            raise Invalid("file.embedded", name=name)


def _unescaped(piece: bytes) -> bytes:
    """With names as they are meant: ``/J#61vaScript`` is one way to write it."""
    return _ESCAPED.sub(lambda found: bytes([int(found.group(1), 16)]), piece)


def _groups(content: bytes) -> Iterator[bytes]:
    """The unpacked object streams, as far as they can be unpacked."""
    left = _UNPACKED
    bytes_of = memoryview(content)
    for found in _STREAM.finditer(content):
        head = _unescaped(content[max(0, found.start() - _HEAD) : found.start()])
        if b"/ObjStm" not in head.rpartition(b"endobj")[2] or left <= 0:
            continue
        try:
            unpacked = zlib.decompressobj().decompress(bytes_of[found.end() :], left)
        except zlib.error:
            continue
        left -= len(unpacked)
        yield unpacked

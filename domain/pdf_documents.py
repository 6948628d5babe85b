"""PDF documents: refused where they plainly run something, open something or carry another file along.

No library reads them for this: it would have to take apart what a stranger made. Looked for are the names that every
such action must bear, in the file and in its packed groups of objects. A group that cannot be looked into is refused,
unless the file is encrypted: that stays unseen.
"""

import re
import zlib
from collections.abc import Iterator

from domain.errors import Invalid

_BEGIN = b"%PDF-"
_NAME_ENDS = rb"(?=[\s\0/<>\[\](){}%]|$)"


def _names(*names: str) -> re.Pattern[bytes]:
    """Finds names however they are written: ``/J#61vaScript`` is one way."""
    spelled = ("".join(f"(?:{sign}|#(?i:{ord(sign):02x}))" for sign in name) for name in names)
    return re.compile(f"/(?:{'|'.join(spelled)})".encode() + _NAME_ENDS)


_RUNS = _names("JavaScript", "Launch", "ImportData", "SubmitForm", "RichMedia", "GoToE")
_CARRIES = _names("EmbeddedFile", "EmbeddedFiles")
_GROUP = _names("ObjStm")
_TOKEN = re.compile(rb"(?:end)?stream")
# how a group may be packed; a signature's or a lock's filter is none of a stream and may stand before one
_FILTER, _PARAMETERS = _names("Filter"), _names("DecodeParms", "DP")
_PLAIN = re.compile(
    rb"/Filter\s*(?:\[\s*/FlateDecode\s*\]|/(?:FlateDecode|Standard|Adobe\.[A-Za-z.]+|Entrust\.PPKEF)"
    + _NAME_ENDS
    + rb")"
)
_NUMBERS = re.compile(rb"\s*(?:\d+\s+\d+\s|\Z)")  # a group begins with the numbers of its objects
_LOCKED = re.compile(rb"/Encrypt\s+\d+\s+\d+\s+R\b")
_UNPACKED = 50_000_000  # bytes of all groups together
_BEGINNINGS = 8  # places where the bytes of one group might begin


class _UnseenError(Exception):
    """A group cannot be looked into."""


def check_pdf(name: str, content: bytes) -> None:
    """Let an ordinary PDF pass.

    Raises Invalid: ``file.content`` (no PDF from its first byte on), ``file.actions``, ``file.embedded`` or
    ``file.unseen`` (a group of objects that is packed as no ordinary program packs it, and not because it is locked).
    """
    if not content.startswith(_BEGIN):
        raise Invalid("file.content", name=name)
    _check_names(name, content)
    try:
        for piece in _groups(content):
            _check_names(name, piece)
    except _UnseenError as exc:
        if _LOCKED.search(content) is None:
            raise Invalid("file.unseen", name=name) from exc


def _check_names(name: str, piece: bytes) -> None:
    if _RUNS.search(piece):
        raise Invalid("file.actions", name=name)
    if _CARRIES.search(piece):
        raise Invalid("file.embedded", name=name)


def _groups(content: bytes) -> Iterator[bytes]:
    """The unpacked object streams; raises _UnseenError at the first that cannot be unpacked.

    The words "stream" and "endstream" may stand in comments and strings, too, put there to mislead: everything from one
    stream's end on counts as head of the next, and wherever a group might begin is tried. Each byte is searched once.
    """
    left = _UNPACKED
    head, searched, in_stream, grouped = 0, 0, False, False
    beginnings: list[int] = []
    for found in _TOKEN.finditer(content):
        if found.group() == b"stream":
            grouped = grouped or _GROUP.search(content, searched, found.start()) is not None
            in_stream, searched = True, found.end()
            if grouped:
                beginnings.append(found.end())
        elif in_stream:
            for piece in _unpacked(content, head, beginnings, found.start(), left):
                left -= len(piece)
                yield piece
            head = searched = found.end()
            in_stream, grouped, beginnings = False, False, []
    yield from _unpacked(content, head, beginnings, len(content), left)


def _unpacked(content: bytes, head: int, beginnings: list[int], end: int, left: int) -> list[bytes]:
    """What is in one group, wherever it begins; nothing of one that is not packed, which was looked at already."""
    if not beginnings:
        return []
    told = content[head : beginnings[-1]]
    filters = len(_FILTER.findall(told))
    if not filters:
        return []
    if filters != len(_PLAIN.findall(told)) or _PARAMETERS.search(told) or len(beginnings) > _BEGINNINGS:
        raise _UnseenError
    pieces, whole = [], False
    for begin in beginnings:
        unpacking = zlib.decompressobj()
        try:
            piece = unpacking.decompress(content[begin:end].lstrip(), left)
        except zlib.error:
            continue
        pieces.append(piece)
        left -= len(piece)
        whole = whole or (unpacking.eof and not unpacking.unused_data.strip() and _NUMBERS.match(piece) is not None)
        if left <= 0:
            raise _UnseenError
    if not whole:
        raise _UnseenError
    return pieces

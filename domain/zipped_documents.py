"""Documents that are ZIP packages (Word, Excel, OpenDocument): refused where a part could run or is fetched.

What a part is is told by its type and its relationships, not by its name: Word runs macros from a part of any name.
"""

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from domain.errors import Invalid

# the part that tells what a document is
MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "odt": "content.xml", "ods": "content.xml"}
_OFFICE = frozenset({"docx", "xlsx"})
_TYPES = "[Content_Types].xml"
_MACRO_NAMES = re.compile(r"vbaProject|(^|/)Basic/|(^|/)Scripts/|activeX", re.IGNORECASE)
_MACRO_TYPES = re.compile(r"macroEnabled|vbaProject|vbaData|wordVbaData|activeX|/control$|xlMacrosheet", re.IGNORECASE)
_EMBEDDED_NAMES = re.compile(r"(^|/)embeddings/|oleObject", re.IGNORECASE)
_EMBEDDED_TYPES = re.compile(r"oleObject|/package$|aFChunk", re.IGNORECASE)
# Word notes in each letter with which template it was begun; one on this machine is fetched from nowhere
_TEMPLATE = "/attachedTemplate"
_HERE = re.compile(r"(?:file://(?:localhost)?/)?(?:[A-Za-z]:[\\/])?[^:\\/][^:]*")
_SCRIPT = re.compile(rb"vnd\.sun\.star\.script:|<office:script[ >]|<script:event-listener\b")
# what a document may carry along and a system would run
_RUNS = (".exe", ".dll", ".scr", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".jar", ".lnk", ".msi", ".zip")
_BEGIN = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the old container of macros and objects
_PROGRAM = b"MZ"
_ENTRIES = 5_000  # more parts than any letter has
_READ_BYTES = 50_000_000  # unpacked, of all parts that are read
# what reading a damaged, encrypted or oddly packed document raises
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, ET.ParseError, ValueError, OSError, NotImplementedError,
    RuntimeError, EOFError, LookupError,
)  # fmt: skip


def check_zipped(name: str, ending: str, content: bytes) -> None:
    """Let an ordinary document pass.

    Raises Invalid: ``file.content`` (not such a document), ``file.hides`` (something before it or within that runs),
    ``file.macros``, ``file.embedded`` (another file within) or ``file.fetches`` (an object from elsewhere, a
    template of another machine).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            _check(parts, name, ending, begins=content.startswith(_BEGIN))
    except _DAMAGE as exc:
        raise Invalid("file.content", name=name) from exc


def _check(parts: zipfile.ZipFile, name: str, ending: str, *, begins: bool) -> None:
    infos = parts.infolist()
    names = [info.filename for info in infos]
    if MAIN_PARTS[ending] not in names or len(names) > _ENTRIES or len({n.lower() for n in names}) < len(names):
        raise Invalid("file.content", name=name)
    if not begins or min(info.header_offset for info in infos) > 0:
        raise Invalid("file.hides", name=name)
    if any(_MACRO_NAMES.search(part) for part in names):
        raise Invalid("file.macros", name=name)
    if any(_EMBEDDED_NAMES.search(part) for part in names):
        raise Invalid("file.embedded", name=name)
    _check_beginnings(parts, infos, name)
    read = [info for info in infos if info.filename.lower().endswith(".rels" if ending in _OFFICE else ".xml")]
    if sum(info.file_size for info in read) > _READ_BYTES:
        raise Invalid("file.content", name=name)
    if ending in _OFFICE:
        _check_office(parts, names, name)
    elif any(_SCRIPT.search(parts.read(info)) for info in read):
        raise Invalid("file.macros", name=name)


def _check_beginnings(parts: zipfile.ZipFile, infos: list[zipfile.ZipInfo], name: str) -> None:
    """By the first bytes of each part, whatever it is called."""
    for info in infos:
        with parts.open(info) as part:
            begin = part.read(len(_COMPOUND))
        if begin == _COMPOUND:
            raise Invalid("file.embedded", name=name)
        if begin.startswith(_PROGRAM) or info.filename.lower().endswith(_RUNS):
            raise Invalid("file.hides", name=name)


def _check_office(parts: zipfile.ZipFile, names: list[str], name: str) -> None:
    """By the declared types and by what the parts lead to; a link in the text may lead anywhere."""
    if _TYPES not in names or parts.getinfo(_TYPES).file_size > _READ_BYTES:
        raise Invalid("file.content", name=name)
    kinds = [kind for element in _elements(parts, _TYPES) if (kind := element.get("ContentType")) is not None]
    links = [
        link
        for part in names if part.lower().endswith(".rels")
        for link in _elements(parts, part) if link.get("Type") is not None
    ]  # fmt: skip
    kinds += [link.get("Type", "") for link in links]
    if any(_MACRO_TYPES.search(kind) for kind in kinds):
        raise Invalid("file.macros", name=name)
    if any(_EMBEDDED_TYPES.search(kind) for kind in kinds):
        raise Invalid("file.embedded", name=name)
    if any(link.get("TargetMode") == "External" and not _stays(link) for link in links):
        raise Invalid("file.fetches", name=name)


def _stays(link: ET.Element) -> bool:
    """Whether opening the document fetches nothing by a link that leads out of it."""
    kind = link.get("Type", "")
    return kind.endswith("/hyperlink") or (kind.endswith(_TEMPLATE) and _is_here(link.get("Target", "")))


def _is_here(target: str) -> bool:
    """Whether a template lies on this machine: a drive or a bare name, never a server, however it is written."""
    return _HERE.fullmatch(unquote(target.strip())) is not None


def _elements(parts: zipfile.ZipFile, part: str) -> Iterator[ET.Element]:
    text = parts.read(part)
    if b"<!" in text.replace(b"\0", b"").replace(b"<!--", b""):
        raise ValueError(part)  # no document declares entities there
    return ET.fromstring(text).iter()  # noqa: S314  # without a declaration there are no entities

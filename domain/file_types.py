"""Files that come into the office's data: which kinds, how large, and whether they are what their names say.

A file is never opened or run by the program; what could run somewhere else is refused at the door.
"""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass

import puremagic

from domain.errors import Invalid
from domain.pdf_documents import check_pdf
from domain.zipped_documents import MAIN_PARTS, check_zipped

FILE_BYTES = 25_000_000  # what mail servers usually take, and more than a scan needs
NAME_LENGTH = 120
# name of a kind's end: what it is sent as
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "txt": "text/plain",
    "csv": "text/csv",
}
_TEXT = frozenset({"txt", "csv"})
# signatures of archives that open from anywhere in a file: six bytes that no picture holds by chance
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that may be kept: its cleaned name and what it is."""

    name: str
    media_type: str


def checked_file(name: str, content: bytes) -> CheckedFile:
    """Name and kind of a file, by its content.

    Raises Invalid: ``file.empty``, ``file.too_large``, ``file.kind`` (not a kind that is taken), ``file.content`` (not
    what its name says), ``file.hides`` (two files in one), and what `check_zipped` and `check_pdf` refuse.
    """
    cleaned = clean_name(name)
    ending = cleaned.rpartition(".")[2].lower()
    if not content:
        raise Invalid("file.empty", name=cleaned)
    if len(content) > FILE_BYTES:
        raise Invalid("file.too_large", name=cleaned, limit=FILE_BYTES // 1_000_000)
    if ending not in MEDIA_TYPES or "." not in cleaned:
        raise Invalid("file.kind", name=cleaned)
    if ending in MAIN_PARTS:
        check_zipped(cleaned, ending, content)
    elif not (_is_text(content) if ending in _TEXT else _begins_as(ending, content)):
        raise Invalid("file.content", name=cleaned)
    elif zipfile.is_zipfile(io.BytesIO(content)) or any(sign in content for sign in _ARCHIVES):
        raise Invalid("file.hides", name=cleaned)
    if ending == "pdf":
        check_pdf(cleaned, content)
    return CheckedFile(cleaned, MEDIA_TYPES[ending])


def clean_name(name: str) -> str:
    """A name without folders, control characters and signs that some system does not take; its end is kept."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join("_" if sign in '<>:"|?*' or not sign.isprintable() else sign for sign in last).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if not dot:
        return kept[:NAME_LENGTH] or "Datei"
    return f"{(stem or 'Datei')[: NAME_LENGTH - len(ending[:10]) - 1]}.{ending[:10]}"


def _begins_as(ending: str, content: bytes) -> bool:
    """Whether the first bytes are those of the kind."""
    try:
        found = puremagic.magic_string(content[:4096])
    except (puremagic.PureError, ValueError):
        return False
    return MEDIA_TYPES[ending] in {match.mime_type for match in found}


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return not any(byte < 9 for byte in content)  # an older code page, with no control characters
    return True

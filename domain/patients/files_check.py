"""Which files may become papers of a patient: documents and pictures, and nothing that hides something else.

Mails take a few kinds more (`domain.file_types`); a paper is read by people, so tables and archives stay out.
"""

import io
import zipfile

from domain.errors import Invalid
from domain.file_types import CheckedFile, checked_file

ENDINGS = ("pdf", "jpg", "jpeg", "png", "tif", "tiff", "docx", "odt", "txt")
_ZIPPED = ("docx", "odt")
_ZIP = b"PK\x03\x04"
# signatures of archives that open from anywhere in a file: six bytes that no picture holds by chance
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
# what a document may carry along and a system would run
_RUNS = (".exe", ".dll", ".scr", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".jar", ".lnk", ".msi", ".zip", ".bin")


def checked_paper(name: str, content: bytes) -> CheckedFile:
    """The cleaned name and the kind of a paper, by its content.

    Raises Invalid as `checked_file` does, ``patient_file.kind`` for a kind that papers are not, and
    ``patient_file.hides`` where something else lies in it.
    """
    ending = name.rpartition(".")[2].strip(" .").lower()
    if ending not in ENDINGS:
        raise Invalid("patient_file.kind", name=_shown(name))
    checked = checked_file(name, content)
    if checked.name.rpartition(".")[2].lower() not in ENDINGS:
        raise Invalid("patient_file.kind", name=checked.name)
    if ending in _ZIPPED:
        hides = not content.startswith(_ZIP) or _carries_programs(content)
    else:
        hides = zipfile.is_zipfile(io.BytesIO(content)) or any(sign in content for sign in _ARCHIVES)
    if hides:
        raise Invalid("patient_file.hides", name=checked.name)
    return checked


def _carries_programs(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return any(part.lower().endswith(_RUNS) for part in parts.namelist())


def _shown(name: str) -> str:
    """A name as it may stand in a sentence."""
    return "".join(sign for sign in name if sign.isprintable())[-120:]

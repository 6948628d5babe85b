"""Which files may become papers of a patient: documents and pictures; and which kind of paper a name tells.

Mails take a few kinds more (`domain.file_types`); a paper is read by people, so tables and archives stay out.
"""

import re
import unicodedata

from domain.errors import Invalid
from domain.file_types import CheckedFile, checked_file

_CERTAIN = {
    "ptv11": re.compile(r"(?<![a-z0-9])ptv[ _\-.]?11(?![0-9])"),
    "consent": re.compile(r"einwilligung"),
    "referral": re.compile(r"ueberweisung|überweisung"),
    "certificate": re.compile(r"bescheinigung"),
}
# about such a paper, and perhaps none itself
_OPEN = re.compile(r"widerruf|muster|vorlage|leer|blanko|anleitung|merkblatt")
ENDINGS = ("pdf", "jpg", "jpeg", "png", "tif", "tiff", "docx", "odt", "txt")


def checked_paper(name: str, content: bytes) -> CheckedFile:
    """The cleaned name and the kind of a paper, by its content.

    Raises Invalid as `checked_file` does, and ``patient_file.kind`` for a kind that papers are not.
    """
    ending = name.rpartition(".")[2].strip(" .").lower()
    if ending not in ENDINGS:
        raise Invalid("patient_file.kind", name=_shown(name))
    checked = checked_file(name, content)
    if checked.name.rpartition(".")[2].lower() not in ENDINGS:
        raise Invalid("patient_file.kind", name=checked.name)
    return checked


def kind_by_name(name: str) -> str:
    """The kind a file's name tells for certain (a code of `FILE_KINDS`); empty where it tells none, or two."""
    words = unicodedata.normalize("NFC", name).casefold()
    found = [kind for kind, form in _CERTAIN.items() if form.search(words)]
    return found[0] if len(found) == 1 and not _OPEN.search(words) else ""


def _shown(name: str) -> str:
    """A name as it may stand in a sentence."""
    return "".join(sign for sign in name if sign.isprintable())[-120:]

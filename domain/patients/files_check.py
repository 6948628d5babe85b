"""Which files may become papers of a patient: documents and pictures.

Mails take a few kinds more (`domain.file_types`); a paper is read by people, so tables and archives stay out.
"""

from domain.errors import Invalid
from domain.file_types import CheckedFile, checked_file

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


def _shown(name: str) -> str:
    """A name as it may stand in a sentence."""
    return "".join(sign for sign in name if sign.isprintable())[-120:]

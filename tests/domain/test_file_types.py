"""Files at the door: what they say they are is what they hold, and nothing that runs comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.file_types import FILE_BYTES, MEDIA_TYPES, NAME_LENGTH, checked_file, clean_name
from tests.domain.patients.papers import docx, zipped

PDF = b"%PDF-1.7\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(20)
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(20)
TIFF = b"II*\0" + bytes(30)


DOCX = docx()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF), ("a.PDF", PDF), ("a.png", PNG), ("a.jpg", JPEG), ("a.jpeg", JPEG), ("a.tif", TIFF),
        ("a.docx", DOCX), ("a.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml")),
        ("a.odt", zipped("mimetype", "content.xml")), ("a.txt", "Grüße".encode()), ("a.txt", "Grüße".encode("cp1252")),
        ("a.csv", b"a;b\n"),
    ],
)  # fmt: skip
def test_documents_and_pictures_come_in(name: str, content: bytes) -> None:
    """By content, whatever the case of the name."""
    assert checked_file(name, content).media_type == MEDIA_TYPES[name.rpartition(".")[2].lower()]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "file.empty"), ("a.exe", b"MZ", "file.kind"), ("a", PDF, "file.kind"),
        ("a.docm", DOCX, "file.kind"),
        ("a.zip", zipped("x"), "file.kind"), ("a.html", b"<html>", "file.kind"), ("a.pdf.exe", PDF, "file.kind"),
        ("a.pdf", b"MZ" + bytes(99), "file.content"), ("a.png", PDF, "file.content"), ("a.docx", PDF, "file.content"),
        ("a.docx", zipped("x"), "file.content"), ("a.txt", b"MZ\0\1", "file.content"),
        ("a.docx", zipped("word/document.xml", "word/vbaProject.bin"), "file.macros"),
        ("a.odt", zipped("content.xml", "Basic/Standard/Module1.xml"), "file.macros"),
        ("a.docx", DOCX[:40], "file.content"), ("a.pdf", PDF + bytes(FILE_BYTES), "file.too_large"),
    ],
)  # fmt: skip
def test_everything_else_is_refused_with_its_reason(name: str, content: bytes, code: str) -> None:
    """Programs, macros, archives, damaged and mislabelled ones."""
    with pytest.raises(Invalid) as caught:
        checked_file(name, content)
    assert caught.value.code == code


@given(name=st.text(max_size=200), content=st.binary(max_size=200))
def test_any_file_is_taken_or_refused(name: str, content: bytes) -> None:
    """Never anything else; a name that is taken can be written anywhere."""
    try:
        file = checked_file(name, content)
    except Invalid:
        return
    assert file.name.rpartition(".")[2].lower() in MEDIA_TYPES


@given(st.text(max_size=300))
def test_a_cleaned_name_is_safe_on_every_system(name: str) -> None:
    """No folders, no control characters, not too long, cleaned once and for all."""
    cleaned = clean_name(name)
    assert 0 < len(cleaned) <= NAME_LENGTH
    assert not set(cleaned) & set('/\\<>:"|?*\0\n\r')
    assert cleaned == clean_name(cleaned)

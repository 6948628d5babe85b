"""Which files become papers: by content, name and size; whatever a name or a byte tries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.file_types import FILE_BYTES
from domain.patients.files_check import ENDINGS, checked_paper, kind_by_name
from tests.domain.patients.papers import EXE, docx, jpeg, pdf, png, zipped

GOOD = [
    ("PTV 11.pdf", pdf(), "application/pdf"),
    ("scan.PNG", png(), "image/png"),
    ("Foto.jpeg", jpeg(), "image/jpeg"),
    ("Brief.docx", docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("Brief.odt", zipped("mimetype", "content.xml"), "application/vnd.oasis.opendocument.text"),
    ("Notiz.txt", "Frau Şahin ruft zurück".encode(), "text/plain"),
]
BAD = [
    ("programm.exe", EXE, "patient_file.kind"),
    ("PTV11.pdf", EXE, "file.content"),
    ("scan.png", EXE, "file.content"),
    ("Brief.docx", EXE, "file.content"),
    ("Notiz.txt", EXE, "file.content"),
    ("PTV11.pdf.exe", pdf(), "patient_file.kind"),
    ("ohne Ende", pdf(), "patient_file.kind"),
    (".pdf.", pdf(), "patient_file.kind"),
    ("alles.zip", zipped("a.pdf"), "patient_file.kind"),
    ("Makro.docm", docx("word/vbaProject.bin"), "patient_file.kind"),
    ("Makro.docx", docx("word/vbaProject.bin"), "file.macros"),
    ("Makro.odt", zipped("content.xml", "Basic/Standard/Modul.xml"), "file.macros"),
    ("Anhang.docx", docx("word/embeddings/rechnung.exe"), "file.embedded"),
    ("selbst entpackend.docx", EXE + docx(), "file.hides"),
    ("beides.pdf", pdf() + zipped("programm.exe"), "file.hides"),
    ("beides.png", png() + zipped("programm.exe"), "file.hides"),
    ("beides.jpg", jpeg() + b"Rar!\x1a\x07\x00" + b"x" * 50, "file.hides"),
    ("Archiv.docx", zipped("a.txt"), "file.content"),
    ("Liste.xlsx", zipped("xl/workbook.xml"), "patient_file.kind"),
    ("leer.pdf", b"", "file.empty"),
    ("PTV11.pdf", b"%PDF-1.4" + b"\0" * FILE_BYTES, "file.too_large"),
]


@pytest.mark.parametrize(("name", "content", "media_type"), GOOD, ids=[name for name, *_ in GOOD])
def test_papers_are_taken(name: str, content: bytes, media_type: str) -> None:
    """Documents, pictures and text; the kind is the content's."""
    checked = checked_paper(name, content)
    assert (checked.name, checked.media_type) == (name, media_type)


@pytest.mark.parametrize(("name", "content", "code"), BAD)
def test_what_is_no_paper_is_refused(name: str, content: bytes, code: str) -> None:
    """Programs, archives, macros, and files that are two things at once."""
    with pytest.raises(Invalid) as refused:
        checked_paper(name, content)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("PTV 11.pdf", "ptv11"), ("ptv11_kuehn.PDF", "ptv11"), ("Scan PTV-11 (2).pdf", "ptv11"),
        ("Einwilligungserklärung.pdf", "consent"), ("Überweisung Hausarzt.jpg", "referral"),
        ("U\u0308berweisung.jpg", "referral"), ("Bescheinigung.png", "certificate"),
        ("scan0001.pdf", ""), ("PTV 12.pdf", ""), ("PTV 110.pdf", ""), ("Widerruf der Einwilligung.pdf", ""),
        ("PTV11 und Einwilligung.pdf", ""), ("Vorlage Einwilligung.docx", ""), ("Krankenkasse.pdf", ""),
    ],
)  # fmt: skip
def test_a_kind_is_read_from_a_name_only_when_it_is_certain(name: str, kind: str) -> None:
    """Two kinds in one name, or a form that is none yet, tell nothing."""
    assert kind_by_name(name) == kind


@given(st.text(max_size=300))
def test_no_name_leads_out_of_a_folder(name: str) -> None:
    """Whatever it is: short, one line, no folder, and the ending stays."""
    checked = checked_paper(f"{name}x.pdf", pdf())
    assert 0 < len(checked.name) <= 120
    assert checked.name.isprintable()
    assert not set('/\\:<>|"?*') & set(checked.name)
    assert checked.name.endswith(".pdf")
    assert checked.name.strip(". ") == checked.name


@given(st.binary(min_size=1, max_size=400), st.sampled_from(ENDINGS))
def test_any_bytes_are_taken_for_what_they_are_or_refused(content: bytes, ending: str) -> None:
    """No other error than the refusal; what is taken as a picture begins like one."""
    try:
        checked = checked_paper(f"x.{ending}", content)
    except Invalid:
        return
    begins = {"application/pdf": b"%PDF", "image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8"}
    assert content.startswith(begins.get(checked.media_type, b""))


@given(st.sampled_from([pdf(), png(), jpeg()]), st.sampled_from(["exe", "zip", "docm", "js", "html", "svg", "iso"]))
def test_another_ending_is_never_taken(content: bytes, ending: str) -> None:
    """However good the content."""
    with pytest.raises(Invalid, match="kind"):
        checked_paper(f"PTV11.{ending}", content)

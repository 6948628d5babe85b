"""What documents may not carry along: macros under any name, other files, what is fetched or runs, two files in one."""

import contextlib
import io
import time
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from reportlab.pdfgen.canvas import Canvas

from domain.errors import Invalid
from domain.file_types import checked_file
from domain.zipped_documents import MAIN_PARTS
from tests.domain.patients.papers import EXE, jpeg, png
from tests.examples import examples
from ui.errors import describe

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
TYPES = "[Content_Types].xml"
SETTINGS = "word/_rels/settings.xml.rels"
LINKS = "word/_rels/document.xml.rels"


def types(*more: tuple[str, str]) -> str:
    """The declaration of kinds, with further parts."""
    parts = [("/word/document.xml", f"{WORD}.document.main+xml"), *more]
    told = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in parts)
    return f'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{told}</Types>'


def links(kind: str, target: str, *, outside: bool = False) -> str:
    """What a part leads to."""
    mode = ' TargetMode="External"' if outside else ""
    link = f'<Relationship Id="r1" Type="{kind}" Target="{target}"{mode}/>'
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{link}</Relationships>'


def packed(parts: dict[str, str | bytes]) -> bytes:
    """A package of these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def letter(**more: str | bytes) -> bytes:
    """A document of a word processor; "/" and "." of further names are written as they are."""
    return packed({TYPES: types(), "word/document.xml": "<w/>", **more})


def drawn() -> bytes:
    """A PDF as a real program writes it."""
    made = io.BytesIO()
    canvas = Canvas(made)
    canvas.drawString(72, 720, "PTV 11")
    canvas.linkURL("https://praxis.example", (72, 700, 200, 720))
    canvas.save()
    return made.getvalue()


def pdf(*objects: bytes) -> bytes:
    """A PDF with further objects."""
    told = b"".join(b"%d 0 obj%sendobj\n" % (number, body) for number, body in enumerate(objects, start=5))
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n" + told + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def grouped(body: bytes) -> bytes:
    """The same in a packed group of objects."""
    unpacked = zlib.compress(b"9 0 " + body)
    return b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream " % (
        len(unpacked),
        unpacked,
    )


def refusal(name: str, content: bytes) -> str:
    """The code of the refusal, whose sentence names the file."""
    with pytest.raises(Invalid) as caught:
        checked_file(name, content)
    assert name in describe(caught.value)
    return caught.value.code


MACROS = types(("/word/anlage.bin", "application/vnd.ms-office.vbaProject"))
ENABLED = types().replace(f"{WORD}.document.main", "application/vnd.ms-word.document.macroEnabled.main")


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({TYPES: MACROS, "word/anlage.bin": b"x"}, "file.macros"),
        ({TYPES: ENABLED}, "file.macros"),
        ({LINKS: links(f"{MICROSOFT}/vbaProject", "anlage.dat")}, "file.macros"),
        ({TYPES: MACROS.replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16")}, "file.macros"),
        ({LINKS: links(f"{OFFICE}/control", "a.xml")}, "file.macros"),
        ({"word/embeddings/Tabelle.xlsx": b"x"}, "file.embedded"),
        ({"word/media/bild.png": COMPOUND}, "file.embedded"),
        ({LINKS: links(f"{OFFICE}/oleObject", "daten/a.dat")}, "file.embedded"),
        ({LINKS: links(f"{OFFICE}/package", "daten/a.dat")}, "file.embedded"),
        ({LINKS: links(f"{OFFICE}/aFChunk", "a.html")}, "file.embedded"),
        ({SETTINGS: links(f"{OFFICE}/attachedTemplate", "https://a.example/b.dotm", outside=True)}, "file.fetches"),
        ({LINKS: links(f"{OFFICE}/frame", "https://a.example/", outside=True)}, "file.fetches"),
        ({LINKS: links(f"{OFFICE}/image", "https://a.example/pixel.png", outside=True)}, "file.fetches"),
        ({"word/media/bild.png": EXE}, "file.hides"),
        ({"word/lies.js": "x"}, "file.hides"),
        ({TYPES: '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, "file.content"),
        ({TYPES: "kein XML"}, "file.content"),
        ({LINKS: b" " * 60_000_000}, "file.content"),
        ({"WORD/document.xml": "<w/>"}, "file.content"),
    ],
)  # fmt: skip
def test_a_letter_with_something_in_it_is_refused_with_its_reason(parts: dict[str, str | bytes], code: str) -> None:
    """By what its parts are declared and lead to, whatever they are called."""
    assert refusal("Brief.docx", letter(**parts)) == code


@pytest.mark.parametrize(
    "parts",
    [
        {LINKS: links(f"{OFFICE}/hyperlink", "https://praxis.example", outside=True)},
        {LINKS: links(f"{OFFICE}/image", "media/logo.png"), "word/media/logo.png": png()},
        {"docProps/core.xml": "<x/>", "word/styles.xml": "<x/>", "word/fontTable.xml": "<x/>"},
    ],
)
def test_an_ordinary_letter_is_taken(parts: dict[str, str | bytes]) -> None:
    """With its links and pictures."""
    assert checked_file("Brief.docx", letter(**parts)).name == "Brief.docx"


def test_a_table_of_a_real_program_is_taken() -> None:
    """As openpyxl writes it, with a link to a page."""
    made, book = io.BytesIO(), Workbook()
    assert book.active is not None
    book.active["A1"].hyperlink = "https://praxis.example"
    book.save(made)
    assert checked_file("Liste.xlsx", made.getvalue()).name == "Liste.xlsx"


def test_an_open_document_with_a_script_is_refused() -> None:
    """A macro that stands in its text needs no folder of its own."""
    event = '<script:event-listener xlink:href="vnd.sun.star.script:Standard.A.B?language=Basic"/>'
    assert refusal("Brief.odt", packed({"mimetype": "x", "content.xml": f"<x>{event}</x>"})) == "file.macros"
    assert checked_file("Brief.odt", packed({"mimetype": "x", "content.xml": "<x>Brief</x>"})).name == "Brief.odt"


@pytest.mark.parametrize("action", [b"JavaScript", b"Launch", b"J#61v#61Script", b"#4cau#6Ech", b"GoToE"])
@pytest.mark.parametrize("hidden", [False, True])
def test_a_pdf_that_does_something_is_refused(action: bytes, hidden: bool) -> None:
    """However the name is written, in the open or in a packed group."""
    body = b"<</S/%s/F(a)>>" % action
    assert refusal("Brief.pdf", pdf(grouped(body) if hidden else body)) == "file.actions"


@pytest.mark.parametrize("hidden", [False, True])
def test_a_pdf_that_carries_a_file_is_refused(hidden: bool) -> None:
    """With the reason of its own."""
    body = b"<</Type/EmbeddedFile/Length 0>>"
    assert refusal("Brief.pdf", pdf(grouped(body) if hidden else body)) == "file.embedded"


def test_a_pdf_made_to_keep_the_door_busy_is_looked_at_once() -> None:
    """Thousands of groups that are none, and one that unpacks to far more than it holds."""
    bomb = zlib.compress(bytes(60_000_000), 9)
    groups = b"<</Type/ObjStm>>stream\n" * 50_000 + b"<</Type/ObjStm>>stream\nxx endstream\n" * 20_000
    whole = pdf(groups, (b"<</Type/ObjStm>>stream\n" + bomb + b"\nendstream ") * 5)
    begin = time.perf_counter()
    assert checked_file("Brief.pdf", whole).name == "Brief.pdf"
    assert time.perf_counter() - begin < 20  # looked at again from each group it would be hours


def test_a_pdf_of_a_real_program_is_taken() -> None:
    """With a link to a page, which somebody has to click."""
    assert checked_file("PTV11.pdf", drawn()).name == "PTV11.pdf"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("Brief.pdf", b"\n" + drawn(), "file.content"),
        ("Brief.pdf", EXE + drawn(), "file.content"),
        ("Brief.pdf", drawn() + letter(), "file.hides"),
        ("Brief.docx", EXE + letter(), "file.hides"),
        ("Brief.docx", packed({"a.exe": EXE}) + letter(), "file.hides"),
        ("Bild.jpg", jpeg() + letter(), "file.hides"),
        ("Bild.png", png() + b"7z\xbc\xaf\x27\x1c" + bytes(20), "file.hides"),
    ],
)
def test_two_files_in_one_are_refused(name: str, content: bytes, code: str) -> None:
    """Each program would see another one in it."""
    assert refusal(name, content) == code


EVIL = b"9 0 <</S/JavaScript/JS(a)>>"
TAME = b"9 0 <</Type/Font>>"


def group(packed_: bytes, *, filters: bytes = b"/FlateDecode", more: bytes = b"", before: bytes = b"") -> bytes:
    """A packed group as a stranger may write it: with other filters, further keys, and what stands before its bytes."""
    head = b"<</Type/ObjStm/N 1/First 4/Filter%s/Length %d%s>>%s" % (filters, len(packed_), more, before)
    return head + b"stream\n" + packed_ + b"\nendstream "


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (group(zlib.compress(EVIL), before=b"%" + b"x" * 500 + b"\n"), "file.actions"),
        (group(zlib.compress(EVIL), before=b"% 8 0 obj endobj\n"), "file.actions"),
        (group(zlib.compress(EVIL), before=b"%endstream\n"), "file.actions"),
        (group(zlib.compress(EVIL), more=b"/X(stream\n)"), "file.actions"),
        (group(zlib.compress(EVIL), more=b"/X(stream\n" + zlib.compress(TAME) + b")"), "file.actions"),
        (group(zlib.compress(EVIL)).replace(b"stream\n", b"stream\r", 1), "file.actions"),
        (group(zlib.compress(EVIL)).replace(b"endstream", b""), "file.unseen"),
        (group(zlib.compress(EVIL).hex().encode(), filters=b"[/ASCIIHexDecode /FlateDecode]"), "file.unseen"),
        (group(zlib.compress(EVIL.hex().encode()), filters=b"[/FlateDecode/ASCIIHexDecode]"), "file.unseen"),
        (
            group(
                zlib.compress(EVIL.hex().encode()), filters=b"[/FlateDecode/AHx]%", more=b"\n/X(/Filter/FlateDecode)"
            ),
            "file.unseen",
        ),
        (group(zlib.compress(zlib.compress(EVIL)), filters=b" [ /FlateDecode /FlateDecode ]"), "file.unseen"),
        (group(zlib.compress(EVIL), more=b"/DecodeParms<</Predictor 12/Columns 1>>"), "file.unseen"),
        (group(zlib.compress(EVIL), filters=b"/LZWDecode"), "file.unseen"),
        (group(zlib.compress(TAME)[:-6]), "file.unseen"),
        (group(zlib.compress(b"9 0 " + b" " * 51_000_000 + EVIL)), "file.unseen"),
    ],
)
def test_a_group_that_hides_what_it_holds_is_refused(made: bytes, code: str) -> None:
    """Whatever stands before its bytes, however often it is packed, and however much it is."""
    assert refusal("Brief.pdf", pdf(made)) == code


@pytest.mark.parametrize(
    "made",
    [
        pdf(group(zlib.compress(TAME), filters=b" [ /FlateDecode ]", before=b"%" + b"x" * 500 + b"\n")),
        pdf(b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached>>", group(zlib.compress(TAME))),
        pdf(b"<</Type/ObjStm/N 1/First 4/Length 18>>stream\n" + TAME + b"\nendstream "),
        pdf(b"<</Length 44/Filter/ASCII85Decode>>stream\n(/ObjStm in Worten)\nendstream ", group(zlib.compress(TAME))),
        pdf(*(group(zlib.compress(TAME * 50)) for _ in range(40))),
        # locked: what is in it stays unseen
        pdf(group(b"\x8a\x01unlesbar")).replace(b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 3 0 R"),
    ],
)
def test_an_ordinary_pdf_is_taken(made: bytes) -> None:
    """With groups as programs pack them, a signature, or a lock."""
    assert checked_file("Brief.pdf", made).name == "Brief.pdf"


@pytest.mark.parametrize(
    "template",
    [
        r"file:///C:\Programme\Microsoft\Templates\Normal.dotm",
        "file:///C:/Vorlagen%20B/Briefkopf.dotx", r"D:\Vorlagen\Brief.dotm", "Normal.dotm",
        "file://localhost/Vorlagen/Normal.dotm",
    ],
)  # fmt: skip
def test_a_letter_begun_with_a_template_of_this_machine_is_taken(template: str) -> None:
    """Word notes it in every such letter."""
    content = letter(**{SETTINGS: links(f"{OFFICE}/attachedTemplate", template, outside=True)})
    assert checked_file("Brief.docx", content).name == "Brief.docx"


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        *(
            ("attachedTemplate", target)
            for target in (
                r"\\srv\frei\b.dotm", "//srv/b.dotm", "file://srv/b.dotm", "file:////srv/b.dotm", r"file:///\\srv\b.dotm",
                "ftp://a.example/b.dotm", "http://a.example/b.dotm", "%5c%5csrv%5cb.dotm", r"\\?\UNC\srv\b.dotm", "",
            )
        ),
        ("oleObject", r"C:\a.docx"), ("frame", "file:///C:/a.htm"), ("subDocument", "a.docx"),
    ],
)  # fmt: skip
def test_a_letter_that_fetches_from_elsewhere_is_refused(kind: str, target: str) -> None:
    """A template of another machine, however its name is written; anything else of outside even from this one."""
    content = letter(**{SETTINGS: links(f"{OFFICE}/{kind}", target, outside=True)})
    assert refusal("Brief.docx", content) == ("file.embedded" if kind == "oleObject" else "file.fetches")


@settings(max_examples=examples(37), deadline=None)
@given(st.sampled_from(["docx", "odt", "pdf"]), st.data())
def test_damaged_documents_are_taken_or_refused(ending: str, data: st.DataObject) -> None:
    """No other error, whichever byte is wrong."""
    whole = bytearray(
        drawn() if ending == "pdf"
        else letter(**{LINKS: links(f"{OFFICE}/hyperlink", "https://a.example", outside=True)}) if ending == "docx"
        else packed({"mimetype": "x", MAIN_PARTS["odt"]: "<x/>"})
    )  # fmt: skip
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Invalid):
        checked_file(f"x.{ending}", bytes(whole[: data.draw(st.integers(1, len(whole)))]))


@pytest.mark.parametrize("ending", ["docx", "xlsx", "odt", "ods"])
def test_a_locked_document_is_refused(ending: str) -> None:
    """Nobody knows what is in an encrypted package."""
    content = bytearray(packed({TYPES: types(), MAIN_PARTS[ending]: "<x/>"}))
    for at in (6, content.rfind(b"PK\x01\x02") + 8):
        content[at] |= 1
    content[content.find(b"PK\x01\x02") + 8] |= 1
    assert refusal(f"x.{ending}", bytes(content)) == "file.content"

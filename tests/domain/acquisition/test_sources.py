"""Pages of directories read by a description or by their shape; whatever they hold, it is data and never crashes."""

import contextlib
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.acquisition.plz_directory import record_of
from domain.acquisition.reading import FileKind, is_cut, recognise, records
from domain.acquisition.records import RowError, TherapistRecord
from domain.acquisition.source_content import Content, PageContent, page_content
from domain.acquisition.source_description import FIELDS, entries_of, read_description
from domain.acquisition.written_hours import written_hours
from domain.acquisition.written_mail import written_mails
from domain.errors import Invalid
from domain.values import WeekSpan

PAGES = Path(__file__).parent / "pages"
TODAY = date(2026, 11, 28)
CHAMBER = """
# die Seiten der Kammer
Eintrag: article.treffer
Name: h2
Berufsgruppe: .beruf
Anschrift: address
Telefon: a[href^="tel:"] @href
E-Mail: .mail, a[href^="mailto:"]
Webseite: a.web @href
Verfahren: .verfahren li
Sprachen: .sprachen
Telefonzeiten: .zeiten
"""
UNION = """
Eintrag: tr.zeile
Nachname: td.n span
Vorname: td.n i
Straße: .s
Hausnummer: .h
PLZ: .p
Ort: .o
Telefon: td:nth-of-type(3)
"""
JSON_PAGE = {
    "arztPraxisDatas": [{"arzt": True, "id": "praxis1", "name": "Muster", "plz": "52062"}],
    "moreResults": False,
}


def read(name: str, description: str) -> list[TherapistRecord | RowError]:
    """What our reader makes of a page."""
    entries = entries_of((PAGES / name).read_text("utf-8"), read_description(description))
    return [record_of(row, entry, scraped_on=TODAY) for row, entry in enumerate(entries, start=1)]


def test_a_page_is_read_by_its_description() -> None:
    """Name, address, disguised mail, hours, methods and languages; an entry without a name is told with its number."""
    first, second, third = read("kammer.html", CHAMBER)
    assert isinstance(first, TherapistRecord)
    assert (first.title, first.first_name, first.last_name, first.salutation) == (
        "Dr. phil.",
        "Ada",
        "von Musterfeld",
        "Frau",
    )
    assert (first.street, first.house_number, first.addition) == ("Markt", "12 a", "Hinterhaus")
    assert (first.plz, first.city) == ("52062", "Aachen")
    assert (first.email, first.phone) == ("praxis@musterfeld-praxis.example", "+49241555010")
    assert first.web == "https://musterfeld-praxis.example/"
    assert first.languages == {"Englisch", "Türkisch"}
    assert len(first.offers) == 2
    assert first.phone_hours == (
        WeekSpan(540, 600), WeekSpan(1440 + 540, 1440 + 600), WeekSpan(2880 + 540, 2880 + 600),
        WeekSpan(4320 + 870, 4320 + 900),
    )  # fmt: skip
    assert isinstance(second, TherapistRecord)
    assert (second.email, second.salutation) == ("karl@beispiel-praxis.example", "Herr")
    assert third == RowError(3, "import.row.no_name")


def test_cells_of_a_table_are_read_alone() -> None:
    """Surname and first name of their own cells; formulas and markup stay text."""
    first, second = read("verband.html", UNION)
    assert isinstance(first, TherapistRecord)
    assert isinstance(second, TherapistRecord)
    assert (first.last_name, first.first_name, first.street, first.house_number) == ("Nord", "Lea", "Nordweg", "3")
    assert second.last_name == '=HYPERLINK("x")'
    assert "phone_unreadable" in second.notes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "source.description_incomplete"),
        ("Eintrag: div", "source.description_incomplete"),
        ("Name: h2", "source.description_incomplete"),
        ("Eintrag: div @id\nName: h2", "source.description_incomplete"),
        ("Eintrag: div\nNahme: h2", "source.description_line"),
        ("Eintrag: div\nName h2", "source.description_line"),
        ("Eintrag: div\nName: h2\nName: h3", "source.description_line"),
        ("Eintrag: div[\nName: h2", "source.description_selector"),
        ("Eintrag: div\nName: h2:unbekannt(3)", "source.description_selector"),
        ("#" * 9000, "source.description_long"),
    ],
)
def test_a_wrong_description_is_refused_with_its_line(text: str, code: str) -> None:
    """At the field."""
    with pytest.raises(Invalid) as error:
        read_description(text)
    assert (error.value.code, error.value.field) == (code, "description")


@given(st.text(max_size=300))
def test_no_description_crashes(text: str) -> None:
    """It is understood or refused."""
    with contextlib.suppress(Invalid):
        read_description(text)


@given(
    st.lists(
        st.sampled_from(
            [*FIELDS, "<div", "class=praxis>", "<h2>", "</div>", "<![CDATA[", "&#0;", "Mo 9-10", "(at)", "\x00", "<!--"]
        )
    )
)
def test_no_page_crashes(parts: list[str]) -> None:
    """Whatever a page holds becomes entries or is refused; every entry is read by our reader or told."""
    description = read_description("Eintrag: div\nName: h2\nTelefonzeiten: div\nE-Mail: div")
    try:
        entries = entries_of("".join(parts), description)
    except Invalid:
        return
    for row, entry in enumerate(entries, start=1):
        assert record_of(row, entry, scraped_on=TODAY).row == row


_SHAPES = st.dictionaries(st.sampled_from(["arztPraxisDatas", "therapists", "a"]), st.lists(st.text() | st.none()))


def together(pages: Iterable[PageContent]) -> Content:
    """All pages of a reading."""
    content = Content()
    for page in pages:
        content.add(page)
    return content


@given(st.text() | _SHAPES.map(json.dumps) | st.lists(_SHAPES).map(json.dumps))
def test_no_answer_crashes(text: str) -> None:
    """Of an operator's JSON, too."""
    try:
        content = together([page_content(text, None)])
    except Invalid:
        return
    assert json.loads(content.file(on=TODAY))


def test_brackets_without_end_are_refused() -> None:
    """A page of nothing but brackets costs no memory."""
    with pytest.raises(Invalid, match=r"source\.page_unreadable"):
        page_content("[" * 200_000, None)


def test_the_same_practices_are_no_change(tmp_path: Path) -> None:
    """Their order, the numbers of a query and how often pages name them do not count; another telephone does."""
    one = {"arzt": True, "id": "praxis1", "name": "Muster", "plz": "52062", "distance": 120}
    two = {"arzt": True, "id": "praxis2", "name": "Beispiel", "plz": "52064"}
    again = one | {"id": "praxis9", "distance": 7}
    before = together([page_content(json.dumps({"arztPraxisDatas": [one, two]}), None)])
    after = together([page_content(json.dumps({"arztPraxisDatas": [x]}), None) for x in (two, again, two)])
    other = together([page_content(json.dumps({"arztPraxisDatas": [one | {"tel": "0241 555"}, two]}), None)])
    assert before.sha256 == after.sha256 != other.sha256
    path = tmp_path / "quelle.json"
    path.write_bytes(after.file(on=TODAY))
    source = recognise(path, today=TODAY)
    assert source.kind is FileKind.ARZTSUCHE
    assert len(list(records(source, today=TODAY))) == 2


def test_a_cut_page_makes_a_cut_file(tmp_path: Path) -> None:
    """So that nobody counts as gone."""
    cut = page_content(json.dumps(JSON_PAGE | {"moreResults": True}), None)
    path = tmp_path / "quelle.json"
    path.write_bytes(together([cut, page_content(json.dumps(JSON_PAGE), None)]).file(on=TODAY))
    assert is_cut(recognise(path, today=TODAY), 1)


def test_pages_of_two_shapes_are_no_source() -> None:
    """They are not mixed into one."""
    pages = [page_content(json.dumps(page), None) for page in (JSON_PAGE, {"therapists": [{"id": 1}]})]
    with pytest.raises(Invalid, match=r"source\.mixed_shapes"):
        together(pages)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("praxis@muster.example", "praxis@muster.example"),
        ("Mail: praxis(at)muster.example.", "praxis@muster.example"),
        ("praxis [at] muster [punkt] example", "praxis@muster.example"),
        ("ada . x", ""),
        ("ada.von (ät) muster-praxis punkt example", "ada.von@muster-praxis.example"),
        ("info {at} muster {dot} example", "info@muster.example"),
        ("ada at muster punkt example", "ada@muster.example"),
        ("Wir sind at home. Punkt", ""),
        ("@muster.example", ""),
    ],
)
def test_a_disguised_mail_address_is_read(text: str, found: str) -> None:
    """As people write them against collectors."""
    assert next((mail.address for mail in written_mails(text)), "") == found


@given(st.text(alphabet="ab.@ ()[]atpunk-+_", max_size=200))
def test_no_text_crashes_or_stalls_the_mail_reader(text: str) -> None:
    """Every address found stands where it says."""
    for mail in written_mails(text):
        assert 0 <= mail.start < mail.end <= len(text)
        assert "@" in mail.address


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Mo 9-10 Uhr", [(0, 540, 600)]),
        ("Montag und Mittwoch: 12.00 – 12.50 Uhr", [(0, 720, 770), (2, 720, 770)]),
        ("Mo.-Fr. 8:15 bis 8:45", [(d, 495, 525) for d in range(5)]),
        ("Di 9-10 und 14-15 Uhr, Do 8-9", [(1, 540, 600), (1, 840, 900), (3, 480, 540)]),
        ("Mo, 9.00–10.00 Uhr und Do. 12-13", [(0, 540, 600), (3, 720, 780)]),
        ("Dienstags zwischen 9 und 10 Uhr", [(1, 540, 600)]),
        ("Mo Mi Fr 8-9 Uhr", [(0, 480, 540), (2, 480, 540), (4, 480, 540)]),
        ("Mo.9\u201110 Uhr", [(0, 540, 600)]),
        ("Mo-Mi (außer Di) 9-10 Uhr", [(0, 540, 600), (2, 540, 600)]),
        ("Mo-Fr täglich 8-9 Uhr", [(d, 480, 540) for d in range(5)]),
        ("tgl. 8-9 Uhr, So geschlossen", [(d, 480, 540) for d in range(6)]),
        ("Montag: 8-12\nDienstag: keine\nMittwoch: 8-12", [(0, 480, 720), (2, 480, 720)]),
        ("Mo: 8-12\nDi: kein\nTelefon Mi: 8-12", [(0, 480, 720), (2, 480, 720)]),
        ("Mo 9-10 in den Ferien nicht\nDi 9-10", [(1, 540, 600)]),
        ("Mo 14-16 Uhr nachmittags\nDi 8-9", [(0, 840, 960), (1, 480, 540)]),
        ("Mo 9-10\nUrlaub ab 1.8.", [(0, 540, 600)]),
        ("Mo 8-12, Pause, 14-18", [(0, 480, 720), (0, 840, 1080)]),
        (
            "Di-Do 8-9 Uhr, Mi zu. Tel.: Mi 12-13, Do 12-13",
            [(1, 480, 540), (2, 720, 780), (3, 480, 540), (3, 720, 780)],
        ),
        ("Mi 12-13, sonst Mo-Mi 8-9, Mi zu", [(0, 480, 540), (1, 480, 540), (2, 720, 780)]),
        ("Di, Mi 8-9 (außer Mi), Mi 14-15 Uhr", [(1, 480, 540), (2, 840, 900)]),
        ("Di-Mi 8-9, nicht Mi 14-15", [(1, 480, 540)]),
        ("Mi 8-9, im Mai Mi geschlossen", []),
        ("nicht Mo 9-10", []),
        ("jeden 2. Di 9-10 Uhr", []),
        ("Mo Di Mi 8-9 9-10 10-11", []),
        ("nachmittags Mo 2-4 Uhr", []),
        ("8-9 Uhr Montag, 10-11 Uhr Dienstag", []),
        ("9:00-10:00 Uhr montags, 11:00-12:00 Uhr mittwochs", []),
        ("8-9 Uhr Mo 10-11 Uhr Di", []),
        ("so 10 bis 9", []),
        ("Wir do it 24/7", []),
        ("Mo nach Vereinbarung", []),
    ],
)
def test_written_hours_are_read(text: str, spans: list[tuple[int, int, int]]) -> None:
    """By weekday; what is no time is passed over."""
    found = [(s.start // 1440, s.start % 1440, s.end - s.start // 1440 * 1440) for s, _, _ in written_hours(text)]
    assert sorted(found) == sorted(spans)


@given(st.text(alphabet="MoDi 0123456789:.-,bisUhrund", max_size=200))
def test_no_text_makes_an_impossible_hour(text: str) -> None:
    """Spans lie in one day."""
    for span, start, end in written_hours(text):
        assert span.start < span.end <= (span.start // 1440 + 1) * 1440
        assert 0 <= start < end <= len(text)

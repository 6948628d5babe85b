"""What a table is about is told by its header or said by a person, who also says which column is what."""

import csv
from pathlib import Path

import pytest
from openpyxl import Workbook

from domain.acquisition.chosen_sheet import PAGE, headers_of
from domain.acquisition.reading import FileKind, Source, as_table, recognise, records
from domain.acquisition.records import RowError, TherapistRecord
from domain.acquisition.tables import ABOUT, fields_of, preview
from domain.errors import Invalid
from tests.domain.acquisition.files import TODAY
from tests.domain.acquisition.therapist_files import USERSCRIPT
from ui.labels import labels

FOREIGN = (
    "Behandler;Rufnummer;Wo;Anrufbar\nDr. Ina Sommer;0241 1234567;Weg 3, 52062 Aachen;Mo 09:00-10:00\n;;;\nJan;;X;\n"
)
COLUMNS = {"name": "Behandler", "phone": "Rufnummer", "address": "Wo", "phone_hours": "Anrufbar"}


@pytest.fixture
def foreign(tmp_path: Path) -> Source:
    """A list of therapists whose headers nobody knows."""
    path = tmp_path / "liste.csv"
    path.write_text(FOREIGN, "utf-8")
    return recognise(path, today=TODAY)


def test_a_foreign_list_is_read_by_the_columns_a_person_names(foreign: Source) -> None:
    """It looks like nothing; said to be of therapists it is read like any other, day columns included."""
    assert foreign.kind is FileKind.OFFICE_TABLE
    source = as_table(foreign, FileKind.THERAPIST_TABLE)
    ina, jan = records(source, today=TODAY, mapping=COLUMNS)
    assert isinstance(ina, TherapistRecord)
    assert (ina.title, ina.first_name, ina.last_name, ina.phone) == ("Dr.", "Ina", "Sommer", "+492411234567")
    assert (ina.street, ina.house_number, ina.plz) == ("Weg", "3", "52062")
    assert ina.phone_hours is not None
    assert not isinstance(jan, RowError)
    assert jan.row == 4
    assert (source.seat, source.key) == ("unknown", as_table(foreign, FileKind.THERAPIST_TABLE).key)


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({"phone": "Rufnummer"}, "import.columns_unknown"),
        ({"name": "Behandler", "birth_date": "Wo"}, "import.mapping"),
        ({"name": "Arzt"}, "import.column_missing"),
    ],
)
def test_columns_that_cannot_be_are_refused(foreign: Source, mapping: dict[str, str], code: str) -> None:
    """No name, a field of patients, a header that is not there."""
    with pytest.raises(Invalid) as error:
        list(records(as_table(foreign, FileKind.THERAPIST_TABLE), today=TODAY, mapping=mapping))
    assert error.value.code == code


@pytest.mark.parametrize(
    ("header", "about", "certain"),
    [
        (USERSCRIPT, FileKind.THERAPIST_TABLE, True),
        ("Name;Geburtsdatum;Sprechzeiten;Barrierefreiheit\n", FileKind.OFFICE_TABLE, True),
        ("Behandler;Sprechzeiten\n", FileKind.THERAPIST_TABLE, False),
        ("Name;Vorname;PLZ\n", FileKind.OFFICE_TABLE, False),
        ("Name, Vorname;Telefon;Telefonische Erreichbarkeit;Anliegen\n", FileKind.OFFICE_TABLE, False),
        ("Name;Vorname;Telefon;Telefonzeiten;Therapieverfahren;Bemerkungen\n", FileKind.THERAPIST_TABLE, False),
        ("Nachname;Vorname;Straße;PLZ;Ort;Telefon;Fax;E-Mail;Homepage\n", FileKind.OFFICE_TABLE, False),
        ("Name;Vorname;Ort;Telefon;Fax;E-Mail;Sprechzeiten;Verfahren\n", FileKind.THERAPIST_TABLE, True),
        ("Patient;Telefon;Telefonzeiten;Therapeut\n", FileKind.THERAPIST_TABLE, False),
        ("Name, Vorname;Ort;Telefon;Telefonzeiten;Therapeut\n", FileKind.THERAPIST_TABLE, False),
        ("Nachname;Vorname;Ort;Telefon;Fax;Telefonische Erreichbarkeit\n", FileKind.THERAPIST_TABLE, False),
        ("Name;PLZ;Ort;Diagnosen;Telefonzeiten\n", FileKind.OFFICE_TABLE, False),
        ("Name;Telefonzeiten;ICD-10\n", FileKind.OFFICE_TABLE, True),
        ("Name;Vorname;Geburtsdatum;LANR;Sprechzeiten\n", FileKind.OFFICE_TABLE, False),
        ("Praxisname;Telefon;Fax;Webseite\n", FileKind.THERAPIST_TABLE, True),
        ("Therapeut;Telefon;Telefonische Sprechzeiten\n", FileKind.THERAPIST_TABLE, True),
        ("Nachname;Vorname;Therapeut;Telefon;Sprechzeiten\n", FileKind.THERAPIST_TABLE, False),
        ("Name;Telefon;Fax;Verfahren;Kasse;Gruppe\n", FileKind.OFFICE_TABLE, False),
        ("Name;Telefon;Verfahren;Kasse;Anmeldung\n", FileKind.OFFICE_TABLE, False),
        ("Name;Telefon;Fax;Sprechzeiten;Verfahren;Krankenkasse\n", FileKind.THERAPIST_TABLE, False),
        ("Name;Telefon;Sprechstunde\n", FileKind.OFFICE_TABLE, False),
        ("Name, Vorname;Anschrift;Telefon;Telefonzeiten\n", FileKind.THERAPIST_TABLE, False),
        ("Name;Fachgebiete;Therapieverfahren;Kasse\n", FileKind.THERAPIST_TABLE, False),
        ("Nachname, Vorname;Tel.;Telefonzeiten;Kasse;Max. km\n", FileKind.OFFICE_TABLE, False),
        ("Nachname;Vorname;Kasse;Wartet seit\n", FileKind.OFFICE_TABLE, True),
    ],
)
def test_what_a_table_is_about_is_guessed(tmp_path: Path, header: str, about: FileKind, *, certain: bool) -> None:
    """And whether the guess leaves no doubt."""
    path = tmp_path / "x"
    path.write_text(header, "utf-8")
    found = preview(path)
    assert (found.about, found.certain) == (about, certain)
    for kind in ABOUT:
        assert set(found.guess(kind)) <= set(fields_of(kind))


def test_every_field_has_its_word() -> None:
    """Of whatever the table may be."""
    assert set(fields_of(FileKind.OFFICE_TABLE)) == set(labels("table_field"))
    assert set(fields_of(FileKind.THERAPIST_TABLE)) == set(labels("therapist_column"))
    assert set(fields_of(FileKind.CONTACT_TABLE)) < set(labels("therapist_column"))
    assert set(labels("table_about")) == set(ABOUT)


def test_what_is_no_table_is_not_made_one(tmp_path: Path) -> None:
    """A directory is what it is."""
    path = tmp_path / "x.json"
    path.write_text('{"arztPraxisDatas": []}', "utf-8")
    with pytest.raises(Invalid, match=r"import\.no_table"):
        as_table(recognise(path, today=TODAY), FileKind.THERAPIST_TABLE)


_TABLE = (["Nachname", "Vorname", "Telefon"], ["Kern", "Anna", "0241 1234567"], ["Berg", "Jan", ""])
_FOREIGN = (["Behandler", "Beruf", "Ort"], ["Anna Kern", "Therapeutin", "Aachen"], ["Jan Berg", "Therapeut", "Düren"])


@pytest.mark.parametrize(
    ("above", "table"),
    [
        ([], _TABLE),
        ([["Therapeutenliste", "Stand 23.11.2026"]], _TABLE),
        ([["Therapeutenliste", "", "Stand 23.11.2026"], []], _TABLE),
        ([["Stand:", "23.11.2026"], ["Quelle:", "KV Nordrhein"], []], _TABLE),
        ([["Name:", "Praxis Kern"], ["Telefon:", "0241 1234567"]], _TABLE),
        ([["Liste 2026"], ["grün", "frei"], ["rot", "belegt"]], _TABLE),
        ([["Name", "", "Kontakt"]], _TABLE),
        ([["Name", "Kontakt"]], _TABLE),
        ([["Person", "", "Erreichbar"]], _TABLE),
        ([["Liste", "Stand 1.12.2026"], ["Name", "", "Kontakt"]], _TABLE),
        ([["Aachen, Düren"], ["Wartezeit, in Wochen"]], _TABLE),
        ([["Person", "", "Praxis", "", "Erreichbar"]], _TABLE),
        ([["Patienten"]], (["Name", "Ort"], ["Kern, Anna", "Aachen"])),
        ([["Patienten", "Stand 2026"]], (["Name", "Ort"], ["Kern, Anna", "Aachen"])),
        (
            [["Name", "", "", "Kontakt"]],
            (["Titel", "Vorname", "Nachname", "Telefon", "E-Mail"], ["Dr.", "Jan", "Berg"]),
        ),
        ([], (["Name", "Telefon 1", "", "Telefon 2"], ["Kern", "Therapeutin", "", "x", "y"])),
        ([], (["Behandler", "Beruf", "Ort"], ["Anna Kern", "Therapeutin", "Aachen", "ruft zurück"])),
        ([], (["Name", "Beruf"], ["Kern", "Therapeutin", "ruft zurück"])),
        ([], _FOREIGN),
        ([["Liste Aachen"]], _FOREIGN),
        ([[]], (["Therapeut", "Mo", "Di"], ["Anna Kern", "8-9 Uhr", ""])),
        ([["Liste", "Stand: 2026"]], (["Therapeut", "Mo", "Di"], ["Anna Kern", "8-9 Uhr", ""])),
    ],
)
@pytest.mark.parametrize("form", [";", ",", "\t", "xlsx"])
def test_a_header_is_found_below_what_tells_of_the_list(
    tmp_path: Path, above: list[list[str]], table: tuple[list[str], ...], form: str
) -> None:
    """A title of two cells, a legend, what groups columns are none; a row of the list is none, either."""
    path = tmp_path / "liste"
    rows = [*above, *table]
    if form == "xlsx":
        book = Workbook()
        assert book.active is not None
        for row in rows:
            book.active.append([cell or None for cell in row])
        book.save(path)
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=form).writerows(rows)
    found = preview(path)
    assert [cell for cell in found.headers if cell] == [cell for cell in table[0] if cell]
    assert len(found.rows) == len(table) - 1


@pytest.mark.parametrize(("title", "between"), [("Therapeutenliste, Stand 2026", ";"), ("Liste; Stand 2026", ",")])
def test_a_title_s_comma_parts_no_columns(tmp_path: Path, title: str, between: str) -> None:
    """The sign is that of the line whose cells head columns; of a list of names alone it is none."""
    path = tmp_path / "liste"
    path.write_text(f"{title}\nName;Telefon\nKern, Anna;0241 1234567\n".replace(";", between), "utf-8")
    assert preview(path).headers[:2] == ("Name", "Telefon")
    path.write_text(f"{title}\nName\nKern, Anna\n", "utf-8")
    assert (preview(path).headers, preview(path).rows) == (("Name",), (("Kern, Anna",),))


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("Name, Anschrift;Telefon;Ort", 3),
        ("Name, Titel;Telefon;Ort", 3),
        ("Name, Fachrichtung\tTelefon\tOrt", 3),
        ("Nachname, Vorname (Titel);Telefon;Ort", 3),
        ("Name, Vorname, Titel;Telefon;Ort;E-Mail", 4),
        ("Name,Praxis;Telefon;Ort", 3),
        ("Therapeut, Praxis; Telefon; Ort", 3),
        ("Therapeut, Name;Telefon", 2),
        ("Therapeutin, Therapeut;Telefon;Ort", 3),
        ("Name, Telefon;Mo;Di;Mi;Do;Fr", 6),
        ("Name,Telefon; Fax,Ort", 3),
        ("Name, Vorname, Telefon", 3),
    ],
)
def test_a_second_sign_in_a_header_parts_no_columns(tmp_path: Path, header: str, columns: int) -> None:
    """Nobody quotes a comma where a semicolon parts."""
    path = tmp_path / "liste"
    path.write_text(f"{header}\nKern, Anna;0241 1234567;Aachen\n", "utf-8")
    assert len(preview(path).headers) == columns


_PAGES = (
    [["KV, Seite 1"], ["Name, Vorname", "Praxisanschrift", "Telefon\nTelefax", "Telefonische Erreichbarkeit"]],
    [["Kern, Anna\nDr. phil.", "Markt 1\n52062 Aachen", "Tel.: 0241 123450\nFax: 0241 123451", "Mo: 08:00 - 08:50"]],
    [["Aachen-Land"], ["Berg, Jan", "Weg 3\n52062 Aachen", "0241 98765", ""]],
)


def test_a_list_goes_on_over_its_pages(tmp_path: Path) -> None:
    """Sheets and repeated headers, as printed lists have them; a head among them is nobody; other sheets are told."""
    book = Workbook()
    head, anna, jan = _PAGES
    assert book.active is not None
    book.active.append(["Hinweise"])
    others = [["Name", "Vertretung"], ["Kern", "Berg"]]
    for number, rows in enumerate(
        (head + anna + head[1:] + jan, [*head, ["Tal, Eva", "Au 5\n52064 Aachen"]], others), 1
    ):
        sheet = book.create_sheet(f"Table {number}")
        for row in rows:
            sheet.append(row)
    book.save(path := tmp_path / "liste.xlsx")
    source = recognise(path, today=TODAY)
    assert source.kind is FileKind.THERAPIST_TABLE
    found = list(records(source, today=TODAY))
    people = [(row.row, row.last_name, row.plz) for row in found if isinstance(row, TherapistRecord)]
    assert people == [(3, "Kern", "52062"), (6, "Berg", "52062"), (2 * PAGE + 3, "Tal", "52064")]
    assert isinstance(found[0], TherapistRecord)
    assert (found[0].phone, found[0].fax) == ("+49241123450", "+49241123451")
    told = [(row.row, row.reason.rpartition(".")[2]) for row in found if isinstance(row, RowError)]
    assert told == [(5, "only_a_name"), (0, "other_sheet")]


def test_an_area_code_of_its_own_column_belongs_to_the_number(tmp_path: Path) -> None:
    """Without it nobody could be called; a number that has one already keeps its own."""
    path = tmp_path / "liste.csv"
    path.write_text(
        "Name;Vorwahl;Telefon\n"
        "Kern;0241;889900\nBerg;241;5050\nTal;0241;0221 12345\nAu;0241;1712345678\nHof;0241;241889900\nUhl;0241;k.A.\n",
        "utf-8",
    )
    source = as_table(recognise(path, today=TODAY), FileKind.THERAPIST_TABLE)
    people = [row for row in records(source, today=TODAY) if isinstance(row, TherapistRecord)]
    numbers = ["+49241889900", "+492415050", "+4922112345", "+491712345678", "+49241889900", ""]
    assert [row.phone or row.mobile for row in people] == numbers
    assert not any(row.notes for row in people)


def workbook(path: Path, **sheets: list[list[str]]) -> Path:
    """A workbook with these sheets; one whose title begins with an underscore is hidden."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title.replace("_", " "))
        sheet.sheet_state = "hidden" if title.startswith("_") else "visible"
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


_PEOPLE = [["Name", "Telefon"], ["Kern, Anna", "0241 1234567"]]


@pytest.mark.parametrize("kind", [FileKind.THERAPIST_TABLE, FileKind.OFFICE_TABLE])
@pytest.mark.parametrize(
    ("sheets", "told"),
    [
        ({"Therapeuten": _PEOPLE, "Patienten": _PEOPLE}, ["Patienten"]),
        ({"2026": _PEOPLE, "2025": _PEOPLE, "_alt": _PEOPLE, "Liste": _PEOPLE[1:] * 2}, ["2025", "Liste"]),
        ({"_Table_1": _PEOPLE, "Therapeuten": _PEOPLE}, []),
        ({"Seite_1": _PEOPLE, "Seite_2": _PEOPLE[1:] * 2}, ["Seite 2"]),
        ({"Hinweise": [["Nur für uns"], ["Stand 2026"]], "Liste": _PEOPLE}, ["Hinweise"]),
        ({"Liste": _PEOPLE, "Notiz": [["x", *([""] * 3000), "y"]] * 2}, ["Notiz"]),
    ],
)
def test_another_sheet_is_told_and_not_read(
    tmp_path: Path, kind: FileKind, sheets: dict[str, list[list[str]]], told: list[str]
) -> None:
    """Whatever its header: it may be of others, or of those who were here last year. A hidden one is none."""
    source = as_table(recognise(workbook(tmp_path / "liste.xlsx", **sheets), today=TODAY), kind)
    one, *others = records(source, today=TODAY)
    assert not isinstance(one, RowError)
    assert (one.row, one.last_name) == (2, "Kern")
    assert others == [RowError(0, "import.note.other_sheet", {"sheet": title}) for title in told]


@pytest.mark.parametrize(("title", "goes_on"), [("Table", True), ("Tabelle", False)])
def test_patients_do_not_go_on_over_pages(tmp_path: Path, title: str, *, goes_on: bool) -> None:
    """Nor does anybody over a spreadsheet program's own sheets: they may be two lists."""
    sheets = {f"{title}1": _PEOPLE, f"{title}2": [_PEOPLE[0], ["Tal, Eva", ""]]}
    source = recognise(workbook(tmp_path / "liste.xlsx", **sheets), today=TODAY)
    assert [row.row for row in records(as_table(source, FileKind.OFFICE_TABLE), today=TODAY)] == [2, 0]
    seen = [row.row for row in records(as_table(source, FileKind.THERAPIST_TABLE), today=TODAY)]
    assert seen == [2, 2 * PAGE + 2 if goes_on else 0]


def test_the_first_sheet_is_the_table_whatever_the_others_head(tmp_path: Path) -> None:
    """Also where nobody knows its words: who looks at the file, and who reads it, looks at the same sheet."""
    practices = [["Psychotherapeut", "Praxis", "Rufnummer"], ["Anna Kern", "Markt 1", "0241 1234567"]]
    path = workbook(tmp_path / "liste.xlsx", Liste=practices, Team=[["Name", "Telefon"], ["Jan Tal", "12"]])
    source = as_table(recognise(path, today=TODAY), FileKind.THERAPIST_TABLE)
    one, told = records(source, today=TODAY, mapping={"name": "Psychotherapeut", "phone": "Rufnummer"})
    assert isinstance(one, TherapistRecord)
    assert (one.last_name, told) == ("Kern", RowError(0, "import.note.other_sheet", {"sheet": "Team"}))
    assert preview(path).headers == headers_of(path) == ("Psychotherapeut", "Praxis", "Rufnummer")
    for kind in (FileKind.THERAPIST_TABLE, FileKind.OFFICE_TABLE):
        with pytest.raises(Invalid, match="columns_unknown"):
            list(records(as_table(source, kind), today=TODAY))


def test_what_repeats_or_sums_up_is_no_patient(tmp_path: Path) -> None:
    """A header of the next printed page, however its lines break, and what stands below."""
    path = tmp_path / "liste.csv"
    path.write_text('Name;Wartet seit\nKern;\n"Name";"Wartet\nseit"\nSumme;1\nSeite 2;\n', "utf-8")
    one, *others = records(recognise(path, today=TODAY), today=TODAY)
    assert not isinstance(one, RowError)
    assert [(row.row, row.reason) for row in others if isinstance(row, RowError)] == [
        (5, "import.row.no_person"),
        (6, "import.row.no_person"),
    ]

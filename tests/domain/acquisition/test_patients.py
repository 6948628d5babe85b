"""Patients of the intake form and of the office's own tables."""

import json
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from domain.acquisition import intake, office_table, patient_columns
from domain.acquisition.records import PatientRecord
from domain.acquisition.tables import preview
from domain.errors import Invalid
from domain.values import Method, Sex, TravelMode, WeekSpan
from tests.domain.acquisition.files import SAMPLES, TODAY, code_of, patients, read


def entry(**values: object) -> PatientRecord:
    """One entry of the intake's file, read."""
    found = intake.record_of(1, {"nachname": "Berger", **values}, today=TODAY)
    assert isinstance(found, PatientRecord)
    return found


def test_the_traps_of_the_sample_are_unknown_not_wrong() -> None:
    """Row 6 has no birth date, row 10 no place, row 15 no radius; four did not consent to inquiries."""
    found = [row for row in read(SAMPLES / "intake-patients.json") if isinstance(row, PatientRecord)]
    assert len(found) == 60
    assert [row.row for row in found if row.birth_date is None] == [6]
    assert [row.row for row in found if not row.plz] == [10]
    assert [row.row for row in found if row.radius_km is None] == [15]
    unasked = [row.row for row in found if row.consent and "pseudonymous_inquiry" not in row.consent.scopes]
    assert unasked == [13, 21, 38, 59]
    assert {len(row.methods) for row in found} == {0, 1, 2}
    assert (found[32].email, found[32].birth_date) == (found[33].email, found[33].birth_date)


@pytest.mark.parametrize(
    ("written", "read_as", "note"),
    [
        ("1992-05-04", date(1992, 5, 4), None),
        ("4.5.92", date(1992, 5, 4), None),
        ("4.5.58", date(1958, 5, 4), None),
        ("4.5.12", date(2012, 5, 4), None),
        ("2027-01-01", None, "birth_date_impossible"),
        ("01.01.1900", None, "birth_date_impossible"),
        ("31.02.1990", None, "birth_date_unreadable"),
        (None, None, None),
    ],
)
def test_a_birth_date_is_possible_or_unknown(written: str | None, read_as: date | None, note: str | None) -> None:
    """Two digits mean the last such year behind us."""
    found = entry(geburtsdatum=written)
    assert found.birth_date == read_as
    assert found.notes == ((note,) if note else ())


def test_consent_dated_in_the_future_is_none() -> None:
    """It is noted and left to be asked for."""
    consent = {"version": "2026-01", "speicherung": True, "anonyme_anfrage": True, "am": "2027-01-01"}
    found = entry(einwilligung=consent)
    assert found.consent is None
    assert found.notes == ("consent_date_impossible",)
    assert entry(einwilligung=consent | {"am": None}).consent is None
    given = entry(einwilligung=consent | {"am": "2026-11-01", "anonyme_anfrage": "ja"}).consent
    assert given is not None
    assert given.scopes == {"storage"}


def test_wished_methods_are_a_set_in_words_or_abbreviated() -> None:
    """A wish that cannot be read is noted; it must not turn into "any" without a word."""
    assert entry(bevorzugtes_verfahren=["VT", "Systemische Therapie"]).methods == {Method.CBT, Method.SYSTEMIC}
    assert entry(bevorzugtes_verfahren="VT+TP").methods == {Method.CBT, Method.PSYCHODYNAMIC}
    unknown = entry(bevorzugtes_verfahren=["Gestalttherapie"])
    assert (unknown.methods, unknown.notes) == (frozenset(), ("method_unreadable",))


def test_diagnoses_are_codes_of_icd_10() -> None:
    """The certainty letter goes, words are noted."""
    assert entry(icd10="F32.1G, F40.1 V; f43.-").diagnoses == ("F32.1", "F40.1", "F43")
    assert entry(icd10=["F33", "F33"]).diagnoses == ("F33",)
    words = entry(icd10="Depression")
    assert (words.diagnoses, words.notes) == ((), ("diagnosis_unreadable",))


def test_availability_joins_and_skips_what_is_no_time() -> None:
    """Nothing readable means not asked."""
    week = {"Mo": [["08:00", "12:00"], ["12:00", "14:00"]], "Di": "immer", "Feiertag": [["08:00", "12:00"]], "Mi": [7]}
    assert entry(verfuegbarkeit=week).availability == (WeekSpan(480, 840),)
    assert entry(verfuegbarkeit={"Mo": []}).availability is None
    late = entry(verfuegbarkeit={"So": [["20:00", "24:00"], ["22:00", "25:00"]]})
    assert late.availability == (WeekSpan(9840, 10080),)
    assert late.notes == ("hours_impossible",)


def test_wishes_are_read_or_unknown() -> None:
    """A radius of nothing and a way of travelling nobody knows are no wishes."""
    found = entry(max_km=0, verkehrsmittel="Rakete", geschlecht="divers", gruppe="ja", krankenkasse="privat")
    assert (found.radius_km, found.travel_mode, found.sex) == (None, None, Sex.DIVERSE)
    assert (found.group_ok, found.insurance_kind, found.insurer) == (False, "private", "")
    assert entry(max_km=25, verkehrsmittel="ÖPNV").travel_mode is TravelMode.PUBLIC_TRANSPORT


@pytest.mark.parametrize(
    ("spoken", "needed"),
    [
        (["Deutsch"], set()),
        (["Deutsch", "Russisch"], set()),
        (["Russisch", "Ukrainisch"], {"Russisch", "Ukrainisch"}),
        (["Deutsch", "Deutsche Gebärdensprache"], {"Deutsche Gebärdensprache"}),
        (["Deutsche Gebärdensprache"], {"Deutsche Gebärdensprache"}),
        (["türkisch ", "Türkisch (Mutter: Frau Yilmaz)"], {"Türkisch"}),
        (None, set()),
    ],
)
def test_who_signs_needs_sign_language(spoken: list[str] | None, needed: set[str]) -> None:
    """German beside it is read and written, not heard."""
    assert entry(sprachen=spoken).languages == needed


# --- the office's own tables


def test_times_languages_and_ways_of_travelling_are_read_from_a_table(tmp_path: Path) -> None:
    """Days named together share the hours behind them; what cannot be read is noted."""
    text = (
        "Nachname;Verfügbarkeit;Sprachen;Verkehrsmittel\n"
        "A;Mo 8:00-12:00, Mi und Freitag 16.00 bis 18.00 Uhr;Russisch, Polnisch;Bus und Bahn\n"
        "B;immer;Deutsch;\n"
    )
    first, second = patients(tmp_path, text)
    day = 1440
    assert first.availability == (
        WeekSpan(480, 720),
        WeekSpan(2 * day + 960, 2 * day + 1080),
        WeekSpan(4 * day + 960, 4 * day + 1080),
    )
    assert (first.languages, first.travel_mode) == (frozenset({"Russisch", "Polnisch"}), TravelMode.PUBLIC_TRANSPORT)
    assert (second.availability, second.languages, second.notes) == (None, frozenset(), ("hours_unreadable",))


FOUR_TO_EIGHT = (960, 1200)


@pytest.mark.parametrize(
    ("cell", "hours"),
    [
        ("Mo-Fr 16-20", dict.fromkeys(range(5), FOUR_TO_EIGHT)),
        ("montags und mittwochs von 16 bis 20 Uhr", {0: FOUR_TO_EIGHT, 2: FOUR_TO_EIGHT}),
        ("täglich 16-20 Uhr", dict.fromkeys(range(7), FOUR_TO_EIGHT)),
        ("Mo nicht, Di 16-20", {1: FOUR_TO_EIGHT}),
        ("Mo keine Zeit, Di 16-20", {1: FOUR_TO_EIGHT}),
        ("nicht Di, sonst Mo-Mi 16-20", {0: FOUR_TO_EIGHT, 2: FOUR_TO_EIGHT}),
        ("Mo-Mi 16-20, Di nicht", {0: FOUR_TO_EIGHT, 2: FOUR_TO_EIGHT}),
        ("Mo 16-20, Di nach Vereinbarung", {0: FOUR_TO_EIGHT}),
        *(
            (f"Mo {word} 16-20", {0: FOUR_TO_EIGHT})
            for word in ("Sprechzeit:", "nur", "ca.", "Abend", "mittag", "früh", "=")
        ),
        ("Mo u Mi 16-20", {0: FOUR_TO_EIGHT, 2: FOUR_TO_EIGHT}),
        ("Mo; Mi 16-20", {0: FOUR_TO_EIGHT, 2: FOUR_TO_EIGHT}),
        ("Mo 16-20 Uhr, Tel.: 0241-123456", {0: FOUR_TO_EIGHT}),
        ("Mo 16-20, 24 h AB", {0: FOUR_TO_EIGHT}),
        ("Mo 16-20, Tel. 0241 123456 14-15", None),
        ("Mo 16-20, Mi 8-9, im Mai Mi nicht", None),
        ("Mo-Do ab 16 Uhr, Fr 8-12", None),
        ("Mo 16-20, Di vormittags", None),
        ("Mo 16-20, sonst abends", None),
        ("16-20 Uhr Montag, 8-9 Uhr Dienstag", None),
        ("nicht Mo 9-10", None),
    ],
)
def test_somebodys_hours_are_all_read_or_unknown(
    tmp_path: Path, cell: str, hours: dict[int, tuple[int, int]] | None
) -> None:
    """Half of them would leave out practices that fit the other half, and a day somebody has not is worse."""
    (found,) = patients(tmp_path, f'Nachname;Verfügbarkeit\nA;"{cell}"\n')
    spans = None if hours is None else tuple(WeekSpan(d * 1440 + a, d * 1440 + b) for d, (a, b) in hours.items())
    assert (found.availability, found.notes) == (spans, () if hours else ("hours_unreadable",))


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252"])
def test_a_table_is_read_in_every_usual_form(tmp_path: Path, delimiter: str, encoding: str) -> None:
    """Three separators, three encodings."""
    lines = ["Nachname;Vorname;Straße;Hausnummer", "Größe;Jörg;Öder Weg;3"]
    (found,) = patients(tmp_path, "\r\n".join(lines).replace(";", delimiter).encode(encoding))
    assert (found.last_name, found.first_name, found.street, found.house_number) == ("Größe", "Jörg", "Öder Weg", "3")


def test_an_umlaut_late_in_a_long_file_is_right(tmp_path: Path) -> None:
    """The encoding is judged by the whole file, not by its beginning."""
    many = b"Nachname;Vorname\n" + b"Berger;Lea\n" * 20_000 + "Müller;Jörg\n".encode("cp1252")
    assert patients(tmp_path, many)[-1].last_name == "Müller"


def test_row_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    """A cell of several lines counts where it begins; empty rows and Excel's separator line count, too."""
    text = 'sep=|\nName|Anliegen\nA|"Angst\nZwang"\n\nB|Trauma\n'
    assert [(row.row, row.complaints) for row in patients(tmp_path, text)] == [
        (3, ("Angst", "Zwang")),
        (6, ("Trauma",)),
    ]


def test_one_column_may_hold_the_whole_name(tmp_path: Path) -> None:
    """As lists sorted by surname have it; with a column of its own for the first name a comma is a comma."""
    (found,) = patients(tmp_path, "Name, Vorname\n".replace(", ", "/") + '"von Berg, Lea"\n')
    assert (found.last_name, found.first_name) == ("von Berg", "Lea")
    (found,) = patients(tmp_path, 'Name;Vorname\n"Berg, jun.";Lea\n')
    assert (found.last_name, found.first_name) == ("Berg, jun.", "Lea")


@pytest.mark.parametrize("above", ["", "Patientenliste\n", "\n"])
def test_a_list_may_have_names_only(tmp_path: Path, above: str) -> None:
    """The comma in them is none between columns, and the first of them no header."""
    found = patients(tmp_path, f"{above}Name\nKern, Anna\nBerg, Jan\n")
    assert [(one.last_name, one.first_name) for one in found] == [("Kern", "Anna"), ("Berg", "Jan")]
    (path,) = tmp_path.iterdir()
    assert preview(path).headers == ("Name",)


def test_a_list_s_name_is_no_header(tmp_path: Path) -> None:
    """Even where it is a word that may head a column."""
    (found,) = patients(tmp_path, "Name\n\nNachname;Vorname\nKern;Anna\n")
    assert (found.last_name, found.first_name) == ("Kern", "Anna")


def test_the_plainer_header_wins() -> None:
    """A running number is no house number, and a column for surnames beats one for names."""
    assert patient_columns.guess_mapping(["Nr", "Name", "Nachname", "E-Mail", "geb. Datum"]) == {
        "last_name": "Nachname",
        "email": "E-Mail",
        "birth_date": "geb. Datum",
    }


def test_a_mapping_overrules_the_guess(tmp_path: Path) -> None:
    """A field or a header that does not exist is refused by name."""
    path = tmp_path / "liste"
    path.write_text("Wer;Wo\nBerger;52062\n", "utf-8")
    rows = list(office_table.records(path, today=TODAY, mapping={"last_name": "Wer", "plz": "Wo"}))
    assert isinstance(rows[0], PatientRecord)
    assert (rows[0].last_name, rows[0].plz) == ("Berger", "52062")
    for mapping, code in (
        ({"last_name": "Wie"}, "import.column_missing"),
        ({"last_name": "Wer", "hobby": "Wo"}, "import.mapping"),
        ({"plz": "Wo"}, "import.columns_unknown"),
    ):
        with pytest.raises(Invalid) as error:
            list(office_table.records(path, today=TODAY, mapping=mapping))
        assert error.value.code == code
    assert code_of(tmp_path, "Wer;Wo\nBerger;52062\n") == "import.columns_unknown"


def test_a_workbook_with_a_wrong_extent_is_read_whole(tmp_path: Path) -> None:
    """Some programs write that the sheet ends at its first cell."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Nachname", "Vorname", "Anmeldung"])
    sheet.append(["Berger", "Lea", date(2026, 10, 1)])
    whole = tmp_path / "whole.xlsx"
    book.save(whole)
    path = tmp_path / "wrong.xlsx"
    with ZipFile(whole) as old, ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<dimension ref="A1:C2"', b'<dimension ref="A1:A1"'))
    (found,) = read(path)
    assert isinstance(found, PatientRecord)
    assert (found.first_name, found.registered_on) == ("Lea", date(2026, 10, 1))


def test_cells_are_data(tmp_path: Path) -> None:
    """A formula, a tag and a wrong registration day are kept, kept and noted."""
    text = 'Nachname;Vorname;Anmeldung\n"=HYPERLINK(""x"")";<b>Lea</b>;01.01.2031\n'
    (found,) = patients(tmp_path, text)
    assert (found.last_name, found.first_name) == ('=HYPERLINK("x")', "<b>Lea</b>")
    assert (found.registered_on, found.notes) == (None, ("registered_on_impossible",))


def test_an_intake_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    """As Windows editors save it."""
    content = b"\xef\xbb\xbf" + json.dumps([{"vorname": "Lea", "nachname": "Null"}]).encode()
    assert patients(tmp_path, content)[0].last_name == "Null"

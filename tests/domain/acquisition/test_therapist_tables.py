"""Every list of therapists of the design is recognised by its content and read; names and endings say nothing."""

import csv
import io
import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from domain.acquisition.chosen_sheet import headers_of
from domain.acquisition.reading import FileKind, as_table, recognise, records
from domain.acquisition.records import RowError, TherapistRecord
from domain.acquisition.tables import preview
from domain.values import Method, WeekSpan
from tests.domain.acquisition.files import TODAY
from tests.domain.acquisition.therapist_files import DATES, DAYS, PAGE, ROWS, USERSCRIPT, exporter


def people(folder: Path, content: str | bytes, kind: FileKind = FileKind.THERAPIST_TABLE) -> list[TherapistRecord]:
    """The therapists of a file with that content; rows that cannot be read are left out."""
    path = folder / "irgendwas.dat"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    source = recognise(path, today=TODAY)
    assert source.kind is kind
    return [row for row in records(source, today=TODAY) if isinstance(row, TherapistRecord)]


def span(weekday: int, start: str, end: str) -> WeekSpan:
    """A span of the week as people say it."""
    minutes = [int(time[:2]) * 60 + int(time[3:]) + weekday * 1440 for time in (start, end)]
    return WeekSpan(*minutes)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252"])
def test_the_userscripts_table_is_read(tmp_path: Path, encoding: str) -> None:
    """Cells of several lines, a column a day, kinds of hours apart; in Windows' old encoding, too."""
    found = people(tmp_path, USERSCRIPT.encode(encoding))
    first = found[0]
    assert (first.last_name, first.first_name, first.title, first.salutation) == ("Bäumler", "Ina", "Dr.", "Frau")
    assert (first.plz, first.house_number, first.phone) == ("01067", "3 a", "+492411234567")
    assert {offer.method for offer in first.offers} == {Method.CBT, Method.SYSTEMIC}
    assert first.phone_hours == (span(0, "08:30", "10:10"),)
    assert first.office_hours == (span(0, "11:00", "12:00"), span(0, "14:00", "15:00"))
    assert (first.hours_as_of, first.accessible) == (date(2026, 11, 23), True)
    assert first.languages == {"Farsi"}
    assert found[1].last_name == "=1+1"  # a formula is a name like another


def test_a_row_without_a_name_is_told_with_its_number(tmp_path: Path) -> None:
    """As a person counts rows of the file, cells of several lines included."""
    path = tmp_path / "x"
    path.write_bytes(USERSCRIPT.encode())
    errors = [row for row in records(recognise(path, today=TODAY), today=TODAY) if isinstance(row, RowError)]
    assert [(error.row, error.reason) for error in errors] == [(7, "import.row.no_name")]


@pytest.mark.parametrize("second_sheet", [True, False])
def test_the_exporters_workbook_is_read(tmp_path: Path, *, second_sheet: bool) -> None:
    """Hours of the first sheet, else of the second."""
    ina, eva = people(tmp_path, exporter(second_sheet=second_sheet))
    assert (ina.first_name, ina.last_name, ina.plz, ina.house_number) == ("Ina", "Sommer", "01067", "3")
    assert ina.phone_hours == (span(0, "09:10", "10:00"), span(2, "13:00", "14:00"))
    assert (eva.title, eva.last_name) == ("Dr.", "Winter")
    assert eva.phone_hours == ((span(3, "14:00", "14:50"),) if second_sheet else None)


def test_the_forks_status_and_note_are_kept(tmp_path: Path) -> None:
    """They become history when the file is taken over."""
    ina, _ = people(tmp_path, exporter(fork=True))
    assert (ina.contact_status, ina.contact_note) == ("Auf AB gesprochen", "ruft Montag zurück")


def test_short_forms_are_read(tmp_path: Path) -> None:
    """A column a weekday or a date, the address in one cell."""
    (ina,) = people(tmp_path, DAYS)
    assert (ina.title, ina.first_name, ina.last_name) == ("Dr.", "Ina", "von Sommer")
    assert (ina.street, ina.house_number, ina.plz, ina.city) == ("Markt", "12 a", "52062", "Aachen")
    assert ina.phone_hours == (span(0, "07:30", "08:00"), span(2, "12:30", "12:55"))
    assert ina.hours_as_of == TODAY
    (ina,) = people(tmp_path, DATES)
    assert ina.phone_hours == (span(0, "07:30", "08:00"), span(0, "12:30", "12:55"))
    assert ina.hours_as_of == date(2026, 11, 23)


def test_several_rows_of_a_person_are_one_record(tmp_path: Path) -> None:
    """Until the address or the number is another."""
    here, there = people(tmp_path, ROWS)
    assert (here.row, there.row) == (2, 5)
    assert here.office_hours == (span(0, "08:00", "09:00"), span(2, "10:00", "11:00"), span(4, "10:00", "11:00"))
    assert (here.phone, here.mobile, there.plz) == ("+492411234567", "+491701234567", "50667")


def test_a_saved_page_is_read(tmp_path: Path) -> None:
    """Times printed twice count once, "Heute" is the day it was saved, scripts are nothing."""
    path = tmp_path / "irgendwas.dat"
    path.write_text(PAGE, "utf-8")
    wednesday = datetime(2026, 11, 18, 12, tzinfo=UTC).timestamp()
    os.utime(path, (wednesday, wednesday))
    source = recognise(path, today=TODAY)
    assert (source.kind, source.as_of) == (FileKind.SAVED_PAGE, date(2026, 11, 18))
    anna, nobody = records(source, today=TODAY)
    assert isinstance(anna, TherapistRecord)
    assert (anna.title, anna.first_name, anna.last_name) == ("Dr. phil.", "Anna", "von Abend")
    assert (anna.street, anna.house_number, anna.plz, anna.city) == ("Kirchgasse", "21-57", "52525", "Heinsberg")
    assert (anna.phone, anna.email, anna.web) == ("+494066969056", "anna@abend.example", "abend.example")
    assert anna.phone_hours == (span(2, "16:10", "17:00"),)
    assert anna.office_hours == (span(1, "09:00", "10:00"),)
    assert nobody == RowError(2, "import.row.no_name")


def test_a_list_of_patients_stays_one(tmp_path: Path) -> None:
    """Whatever columns it shares with a list of therapists."""
    path = tmp_path / "x"
    path.write_text("Name;Telefon;Geburtsdatum;Sprachen;Verfahren;Adresse;Montag;Dienstag\nA;;;;;;;\n", "utf-8")
    assert recognise(path, today=TODAY).kind is FileKind.OFFICE_TABLE


def test_a_workbooks_dates_over_columns_are_days(tmp_path: Path) -> None:
    """As they are in a text file: the list is one of therapists, whose hours are read."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name", "Adresse", "Telefon", "E-Mail", datetime(2026, 11, 23), datetime(2026, 11, 24)])  # noqa: DTZ001
    sheet.append(["Ina Berg", "Markt 1, 52062 Aachen", "0241 1234567", "", "08:00-09:00", "10:00-11:00"])
    path = tmp_path / "x"
    book.save(path)
    assert headers_of(path)[-2:] == ("23.11.2026", "24.11.2026")
    assert preview(path).about is FileKind.THERAPIST_TABLE
    (ina,) = people(tmp_path, path.read_bytes())
    assert ina.phone_hours == (span(0, "08:00", "09:00"), span(1, "10:00", "11:00"))
    assert ina.hours_as_of == date(2026, 11, 23)


@pytest.mark.parametrize("when", ["Mo 08:00-09:00", "Mo 8-9 Uhr", "8.00 - 9.00"])
def test_hours_in_a_column_nobody_knows_are_told(tmp_path: Path, when: str) -> None:
    """They are not read, and that is no secret."""
    path = tmp_path / "x"
    path.write_text(f"Name;Telefon;Wann\nIna Berg;0241 1234567;{when}\n", "utf-8")
    source = as_table(recognise(path, today=TODAY), FileKind.THERAPIST_TABLE)
    (ina,) = records(source, today=TODAY)
    assert isinstance(ina, TherapistRecord)
    assert (ina.phone_hours, ina.notes) == (None, ("hours_unassigned",))


@pytest.mark.parametrize(
    ("cell", "days", "notes"),
    [
        ("Mo-Fr 9-10 Uhr", range(5), ()),
        ("Mo, Mi 9-10", (0, 2), ()),
        ("Montags 9-10 Uhr", (0,), ()),
        ("werktags 9-10", range(5), ()),
        ("Mo 9-10 Uhr\nMi 9.00\u201110.00", (0, 2), ()),
        ("Mo 9-10, Fr nach Vereinbarung, Mi geschlossen", (0,), ()),
        ("Mo 9-10, Di vormittags", (0,), ("hours_unreadable",)),
        ("Mo 9-10, Di ab 9", (0,), ("hours_unreadable",)),
        ("Mo 9-10 (14-tägig)", (0,), ("hours_unreadable",)),
        ("9-10 Uhr Montag, 10-11 Uhr Dienstag", (), ("hours_unreadable",)),
        ("nach Vereinbarung", (), ()),
    ],
)
def test_hours_behind_their_days_are_read_and_what_is_left_is_noted(
    tmp_path: Path, cell: str, days: Sequence[int], notes: tuple[str, ...]
) -> None:
    """Every day of a range, and no hour of another day."""
    (one,) = people(tmp_path, f'Name;Adresse;Telefonzeiten\nIna Berg;"Markt 1, 52062 Aachen";"{cell}"\n')
    assert one.phone_hours == (tuple(span(day, "09:00", "10:00") for day in days) or None)
    assert one.notes == notes


@pytest.mark.parametrize("title", ["Therapeutenliste Aachen\n", ";;;\n", "Stand 23.11.2026;;;\n\n"])
def test_a_title_may_stand_above_the_header(tmp_path: Path, title: str) -> None:
    """As offices head their lists; the rows keep the numbers a person sees."""
    table = f"{title}Name;Adresse;Telefon;Montag;Freitag\nEva Kern;Markt 5, 52062 Aachen;241123456;9-10 Uhr;\n"
    (kern,) = people(tmp_path, table)
    assert (kern.row, kern.last_name, kern.plz) == (title.count("\n") + 2, "Kern", "52062")
    assert (kern.phone, kern.phone_hours) == ("+49241123456", (span(0, "09:00", "10:00"),))


def test_what_stands_below_a_list_is_nobody(tmp_path: Path) -> None:
    """A remark at its foot is rejected with its row; a house is a house."""
    path = tmp_path / "x"
    lines = ("Ina Berg", "MVZ Mitte GmbH", "Stand: 12.11.2026", "Alle Angaben ohne Gewähr", "Eva Stand")
    path.write_text("Name;Telefon;Montag;Dienstag\n" + "".join(f"{line};0241 12345;;\n" for line in lines), "utf-8")
    rows = list(records(recognise(path, today=TODAY), today=TODAY))
    assert [(r.row, r.reason) for r in rows if isinstance(r, RowError)] == [
        (4, "import.row.no_person"), (5, "import.row.no_person"),
    ]  # fmt: skip
    assert [(r.last_name, r.is_institution) for r in rows if isinstance(r, TherapistRecord)] == [
        ("Berg", False), ("MVZ Mitte GmbH", True), ("Stand", False),
    ]  # fmt: skip


def test_a_comma_inside_a_header_parts_nothing(tmp_path: Path) -> None:
    """The sign between columns is the one outside quotation marks."""
    (ina,) = people(
        tmp_path, '"Name";"Telefon";"Montag";"Dienstag";"a, b, c, d, e"\n"Ina Berg";"";"08:00-09:00";"";""\n'
    )
    assert ina.last_name == "Berg"


CELL = st.sampled_from(
    ["", " ", "0241 1234567", "Markt 1, 52062 Aachen", "08:00-09:00", "a;b", 'sagt "ja"', "x\ny", "=1"]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(st.booleans(), CELL, CELL, CELL, CELL), max_size=8),
    delimiter=st.sampled_from(";,\t"),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
)
def test_no_row_is_lost_without_a_word(
    tmp_path: Path, rows: list[tuple[bool, str, str, str, str]], delimiter: str, ending: str, encoding: str
) -> None:
    """Each is somebody, is rejected with its number, is more hours of whom stands above, or is empty."""
    text = io.StringIO()
    # the library would not quote a line break that is not its own
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending, quoting=csv.QUOTE_ALL)
    writer.writerow(["Name", "Telefon", "Adresse", "Montag", "Dienstag", "Sonst"])
    begins, somebody = [], False
    for number, (named, phone, address, monday, other) in enumerate(rows):
        row = 1 + text.getvalue().replace("\r\n", "\n").replace("\r", "\n").count("\n")
        writer.writerow([f"Ina Berg{number}" if named else "", phone, address, monday, "", other])
        more_hours = somebody and bool(monday.strip()) and not (phone.strip() or address.strip())
        if named or (any(cell.strip() for cell in (phone, address, monday, other)) and not more_hours):
            begins.append(row)
            somebody = True
    path = tmp_path / "x"
    path.write_bytes(text.getvalue().encode(encoding))
    source = as_table(recognise(path, today=TODAY), FileKind.THERAPIST_TABLE)
    assert [row.row for row in records(source, today=TODAY)] == begins


@pytest.mark.parametrize(
    ("cell", "number", "notes"),
    [
        (datetime(2026, 7, 5), "5-7", ()),  # noqa: DTZ001 - as the workbook has it
        (datetime(2026, 5, 7), "5-7", ()),  # noqa: DTZ001 - typed on an English machine
        (datetime(2026, 7, 1), "", ("house_number_unreadable",)),  # noqa: DTZ001
        (12.0, "12", ()),
        ("12 a", "12 a", ()),
    ],
)
def test_a_house_number_a_spreadsheet_took_for_a_day(
    tmp_path: Path, cell: object, number: str, notes: tuple[str, ...]
) -> None:
    """It is turned back where only one number can be meant, else unknown and told; never a date in an address."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["name", "tel", "strasse", "hausnummer", "plz", "ort", "telefonische_sprechzeiten"])
    sheet.append(["Dr. Ina Sommer", "0241 1234567", "Weg", cell, 52062, "Aachen", "Mo 9:10-10:00 Uhr"])
    content = io.BytesIO()
    book.save(content)
    (one,) = people(tmp_path, content.getvalue())
    assert (one.street, one.house_number, one.addition, one.notes) == ("Weg", number, "", notes)

"""Files are recognised by content and read row by row; whatever they hold is data."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from domain.acquisition.hours import day_of
from domain.acquisition.phone_numbers import phone
from domain.acquisition.reading import FileKind, recognise, records
from domain.acquisition.records import PatientRecord, RowError, TherapistRecord
from domain.acquisition.text import clean, fold_name, identity_key, plz
from domain.errors import Invalid, PlatzlotseError
from domain.values import AgeGroup, Licence, Method, Offer, Setting
from tests.examples import examples

TODAY = date(2026, 11, 23)
SAMPLES = Path(__file__).parents[3] / "resources" / "samples"


def read(path: Path) -> list[TherapistRecord | PatientRecord | RowError]:
    """All rows of a file."""
    return list(records(recognise(path, today=TODAY), today=TODAY))


def entry(**values: object) -> TherapistRecord:
    """One entry of the directory's answer, read."""
    from domain.acquisition.arztsuche import record_of

    found = record_of(1, {"arzt": True, **values}, today=TODAY)
    assert isinstance(found, TherapistRecord)
    return found


def test_both_shapes_give_the_same_surname() -> None:
    """Title and full name in the one, the surname alone in the other."""
    assert entry(vorname="Anna", titel="Dr.", name="Dr. Anna von Abel").last_name == "von Abel"
    assert entry(vorname="Anna", titel="Dr.", name="Annaberg").last_name == "Annaberg"


def test_the_surname_null_is_a_name() -> None:
    """A person is called Null; JSON's null is none."""
    assert entry(vorname="Eva", name="Null").last_name == "Null"
    from domain.acquisition.arztsuche import record_of

    assert isinstance(record_of(1, {"arzt": True, "vorname": "Eva", "name": None}, today=TODAY), RowError)


def test_a_missing_age_group_comes_from_the_licence_never_both() -> None:
    """The child and youth licence gives children only, an unknown one stays unknown."""
    psy = [{"heading": "Verhaltenstherapie", "values": ["Einzeltherapie"]}]
    child = entry(name="A", ag=[{"value": "Kinder- und Jugendlichenpsychotherapeutin"}], psy=psy)
    assert child.licence is Licence.CHILD_YOUTH
    assert child.offers == {Offer(Method.CBT, AgeGroup.CHILD_YOUTH, Setting.INDIVIDUAL)}
    assert child.offers_source == "licence"
    unknown = entry(name="A", ag=[], psy=psy)
    assert unknown.offers == {Offer(Method.CBT, AgeGroup.UNKNOWN, Setting.INDIVIDUAL)}


def test_a_day_without_a_year_is_near_the_file() -> None:
    """January read in December is next year's."""
    assert day_of("04.01.", today=date(2026, 12, 30)) == date(2027, 1, 4)
    assert day_of("28.12.", today=date(2027, 1, 2)) == date(2026, 12, 28)


def test_values_are_cleaned() -> None:
    """Lost zeros come back, control characters go, formulas stay text."""
    assert plz(1067) == "01067"
    assert plz("1067x") == ""
    assert phone("Tel. 0241 / 123 45-67 oder mobil") == "+492411234567"
    assert clean("=1+1\x00\x07") == "=1+1"
    assert fold_name("von Müßig-Öz") == "muessig oez"
    assert identity_key("Müßig", "52062", "12 A") == identity_key("MUESSIG", "52062", "12a")


def test_a_patient_list_in_windows_encoding_is_read(tmp_path: Path) -> None:
    """Umlauts are right, the row without a name is told with its number, a formula is text."""
    path = tmp_path / "liste.txt"
    path.write_bytes(
        "Nachname;Vorname;Geburtsdatum;PLZ\r\nMüller;Jörg;4.5.1980;52062\r\n;Ohne;;\r\n=1+1;A;;\r\n".encode("cp1252")
    )
    assert recognise(path, today=TODAY).kind is FileKind.OFFICE_TABLE
    first, second, third = read(path)
    assert isinstance(first, PatientRecord)
    assert (first.last_name, first.first_name, first.birth_date) == ("Müller", "Jörg", date(1980, 5, 4))
    assert isinstance(second, RowError)
    assert (second.row, second.reason) == (3, "import.row.no_name")
    assert isinstance(third, PatientRecord)
    assert third.last_name == "=1+1"


def test_a_workbook_is_read(tmp_path: Path) -> None:
    """Dates as dates, numbers as numbers, whatever the file is called."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name", "Vorname", "geb. Datum", "Postleitzahl", "Umkreis km", "Gruppe"])
    sheet.append(["Öz", "Ela", date(1990, 1, 2), 1067, 15, "ja"])
    path = tmp_path / "patienten.json"
    book.save(path)
    (found,) = read(path)
    assert isinstance(found, PatientRecord)
    assert (found.last_name, found.birth_date, found.plz, found.radius_km, found.group_ok) == (
        "Öz", date(1990, 1, 2), "01067", 15, True,
    )  # fmt: skip


def test_a_list_of_therapists_does_not_become_patients(tmp_path: Path) -> None:
    """Its headers give it away."""
    path = tmp_path / "export.csv"
    path.write_text("Nachname;Fachgebiete;Therapieverfahren\nA;B;C\n", "utf-8")
    (row,) = read(path)
    assert isinstance(row, TherapistRecord)


@pytest.mark.parametrize("name", ["arztsuche-v1.json", "arztsuche-v2.json", "intake-patients.json"])
def test_whatever_is_cut_or_changed_is_refused_or_read(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    """No mutation of a sample raises anything but an error with a sentence."""
    original = (SAMPLES / name).read_bytes()
    path = tmp_path_factory.mktemp("mutated") / name

    @settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, len(original)), st.integers(0, len(original)), st.binary(max_size=6))
    def mutate(start: int, length: int, middle: bytes) -> None:
        path.write_bytes(original[:start] + middle + original[start + length % 2000 :])
        try:
            rows = read(path)
        except PlatzlotseError:
            return
        assert all(isinstance(row, (TherapistRecord, PatientRecord, RowError)) for row in rows)

    mutate()


def test_a_truncated_file_raises_at_the_break(tmp_path: Path) -> None:
    """What came before is for the caller's transaction to take back."""
    path = tmp_path / "cut.json"
    path.write_bytes((SAMPLES / "arztsuche-v1.json").read_bytes()[:30_000])
    with pytest.raises(Invalid) as error:
        read(path)
    assert error.value.code == "import.truncated_json"


def test_a_row_that_is_no_object_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    """Good rows still come in."""
    path = tmp_path / "mixed.json"
    path.write_text(json.dumps({"arztPraxisDatas": [7, {"name": "Gut"}, None], "moreResults": False}), "utf-8")
    kinds = [type(row).__name__ for row in read(path)]
    assert kinds == ["RowError", "TherapistRecord", "RowError"]

"""Damaged and hostile files: refused with a code, or read; never a crash, and never half of what they hold."""

import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from domain.acquisition import sheets, workbook_limits
from domain.acquisition.reading import is_cut, recognise, records
from domain.acquisition.records import PatientRecord, RowError
from domain.errors import Invalid, PlatzlotseError, Unavailable
from domain.values import MINUTES_PER_WEEK
from tests.domain.acquisition.files import SAMPLES, TODAY, code_of, read
from tests.examples import examples

# what a broken exporter or a prank puts where a text, a number or a list should be
ODD: list[object] = [
    None, True, False, 0, -1, 7, 1.5, 1e308, "", "\x00", "=1+1", "Null", "٥٢٠٦٢", [], {}, [[]], {"a": 1}, "<b>",
    "99:99-12:00", "a" * 5000, "31.02.", "0001-01-01", ["x", None, 3], 9_223_372_036_854_775_807,
]  # fmt: skip


def _mutated(value: object, random: Random) -> object:
    if random.random() < 0.05:
        return random.choice(ODD)
    if isinstance(value, dict):
        return {key: _mutated(item, random) for key, item in value.items() if random.random() > 0.01}
    if isinstance(value, list):
        return [_mutated(item, random) for item in value]
    return value


def _few(name: str) -> object:
    """A sample with its first rows only."""
    whole = json.loads((SAMPLES / name).read_text("utf-8"))
    if isinstance(whole, list):
        return whole[:4]
    return {key: value[:4] if isinstance(value, list) else value for key, value in whole.items()}


@pytest.mark.parametrize("name", ["arztsuche-v1.json", "arztsuche-v2.json", "intake-patients.json"])
@settings(max_examples=examples(26), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(random=st.randoms(use_true_random=False))
def test_values_of_the_wrong_kind_crash_nothing(tmp_path: Path, name: str, random: Random) -> None:
    """Each row is read or told, and what was read keeps the bounds of its values."""
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(_mutated(_few(name), random)), "utf-8")
    try:
        rows = read(path)
        is_cut(recognise(path, today=TODAY), len(rows))
    except PlatzlotseError:
        return
    for row in rows:
        if isinstance(row, RowError):
            continue
        assert row.last_name.strip() == row.last_name != ""
        assert row.plz == "" or (row.plz.isascii() and row.plz.isdigit() and len(row.plz) == 5)
        for name_of_hours in ("phone_hours", "office_hours", "availability"):
            for span in getattr(row, name_of_hours, None) or ():
                assert 0 <= span.start < span.end <= MINUTES_PER_WEEK


@settings(max_examples=examples(26), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(1, 5000), byte=st.binary(max_size=2))
def test_a_damaged_workbook_is_refused_or_read(tmp_path: Path, cut: int, byte: bytes) -> None:
    """Truncated or with a byte changed: the zip, its compression or its XML breaks."""
    path = tmp_path / "liste.xlsx"
    content = _workbook([["Nachname", "Vorname"], ["Berger", "Lea"]])
    place = cut % len(content)
    path.write_bytes(content[:place] + (byte + content[place + len(byte) :] if byte else b""))
    try:
        read(path)
    except PlatzlotseError:
        return


def _workbook(rows: list[list[object]]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_number_of_thousands_of_digits_is_a_broken_file(tmp_path: Path) -> None:
    """The parser must not take the process with it."""
    for number in ("9" * 5000, "-" + "9" * 5000, "1e" + "9" * 5000, "9" * 5000 + ".5", "9" * 30):
        assert code_of(tmp_path, '{"x":' + number + ',"arztPraxisDatas":[]}') == "import.broken_json"
        assert code_of(tmp_path, '{"arztPraxisDatas":[{"name":' + number + "}]}") == "import.broken_json"


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_brackets_without_end_are_a_broken_file(tmp_path: Path, opening: str) -> None:
    """Half a megabyte of brackets once cost all the memory of the machine."""
    assert code_of(tmp_path, '{"arztPraxisDatas":[' + opening * 100_000) == "import.broken_json"
    assert code_of(tmp_path, '{"x":' + opening * 100_000) == "import.broken_json"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.empty"),
        (b"\xef\xbb\xbf \r\n", "import.empty"),
        (b"<!DOCTYPE html><html></html>", "import.html"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1" + bytes(64), "import.binary"),
        (b"Nachname;Vorname\n" + bytes(40), "import.binary"),
        (b"%PDF-1.7\n1 0 obj\n", "import.binary"),
        (b"{\\rtf1 Name}", "import.binary"),
        (bytes(range(1, 256)) * 16, "import.binary"),
        (b"PK\x03\x04" + bytes(64), "import.xlsx_broken"),
        (b"[]", "import.unknown_json"),
        (b'{"type": "FeatureCollection", "features": []}', "import.unknown_json"),
        (b'{"arztPraxisDatas": null, "moreResults": false}', "import.unknown_json"),
        (b'[{"nachname": "M\xfcller"}]', "import.broken_json"),
        (b'{"arztPraxisDatas": [{"name": "A"}]} und mehr', "import.broken_json"),
        (b'{"arztPraxisDatas": [{"name": "EOF"},', "import.truncated_json"),
        (b'{"arztPraxisDatas": [{"name": "A"', "import.truncated_json"),
        (b"{", "import.truncated_json"),
        (b"PK\x03\x04", "import.xlsx_broken"),
        (b"PK\x03\x04" + b"x" * 500, "import.xlsx_broken"),
        (b"just a text\nof two lines\n", "import.columns_unknown"),
        (b"Nachname;Ort\nA;B\n" + b"x" * 1_200_000, "import.csv_broken"),
        (b"Nachname;Ort\n" + b"x;" * 2_100_000, "import.row_too_large"),
    ],
)
def test_what_is_no_list_is_refused_with_its_reason(tmp_path: Path, content: bytes, code: str) -> None:
    """One code for each thing a person may pick by mistake."""
    assert code_of(tmp_path, content) == code


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    """A letter is a zip, too."""
    path = tmp_path / "brief.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(Invalid, match=r"import\.binary"):
        read(path)


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before any of it is unpacked."""
    monkeypatch.setattr(workbook_limits, "LARGEST_UNPACKED", 1000)
    path = tmp_path / "liste.xlsx"
    path.write_bytes(_workbook([["Nachname"] for _ in range(50)]))
    with pytest.raises(Invalid, match=r"import\.xlsx_too_large"):
        read(path)


def test_a_row_far_down_is_not_waited_for(tmp_path: Path) -> None:
    """A kilobyte may say that its second row is the billionth: the library would hand out all between."""
    path = tmp_path / "liste.xlsx"
    with zipfile.ZipFile(io.BytesIO(_workbook([["Nachname"], ["Berger"]]))) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.startswith("xl/worksheets/"):
                content = content.replace(b'r="2"', b'r="1000000000000"').replace(b'r="A2"', b'r="A1000000000000"')
            new.writestr(part, content)
    with pytest.raises(Invalid, match=r"import\.xlsx_broken"):
        read(path)


def test_a_row_wider_than_any_table_is_refused(tmp_path: Path) -> None:
    """Hundreds of thousands of columns took half a minute a row; as many as a person fills are read."""
    path = tmp_path / "liste.csv"
    for most, said in ((sheets.MOST_COLUMNS, None), (sheets.MOST_COLUMNS + 1, "import.too_wide")):
        path.write_text("Nachname;Vorname" + ";Leer" * (most - 2) + "\nBerger;Lea\n", "utf-8")
        if said is None:
            assert len(read(path)) == 1
        else:
            with pytest.raises(Invalid) as error:
                read(path)
            assert (error.value.code, error.value.params["row"]) == (said, 1)


def test_a_value_of_thousands_of_characters_costs_its_row_only(tmp_path: Path) -> None:
    """The row is told; it once failed the whole file at the index of names."""
    entries = [{"anrede": "Frau", "name": name, "plz": "52062"} for name in ("Anna Berg", "Anna " + "x" * 3000)]
    path = tmp_path / "liste.json"
    path.write_text(json.dumps({"arztPraxisDatas": entries}), "utf-8")
    good, bad = read(path)
    assert not isinstance(good, RowError)
    assert bad == RowError(2, "import.row.too_long")


def test_a_day_before_there_was_a_directory_is_not_believed(tmp_path: Path) -> None:
    """What is read is as of today then."""
    path = tmp_path / "liste.json"
    path.write_text(json.dumps({"metadata": {"scrape_date": "1000-01-01"}, "therapists": []}), "utf-8")
    assert recognise(path, today=TODAY).as_of == TODAY


def test_a_quotation_mark_that_never_closes_swallows_nobody(tmp_path: Path) -> None:
    """The file is refused at the row where the mark opens."""
    path = tmp_path / "liste.csv"
    path.write_text('Nachname;Vorname\nA;B\n"C;D\nE;F\nG;H\n', "utf-8")
    with pytest.raises(Invalid) as error:
        read(path)
    assert (error.value.code, error.value.params["row"]) == ("import.csv_broken", 3)


def test_a_file_that_is_gone_is_unavailable(tmp_path: Path) -> None:
    """Before it is recognised, and between recognising and reading."""
    path = tmp_path / "liste.csv"
    with pytest.raises(Unavailable):
        recognise(path, today=TODAY)
    with pytest.raises(Unavailable):
        recognise(tmp_path, today=TODAY)
    path.write_text("Nachname\nA\n", "utf-8")
    source = recognise(path, today=TODAY)
    path.unlink()
    rows: Iterator[object] = records(source, today=TODAY)
    with pytest.raises(Unavailable):
        next(rows)


@pytest.mark.parametrize("before", ["", "A;B\n" * 2000])
def test_a_nul_costs_no_file(tmp_path: Path, before: str) -> None:
    """What fills a cell up is left out, a lost letter is seen; at the head of the file as in its middle."""
    path = tmp_path / "liste.csv"
    path.write_text(f"Nachname;Vorname;Geburtsdatum\n{before}M\0ller;Lea\0\0;\n\0Kern;\0;\n", "utf-8")
    *_, first, second = read(path)
    assert isinstance(first, PatientRecord)
    assert isinstance(second, PatientRecord)
    assert (first.last_name, first.first_name) == ("M\ufffdller", "Lea")
    assert (second.last_name, second.first_name) == ("Kern", "")


def test_a_giant_cell_costs_its_row_only(tmp_path: Path) -> None:
    """Where it is a field it is told with its row, elsewhere it is nobody's."""
    path = tmp_path / "liste.csv"
    giant = "x" * 200_000
    path.write_text(f"Nachname;Geburtsdatum;Sonst\n{giant};;\nKern;;{giant}\nBerg;;\n", "utf-8")
    first, *others = read(path)
    assert first == RowError(2, "import.row.too_long")
    assert [row.last_name for row in others if not isinstance(row, RowError)] == ["Kern", "Berg"]


def test_a_line_without_end_is_refused_early(tmp_path: Path) -> None:
    """Three hundred megabytes in one line take no memory, and are not waited for."""
    path = tmp_path / "liste.csv"
    path.write_bytes(b"Nachname;Vorname\nA;" + b"x" * 40_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(Invalid) as error:
            read(path)
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()
    assert (error.value.code, error.value.params["row"]) == ("import.row_too_large", 2)


def test_excels_unicode_text_is_read(tmp_path: Path) -> None:
    """UTF-16 with tabs."""
    path = tmp_path / "liste.txt"
    path.write_text("Nachname\tVorname\tGeburtsdatum\r\nMüller\tLea\t\r\n", "utf-16")
    (found,) = read(path)
    assert isinstance(found, PatientRecord)
    assert (found.last_name, found.first_name) == ("Müller", "Lea")

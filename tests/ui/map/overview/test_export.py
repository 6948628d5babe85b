"""The list beside the map as a file."""

import csv
import io
from pathlib import Path

from openpyxl import load_workbook

from domain.therapists.on_map import MapContact, MapPlace
from ui.map.overview.export import as_file, table_of
from ui.map.overview.selection import shown

PLACE = MapPlace(7, 8, "Müßig, Ina", "52062", "Aachen", 50.8, 6.1, True, "cooling", 0, "statutory", ())
EVIL = MapContact(
    7, "=HYPERLINK(1)", "Praxis; am Markt", "Markt 1", "01067", "Aachen", "+492411234567", "a@praxis.example",
    ("cbt:adult:individual",), "statutory",
)  # fmt: skip


def test_a_csv_opens_in_a_german_spreadsheet(tmp_path: Path) -> None:
    """Semicolons, a byte order mark, and no cell that a spreadsheet would take for a formula."""
    content = as_file(tmp_path / "praxen.csv", table_of([shown(PLACE)], {7: EVIL}))
    assert content.startswith(b"\xef\xbb\xbf")
    head, row = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert head[0] == "Name"
    assert row[:5] == ["'=HYPERLINK(1)", "Praxis; am Markt", "Markt 1", "01067", "Aachen"]
    assert row[5] == "0241 1234567"
    assert row[-1] == "Kontaktsperre"


def test_an_excel_file_holds_texts(tmp_path: Path) -> None:
    """The zero of a PLZ stays and nothing is computed."""
    path = tmp_path / "praxen.xlsx"
    path.write_bytes(as_file(path, table_of([shown(PLACE)], {7: EVIL})))
    rows = list(load_workbook(path).worksheets[0].iter_rows())
    assert [cell.value for cell in rows[1]][:4] == ["=HYPERLINK(1)", "Praxis; am Markt", "Markt 1", "01067"]
    assert {cell.data_type for cell in rows[1]} == {"s"}


def test_who_is_gone_meanwhile_is_left_out() -> None:
    """A row without its record is none."""
    assert len(table_of([shown(PLACE)], {})) == 1

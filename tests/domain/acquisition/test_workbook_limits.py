"""A workbook that would not fit into memory is refused before it is taken apart, with a way that goes on."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl.xml.constants import ARC_CONTENT_TYPES, SHARED_STRINGS

from domain.acquisition import sheets
from domain.errors import Invalid
from tests.domain.acquisition.therapist_files import exporter
from ui.errors import describe

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRINGS, SHEET, STYLES = "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"
MEASURED = """
import sys
from pathlib import Path
from domain.acquisition import sheets
rows = sum(1 for _ in sheets.rows(Path(sys.argv[1])))
# not ru_maxrss: that remembers the process this one was forked from
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(rows, int(peak.split()[1]) // 1024)
"""


def crafted(path: Path, name: str, content: Callable[[bytes], bytes]) -> Path:
    """The exporter's workbook with one part replaced; its texts in a part of their own, as Excel has them."""
    path.write_bytes(exporter())
    with ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    parts[STRINGS] = f'<sst xmlns="{MAIN}"></sst>'.encode()
    declared = f'<Override PartName="/{STRINGS}" ContentType="{SHARED_STRINGS}"/></Types>'.encode()
    parts[ARC_CONTENT_TYPES] = parts[ARC_CONTENT_TYPES].replace(b"</Types>", declared)
    parts[name] = content(parts[name])
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    return path


def strings(one: bytes, count: int) -> Callable[[bytes], bytes]:
    """Texts behind those that are there."""
    return lambda old: old.replace(b"</sst>", one * count + b"</sst>")


def in_sheet(before: bytes, repeated: bytes, count: int, after: bytes = b"") -> Callable[[bytes], bytes]:
    """Something behind the rows that are there."""
    return lambda old: old.replace(b"</sheetData>", before + repeated * count + after + b"</sheetData>")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (STRINGS, strings(b"<si/>", 1_000_001)),
        (STRINGS, strings(b"<si><t>" + b"x" * 100_000 + b"</t></si>", 340)),
        (SHEET, in_sheet(b'<row r="9">', b"<c/>", 600_000, b"</row>")),
        (SHEET, in_sheet(b"", b"<row/>", 1_048_577)),
        (SHEET, in_sheet(b"", b"<x/>", 1_100_000)),
        (SHEET, in_sheet(b"", b"<row><x/></row>" + b"<x/>" * 100, 11_000)),
        (STYLES, lambda old: old.replace(b"<cellXfs", b"<!--" + b"x" * 3_000_000 + b"--><cellXfs")),
    ],
    ids=["texts", "letters", "row", "rows", "rest", "between", "styles"],
)
def test_a_workbook_too_large_is_refused(tmp_path: Path, name: str, content: Callable[[bytes], bytes]) -> None:
    """Whatever of it would be held at once; packed it is small."""
    path = crafted(tmp_path / "riesig.xlsx", name, content)
    with pytest.raises(Invalid) as error:
        list(sheets.rows(path))
    assert error.value.code == "import.xlsx_too_large"
    assert "„CSV UTF-8“" in describe(error.value)


@pytest.mark.parametrize("name", [STRINGS, SHEET])
def test_texts_that_cannot_be_counted_are_refused(tmp_path: Path, name: str) -> None:
    """No spreadsheet program writes UTF-16."""
    path = crafted(tmp_path / "x.xlsx", name, lambda old: old.decode().encode("utf-16"))
    with pytest.raises(Invalid, match=r"import\.xlsx_broken"):
        list(sheets.rows(path))


@pytest.mark.parametrize(("texts", "most"), [(200_000, 150), pytest.param(990_000, 500, marks=pytest.mark.soak)])
def test_a_large_workbook_is_read_within_500_mb(tmp_path: Path, texts: int, most: int) -> None:
    """Just below the limits, or a fifth: every row comes, in a process of its own that is measured."""
    path = crafted(tmp_path / "gross.xlsx", STRINGS, strings(b"<si><t>Musterstrasse 12</t></si>", texts))
    found = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=True, timeout=120
    ).stdout.split()
    assert int(found[0]) == sum(1 for _ in sheets.rows(_plain(tmp_path)))
    assert int(found[1]) < most


def _plain(folder: Path) -> Path:
    path = folder / "klein.xlsx"
    path.write_bytes(exporter())
    return path

"""The list beside the map as a table: CSV or XLSX. Free of Qt; no patient stands in it."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from domain.therapists.on_map import MapContact
from ui import formats
from ui.labels import label
from ui.map.overview.selection import Shown
from ui.map.wording import state_words
from ui.translation import tr

# a spreadsheet would take a cell that begins so for a formula
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def table_of(shown: Sequence[Shown], contacts: Mapping[int, MapContact]) -> list[list[str]]:
    """Headings and a row for each that is still there."""
    words = state_words()
    head = [
        tr("Name"), tr("Praxis"), tr("Straße"), tr("PLZ"), tr("Ort"), tr("Telefon"), tr("E-Mail"), tr("Verfahren"),
        tr("Sitz"), tr("Stand"),
    ]  # fmt: skip
    rows = [
        [
            c.name, c.practice, c.street, c.plz, c.city, formats.phone(c.phone), c.email, formats.offers(c.offers),
            label("seat", c.seat), words[one.marker.state],
        ]
        for one in shown
        if (c := contacts.get(one.place.therapist_id)) is not None
    ]  # fmt: skip
    return [head, *rows]


def as_file(path: Path, table: Sequence[Sequence[str]]) -> bytes:
    """The table in the shape the file's ending asks for: XLSX, else CSV as German spreadsheets read it."""
    return _xlsx(table) if path.suffix.lower() == ".xlsx" else _csv(table)


def _csv(table: Sequence[Sequence[str]]) -> bytes:
    made = io.StringIO(newline="")
    csv.writer(made, delimiter=";").writerows([_harmless(cell) for cell in row] for row in table)
    return made.getvalue().encode("utf-8-sig")


def _xlsx(table: Sequence[Sequence[str]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(tr("Praxen"))
    for row in table:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=value)
            cell.data_type = "s"  # text, whatever it looks like
            cells.append(cell)
        sheet.append(cells)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell

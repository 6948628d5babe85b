"""The office's own patients from CSV or XLSX: headers mapped to fields, rows to PatientRecord.

Headers are guessed from common German words; the caller may overrule the guess. Cells are data: a formula
("=…") stays the text it is.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from zipfile import BadZipFile

from charset_normalizer import from_bytes
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from domain.acquisition import intake
from domain.acquisition.records import PatientRecord, RowError
from domain.acquisition.text import clean, day, email, phone, plz
from domain.errors import Invalid
from domain.values import Sex, SexWish

# field → headers it goes by, folded (lower case, letters and digits only)
HEADERS: Mapping[str, frozenset[str]] = {
    "last_name": frozenset({"nachname", "name", "familienname", "zuname"}),
    "first_name": frozenset({"vorname", "rufname"}),
    "birth_date": frozenset({"geburtsdatum", "geburtstag", "gebdatum", "geboren", "geborenam"}),
    "sex": frozenset({"geschlecht"}),
    "street": frozenset({"straße", "strasse", "str", "anschrift"}),
    "house_number": frozenset({"hausnummer", "hausnr", "nr"}),
    "plz": frozenset({"plz", "postleitzahl"}),
    "city": frozenset({"ort", "wohnort", "stadt"}),
    "email": frozenset({"email", "mail", "emailadresse"}),
    "phone": frozenset({"telefon", "telefonnummer", "tel", "handy", "mobil"}),
    "insurer": frozenset({"krankenkasse", "kasse", "versicherung"}),
    "insurance_number": frozenset({"kvnr", "versichertennummer", "versicherungsnummer"}),
    "complaints": frozenset({"beschwerden", "anliegen", "beschwerde"}),
    "diagnoses": frozenset({"icd10", "icd", "diagnose", "diagnosen"}),
    "methods": frozenset({"verfahren", "wunschverfahren", "bevorzugtesverfahren"}),
    "therapist_sex": frozenset({"wunschgeschlecht", "bevorzugtesgeschlecht"}),
    "group_ok": frozenset({"gruppe", "gruppentherapie"}),
    "radius_km": frozenset({"maxkm", "radius", "umkreis", "umkreiskm"}),
    "registered_on": frozenset({"angemeldetam", "anmeldung", "anmeldedatum", "wartetseit", "aufnahme"}),
}
# headers only lists of therapists have: such a file must not become patients
OF_THERAPISTS = frozenset(
    {"fachgebiete", "therapieverfahren", "distanzm", "sprechzeiten", "telefonischesprechzeiten", "barrierefreiheit"}
)
YES = frozenset({"ja", "j", "x", "1", "wahr", "true", "yes"})
DELIMITERS = ";,\t"
SNIFF_BYTES = 65_536


def fold_header(text: str) -> str:
    """A header for comparing."""
    return "".join(c for c in text.lower() if c.isalnum())


def guess_mapping(headers: Sequence[str]) -> dict[str, str]:
    """Field → header as written, for every header that is known; the first of several wins."""
    mapping: dict[str, str] = {}
    for header in headers:
        folded = fold_header(header)
        for field, words in HEADERS.items():
            if folded in words:
                mapping.setdefault(field, header)
    return mapping


def records(path: Path, *, today: date, mapping: Mapping[str, str] | None = None) -> Iterator[PatientRecord | RowError]:
    """Read a table row by row; row numbers are those a person sees in the file (the header is row 1).

    Raises Invalid when no header names a surname, or a header of `mapping` is not there.
    """
    rows = _xlsx_rows(path) if is_xlsx(path) else _csv_rows(path)
    _, header = next(rows, (1, []))
    names = [clean(cell) for cell in header]
    if len(OF_THERAPISTS.intersection(map(fold_header, names))) > 1:
        raise Invalid("import.therapist_table", file=path.name)
    chosen = dict(mapping) if mapping is not None else guess_mapping(names)
    if "last_name" not in chosen:
        raise Invalid("import.columns_unknown", columns=[name for name in names if name][:12])
    if missing := [name for name in chosen.values() if name not in names]:
        raise Invalid("import.column_missing", columns=missing)
    columns = {field: names.index(name) for field, name in chosen.items()}
    for number, row in rows:
        if not any(clean(cell) for cell in row):
            continue
        cells = {field: row[index] if index < len(row) else "" for field, index in columns.items()}
        yield _record(number, cells, today=today)


def is_xlsx(path: Path) -> bool:
    """Whether the file is a zip, as XLSX files are."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def encoding_of(path: Path) -> str:
    """UTF-8 (with or without mark) or Windows-1252, by content."""
    with path.open("rb") as file:
        head = file.read(SNIFF_BYTES)
    for name in ("utf-8-sig", "utf-8"):
        try:
            # the cut may stand inside a character
            head[: head.rfind(b"\n") + 1 or None].decode(name)
        except UnicodeDecodeError:
            continue
        return name
    best = from_bytes(head, cp_isolation=["cp1252", "latin_1", "utf_16"]).best()
    return "cp1252" if best is None else best.encoding


def _csv_rows(path: Path) -> Iterator[tuple[int, Sequence[object]]]:
    with path.open("r", encoding=encoding_of(path), errors="replace", newline="") as file:
        first = file.readline()
        delimiter = max(DELIMITERS, key=first.count)
        file.seek(0)
        reader = csv.reader(_without_nul(file), delimiter=delimiter)
        try:
            for row in reader:
                yield reader.line_num, row
        except csv.Error as exc:
            raise Invalid("import.csv_broken", row=reader.line_num) from exc


def _without_nul(file: io.TextIOBase) -> Iterator[str]:
    for line in file:
        yield line.replace("\0", "")


def _xlsx_rows(path: Path) -> Iterator[tuple[int, Sequence[object]]]:
    # opened here: the library would judge the file by its name
    with path.open("rb") as file:
        try:
            # data_only: what a person saw in the cell, not the formula behind it; nothing is computed here
            book = load_workbook(file, read_only=True, data_only=True)
            yield from enumerate(book.worksheets[0].iter_rows(values_only=True), start=1)
            book.close()
        except (InvalidFileException, BadZipFile, OSError, KeyError, ValueError, IndexError) as exc:
            raise Invalid("import.xlsx_broken", file=path.name) from exc


def _record(row: int, cells: Mapping[str, object], *, today: date) -> PatientRecord | RowError:
    def text(field: str) -> str:
        return clean(cells.get(field))

    if not text("last_name"):
        return RowError(row, "import.row.no_name")
    notes: list[str] = []
    insurer = text("insurer")
    return PatientRecord(
        row=row,
        last_name=text("last_name"),
        first_name=text("first_name"),
        sex=_sex(text("sex")),
        birth_date=intake.birth_date(cells.get("birth_date"), today=today, notes=notes),
        street=text("street"),
        house_number=text("house_number").removesuffix(".0"),
        plz=plz(cells.get("plz")),
        city=text("city"),
        email=email(cells.get("email")),
        phone=phone(cells.get("phone")),
        insurer="" if insurer.lower() in {"privat", "selbstzahler"} else insurer,
        insurance_kind=intake.insurance_kind(insurer),
        insurance_number=text("insurance_number"),
        registered_on=day(cells.get("registered_on")),
        complaints=tuple(part for part in (clean(p) for p in text("complaints").split(",")) if part),
        diagnoses=intake.diagnoses(text("diagnoses"), notes),
        methods=intake.methods(tuple(p for p in (clean(p) for p in text("methods").split(",")) if p), notes),
        therapist_sex=_wish(text("therapist_sex")),
        group_ok=text("group_ok").lower() in YES,
        radius_km=intake.radius(cells.get("radius_km"), notes),
        notes=tuple(dict.fromkeys(notes)),
    )


def _sex(text: str) -> Sex:
    return {"w": Sex.FEMALE, "f": Sex.FEMALE, "m": Sex.MALE, "d": Sex.DIVERSE}.get(text.lower()[:1], Sex.NOT_STATED)


def _wish(text: str) -> SexWish:
    return {"w": SexWish.FEMALE, "f": SexWish.FEMALE, "m": SexWish.MALE}.get(text.lower()[:1], SexWish.ANY)

"""The office's own patients from CSV or XLSX: headers mapped to fields, rows to PatientRecord.

Headers are guessed from common German words; the caller may overrule the guess. Cells are data: a formula
("=…") stays the text it is.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from domain.acquisition import intake
from domain.acquisition.addresses import number_cell
from domain.acquisition.arztsuche import noted
from domain.acquisition.chosen_sheet import table, told_of
from domain.acquisition.names import is_person
from domain.acquisition.patient_columns import HEADERS, guess_mapping
from domain.acquisition.phone_numbers import phone
from domain.acquisition.records import PatientRecord, RowError
from domain.acquisition.text import clean, day, email, plz
from domain.acquisition.therapist_columns import is_of_therapists
from domain.acquisition.written_hours import week_of
from domain.errors import Invalid
from domain.values import Sex, SexWish, WeekSpan
from domain.weektime import merged

YES = frozenset({"ja", "j", "x", "1", "wahr", "true", "yes"})
SEPARATORS = re.compile(r"[,;\n]")


def records(path: Path, *, today: date, mapping: Mapping[str, str] | None = None) -> Iterator[PatientRecord | RowError]:
    """Read a table row by row; row numbers are those a person sees in the file (the header is row 1, or a later one).

    Raises Invalid when no header names a surname, or a field or header of `mapping` is not there.
    """
    left: list[str] = []
    rows = table(path, (mapping or {}).values(), left=left)
    _, header = next(rows, (1, []))
    names = [f"{cell:%d.%m.%Y}" if isinstance(cell, date) else clean(cell) for cell in header]
    if mapping is None and is_of_therapists(names) == (True, True):  # else somebody said that they are patients
        raise Invalid("import.therapist_table", file=path.name)
    chosen = dict(mapping) if mapping is not None else guess_mapping(names)
    if unknown := sorted(set(chosen) - set(HEADERS)):
        raise Invalid("import.mapping", fields=unknown)
    if "last_name" not in chosen:
        raise Invalid("import.columns_unknown", file=path.name, columns=[name for name in names if name][:12])
    if missing := [name for name in chosen.values() if name not in names]:
        raise Invalid("import.column_missing", file=path.name, columns=missing)
    columns = {field: names.index(name) for field, name in chosen.items()}
    for number, row in rows:
        if not any(clean(cell) for cell in row):
            continue
        cells = {field: row[index] if index < len(row) else "" for field, index in columns.items()}
        yield _record(number, cells, today=today)
    yield from told_of(left)


def _record(row: int, cells: Mapping[str, object], *, today: date) -> PatientRecord | RowError:
    def text(field: str) -> str:
        return clean(cells.get(field))

    last_name, first_name = text("last_name"), text("first_name")
    if "first_name" not in cells and "," in last_name:
        # one column for the whole name, as lists sorted by surname have it: "Berger, Lea"
        last_name, first_name = (part.strip() for part in last_name.split(",", 1))
    if not last_name:
        return RowError(row, "import.row.no_name")
    if not is_person(last_name):
        return RowError(row, "import.row.no_person")
    notes: list[str] = []
    insurer = text("insurer")
    registered_on = day(cells.get("registered_on"))
    return PatientRecord(
        row=row,
        last_name=last_name,
        first_name=first_name,
        sex=_sex(text("sex")),
        birth_date=intake.birth_date(cells.get("birth_date"), today=today, notes=notes),
        street=text("street"),
        house_number=clean(number_cell(cells.get("house_number"), notes)).removesuffix(".0"),
        plz=noted(plz, cells.get("plz"), "plz_unreadable", notes),
        city=text("city"),
        email=noted(email, cells.get("email"), "email_unreadable", notes),
        phone=noted(phone, cells.get("phone"), "phone_unreadable", notes),
        insurer="" if insurer.lower() in {"privat", "selbstzahler"} else insurer,
        insurance_kind=intake.insurance_kind(insurer),
        insurance_number=text("insurance_number"),
        registered_on=intake.past_day(
            registered_on, cells.get("registered_on"), today=today, name="registered_on", notes=notes
        ),
        complaints=_parts(str(cells.get("complaints") or "")),
        diagnoses=intake.diagnoses(text("diagnoses"), notes),
        methods=intake.methods(_parts(str(cells.get("methods") or "")), notes),
        therapist_sex=_wish(text("therapist_sex")),
        group_ok=text("group_ok").lower() in YES,
        radius_km=intake.radius(cells.get("radius_km"), notes),
        travel_mode=intake.travel_mode(text("travel_mode")),
        languages=intake.needed_languages(_parts(str(cells.get("languages") or "")), notes),
        availability=_availability(str(cells.get("availability") or ""), notes),
        notes=tuple(dict.fromkeys(notes)),
    )


def _parts(text: str) -> tuple[str, ...]:
    """A cell's list: "VT, TP", "Angst; Zwang", or one a line."""
    return tuple(part for part in map(clean, SEPARATORS.split(text)) if part)


def _availability(text: str, notes: list[str]) -> tuple[WeekSpan, ...] | None:
    """Hours after their weekdays: "Mo-Do 08:00-12:00; Mi, Fr 16:00-20:00".

    Unknown unless all of it is read: half of somebody's hours would leave out practices that fit the other half.
    """
    unread: list[str] = []
    spans = week_of(text, unread)
    if unread or (text.strip() and not spans):
        notes += unread or ["hours_unreadable"]
        return None
    return merged(spans) or None


def _sex(text: str) -> Sex:
    letters = {"w": Sex.FEMALE, "f": Sex.FEMALE, "m": Sex.MALE, "h": Sex.MALE, "d": Sex.DIVERSE}
    return letters.get(text.lower()[:1], Sex.NOT_STATED)


def _wish(text: str) -> SexWish:
    return {"w": SexWish.FEMALE, "f": SexWish.FEMALE, "m": SexWish.MALE}.get(text.lower()[:1], SexWish.ANY)

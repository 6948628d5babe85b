"""Lists of therapists from CSV and XLSX, as public exporters and offices write them → TherapistRecord.

One reader for all of them: `therapist_columns` knows the columns, hours stand in columns per day ("Mo 12.01.2026",
"Montag"), in a column of their own or in a second sheet. A line of hours without a word before it is a telephone hour,
as the exporters mean it; in a column called "Sprechzeiten" it is not. Rows of one person behind each other are one
record.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from domain.acquisition import sheets
from domain.acquisition.addresses import Address, number_cell, split_address, split_street, split_town
from domain.acquisition.arztsuche import SEXES, noted
from domain.acquisition.chosen_sheet import HOURS_SHEET, table, told_of
from domain.acquisition.clock import is_timed
from domain.acquisition.hours import WEEKDAYS, Week, as_of, published, spans_of
from domain.acquisition.intake import past_day
from domain.acquisition.names import SALUTATIONS, PersonName, is_institution, is_person, split_name
from domain.acquisition.names import title as one_title
from domain.acquisition.offers import licence_of, offers_of
from domain.acquisition.phone_numbers import numbers, phone
from domain.acquisition.records import RowError, TherapistRecord
from domain.acquisition.text import clean, day, first_email, parts
from domain.acquisition.therapist_columns import Columns, columns_of, header_words
from domain.acquisition.written_hours import week_of, written_hours
from domain.errors import Invalid
from domain.values import Sex, WeekSpan

BY_PHONE = re.compile(r"tel", re.IGNORECASE)
IN_PERSON = re.compile(r"\s*(?:sprech|psych|offene)", re.IGNORECASE)
OF_HOURS = ("phone_hours", "office_hours")  # columns
_LONGEST_LOCAL = 9  # digits
LISTED = re.compile(r"\s*(.+?)\s*\(Tel:\s*([^()]*(?:\([^()]*\)[^()]*)*)\)\s*(?:,|$)")


def records(
    path: Path, *, today: date, mapping: Mapping[str, str] | None = None
) -> Iterator[TherapistRecord | RowError]:
    """Read a list row by row; numbers are those a person sees in the file (the header is row 1, or a later one).

    Raises Invalid when no column holds the name, or a field or header of `mapping` is not there.
    """
    left: list[str] = []
    rows = table(path, (mapping or {}).values(), paged=True, left=left)
    _, header = next(rows, (1, []))
    columns = columns_of(header_words(header), mapping, file=path.name)
    if not {"name", "last_name"} & set(columns.fields):
        raise Invalid("import.columns_unknown", file=path.name)
    known = {*columns.fields.values(), *columns.days}
    more = _hours_sheet(path)
    draft: _Draft | None = None
    for number, row in rows:
        if not any(clean(cell) for cell in row):
            continue
        cells = {name: row[index] if index < len(row) else "" for name, index in columns.fields.items()}
        hours = {index: row[index] for index in columns.days if index < len(row)}
        timed = any(map(clean, hours.values())) or any(clean(cells.get(name)) for name in OF_HOURS)
        if draft is None or not draft.goes_on(cells, timed=timed):
            if draft is not None:
                yield draft.record(more, today=today)
            draft = _Draft(number, cells)
        draft.add(cells, hours, columns)
        if any(_names_hours(cell) for index, cell in enumerate(row) if index not in known and cell):
            draft.week.notes.append("hours_unassigned")
    if draft is not None:
        yield draft.record(more, today=today)
    yield from told_of([title for title in left if title != HOURS_SHEET])


@dataclass(slots=True)
class _Draft:
    """One person while their rows are read."""

    row: int
    cells: dict[str, object]
    week: Week = field(default_factory=Week)

    def goes_on(self, cells: Mapping[str, object], *, timed: bool) -> bool:
        """Whether another row is of the same person: the same name and address, or hours and nothing besides."""
        names = ("name", "last_name", "first_name")
        if not any(clean(cells.get(name)) for name in names):
            return timed and not any(clean(value) for name, value in cells.items() if name not in OF_HOURS)
        # a row that says more than hours of somebody else is told apart by the address or the number
        same = (*names, "address", "street", "house_number", "plz", "phone", "email")
        return all(clean(cells.get(name)) == clean(self.cells.get(name)) for name in same)

    def add(self, cells: Mapping[str, object], days: Mapping[int, object], columns: Columns) -> None:
        """Take a row's cells and hours over."""
        for name, value in cells.items():
            if not clean(self.cells.get(name)):
                self.cells[name] = value
        for index, value in days.items():
            weekday, calendar = columns.days[index]
            lines = [line for line in str(value or "").splitlines() if clean(line)]
            for line in lines:
                in_person = IN_PERSON.match(line) is not None and BY_PHONE.match(line.strip()) is None
                self.week.add(weekday, line, by_phone=not in_person)
            if lines and calendar is not None:
                self.week.days.append(calendar)
        for name, spans in (("phone_hours", self.week.phone), ("office_hours", self.week.office)):
            spans.update(week_of(str(cells.get(name) or ""), self.week.notes))

    def record(self, more: "_MoreHours", *, today: date) -> TherapistRecord | RowError:
        """The person's record."""
        cells, notes = self.cells, self.week.notes
        name = _name(cells)
        if not name.last_name:
            return RowError(self.row, "import.row.no_name")
        if not is_person(f"{name.first_name} {name.last_name}"):
            return RowError(self.row, "import.row.no_person")
        # between the rows of a list stands what groups them: a town, a page's head
        timed = bool(self.week.phone | self.week.office)
        if len(cells) > 1 and not timed and sum(bool(clean(cell)) for cell in cells.values()) == 1:
            return RowError(self.row, "import.row.only_a_name")
        address = _address(cells, notes)
        called = numbers(_phone(cells), cells.get("mobile"), cells.get("fax"))
        if called.unreadable:
            notes.append("phone_unreadable")
        if not self.week.phone:
            self.week.phone |= more.of(name, called.phone)
        licence = licence_of([clean(cells.get("licence"))])
        methods = [line for line in re.split(r"[\r\n;]+", str(cells.get("methods") or "")) if clean(line)]
        offers, source = offers_of(map(clean, methods), licence)
        hours = published(self.week.phone), published(self.week.office)
        return TherapistRecord(
            row=self.row,
            last_name=name.last_name,
            first_name=name.first_name,
            title=name.title,
            salutation=name.salutation,
            is_institution=name.institution,
            sex=SEXES.get(clean(cells.get("sex")).lower()[:1], Sex.NOT_STATED),
            licence=licence,
            offers=offers,
            offers_source=source,
            email=noted(first_email, cells.get("email"), "email_unreadable", notes),
            phone=called.phone,
            mobile=called.mobile,
            fax=called.fax,
            web=clean(cells.get("web")),
            street=address.street,
            house_number=address.house_number,
            addition=address.addition,
            plz=address.plz,
            city=address.city,
            languages=frozenset(map(clean, re.split(r"[,;\n]", str(cells.get("languages") or "")))) - {"", "Deutsch"},
            specialties=parts(cells.get("specialties")),
            accessible=True if clean(cells.get("accessible")).lower() not in {"", "nein", "unbekannt"} else None,
            phone_hours=hours[0],
            office_hours=hours[1],
            hours_as_of=(as_of(self.week.days) or today) if any(hours) else None,
            contact_status=clean(cells.get("contact_status")),
            contact_note=clean(cells.get("contact_note")),
            contact_on=past_day(
                day(cells.get("contact_on")), cells.get("contact_on"), today=today, name="contact_on", notes=notes
            ),
            notes=tuple(dict.fromkeys(notes)),
        )


def _name(cells: Mapping[str, object]) -> PersonName:
    salutation = clean(cells.get("salutation"))
    salutation = salutation if salutation in SALUTATIONS else ""
    last_name = clean(cells.get("last_name"))
    if not last_name:
        found = split_name(cells.get("name"))
        first_name = clean(cells.get("first_name")) or found.first_name
        return PersonName(found.last_name, first_name, found.title, salutation or found.salutation, found.institution)
    house = is_institution(last_name) and not clean(cells.get("first_name"))
    return PersonName(last_name, clean(cells.get("first_name")), one_title(cells.get("title")), salutation, house)


def _phone(cells: Mapping[str, object]) -> object:
    """The cell of the number, behind its area code where that has a column of its own.

    A number that only lost its zero in a spreadsheet has a code already: it begins with that one, or is too long.
    """
    code, number = clean(cells.get("area_code")), clean(cells.get("phone"))
    local = code.lstrip("0")
    if not local.isdigit() or number.startswith(("0", "+", "(")):
        return cells.get("phone")
    if not any(map(str.isdigit, number)):
        return ""  # "k.A.", "-"
    if number.isdigit() and (len(number) >= _LONGEST_LOCAL or number.startswith(local)):
        return cells.get("phone")
    return f"0{local} {number}"


def _address(cells: Mapping[str, object], notes: list[str]) -> Address:
    if clean(cells.get("address")) and not clean(cells.get("street")):
        found = split_address(cells.get("address"))
        if not found.plz:
            notes.append("plz_unreadable")
        return found
    street = split_street(cells.get("street"), number_cell(cells.get("house_number"), notes))
    code, city, unread = split_town(cells.get("plz"), cells.get("city"))
    if unread:
        notes.append("plz_unreadable")
    return Address(street.street, street.house_number, street.addition, code, city)


def _names_hours(cell: object) -> bool:
    text = clean(cell)
    return any(map(str.isdigit, text)) and (is_timed(text) or next(written_hours(text), None) is not None)


class _MoreHours:
    """The hours of a second sheet, by name; where several are called alike, by their number, too."""

    def __init__(self) -> None:
        self._by_name: dict[str, list[tuple[str, int, str]]] = {}

    def add(self, name: str, phone: str, weekday: int, times: str) -> None:
        """One person at one time."""
        self._by_name.setdefault(_plain(name), []).append((phone, weekday, times))

    def of(self, name: PersonName, phone: str) -> set[WeekSpan]:
        """The telephone hours of somebody; none where the name is another's, too, and no number tells them apart."""
        found = self._by_name.get(f"{name.first_name} {name.last_name}".strip().lower(), [])
        if len({number for number, _, _ in found}) > 1:
            found = [entry for entry in found if entry[0] == phone]
        return {span for _, weekday, times in found for span in spans_of(weekday, times, [])}


def _hours_sheet(path: Path) -> _MoreHours:
    """The sheet "Telefonsprechzeiten": weekday, time, and who answers then."""
    more = _MoreHours()
    if not sheets.has_sheet(path, HOURS_SHEET):
        return more
    for _, row in sheets.rows(path, HOURS_SHEET):
        day_name, times, people = ([clean(cell) for cell in row] + ["", "", ""])[:3]
        weekday = WEEKDAYS.get(day_name[:2].lower())
        if weekday is not None:
            for match in LISTED.finditer(people):
                more.add(match[1], phone(match[2]), weekday, times)
    return more


def _plain(name: str) -> str:
    found = split_name(name)
    return f"{found.first_name} {found.last_name}".strip().lower()

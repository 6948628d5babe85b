"""One entry of the directory's answer (both shapes) → TherapistRecord. See docs on the fields in the design.

`id`, `distance` and `geoeffnet` belong to one query and are never stored.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from domain.acquisition.addresses import split_street, split_town
from domain.acquisition.hours import Week, as_of, day_of, published, weekday_of
from domain.acquisition.names import SALUTATIONS
from domain.acquisition.names import title as one_title
from domain.acquisition.offers import licence_of, offers_of
from domain.acquisition.phone_numbers import numbers
from domain.acquisition.records import RowError, TherapistRecord
from domain.acquisition.text import clean, first_email, parts, says_nothing
from domain.values import Sex

SEXES = {"w": Sex.FEMALE, "m": Sex.MALE, "d": Sex.DIVERSE}
PHONE_KIND = re.compile(r"0?7|telefon.*", re.IGNORECASE)
GERMANY = (47.0, 55.2, 5.5, 15.5)


def record_of(row: int, entry: object, *, today: date) -> TherapistRecord | RowError:
    """Read one entry; a RowError when it is no person and no institution."""
    if not isinstance(entry, Mapping):
        return RowError(row, "import.row.not_an_object")
    first_name = clean(entry.get("vorname"))
    title = clean(entry.get("titel"))
    last_name = surname(clean(entry.get("name")), first_name, title)
    if not last_name:
        return RowError(row, "import.row.no_name")
    notes: list[str] = []
    institution = entry.get("arzt") is False
    licence = licence_of(values_of(entry.get("ag")))
    offers, source = offers_of(_sentences(entry.get("psy")), licence)
    week = _week(entry.get("tsz"), today=today)
    notes += week.notes
    lat, lon = place(entry.get("lat"), entry.get("lon"), notes)
    salutation = clean(entry.get("anrede"))
    address = split_street(entry.get("strasse"), entry.get("hausnummer"))
    called = numbers(entry.get("tel"), entry.get("handy"), entry.get("fax"))
    if called.unreadable:
        notes.append("phone_unreadable")
    postal, city, unread = split_town(entry.get("plz"), entry.get("ort"))
    if unread:
        notes.append("plz_unreadable")
    return TherapistRecord(
        row=row,
        last_name=last_name,
        first_name="" if institution else first_name,
        title=one_title(title),
        salutation=salutation if salutation in SALUTATIONS else "",
        is_institution=institution,
        sex=SEXES.get(clean(entry.get("geschlecht")).lower()[:1], Sex.NOT_STATED),
        licence=licence,
        offers=offers,
        offers_source=source,
        email=noted(first_email, entry.get("email"), "email_unreadable", notes),
        phone=called.phone,
        mobile=called.mobile,
        fax=called.fax,
        web=clean(entry.get("web")),
        street=address.street,
        house_number=address.house_number,
        addition=address.addition,
        plz=postal,
        city=city,
        lat=lat,
        lon=lon,
        languages=frozenset(values_of(entry.get("fs"))) - {"Deutsch"},
        specialties=parts(*values_of(entry.get("fg"))),
        qualifications=parts(*values_of(entry.get("zb")), *values_of(entry.get("zm"))),
        accessible=True if values_of(entry.get("bf")) else None,
        phone_hours=published(week.phone),
        office_hours=published(week.office),
        hours_as_of=as_of(week.days) if week.phone or week.office else None,
        notes=tuple(dict.fromkeys(notes)),
    )


def surname(name: str, first_name: str, title: str) -> str:
    """The surname: one shape gives title + full name, the other the surname only (then no first name is in it)."""
    if first_name:
        match = re.search(rf"(?:^|\s){re.escape(first_name)}\s+(\S.*)$", name)
        if match:
            return match[1]
    if title and name.startswith(title + " "):
        return name[len(title) + 1 :]
    return name


def listed(items: object) -> list[Any]:
    """The items of a list; of anything else none."""
    return items if isinstance(items, list) else []


def values_of(items: object) -> tuple[str, ...]:
    """Texts of a list of strings or of {"value": …}, or the one text that stands in its place."""
    entries = [items] if isinstance(items, str) else listed(items)
    texts = (clean(item.get("value") if isinstance(item, Mapping) else item) for item in entries)
    return tuple(text for text in texts if text)


def place(lat: object, lon: object, notes: list[str]) -> tuple[float | None, float | None]:
    """A coordinate inside Germany's box, or none with a note."""
    if lat is None and lon is None:
        return None, None
    try:
        found = float(str(lat)), float(str(lon))
    except ValueError:
        found = (0.0, 0.0)
    south, north, west, east = GERMANY
    if south <= found[0] <= north and west <= found[1] <= east:
        return found
    notes.append("place_impossible")
    return None, None


def noted(read: Callable[[object], str], value: object, note: str, notes: list[str]) -> str:
    """What `read` finds in a value; a note where it finds nothing in one that says something."""
    found = read(value)
    if not found and not says_nothing(value):
        notes.append(note)
    return found


def _sentences(psy: object) -> Iterable[str]:
    """Shape 1 gives sentences, shape 2 headings with values; both become sentences."""
    for item in [psy] if isinstance(psy, str) else listed(psy):
        if isinstance(item, Mapping):
            heading = clean(item.get("heading"))
            for value in values_of(item.get("values")) or ("",):
                yield f"{heading} {value}"
        else:
            yield clean(item)


def _week(tsz: object, *, today: date) -> Week:
    week = Week()
    for entry in listed(tsz):
        if not isinstance(entry, Mapping):
            continue
        weekday = weekday_of(clean(entry.get("t")))
        day = day_of(clean(entry.get("d")), today=today, weekday=weekday)
        if day is not None:
            week.days.append(day)
            weekday = day.weekday() if weekday is None else weekday
        if weekday is None:
            continue
        for kind in listed(entry.get("typTsz") or entry.get("tszDesTyps")):
            if not isinstance(kind, Mapping):
                continue
            by_phone = PHONE_KIND.fullmatch(clean(kind.get("typ"))) is not None
            for slot in listed(kind.get("sprechzeiten")):
                if isinstance(slot, Mapping):
                    week.add(weekday, clean(slot.get("z") or slot.get("zeit")), by_phone=by_phone)
    return week

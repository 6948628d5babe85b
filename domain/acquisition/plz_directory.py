"""One entry of a directory file per PLZ area → TherapistRecord."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.acquisition.addresses import split_street, split_town
from domain.acquisition.arztsuche import noted, values_of
from domain.acquisition.hours import Week, published, weekday_of
from domain.acquisition.names import SALUTATIONS, PersonName, is_institution, is_person, split_name
from domain.acquisition.names import title as one_title
from domain.acquisition.offers import licence_of, offers_of
from domain.acquisition.phone_numbers import numbers
from domain.acquisition.records import RowError, TherapistRecord
from domain.acquisition.text import clean, first_email
from domain.values import Sex

SEX_OF_SALUTATION = {"Frau": Sex.FEMALE, "Herr": Sex.MALE}


def record_of(row: int, entry: object, *, scraped_on: date) -> TherapistRecord | RowError:
    """Read one entry; a RowError when it has no name."""
    if not isinstance(entry, Mapping):
        return RowError(row, "import.row.not_an_object")
    person, site, contact = (_part(entry, name) for name in ("basic_info", "location", "contact"))
    name = _name(person)
    if not name.last_name:
        return RowError(row, "import.row.no_name")
    if not is_person(f"{name.first_name} {name.last_name}"):
        return RowError(row, "import.row.no_person")
    licence = licence_of([clean(person.get("classification")).removeprefix("Psychotherapie:")])
    offers, source = offers_of(values_of(entry.get("therapy_methods")), licence)
    week = Week()
    for day_name, times in _part(entry, "telephone_hours").items():
        weekday = weekday_of(day_name)
        if weekday is not None:
            for span in times if isinstance(times, list) else [times]:
                week.add(weekday, clean(span), by_phone=True)
    notes = week.notes
    address = split_street(site.get("street"), site.get("house_number"))
    called = numbers(contact.get("phone"), fax=contact.get("fax"))
    if called.unreadable:
        notes.append("phone_unreadable")
    postal, city, unread = split_town(site.get("postal_code"), site.get("city"))
    if unread:
        notes.append("plz_unreadable")
    return TherapistRecord(
        row=row,
        last_name=name.last_name,
        first_name=name.first_name,
        title=name.title,
        salutation=name.salutation,
        is_institution=name.institution,
        sex=SEX_OF_SALUTATION.get(name.salutation, Sex.NOT_STATED),
        licence=licence,
        offers=offers,
        offers_source=source,
        email=noted(first_email, contact.get("email"), "email_unreadable", notes),
        phone=called.phone,
        mobile=called.mobile,
        fax=called.fax,
        web=clean(contact.get("website")),
        street=address.street,
        house_number=address.house_number,
        addition=address.addition,
        plz=postal,
        city=city,
        languages=frozenset(values_of(entry.get("languages"))) - {"Deutsch"},
        phone_hours=published(week.phone),
        hours_as_of=scraped_on if week.phone else None,
        notes=tuple(dict.fromkeys(notes)),
    )


def _name(person: Mapping[str, Any]) -> PersonName:
    """The parts as they stand, else those of the whole name; a house has no first name."""
    salutation, first_name = clean(person.get("salutation")), clean(person.get("first_name"))
    salutation = salutation if salutation in SALUTATIONS else ""
    last_name = clean(person.get("last_name"))
    if not last_name:
        whole = split_name(person.get("full_name"))
        last_name = whole.last_name
        if first_name and not whole.institution:
            behind = f"{whole.first_name} {whole.last_name}".strip()
            last_name = behind.removeprefix(first_name).strip()
        salutation = salutation or whole.salutation
        titles = one_title(person.get("title")) or whole.title
        if whole.institution:
            return PersonName(last_name, institution=True)
        return PersonName(last_name, first_name or whole.first_name, titles, salutation)
    if not first_name and is_institution(last_name):
        return PersonName(last_name, institution=True)
    return PersonName(last_name, first_name, one_title(person.get("title")), salutation)


def _part(entry: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = entry.get(name)
    return part if isinstance(part, Mapping) else {}

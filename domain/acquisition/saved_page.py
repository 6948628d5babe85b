"""A result page of the directory as a browser saved it (HTML) → TherapistRecord. Nothing is executed or loaded."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bs4 import BeautifulSoup, SoupStrainer, Tag
from bs4.exceptions import ParserRejectedMarkup

from domain.acquisition.addresses import split_address
from domain.acquisition.hours import Week, as_of, day_of, published, weekday_of
from domain.acquisition.names import split_name
from domain.acquisition.offers import licence_of, methods_of, offers_of
from domain.acquisition.records import RowError, TherapistRecord
from domain.acquisition.text import clean, first_email, numbers
from domain.errors import Invalid

MARK = b"praxis-list-element"
LARGEST = 64 * 1024**2  # a page of a hundred practices has less than one
CHUNK = 65_536
PHONE_TABLE = re.compile(r"telefon", re.IGNORECASE)


def is_result_page(path: Path) -> bool:
    """Whether a saved page lists practices."""
    with path.open("rb") as file:
        before = b""
        while chunk := file.read(CHUNK):
            if MARK in before + chunk:
                return True
            before = chunk[-len(MARK) :]
    return False


def records(path: Path, *, saved_on: date) -> Iterator[TherapistRecord | RowError]:
    """The practices of a page in order, numbered from 1. Raises Invalid where it is too large or no HTML."""
    if path.stat().st_size > LARGEST:
        raise Invalid("import.page_too_large", file=path.name)
    try:
        cards = BeautifulSoup(
            path.read_bytes(), "html.parser", parse_only=SoupStrainer("div", class_="praxis-list-element")
        ).find_all("div", class_="praxis-list-element")
        for row, card in enumerate(cards, start=1):
            yield _record(row, card, saved_on=saved_on)
    except (ParserRejectedMarkup, RecursionError, AssertionError) as exc:
        raise Invalid("import.page_broken", file=path.name) from exc


def _record(row: int, card: Tag, *, saved_on: date) -> TherapistRecord | RowError:
    name = split_name(_text(card.select_one("h1.praxisname, .praxisname")))
    if not name.last_name:
        return RowError(row, "import.row.no_name")
    licence = licence_of([_text(card.select_one("div.arztgruppe, .arztgruppe"))])
    lines = [_text(line) for line in card.select('div[aria-description="Adresse der Praxis"] > div')]
    address = split_address("\n".join(line for line in lines if line))
    dialled = [_after(link, "tel:") for link in card.select('a[href^="tel:"]')]
    called = numbers(" / ".join(dialled))
    sentences = [text for item in card.select("li") if methods_of(text := _text(item))]
    offers, source = offers_of(sentences, licence)
    week = _week(card, saved_on=saved_on)
    notes = list(week.notes)
    if called.unreadable:
        notes.append("phone_unreadable")
    if address.street and not address.plz:
        notes.append("plz_unreadable")
    web = card.select_one('a[id^="web_"]')
    mail = card.select_one('a[href^="mailto:"]')
    hours = published(week.phone), published(week.office)
    return TherapistRecord(
        row=row,
        last_name=name.last_name,
        first_name=name.first_name,
        title=name.title,
        salutation=name.salutation,
        is_institution=name.institution,
        licence=licence,
        offers=offers,
        offers_source=source,
        email=first_email(_after(mail, "mailto:").partition("?")[0]),
        phone=called.phone,
        mobile=called.mobile,
        fax=called.fax,
        web=_text(web) or _after(web, ""),
        street=address.street,
        house_number=address.house_number,
        addition=address.addition,
        plz=address.plz,
        city=address.city,
        phone_hours=hours[0],
        office_hours=hours[1],
        hours_as_of=(as_of(week.days) or as_of([saved_on])) if any(hours) else None,
        notes=tuple(dict.fromkeys(notes)),
    )


def _week(card: Tag, *, saved_on: date) -> Week:
    """Hours of all tables; each time is printed twice ("bis" and "-") and counts once."""
    week = Week()
    for table in card.find_all("table"):
        by_phone = PHONE_TABLE.search(_heading(table)) is not None
        for line in table.find_all("tr"):
            cells = [_text(cell) for cell in line.find_all(["td", "th"])]
            if len(cells) < 2:
                continue
            weekday = saved_on.weekday() if cells[0].lower().startswith("heute") else weekday_of(cells[0])
            written = re.search(r"\d{1,2}\.\d{1,2}\.", cells[0])
            if written and (found := day_of(written[0], today=saved_on, weekday=weekday)) is not None:
                week.days.append(found)
                weekday = found.weekday()
            if weekday is not None:
                week.add(weekday, " ".join(cells[1:]), by_phone=by_phone)
    return week


def _heading(table: Tag) -> str:
    """A table's caption, else the heading before it."""
    return _text(table.find("caption")) or _text(table.find_previous(["h2", "h3", "h4", "strong"]))


def _text(tag: object) -> str:
    return clean(tag.get_text(" ")) if isinstance(tag, Tag) else ""


def _after(tag: Tag | None, prefix: str) -> str:
    """What a link leads to."""
    return clean(str(tag.get("href") or "").removeprefix(prefix)) if tag is not None else ""

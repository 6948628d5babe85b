"""A result page of the directory as a browser saved it (HTML) → TherapistRecord. Nothing is executed or loaded."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

from bs4 import BeautifulSoup, SoupStrainer, Tag
from bs4.dammit import UnicodeDammit
from bs4.exceptions import ParserRejectedMarkup

from domain.acquisition.addresses import split_address
from domain.acquisition.decoding import decoded
from domain.acquisition.hours import Week, as_of, day_of, published, weekday_of
from domain.acquisition.names import split_name
from domain.acquisition.offers import licence_of, methods_of, offers_of
from domain.acquisition.phone_numbers import numbers
from domain.acquisition.records import RowError, TherapistRecord
from domain.acquisition.tame_html import TooManyTags, tamed
from domain.acquisition.text import clean, first_email
from domain.errors import Invalid

MARK = b"praxis-list-element"
LARGEST = 64 * 1024**2  # a page of a hundred practices has less than one
CHUNK = 65_536
MOST_TAGS = 100_000  # a page of a hundred practices has a few thousand
MOST_PARTS = 200  # sentences, tables and lines of one card
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
        content = path.read_bytes()
        html = tamed(
            UnicodeDammit(content, is_html=True).unicode_markup or decoded(content, "utf-8"), most_tags=MOST_TAGS
        )
        cards = BeautifulSoup(
            html, "html.parser", parse_only=SoupStrainer("div", class_="praxis-list-element")
        ).find_all("div", class_="praxis-list-element")
        # a card inside a card is none of its own
        outermost = (card for card in cards if card.find_parent("div", class_="praxis-list-element") is None)
        for row, card in enumerate(outermost, start=1):
            yield _record(row, card, saved_on=saved_on)
    except TooManyTags as exc:
        raise Invalid("import.page_too_large", file=path.name) from exc
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
    sentences = [text for item in card.find_all("li", limit=MOST_PARTS) if methods_of(text := _text(item))]
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
    for table in card.find_all("table", limit=MOST_PARTS):
        by_phone = PHONE_TABLE.search(_heading(table, card)) is not None
        for line in table.find_all("tr", limit=MOST_PARTS):
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


def _heading(table: Tag, card: Tag) -> str:
    """A table's caption, else the heading before it in its card."""
    caption = table.find("caption")
    if caption is not None:
        return _text(caption)
    for element in islice(table.previous_elements, MOST_PARTS):
        if element is card:
            break
        if isinstance(element, Tag) and element.name in {"h2", "h3", "h4", "strong"}:
            return _text(element)
    return ""


def _text(tag: object) -> str:
    return clean(tag.get_text(" ")) if isinstance(tag, Tag) else ""


def _after(tag: Tag | None, prefix: str) -> str:
    """What a link leads to."""
    return clean(str(tag.get("href") or "").removeprefix(prefix)) if tag is not None else ""

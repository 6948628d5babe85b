"""What a practice's own page says: mail address, hours on the phone, free places, methods, languages; with its words.

Pure text: nothing is loaded or executed. What is not clearly said is not found; a person decides on the rest.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from urllib.parse import urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup, NavigableString, PageElement, Tag
from bs4.exceptions import ParserRejectedMarkup

from domain.acquisition.offers import methods_of
from domain.acquisition.tame_html import tamed
from domain.acquisition.text import clean
from domain.acquisition.text import email as read_email
from domain.acquisition.written_hours import written_hours
from domain.acquisition.written_mail import written_mails
from domain.communication.reading.free_places import read_free_places
from domain.communication.reading.meanings import Meaning, PlacesSaid
from domain.communication.reading.places import read_places
from domain.values import WeekSpan

MOST_TEXT = 60_000  # characters of a page that are looked at
MOST_TAGS = 10_000  # of a page that are looked at
MOST_LINE = 1000  # characters of one line
MOST_MAILS = 20  # links to mail addresses
MOST_LINKS = 4  # pages beside the first
QUOTE = 200
_WORTH_READING = re.compile(r"kontakt|impressum|praxis|sprechzeit|erreichbar|freie|anmeldung|aufnahme", re.IGNORECASE)
_BY_PHONE = re.compile(r"telefon|tel\.|erreich|anruf", re.IGNORECASE)
_BLOCKS = frozenset({"p", "li", "div", "td", "tr", "h1", "h2", "h3", "h4", "address", "section", "br", "dt", "dd"})
_SPOKEN = re.compile(r"sprach|englisch sprech|therapie auf|languages?", re.IGNORECASE)
LANGUAGES = (
    "Arabisch", "Bulgarisch", "Chinesisch", "Dari", "Englisch", "Farsi", "Französisch", "Gebärdensprache", "Griechisch",
    "Hebräisch", "Italienisch", "Kroatisch", "Kurdisch", "Niederländisch", "Persisch", "Polnisch", "Portugiesisch",
    "Rumänisch", "Russisch", "Serbisch", "Spanisch", "Türkisch", "Ukrainisch", "Ungarisch", "Vietnamesisch",
)  # fmt: skip
_CAPACITY = {
    Meaning.NO_PLACES: "full", Meaning.WAITING_LIST: "waiting_list", Meaning.LIST_CLOSED: "list_closed",
    Meaning.PLACE_FREE: "free",
}  # fmt: skip
_PLACES = re.compile(
    r"\b(?:freie\w*\s+(?:\w+\s+)?(?:therapie)?(?:pl[aä]tze?|kapazit\w+)|(?:therapie)?pl[aä]tze?\s+(?:\w+\s+)?frei"
    r"|kapazit\w+\s+frei|warteliste|aufnahmestopp|ausgebucht)\b",
    re.IGNORECASE,
)
_AS_OF = re.compile(r"\bStand:?\s+(?:vom\s+)?(?:(\d{1,2})\.\s?)?(\d{1,2})[./]\s?(\d{4})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: its kind, a value as JSON has it, and the words it was read from."""

    kind: str
    value: dict[str, object] = field(hash=False)
    quote: str = ""


def findings(html: str, *, on: date) -> tuple[Found, ...]:
    """Everything a page says of its practice; each kind and value once."""
    page = _parsed(html)
    if page is None:
        return ()
    lines = _lines(page)
    found = [*_mails(page, lines), *_hours(lines), *_places(lines, on), *_methods(lines), *_languages(lines)]
    return tuple({(f.kind, str(f.value)): f for f in reversed(found)}.values())[::-1]


def links(html: str, address: str) -> tuple[str, ...]:
    """Further pages of the same host that may say how the practice is reached."""
    page = _parsed(html)
    if page is None:
        return ()
    found: dict[str, None] = {}
    for link in page.find_all("a", href=True):
        try:
            target = urldefrag(urljoin(address, str(link["href"]))).url
            parts, own = urlsplit(target), urlsplit(address)
            same = parts.scheme in {"http", "https"} and parts.netloc == own.netloc
        except ValueError:
            continue
        if same and target != address and _WORTH_READING.search(f"{parts.path} {clean(link.get_text(' '))}"):
            found.setdefault(target)
    return tuple(found)[:MOST_LINKS]


def _parsed(html: str) -> BeautifulSoup | None:
    try:
        # the comment: a text without a tag is no file name or address to be warned of
        page = BeautifulSoup(f"<!-- -->{tamed(html, most_tags=MOST_TAGS, cut=True)}", "html.parser")
        for hidden in page(["head"]):
            hidden.decompose()
    except (ParserRejectedMarkup, RecursionError, AssertionError):
        return None
    return page


def _lines(page: BeautifulSoup) -> list[str]:
    """The texts between blocks, in one walk; a line nobody wrote by hand is cut into pieces."""
    text = StringIO()
    around: list[Tag] = []  # the blocks that are open
    for element in page.descendants:
        while around and not _is_within(element, around[-1]):
            around.pop()
            text.write("\n")
        if isinstance(element, Tag):
            if element.name in _BLOCKS:
                text.write("\n")
                around.append(element)
        elif type(element) is NavigableString:
            text.write(f" {element} ")
        if text.tell() > MOST_TEXT:
            break
    lines = map(clean, text.getvalue()[:MOST_TEXT].split("\n"))
    return [line[at : at + MOST_LINE] for line in lines for at in range(0, len(line), MOST_LINE)]


def _is_within(element: PageElement, block: Tag) -> bool:
    return any(parent is block for parent in element.parents)


def _mails(page: BeautifulSoup, lines: list[str]) -> Iterator[Found]:
    for link in page.select('a[href^="mailto:"]', limit=MOST_MAILS):
        address = read_email(str(link.get("href") or "").removeprefix("mailto:").partition("?")[0])
        if address:
            yield Found("email", {"email": address}, _quote(clean(link.get_text(" ")) or address))
    for line in lines:
        for mail in written_mails(line):
            yield Found("email", {"email": mail.address}, _quote(line))


def _hours(lines: list[str]) -> Iterator[Found]:
    """Hours in a line that speaks of the telephone, or right below one."""
    spans: set[WeekSpan] = set()
    quotes: list[str] = []
    spoken = 0
    for line in lines:
        spoken = 8 if _BY_PHONE.search(line) else spoken - 1
        here = {span for span, _, _ in written_hours(line)} if spoken > 0 else set()
        if here:
            spans |= here
            quotes.append(line)
        elif spoken < 8 and quotes:
            break
    if spans:
        value: dict[str, object] = {"spans": [[s.start, s.end] for s in sorted(spans)]}
        yield Found("phone_hours", value, _quote(" · ".join(quotes)))


def _places(lines: list[str], on: date) -> Iterator[Found]:
    """What the page says of places, with the day it names for it or `on`; nothing where it speaks both ways."""
    said = [(line, places) for line in lines if (places := _said_of_places(line, on)) is not None]
    free = [one for one in said if one[1].meaning is Meaning.PLACE_FREE]
    if not said or len(free) not in {0, len(said)}:
        return
    line, places = said[0]
    day = places.from_day.isoformat() if places.from_day is not None else None
    value: dict[str, object] = {
        "capacity": _CAPACITY[places.meaning],
        "from": day,
        "as_of": _stated(line, on).isoformat(),
    }
    yield Found("capacity", value, _quote(places.quote or line))


def _said_of_places(line: str, on: date) -> PlacesSaid | None:
    if not _PLACES.search(line) or len(line) > 4 * QUOTE:
        return None
    line = _AS_OF.sub("", line)  # the day it was written is none from which there are places
    said = read_places(line, (), sent_on=on) or read_free_places(line, sent_on=on)
    return said if said is not None and said.agreed and said.meaning in _CAPACITY else None


def _stated(line: str, on: date) -> date:
    """The day a line gives itself ("Stand 03.11.2026", "Stand 11/2026"), unless that is none or still ahead."""
    found = _AS_OF.search(line)
    if found is None:
        return on
    day, month, year = found.groups()
    try:
        return min(on, date(int(year), int(month), int(day or 1)))
    except ValueError:
        return on


def _methods(lines: list[str]) -> Iterator[Found]:
    for line in lines:
        named = sorted(m.value for m in methods_of(line)) if "therapie" in line.lower() and len(line) < QUOTE else []
        if named:
            yield Found("methods", {"methods": list(named), "sentence": line}, _quote(line))


def _languages(lines: list[str]) -> Iterator[Found]:
    for line in lines:
        spoken = [name for name in LANGUAGES if re.search(rf"\b{name}\b", line)]
        if spoken and _SPOKEN.search(line) and len(line) < 2 * QUOTE:
            yield Found("languages", {"languages": list(spoken)}, _quote(line))


def _quote(text: str) -> str:
    return text if len(text) <= QUOTE else f"{text[: QUOTE - 1]}…"

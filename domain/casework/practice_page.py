"""What a practice's own page says: mail address, hours on the phone, free places, methods, languages; with its words.

Pure text: nothing is loaded or executed. What is not clearly said is not found; a person decides on the rest.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup
from bs4.exceptions import ParserRejectedMarkup

from domain.acquisition.offers import methods_of
from domain.acquisition.tame_html import tamed
from domain.acquisition.text import clean
from domain.acquisition.text import email as read_email
from domain.acquisition.written_mail import written_mails
from domain.casework.page_hours import phone_hours
from domain.casework.page_lines import Line, lines_of
from domain.communication.reading.free_places import read_free_places
from domain.communication.reading.intake_stop import mentions_stop, read_intake_stop
from domain.communication.reading.meanings import Meaning, PlacesSaid
from domain.communication.reading.places import read_places

MOST_TAGS = 10_000  # of a page that are looked at
MOST_MAILS = 20  # links to mail addresses
MOST_LINKS = 4  # pages beside the first
QUOTE = 200
_WORTH_READING = re.compile(r"kontakt|impressum|praxis|sprechzeit|erreichbar|freie|anmeldung|aufnahme", re.IGNORECASE)
_SPOKEN = re.compile(
    r"sprach|englisch sprech|(?:ich|wir) spreche|therapie (?:(?:auch|gern|gerne) )?auf|languages?", re.IGNORECASE
)
LANGUAGES = (
    "Arabisch", "Bulgarisch", "Chinesisch", "Dari", "Englisch", "Farsi", "Französisch", "Gebärdensprache", "Griechisch",
    "Hebräisch", "Italienisch", "Kroatisch", "Kurdisch", "Niederländisch", "Persisch", "Polnisch", "Portugiesisch",
    "Rumänisch", "Russisch", "Serbisch", "Spanisch", "Türkisch", "Ukrainisch", "Ungarisch", "Vietnamesisch",
)  # fmt: skip
_CAPACITY = {
    Meaning.NO_PLACES: "full", Meaning.WAITING_LIST: "waiting_list", Meaning.LIST_CLOSED: "list_closed",
    Meaning.PLACE_FREE: "free",
}  # fmt: skip
_PLACE = r"(?:therapie)?pl[aä]tze?"
_TAKEN = (
    rf"keine\s+neuen\s+patient\w*|keine\s+neuaufnahmen?|keine\s+(?:freien?\s+)?{_PLACE}"
    rf"|(?<!nicht )alle\s+{_PLACE}\s+(?:\w+\s+){{0,2}}(?:belegt|vergeben)"
)
_PLACES = re.compile(
    rf"\b(?:{_TAKEN}|freie\w*\s+(?:\w+\s+)?(?:{_PLACE}|kapazit\w+)|{_PLACE}\s+(?:\w+\s+)?frei"
    r"|kapazit\w+\s+frei|warteliste|aufnahmestopp|ausgebucht)\b",
    re.IGNORECASE,
)
# "Keine neuen Patienten" of a month, of some only, or on a condition is no word on now
_SOME = r"(?:ohne|für|im(?!\s+(?:moment|augenblick))|außer)"
_OF_SOME = re.compile(
    rf"\b(?:{_TAKEN})\b[^.!?]*\b{_SOME}\b|\b{_SOME}\b[^.!?]*\b(?:{_TAKEN})\b"
    rf"|\balle\s+{_PLACE}\s+{_SOME}\s+\w+\s+(?:belegt|vergeben)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:kein\w*|nicht(?! nur)|nie(?:mals)?|weder|ohne)\b", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]{0,100}\)")
_PARTS = re.compile(r"(?<=\w\w[.!?;])\s+|\s+(?=(?:aber|sondern|jedoch)\b)")
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
    written = lines_of(page)
    lines = [line.text for line in written]
    found = [*_mails(page, lines), *_hours(written), *_places(lines, on), *_methods(lines), *_languages(lines)]
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


def _mails(page: BeautifulSoup, lines: list[str]) -> Iterator[Found]:
    for link in page.select('a[href^="mailto:"]', limit=MOST_MAILS):
        address = read_email(unquote(str(link.get("href") or "").removeprefix("mailto:").partition("?")[0]))
        if address:
            yield Found("email", {"email": address}, _quote(clean(link.get_text(" ")) or address))
    for line in lines:
        for mail in written_mails(line):
            yield Found("email", {"email": mail.address}, _quote(line))


def _hours(lines: Sequence[Line]) -> Iterator[Found]:
    spans, quote = phone_hours(lines)
    if spans:
        yield Found("phone_hours", {"spans": [[s.start, s.end] for s in spans]}, _quote(quote))


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
    if not _PLACES.search(line) or _OF_SOME.search(line) or len(line) > 4 * QUOTE:
        return None
    line = _AS_OF.sub("", line)  # the day it was written is none from which there are places
    if mentions_stop(line):
        stop = read_intake_stop(line, sent_on=on)
        said = (read_places(line, (), sent_on=on) or stop) if stop is not None else None
    else:
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
        offered = _affirmed(line) if "therapie" in line.lower() and len(line) < QUOTE else ""
        if named := sorted(m.value for m in methods_of(offered)):
            yield Found("methods", {"methods": list(named), "sentence": offered}, _quote(line))


def _languages(lines: list[str]) -> Iterator[Found]:
    for line in lines:
        if not _SPOKEN.search(line) or len(line) >= 2 * QUOTE:
            continue
        offered = _affirmed(line)
        spoken = [name for name in LANGUAGES if re.search(rf"\b{name}\b", offered)]
        if spoken:
            yield Found("languages", {"languages": list(spoken)}, _quote(line))


def _affirmed(line: str) -> str:
    """A line without its sentences and brackets that deny something, as "Keine Therapie auf Russisch" does."""
    if not _DENIED.search(line):
        return line
    bare = _BRACKETS.sub(lambda found: "" if _DENIED.search(found[0]) else found[0], line)
    return " ".join(part.strip() for part in _PARTS.split(bare) if not _DENIED.search(part)).strip()


def _quote(text: str) -> str:
    return text if len(text) <= QUOTE else f"{text[: QUOTE - 1]}…"

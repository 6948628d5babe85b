"""What stands where on a directory's page: lines "Feld: Selektor", as a person writes them in Verwaltung.

    Eintrag: div.praxis
    Name: h2
    Telefon: a[href^="tel:"] @href

The selectors are those of BeautifulSoup; "@name" takes an attribute instead of the text. `Eintrag` is one practice,
all others are looked for inside it. A page is read into entries of the directory per PLZ area: one reader reads both.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup
from soupsieve import SelectorSyntaxError

from domain.acquisition.addresses import split_address
from domain.acquisition.names import split_name
from domain.acquisition.tame_html import TooManyTags, tamed
from domain.acquisition.text import clean
from domain.acquisition.written_hours import written_hours
from domain.acquisition.written_mail import first_written_mail
from domain.errors import Invalid
from domain.values import MINUTES_PER_DAY

ENTRY, NAME = "Eintrag", "Name"
FIELDS = (
    ENTRY, NAME, "Anrede", "Titel", "Vorname", "Nachname", "Berufsgruppe", "Anschrift", "Straße", "Hausnummer", "PLZ",
    "Ort",
    "Telefon", "Fax", "E-Mail", "Webseite", "Sprachen", "Verfahren", "Telefonzeiten",
)  # fmt: skip
LONGEST = 8000
MOST_TAGS = 60_000  # of one page
MOST_ENTRIES = 5000
MOST_VALUES = 50  # of one field of an entry
WEEK = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
Entry = dict[str, object]


@dataclass(frozen=True, slots=True)
class Selector:
    """Where a value stands: elements inside an entry, and which attribute of them ('' their text)."""

    css: str
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """A page's description, by field; without a selector for `Eintrag` or a name there is none."""

    entry: str
    fields: Mapping[str, Selector]


def read_description(text: str) -> Description:
    """A description as it was typed. Raises Invalid (`field` description, with the line's number)."""
    if len(text) > LONGEST:
        raise Invalid("source.description_long", field="description")
    known = {name.casefold(): name for name in FIELDS}
    found: dict[str, Selector] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, colon, rest = line.partition(":")
        field = known.get(name.strip().casefold())
        css, at, attribute = rest.strip().rpartition(" @")
        selector = Selector(css.strip(), attribute.strip()) if at else Selector(rest.strip())
        if not colon or field is None or field in found or not selector.css:
            raise Invalid("source.description_line", field="description", line=number)
        try:
            BeautifulSoup("", "html.parser").select(selector.css)
        except (SelectorSyntaxError, NotImplementedError, ValueError) as exc:
            raise Invalid("source.description_selector", field="description", line=number) from exc
        found[field] = selector
    entry = found.pop(ENTRY, None)
    if entry is None or entry.attribute or not {NAME, "Nachname"} & set(found):
        raise Invalid("source.description_incomplete", field="description")
    return Description(entry.css, MappingProxyType(found))


def entries_of(html: str, description: Description, *, page: str = "") -> list[Entry]:
    """The practices of a page, as entries of a directory per PLZ area. Raises Invalid where it is no HTML."""
    try:
        # the comment: a text without a tag is no file name or address to be warned of
        whole = BeautifulSoup(f"<!-- -->{tamed(html, most_tags=MOST_TAGS)}", "html.parser")
        found = whole.select(description.entry, limit=MOST_ENTRIES + 1)
        if len(found) > MOST_ENTRIES:
            raise Invalid("source.page_long", page=page, most=MOST_ENTRIES)
        return [_entry(element, description.fields) for element in _outermost(found)]
    except TooManyTags as exc:
        raise Invalid("source.page_long", page=page, most=MOST_TAGS) from exc
    except (ParserRejectedMarkup, RecursionError, AssertionError) as exc:
        raise Invalid("source.page_unreadable", page=page) from exc


def _outermost(found: Iterable[Tag]) -> Iterator[Tag]:
    """Each entry but one inside another: a practice is one entry."""
    taken: set[int] = set()
    for element in found:
        if not any(id(parent) in taken for parent in element.parents):
            taken.add(id(element))
            yield element


def _entry(element: Tag, fields: Mapping[str, Selector]) -> Entry:
    def all_of(name: str) -> list[str]:
        selector = fields.get(name)
        if selector is None:
            return []
        texts = (_value(tag, selector.attribute) for tag in element.select(selector.css, limit=MOST_VALUES))
        return [text for text in texts if text]

    def linked(name: str) -> list[str]:
        selector = fields.get(name)
        if selector is None:
            return []
        return [_value(tag, "href") for tag in element.select(selector.css, limit=MOST_VALUES)]

    def one(name: str) -> str:
        return next(iter(all_of(name)), "")

    name = split_name(one(NAME))
    selector = fields.get("Anschrift")
    whole = element.select_one(selector.css) if selector is not None else None
    address = split_address("\n".join(whole.stripped_strings) if whole is not None else "")
    mail = next(filter(first_written_mail, all_of("E-Mail") + linked("E-Mail")), one("E-Mail"))
    hours = "; ".join(all_of("Telefonzeiten"))
    return {
        "basic_info": {
            "salutation": one("Anrede") or name.salutation,
            "title": one("Titel") or name.title,
            "first_name": one("Vorname") or ("" if one("Nachname") else name.first_name),
            "last_name": one("Nachname") or name.last_name,
            "classification": one("Berufsgruppe"),
        },
        "location": {
            "street": one("Straße") or " ".join(filter(None, (address.street, address.house_number, address.addition))),
            "house_number": one("Hausnummer"),
            "postal_code": one("PLZ") or address.plz,
            "city": one("Ort") or address.city,
        },
        "contact": {
            "phone": " / ".join(all_of("Telefon")),
            "email": first_written_mail(mail) or mail,
            "fax": one("Fax"),
            "website": one("Webseite"),
        },
        "telephone_hours": _week(hours),
        "languages": _listed(all_of("Sprachen")),
        "therapy_methods": _listed(all_of("Verfahren")),
    }


def _value(tag: Tag, attribute: str) -> str:
    if not attribute:
        return clean(tag.get_text(" "))
    value = tag.get(attribute) or ""
    written = clean(" ".join(value) if isinstance(value, list) else value)
    scheme, _, rest = written.partition(":")
    return rest.partition("?")[0] if scheme in {"mailto", "tel"} else written


def _listed(texts: list[str]) -> list[str]:
    parts = texts if len(texts) != 1 else texts[0].replace(";", ",").split(",")
    return [text for text in map(clean, parts) if text]


def _week(text: str) -> dict[str, list[str]]:
    week: dict[str, list[str]] = {}
    for span, _, _ in written_hours(text):
        day, start = divmod(span.start, MINUTES_PER_DAY)
        end = span.end - day * MINUTES_PER_DAY
        week.setdefault(WEEK[day], []).append(f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}")
    return week

"""Cleaning single values: control characters, addresses, PLZ. Everything is data, never executed."""

import re
import unicodedata
from datetime import date, datetime
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from domain.geocoding.plz_data import known_plz

BETWEEN_BRACKETS = re.compile(r"<([^<>\s]+)>")
_AT, _DOT = (
    re.compile(rf"\s?[\[({{](?:{word})[\])}}]\s?", re.IGNORECASE) for word in ("at|ät|@", "punkt|dot")
)  # as people write them against collectors
_REMARK = re.compile(r"\s*\([^()]*\)$")
PLZ = re.compile(r"(?:D-|DE-)?([0-9]{4,5})", re.IGNORECASE)
PARTICLES = frozenset({"von", "van", "de", "der", "den", "zu", "zur", "vom", "und", "del", "di", "da"})
# letters that do not come apart into a plain one and a mark
_FOLD = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}
)
_NOTHING = re.compile(
    r"\W*(?:(?:n|k)\W{0,2}a|kein(?:e|er|es)?(?:\s(?:angaben?|nummer|telefon|e?\W?mail))?|unbekannt|fehlt)?\W*",
    re.IGNORECASE,
)
DASHES = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")


def clean(value: object) -> str:
    """A value as one line of text: control characters out, white space folded; None gives the empty text."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a spreadsheet's 52062.0
    text = str(value)
    if not text.isprintable():  # most are, and reading a large file is mostly this
        # a control character parts words, an invisible one (soft hyphen, byte order mark) stands inside them
        text = "".join(_printable(c) for c in text)
    return " ".join((text if text.isascii() else unicodedata.normalize("NFC", text)).split())


def says_nothing(value: object) -> bool:
    """Whether a cell is empty or says that there is nothing: "-", "k. A.", "keine"."""
    return _NOTHING.fullmatch(clean(value)) is not None


def _printable(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    return " " if category.startswith("C") else character


def email(value: object) -> str:
    """A mail address in lower case, or the empty text when it is none."""
    text = clean(value)
    if not text:
        return ""
    try:
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return ""
    return found.normalized.lower()


def first_email(value: object) -> str:
    """The first mail address of a directory's cell (several, with names, as links), or the empty text."""
    found = (email(_bare(part)) for part in re.split(r"[;,]|\s/\s|\soder\s", clean(value)))
    return next((address for address in found if address), "")


def _bare(part: str) -> str:
    """The address alone of "Ina Sommer <ina@praxis.de>", "mailto:ina@praxis.de?subject=…" and "ina (at) praxis.de."."""
    named = BETWEEN_BRACKETS.search(part)
    address = (named[1] if named else part).strip()
    if address.lower().startswith("mailto:"):
        address = address[len("mailto:") :].partition("?")[0]
    return _REMARK.sub("", _DOT.sub(".", _AT.sub("@", address))).rstrip(".")


def plz(value: object) -> str:
    """Five digits; four are given their lost zero back where that makes a PLZ that exists. Else the empty text."""
    match = PLZ.fullmatch(clean(value).removesuffix(".0"))
    if match is None or match[1].startswith("00"):
        return ""
    if len(match[1]) == 4:
        return f"0{match[1]}" if f"0{match[1]}" in known_plz() else ""
    return match[1]


def day(value: object) -> date | None:
    """A date written as 2026-11-23 (a time may follow) or 23.11.2026, or None."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = re.sub(r"(?<=\d)[T ]\d{1,2}:.*$", "", clean(value))
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


@lru_cache(8192)  # each person of a directory is looked up under their name again and again
def fold_name(name: str) -> str:
    """A surname for comparing: umlauts written out, hyphens and particles gone, lower case."""
    text = name.lower()
    if not name.isascii():
        text = unicodedata.normalize("NFKC", name).lower().translate(_FOLD)
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = re.split(r"[\W_]+", text)
    kept = [word for word in words if word and word not in PARTICLES]
    return " ".join(kept or [word for word in words if word])


@lru_cache(8192)  # with each key of a person, of whom a file has several
def fold_house(number: str) -> str:
    """A house number for comparing: "12 A" is "12a", "5 – 7" is "5-7"."""
    return re.sub(r"\s+", "", DASHES.sub("-", number.lower()))


def identity_key(last_name: str, plz_: str, house_number: str) -> str:
    """Surname, PLZ and house number: the same for one person in two files (directory-formats.md, identity)."""
    return f"{fold_name(last_name)}|{plz_}|{fold_house(house_number)}"


def parts(*texts: object) -> frozenset[str]:
    """What texts list, separated by commas, semicolons or lines."""
    found = (clean(part) for text in texts for part in re.split(r"[,;\n]", str(text or "")))
    return frozenset(part for part in found if part)

"""Cleaning single values: control characters, phone numbers, addresses, PLZ. Everything is data, never executed."""

import re
import unicodedata
from datetime import date, datetime

import phonenumbers
from email_validator import EmailNotValidError, validate_email

PLZ = re.compile(r"\d{4,5}")
PARTICLES = frozenset({"von", "van", "de", "der", "den", "zu", "zur", "vom", "und", "del", "di", "da"})
_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def clean(value: object) -> str:
    """A value as one line of text: control characters out, white space folded; None gives the empty text."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    text = "".join(" " if unicodedata.category(c).startswith("C") else c for c in str(value))
    return " ".join(unicodedata.normalize("NFC", text).split())


def phone(value: object) -> str:
    """The first phone number of a text in E.164, or the empty text. A text may hold several or none."""
    for match in phonenumbers.PhoneNumberMatcher(clean(value), "DE"):
        return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    return ""


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


def plz(value: object) -> str:
    """Five digits, a lost leading zero restored; the empty text when it is no PLZ."""
    text = clean(value).removesuffix(".0")
    return text.zfill(5) if PLZ.fullmatch(text) else ""


def day(value: object) -> date | None:
    """A date written as 2026-11-23 or 23.11.2026, or None."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = clean(value)
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def fold_name(name: str) -> str:
    """A surname for comparing: umlauts written out, hyphens and particles gone, lower case."""
    text = name.lower().translate(_FOLD)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = re.split(r"[^a-z0-9]+", text)
    kept = [word for word in words if word and word not in PARTICLES]
    return " ".join(kept or [word for word in words if word])


def fold_house(number: str) -> str:
    """A house number for comparing: "12 A" is "12a"."""
    return re.sub(r"\s+", "", number.lower())


def identity_key(last_name: str, plz_: str, house_number: str) -> str:
    """Surname, PLZ and house number: the same for one person in two files (directory-formats.md, identity)."""
    return f"{fold_name(last_name)}|{plz_}|{fold_house(house_number)}"

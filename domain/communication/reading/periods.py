"""German words for a month, a quarter, a season or a next year: "ab März", "Ende Februar", "im 2. Quartal". Pure."""

import re
from datetime import date

from domain.communication.reading.calendar_days import MONTH, MONTHS, end_of, months_later

_NAMED_MONTH = re.compile(
    rf"\b(anfang|mitte|ende)?(?: (?:des monats ))? ?\b({MONTH})\b\.?(?:\s?(20\d{{2}})|\s?'?(\d{{2}})\b(?!\.))?"
)
_NUMBERED_MONTH = re.compile(r"(?<![\d.])(1[0-2]|0?[1-9])/(20\d{2})\b")
_QUARTER = re.compile(
    r"\b(?:(naechste\w*|kommende\w*) quartal|(?:im |ab |ab dem )?([1-4])\. quartal(?: (20\d{2}))?|q([1-4])(?:[ /](20\d{2}))?)"
)
_SEASON = re.compile(
    r"\b(jahresende|jahreswechsel|spaetherbst|fruehjahr|fruehling|sommer|herbst|winter)(?:s|anfang|ende)?\b(?:\s?(20\d{2}|'\d{2}))?"
)
# first and last month of what people call so
_SEASONS = {
    "fruehjahr": (3, 5), "fruehling": (3, 5), "sommer": (6, 8), "herbst": (9, 11), "spaetherbst": (11, 11), "winter": (12, 12),
    "jahresende": (12, 12), "jahreswechsel": (12, 12),
}  # fmt: skip
_SINCE = re.compile(r"\bseit (?:anfang |mitte |ende )?$")
_LED_ON = re.compile(r"\b(?:ab|bis|zum|fruehestens)\s(?:etwa |ca\.? |so |anfang |mitte |ende )*$")
_NEXT_YEAR = re.compile(r"\b(?:naechste\w*|kommende\w*|neue\w*) jahr\w*\b")
_NEXT_MONTH = re.compile(r"\b(?:naechste\w*|kommende\w*) monat\w*\b")


def in_month(text: str, sent_on: date, last: bool) -> date | None:
    """A month, a part of it, or one in figures; its last day where `last`."""
    # "im März geschrieben, aber ab Mai": what is led by ab or bis counts first, what was "seit" then does not
    months = [found for found in _NAMED_MONTH.finditer(text) if not _SINCE.search(text[: found.start(2)])]
    for found in sorted(months, key=lambda found: not _LED_ON.search(text[: found.start(2)])):
        part, name, year, short = found.groups()
        if name in {"mai", "jan", "sep", "jun", "jul", "apr", "nov"} and not (
            part or year or short or _led(text, found)
        ):
            continue  # may be a name
        return _part_of_month(part, MONTHS[name], year or (f"20{short}" if short else None), sent_on, last)
    numbered = _NUMBERED_MONTH.search(text)
    if numbered is not None:
        return _part_of_month(None, int(numbered.group(1)), numbered.group(2), sent_on, last)
    return None


def _led(text: str, found: re.Match[str]) -> bool:
    return bool(
        re.search(
            r"\b(?:im|ab|bis|vor|zum|monat)\s(?:etwa |ca\.? |circa |so )?\s*$", text[: found.start()].rstrip() + " "
        )
    )


def _part_of_month(part: str | None, month: int, year: str | None, sent_on: date, last: bool) -> date:
    number = int(year) if year else sent_on.year + (month < sent_on.month)
    if part == "mitte":
        return date(number, month, 15)
    if part == "ende" or (last and part is None):
        return end_of(number, month)
    return date(number, month, 1)


def in_quarter(text: str, sent_on: date, last: bool) -> date | None:
    """A quarter."""
    found = _QUARTER.search(text)
    if found is None:
        return None
    coming, named, named_year, short, short_year = found.groups()
    if coming:
        quarter, year = (sent_on.month - 1) // 3 + 2, sent_on.year
        if quarter > 4:
            quarter, year = 1, year + 1
    else:
        quarter = int(named or short)
        year = int(named_year or short_year or sent_on.year)
        if not (named_year or short_year) and quarter * 3 < sent_on.month:
            year += 1
    return end_of(year, quarter * 3) if last else date(year, quarter * 3 - 2, 1)


def in_season(text: str, sent_on: date, last: bool) -> date | None:
    """What people call a part of the year."""
    found = _SEASON.search(text)
    if found is None:
        return None
    name, year = found.groups()
    first, final = _SEASONS[name]
    number = int(year if len(year) == 4 else f"20{year[1:]}") if year else sent_on.year + (final < sent_on.month)
    return end_of(number, final) if last else date(number, first, 1)


def in_a_next(text: str, sent_on: date, last: bool) -> date | None:
    """Next year, next month."""
    if _NEXT_YEAR.search(text):
        return date(sent_on.year + 1, 12, 31) if last else date(sent_on.year + 1, 1, 1)
    if _NEXT_MONTH.search(text):
        following = months_later(sent_on.replace(day=1), 1)
        return end_of(following.year, following.month) if last else following
    return None

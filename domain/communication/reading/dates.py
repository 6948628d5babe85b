"""German words for a day: "bis 15.1.", "ab März", "Ende Februar", "in 6 Wochen", "nächstes Quartal"."""

import calendar
import re
from datetime import date, timedelta

from domain.communication.reading.feasts import feast_in, weekday_in

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("januar", "jaenner", "jan"), ("februar", "feber", "feb"), ("maerz", "mrz"), ("april", "apr"), ("mai",),
            ("juni", "jun"), ("juli", "jul"), ("august", "aug"), ("september", "sept", "sep"), ("oktober", "okt"),
            ("november", "nov"), ("dezember", "dez"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
_NUMBERS = {
    "einem": 1, "einer": 1, "ein": 1, "zwei": 2, "drei": 3, "vier": 4, "fuenf": 5, "sechs": 6, "sieben": 7, "acht": 8,
    "neun": 9, "zehn": 10, "elf": 11, "zwoelf": 12,
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_NUMBER = "|".join(_NUMBERS)
_DAY = re.compile(r"\b(\d{1,2})\. ?(\d{1,2})\.(?: ?(\d{4}|\d{2})\b)?")
_ISO = re.compile(r"\b(20\d{2})-(\d{2})-(\d{2})\b")
_NAMED_DAY = re.compile(rf"\b(\d{{1,2}})\. ?({_MONTH})\b\.?(?: (20\d{{2}}))?")
_NAMED_MONTH = re.compile(
    rf"\b(anfang|mitte|ende)?(?: (?:des monats ))? ?\b({_MONTH})\b\.?(?:\s?(20\d{{2}})|\s?'?(\d{{2}})\b(?!\.))?"
)
_NUMBERED_MONTH = re.compile(r"(?<![\d.])(1[0-2]|0?[1-9])/(20\d{2})\b")
_SPAN = re.compile(
    rf"\b(?:in|nach|binnen|von|etwa|ca\.?|circa|ungefaehr|mindestens|betraegt|rund|fuer|bei)\s(?:ca\.? |etwa |circa |ungefaehr |rund |fruehestens )*"
    rf"(\d{{1,2}}|{_NUMBER})(?:\s?(?:-|bis)\s?(\d{{1,2}}|{_NUMBER}))?\s(tage?n?|wochen?|monate?n?|jahre?n?)\b"
)
_QUARTER = re.compile(
    r"\b(?:(naechste\w*|kommende\w*) quartal|(?:im |ab |ab dem )?([1-4])\. quartal(?: (20\d{2}))?|q([1-4])(?:[ /](20\d{2}))?)"
)
_WEEK = re.compile(r"\b(?:kw|kalenderwoche) ?(\d{1,2})(?: ?(?:-|bis|/) ?(\d{1,2}))?\b")
_ONLY_DAY = re.compile(
    r"\b(?:am|zum|bis|ab|vom|dem) (?:\w{6,10},? )?(?:dem |zum )?(\d{1,2})\.(?! ?\d)(?! (?:quartal|halbjahr|stock|mal)\b)"
)
_HALF_YEARS = re.compile(
    r"\b(?:(anderthalb|eineinhalb) jahre?n?|(?:einem |ein |etwa ein )?halbe[ns]? jahr|dreiviertel ?jahr|(?:rund |etwa |ca\.? |in )einem jahr)\b"
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


def find_day(text: str, *, sent_on: date, last: bool) -> date | None:
    """The day a folded text names, or None.

    Without a year it is the next such day after `sent_on`. A month stands for its last day where `last` (until …),
    else for its first; a span of weeks or months counts from `sent_on`, its longer end where two are named.
    """
    for way in (
        _exact,
        _week,
        _in_a_while,
        _half_years,
        _quarter,
        _month,
        _only_day,
        _feast,
        _season,
        _weekday,
        _loose,
    ):
        found = way(text, sent_on, last)
        if found is not None:
            return found
    return None


def _exact(text: str, sent_on: date, last: bool) -> date | None:
    days: list[date] = []
    for year, month, day in (m.groups() for m in _ISO.finditer(text)):
        days += _valid(int(year), int(month), int(day))
    for day, month, year in (m.groups() for m in _DAY.finditer(text)):
        days += _coming(int(month), int(day), year, sent_on)
    for day, name, year in (m.groups() for m in _NAMED_DAY.finditer(text)):
        days += _coming(_MONTHS[name], int(day), year, sent_on)
    if not days:
        return None
    return max(days) if last else min(days)


def _in_a_while(text: str, sent_on: date, _last: bool) -> date | None:
    found = _SPAN.search(text)
    if found is None:
        return None
    low, high, unit = found.groups()
    count = _count(high or low)
    if unit.startswith("tag"):
        return sent_on + timedelta(days=count)
    if unit.startswith("woche"):
        return sent_on + timedelta(weeks=count)
    return _months_later(sent_on, count * (12 if unit.startswith("jahr") else 1))


def _week(text: str, sent_on: date, last: bool) -> date | None:
    found = _WEEK.search(text)
    if found is None:
        return None
    number = int(found.group(2) or found.group(1)) if last else int(found.group(1))
    try:
        day = date.fromisocalendar(sent_on.year, number, 5 if last else 1)
        return (
            day
            if day >= sent_on - timedelta(days=60)
            else date.fromisocalendar(sent_on.year + 1, number, 5 if last else 1)
        )
    except ValueError:
        return None


def _half_years(text: str, sent_on: date, _last: bool) -> date | None:
    found = _HALF_YEARS.search(text)
    if found is None:
        return None
    words = found.group()
    return _months_later(
        sent_on, 18 if found.group(1) else 9 if "dreiviertel" in words else 6 if "halb" in words else 12
    )


def _only_day(text: str, sent_on: date, last: bool) -> date | None:
    """The next such day: "am 23. wieder da"."""
    days = [int(number) for number in _ONLY_DAY.findall(text)]
    if not days:
        return None
    for months in range(3):
        first = _months_later(sent_on.replace(day=1), months)
        day = _valid(first.year, first.month, max(days) if last else min(days))
        if day and day[0] >= sent_on:
            return day[0]
    return None


def _feast(text: str, sent_on: date, _last: bool) -> date | None:
    return feast_in(text, sent_on=sent_on)


def _weekday(text: str, sent_on: date, _last: bool) -> date | None:
    return weekday_in(text, sent_on=sent_on)


def _season(text: str, sent_on: date, last: bool) -> date | None:
    found = _SEASON.search(text)
    if found is None:
        return None
    name, year = found.groups()
    first, final = _SEASONS[name]
    number = int(year if len(year) == 4 else f"20{year[1:]}") if year else sent_on.year + (final < sent_on.month)
    return _end_of(number, final) if last else date(number, first, 1)


def _quarter(text: str, sent_on: date, last: bool) -> date | None:
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
    return _end_of(year, quarter * 3) if last else date(year, quarter * 3 - 2, 1)


def _month(text: str, sent_on: date, last: bool) -> date | None:
    # "im März geschrieben, aber ab Mai": what is led by ab or bis counts first, what was "seit" then does not
    months = [found for found in _NAMED_MONTH.finditer(text) if not _SINCE.search(text[: found.start(2)])]
    for found in sorted(months, key=lambda found: not _LED_ON.search(text[: found.start(2)])):
        part, name, year, short = found.groups()
        if name in {"mai", "jan", "sep", "jun", "jul", "apr", "nov"} and not (
            part or year or short or _led(text, found)
        ):
            continue  # may be a name
        return _part_of_month(part, _MONTHS[name], year or (f"20{short}" if short else None), sent_on, last)
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
        return _end_of(number, month)
    return date(number, month, 1)


def _loose(text: str, sent_on: date, last: bool) -> date | None:
    if _NEXT_YEAR.search(text):
        return date(sent_on.year + 1, 12, 31) if last else date(sent_on.year + 1, 1, 1)
    if _NEXT_MONTH.search(text):
        following = _months_later(sent_on.replace(day=1), 1)
        return _end_of(following.year, following.month) if last else following
    return None


def _count(word: str) -> int:
    return int(word) if word.isdecimal() else _NUMBERS[word]


def _coming(month: int, day: int, year: str | None, sent_on: date) -> list[date]:
    if year is not None:
        return _valid(int(year) + (2000 if len(year) == 2 else 0), month, day)
    found = _valid(sent_on.year, month, day)
    # a day of last week without a year is past, one of half a year ago is the next
    return _valid(sent_on.year + 1, month, day) if found and found[0] < sent_on - timedelta(days=60) else found


def _valid(year: int, month: int, day: int) -> list[date]:
    try:
        return [date(year, month, day)]
    except ValueError:
        return []


def _end_of(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _months_later(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))

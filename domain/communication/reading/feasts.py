"""The days of German feasts and of the next weekday: "bis Ostern", "ab Allerheiligen", "bis Montag"."""

import re
from datetime import date, timedelta

_FIXED = {
    "allerheiligen": (11, 1),
    "dreikoenig": (1, 6),
    "neujahr": (1, 1),
    "weihnachten": (12, 25),
    "silvester": (12, 31),
    "nikolaus": (12, 6),
}
_MOVING = {
    "aschermittwoch": -46,
    "karneval": -48,
    "fasching": -48,
    "rosenmontag": -48,
    "ostern": 0,
    "ostermontag": 1,
    "christi himmelfahrt": 39,
    "pfingsten": 49,
    "fronleichnam": 60,
}
_LED = r"(?:bis|ab|nach|vor|zu|mit|um|an|ca\.?|kurz)\s(?:zum |etwa |ca\.? |so |mindestens )?"
_FEAST = re.compile(rf"\b{_LED}({'|'.join([*_FIXED, *_MOVING])})\b")
_WEEKDAYS = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
_WEEKDAY = re.compile(
    rf"\b(?:bis|ab|am|naechsten|kommenden|erst) (?:naechsten |kommenden |am )?({'|'.join(_WEEKDAYS)})\b"
)


def feast_in(text: str, *, sent_on: date) -> date | None:
    """The next such feast, or None."""
    found = _FEAST.search(text)
    if found is None:
        return None
    name = found.group(1)
    days = [
        date(year, *_FIXED[name]) if name in _FIXED else easter(year) + timedelta(days=_MOVING[name])
        for year in (sent_on.year, sent_on.year + 1)
    ]
    return next(day for day in days if day >= sent_on or day == days[-1])


def weekday_in(text: str, *, sent_on: date) -> date | None:
    """The next such weekday, or None."""
    found = _WEEKDAY.search(text)
    if found is None:
        return None
    ahead = (_WEEKDAYS.index(found.group(1)) - sent_on.weekday() - 1) % 7 + 1
    return sent_on + timedelta(days=ahead)


def easter(year: int) -> date:
    """Easter Sunday (the Gauss rule as amended by Lichtenberg)."""
    k = year // 100
    m, s = 15 + (3 * k + 3) // 4 - (8 * k + 13) // 25, 2 - (3 * k + 3) // 4
    a = year % 19
    d = (19 * a + m) % 30
    r = (d + a // 11) // 29
    full_moon = 21 + d - r
    sunday = 7 - (year + year // 4 + s) % 7
    return date(year, 3, 1) + timedelta(days=full_moon + 7 - (full_moon - sunday) % 7 - 1)

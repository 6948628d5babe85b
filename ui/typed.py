"""What people type: days, times of the clock, minutes. What cannot be meant is said in a German sentence. Free of Qt."""

import re
from datetime import date, time

from ui.translation import tr

_DAY = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})")


class Unreadable(ValueError):
    """A text is no day or no time; the message is the sentence for whoever typed it."""


def read_day(text: str) -> date | None:
    """The day written as 23.11.2026, None for nothing. Raises Unreadable."""
    typed = text.strip()
    if not typed:
        return None
    found = _DAY.fullmatch(typed)
    if found is None:
        raise Unreadable(tr("Bitte als TT.MM.JJJJ eingeben."))
    day, month, year = map(int, found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable(tr("Den {day} gibt es nicht.").format(day=typed)) from None


def read_minutes(text: str, *, longest: int) -> int:
    """A number of minutes, 0 for nothing. Raises Unreadable for what is no whole number, or more than the longest."""
    typed = text.strip()
    if not typed:
        return 0
    if not (typed.isascii() and typed.isdigit() and len(typed) <= len(str(longest)) and int(typed) <= longest):
        raise Unreadable(tr("Bitte ganze Minuten eingeben, höchstens {longest}.").format(longest=longest))
    return int(typed)


def read_clock(text: str) -> time | None:
    """The time written as 14:05 or 14.05, None for nothing. Raises Unreadable."""
    typed = text.strip()
    if not typed:
        return None
    found = _CLOCK.fullmatch(typed)
    if found is None:
        raise Unreadable(tr("Bitte als HH:MM eingeben."))
    try:
        return time(int(found[1]), int(found[2]))
    except ValueError:
        raise Unreadable(tr("{time} Uhr gibt es nicht.").format(time=typed)) from None

"""German words for a while from now: "in 6 Wochen", "etwa ein halbes Jahr", "drei bis vier Monate". Pure."""

import re
from datetime import date, timedelta

from domain.communication.reading.calendar_days import months_later

_NUMBERS = {
    "einem": 1, "einer": 1, "ein": 1, "zwei": 2, "drei": 3, "vier": 4, "fuenf": 5, "sechs": 6, "sieben": 7, "acht": 8,
    "neun": 9, "zehn": 10, "elf": 11, "zwoelf": 12,
}  # fmt: skip
_NUMBER = "|".join(_NUMBERS)
_SPAN = re.compile(
    rf"\b(?:in|nach|binnen|von|etwa|ca\.?|circa|ungefaehr|mindestens|betraegt|rund|fuer|bei)\s(?:ca\.? |etwa |circa |ungefaehr |rund |fruehestens )*"
    rf"(\d{{1,2}}|{_NUMBER})(?:\s?(?:-|bis)\s?(\d{{1,2}}|{_NUMBER}))?\s(tage?n?|wochen?|monate?n?|jahre?n?)\b"
)
_HALF_YEARS = re.compile(
    r"\b(?:(anderthalb|eineinhalb) jahre?n?|(?:einem |ein |etwa ein )?halbe[ns]? jahr|dreiviertel ?jahr|(?:rund |etwa |ca\.? |in )einem jahr)\b"
)


def in_a_while(text: str, sent_on: date, _last: bool) -> date | None:
    """Days, weeks, months or years from `sent_on`; the longer end where two are named."""
    found = _SPAN.search(text)
    if found is None:
        return None
    low, high, unit = found.groups()
    count = _count(high or low)
    if unit.startswith("tag"):
        return sent_on + timedelta(days=count)
    if unit.startswith("woche"):
        return sent_on + timedelta(weeks=count)
    return months_later(sent_on, count * (12 if unit.startswith("jahr") else 1))


def in_half_years(text: str, sent_on: date, _last: bool) -> date | None:
    """Half a year, one and a half."""
    found = _HALF_YEARS.search(text)
    if found is None:
        return None
    words = found.group()
    return months_later(
        sent_on, 18 if found.group(1) else 9 if "dreiviertel" in words else 6 if "halb" in words else 12
    )


def _count(word: str) -> int:
    return int(word) if word.isdecimal() else _NUMBERS[word]

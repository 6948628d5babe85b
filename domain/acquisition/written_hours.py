"""Hours as people write them: "Mo, Mi 9-10 Uhr, Do 14.30 bis 15.00" → weekdays with their spans. Text only.

What a cell of a table and a page of a practice say of weekdays is read here alone. Days stand before their hours; hours
that may belong to the days before or behind them are nobody's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.acquisition.clock import ANY_SPAN, DASHES, GAP, TO, UNIT, plain, spans
from domain.acquisition.hours import WEEKDAYS
from domain.acquisition.text import clean
from domain.values import MINUTES_PER_DAY, WeekSpan

# "so" and "do" are words, too: they count only with a point, a number or another weekday behind them
_NAME = r"(?<!\w)(?:(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?|mo|di|mi|do|fr|sa|so)(?!\w)\.?"
_JOIN = rf"{GAP}(?:,{{1,23}}|und|u\.?(?!\w)|&|\+|/|sowie){GAP}"
_NAMES = rf"{_NAME}(?:(?:{_JOIN}|\s{{0,4}};\s{{0,4}}|{TO}|\s{{1,4}}){_NAME}){{0,13}}"
_EVERY = r"(?<!\w)(?:(?:werk|wochen)tags|werkt(?:ä|ae)glich|t(?:ä|ae)gl(?:ich)?|tgl)(?!\w)\.?"
_BUT = rf"[\s,(]{{1,3}}(?:au(?:ß|ss)er|ohne|bis\sauf)\s(?:am\s)?{_NAMES}"
# what may stand between days and hours and says nothing of either
_FILLED = (
    r"(?:(?:jeweils|jew|je|von|zwischen|zw|immer|nur|ca|\(?tel\w{0,20}|sprech(?:zeit|stunde)\w{0,2}"
    rf"|fr(?:ü|ue)h|morgens|vorm\w{{0,8}}|mittags?|nachm\w{{0,8}}|abends?|{_EVERY})"
    rf"[.:)]{{0,2}}\s{{1,4}}){{0,3}}"
)
_LINE = re.compile(
    rf"(?={_NAME}|{_EVERY})(?P<every>{_EVERY}[\s,:(]{{0,3}}(?:von\s)?)?(?P<names>{_NAMES})?(?:{_BUT})?\)?"
    rf"(?P<sign>\s{{0,4}}+[:,=({DASHES}]?\s{{0,4}}+){_FILLED}"
    rf"(?P<hours>{ANY_SPAN}(?:(?:{_JOIN}|\s{{0,4}};\s{{0,4}}|\s{{1,4}}){_FILLED}{ANY_SPAN}){{0,11}})",
    re.IGNORECASE,
)
_SPAN = re.compile(ANY_SPAN, re.IGNORECASE)
_ONE_NAME = re.compile(_NAME, re.IGNORECASE)
_RANGE = re.compile(rf"({_NAME}){TO}({_NAME})", re.IGNORECASE)
_LISTED_BY_SPACES = re.compile(rf"{_NAME}\s{{1,4}}{_NAME}", re.IGNORECASE)
# "nicht Di", "außer mittwochs", "Mi geschlossen": whatever else is said of these days (see `_lines`); nothing is said
# of the next line's ("Di: keine")
_CLOSED = re.compile(
    rf"\b(?:nicht|au(?:ß|ss)er|ohne|bis\sauf|kein\w{{0,2}}(?:[^\S\n]\w{{1,20}})?"
    rf"|(?:zu|geschlossen)(?=:|\sam\s)):?[^\S\n](?:am\s)?({_NAMES})"
    rf"|({_NAMES}):?\s{{0,3}}(?:nicht|kein\w{{0,2}}|geschlossen|entf(?:ä|a)llt|zu(?=\W*$|\s{{0,3}}[,;.)]))(?!\w)",
    re.IGNORECASE,
)
_BY_APPOINTMENT = re.compile(
    rf"{_NAMES}:?\s{{0,3}}(?:nur\s)?(?:n\.\s?v\.?|nach\s(?:\w{{1,12}}\.?\s)?(?:vereinb|abspr)\w*)", re.IGNORECASE
)
# nor is a number to call: "Tel.: 0241-123456", "24 h AB"
_CALLED = re.compile(
    r"\btel\w{0,20}\W{0,4}(?:\+\d\d|0\d\d)(?:[ /)(]{0,3}\d|-\d{3}){4,}|\b24\s?h\s(?:ab|anrufbeantworter)(?!\w)",
    re.IGNORECASE,
)
# what speaks of times without telling them: "sonst nachmittags"
_MORE = re.compile(
    rf"\d|{_EVERY}|\b(?:vorm|nachm|abends?\b|mittags?\b|morgens|ganzt|jederzeit|flexib|wochenend)", re.IGNORECASE
)
# "jeden 2. Di" is not every week
_COUNTED = re.compile(rf"(?<![\d.:{DASHES}])[1-5]\.\s?$")
_HOURS_BEFORE = re.compile(
    rf"(?:{ANY_SPAN}|\d{UNIT})(?P<gap>[^\S\n]{{0,4}}(?:[,;/(\n]\s{{0,4}})?(?:am\s)?)$", re.IGNORECASE
)
_BEFORE = 60  # characters: the longest span and what stands behind it


@dataclass(frozen=True, slots=True)
class _Line:
    """Days and their hours in minutes of the day, None for one that cannot be; where all that stands in a text."""

    days: tuple[int, ...]
    times: tuple[tuple[int, int] | None, ...]
    start: int
    end: int
    is_whole: bool  # all its hours are hours

    def spans(self) -> Iterator[WeekSpan]:
        for start, end in filter(None, self.times):
            for day in self.days:
                yield WeekSpan(day * MINUTES_PER_DAY + start, day * MINUTES_PER_DAY + end)


def written_hours(text: str) -> Iterator[tuple[WeekSpan, int, int]]:
    """Every span of a text with where its line begins and ends; what is no time is passed over."""
    for line in _lines(plain(text)):
        for span in line.spans():
            yield span, line.start, line.end


def week_of(text: str, notes: list[str]) -> list[WeekSpan]:
    """The hours of a cell that names weekdays; days and numbers in it that were not read are noted."""
    text = plain("\n".join(map(clean, text.splitlines())))
    found: list[WeekSpan] = []
    rest, at = "", 0
    for line in _lines(text):
        found += line.spans()
        rest, at = f"{rest}{text[at : line.start]};", line.end
        notes += ["hours_impossible"] * line.times.count(None)
        if not line.is_whole:
            notes.append("hours_unreadable")
    rest = _CALLED.sub(";", _BY_APPOINTMENT.sub(";", _CLOSED.sub(";", rest + text[at:])))
    if _MORE.search(rest) or any(name not in {"so", "do"} for name in _ONE_NAME.findall(rest)):
        notes.append("hours_unreadable")
    return found


def _lines(text: str) -> Iterator[_Line]:
    """Every line of days and hours, without closed days.

    What closes a day of several says nothing of hours that day has alone: "Mo-Fr 8-12, Mi zu, am Telefon: Mi 12-13".
    """
    found = list(_LINE.finditer(text))
    said = [(days.start(at), days[at]) for days in (_CLOSED.finditer(text) if found else ()) if (at := days.lastindex)]
    closed = {day for _, names in said for day in _days(names)}
    refused = {start + name.start() for start, names in said for name in _ONE_NAME.finditer(names)}
    week = [_days_of(line) for line in found]
    several = {day for days in week if len(days) > 1 for day in days}
    last = -1  # where the line before ends
    for line, named in zip(found, week, strict=True):
        is_told = len(named) == 1 and several.issuperset(named) and line.start("names") not in refused
        days = named if is_told else tuple(day for day in named if day not in closed)
        times = tuple(spans(text, *line.span("hours")))
        if days and times and not _is_doubtful(line, last):
            last = line.end()
            yield _Line(days, times, line.start(), last, len(times) == len(_SPAN.findall(line["hours"])))


def _is_doubtful(line: re.Match[str], last: int) -> bool:
    """Whether its hours may be those of other days, or its days not those of every week."""
    before = line.string[max(0, line.start() - _BEFORE) : line.start()]
    if _COUNTED.search(before):
        return True
    if _LISTED_BY_SPACES.search(line["names"] or "") and len(_SPAN.findall(line["hours"])) > 1:
        return True  # the head of a table and its cells
    hours = _HOURS_BEFORE.search(before)
    if hours is None:
        return False
    # "8-9 Uhr Montag, 10-11 Uhr Dienstag"
    strange = line.start() - len(hours["gap"]) != last
    close = not set(",;/\n") & set(hours["gap"])
    return (strange and close) or ("," in line["sign"] and (strange or close))


def _days_of(line: re.Match[str]) -> tuple[int, ...]:
    if line["names"]:
        return _days(line["names"])
    return tuple(range(5 if line["every"].lower().startswith("w") else 7))


def _days(text: str) -> tuple[int, ...]:
    days = {_number(name) for name in _ONE_NAME.findall(text)}
    for first, last in _RANGE.findall(text):
        days |= {(_number(first) + more) % 7 for more in range((_number(last) - _number(first)) % 7)}
    return tuple(sorted(days))


def _number(name: str) -> int:
    return WEEKDAYS[name[:2].lower()]

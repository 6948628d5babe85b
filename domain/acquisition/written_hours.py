"""Hours as people write them: "Mo, Mi 9-10 Uhr, Do 14.30 bis 15.00" → weekdays with their spans. Text only."""

import re
from collections.abc import Iterator

from domain.acquisition.clock import ANY_SPAN, CLOCK, GAP, TO, spans
from domain.acquisition.hours import WEEKDAYS
from domain.values import MINUTES_PER_DAY, WeekSpan

# "so" and "do" are words, too: they count only with a point, a number or another weekday behind them
_NAME = r"(?<!\w)(?:(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?|mo|di|mi|do|fr|sa|so)(?!\w)\.?"
_JOIN = rf"{GAP}(?:,|und|u\.|&|\+|/|sowie){GAP}"
_DAYS = rf"{_NAME}(?:(?:{_JOIN}|{TO}){_NAME}){{0,13}}"
_LINE = re.compile(
    rf"({_DAYS})\s{{0,4}}+[:,\-–]?\s{{0,4}}+(?:(?:jeweils|von|zwischen)\s{{1,4}}){{0,2}}"
    rf"({ANY_SPAN}(?:(?:{_JOIN}|\s{{0,4}};\s{{0,4}}|\s{{1,4}})(?:von\s{{1,4}})?{ANY_SPAN}){{0,11}})",
    re.IGNORECASE,
)
_BETWEEN = re.compile(rf"(zwischen\s{{1,4}}{CLOCK}(?:\s{{0,4}}uhr)?\s)und(?=\s)", re.IGNORECASE)
_ONE_NAME = re.compile(_NAME, re.IGNORECASE)
_RANGE = re.compile(rf"({_NAME}){TO}({_NAME})", re.IGNORECASE)


def written_hours(text: str) -> Iterator[tuple[WeekSpan, int, int]]:
    """Every span of a text with where its line begins and ends; what is no time is passed over."""
    # "zwischen 9 und 10" is one span, not two times; a word as long keeps every place in the text
    text = _BETWEEN.sub(r"\1bis", text)
    for line in _LINE.finditer(text):
        days = _days(line[1])
        for start, end in filter(None, spans(text, line.start(2), line.end(2))):
            for day in days:
                first = day * MINUTES_PER_DAY
                yield WeekSpan(first + start, first + end), line.start(), line.end()


def _days(text: str) -> tuple[int, ...]:
    days = {_number(name) for name in _ONE_NAME.findall(text)}
    for first, last in _RANGE.findall(text):
        days |= set(range(_number(first), _number(last) + 1))
    return tuple(sorted(days))


def _number(name: str) -> int:
    return WEEKDAYS[name[:2].lower()]

"""German words for a day: "bis 15.1.", "am 23.", "KW 12"; and every other way, in the order in which they count.

Months, quarters and seasons are `periods`', a while from now `spans`', feasts and weekdays `feasts`'.
"""

import re
from datetime import date

from domain.communication.reading.calendar_days import MONTH, MONTHS, PAST, coming, months_later, valid
from domain.communication.reading.feasts import feast_in, weekday_in
from domain.communication.reading.periods import in_a_next, in_month, in_quarter, in_season
from domain.communication.reading.spans import in_a_while, in_half_years

_DAY = re.compile(r"\b(\d{1,2})\. ?(\d{1,2})\.(?: ?(\d{4}|\d{2})\b)?(?!\d)")
_ISO = re.compile(r"\b(20\d{2})-(\d{2})-(\d{2})\b")
_NAMED_DAY = re.compile(rf"\b(\d{{1,2}})\. ?({MONTH})\b\.?(?: (20\d{{2}}))?")
_WEEK = re.compile(r"\b(?:kw|kalenderwoche) ?(\d{1,2})(?: ?(?:-|bis|/) ?(\d{1,2}))?\b")
_ONLY_DAY = re.compile(
    r"\b(?:am|zum|bis|ab|vom|dem) (?:\w{6,10},? )?(?:dem |zum )?(\d{1,2})\.(?! ?\d)(?! (?:quartal|halbjahr|stock|mal)\b)"
)


# a day a letter may mean is not long past and not far off: others are slips of the pen
_LONG_AGO, _FAR_OFF = 730, 3650  # days
_SHORTEST_MONTH = 28


def find_day(text: str, *, sent_on: date, last: bool) -> date | None:
    """The day a folded text names, or None.

    Without a year it is the next such day after `sent_on`. A month stands for its last day where `last` (until …),
    else for its first; a span of weeks or months counts from `sent_on`, its longer end where two are named. A day there is not (30. Februar), and one long past or far off, is none.
    """
    for way in (
        _exact,
        _week,
        in_a_while,
        in_half_years,
        in_quarter,
        in_month,
        _only_day,
        _feast,
        in_season,
        _weekday,
        in_a_next,
    ):
        found = way(text, sent_on, last)
        if found is not None:
            away = found.toordinal() - sent_on.toordinal()
            return found if -_LONG_AGO <= away <= _FAR_OFF else None
        if way is _exact and _no_such_day(text):
            return None
    return None


def _exact(text: str, sent_on: date, last: bool) -> date | None:
    days: list[date] = []
    for year, month, day in (m.groups() for m in _ISO.finditer(text)):
        days += valid(int(year), int(month), int(day))
    for day, month, year in (m.groups() for m in _DAY.finditer(text)):
        days += coming(int(month), int(day), year, sent_on)
    for day, name, year in (m.groups() for m in _NAMED_DAY.finditer(text)):
        days += coming(MONTHS[name], int(day), year, sent_on)
    if not days:
        return None
    return max(days) if last else min(days)


def _no_such_day(text: str) -> bool:
    """Whether it names a day its month does not have."""
    days = [(day, int(month)) for day, month, _ in (m.groups() for m in _DAY.finditer(text))]
    days += [(day, MONTHS[name]) for day, name, _ in (m.groups() for m in _NAMED_DAY.finditer(text))]
    return any(int(day) > _SHORTEST_MONTH and month in MONTHS.values() for day, month in days)


def _week(text: str, sent_on: date, last: bool) -> date | None:
    found = _WEEK.search(text)
    if found is None:
        return None
    number = int(found.group(2) or found.group(1)) if last else int(found.group(1))
    try:
        day = date.fromisocalendar(sent_on.year, number, 5 if last else 1)
        return day if day >= sent_on - PAST else date.fromisocalendar(sent_on.year + 1, number, 5 if last else 1)
    except ValueError:
        return None


def _only_day(text: str, sent_on: date, last: bool) -> date | None:
    """The next such day: "am 23. wieder da"."""
    days = [int(number) for number in _ONLY_DAY.findall(text)]
    if not days:
        return None
    for months in range(3):
        first = months_later(sent_on.replace(day=1), months)
        day = valid(first.year, first.month, max(days) if last else min(days))
        if day and day[0] >= sent_on:
            return day[0]
    return None


def _feast(text: str, sent_on: date, _last: bool) -> date | None:
    return feast_in(text, sent_on=sent_on)


def _weekday(text: str, sent_on: date, _last: bool) -> date | None:
    return weekday_in(text, sent_on=sent_on)

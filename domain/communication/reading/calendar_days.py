"""The calendar's arithmetic that readers of days share: days there are, ends of months, months later. Pure."""

import calendar
from datetime import date, timedelta

MONTHS = {
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
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
PAST = timedelta(days=60)  # a day of last week without a year is past, one of half a year ago is the next


def coming(month: int, day: int, year: str | None, sent_on: date) -> list[date]:
    """The day, or none there is; without a year the next such."""
    if year is not None:
        return valid(int(year) + (2000 if len(year) == 2 else 0), month, day)
    found = valid(sent_on.year, month, day)
    return valid(sent_on.year + 1, month, day) if found and found[0] < sent_on - PAST else found


def valid(year: int, month: int, day: int) -> list[date]:
    """The day, or none there is."""
    try:
        return [date(year, month, day)]
    except ValueError:
        return []


def end_of(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))

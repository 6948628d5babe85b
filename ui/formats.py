"""How values read: dates, distances, phone numbers, waits. Free of Qt."""

from collections.abc import Sequence
from datetime import date, datetime, time

import phonenumbers

from domain.values import MINUTES_PER_DAY, WeekSpan
from domain.weektime import BERLIN
from ui.labels import label
from ui.translation import ntr, tr

WEEKDAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")


def day(value: date | None) -> str:
    """23.11.2026, or nothing."""
    return "" if value is None else f"{value:%d.%m.%Y}"


def weekdays() -> dict[str, str]:
    """Days of the week by their ISO number, as a choice."""
    days = (
        tr("Montag"), tr("Dienstag"), tr("Mittwoch"), tr("Donnerstag"), tr("Freitag"), tr("Samstag"), tr("Sonntag"),
    )  # fmt: skip
    return {str(number): day for number, day in enumerate(days, start=1)}


def local(value: datetime) -> datetime:
    """A moment by the office's clock."""
    return value.astimezone(BERLIN)


def office_time(on: date, at: time) -> datetime:
    """The moment somebody means who writes a day and a time."""
    return datetime.combine(on, at, BERLIN)


def moment(value: datetime | None) -> str:
    """23.11.2026, 14:05 in the office's time."""
    return "" if value is None else f"{value.astimezone(BERLIN):%d.%m.%Y, %H:%M}"


def weekday_clock(value: datetime) -> str:
    """Di 09:05, in the office's time."""
    here = local(value)
    return f"{WEEKDAYS[here.weekday()]} {here:%H:%M}"


def clock(minutes: int) -> str:
    """14:05 for minutes since midnight."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def time_of_day(value: datetime) -> str:
    """14:05, by the clock on the wall."""
    return f"{local(value):%H:%M}"


def distance(km: float | None) -> str:
    """3,4 km below ten, 12 km above; a dash where unknown."""
    if km is None:
        return "–"
    return f"{km:.1f} km".replace(".", ",") if km < 10 else f"{km:.0f} km"


def thousands(number: int) -> str:
    """40.000."""
    return f"{number:,}".replace(",", ".")


def share(value: float) -> str:
    """15 % for 0.15."""
    return f"{value * 100:.0f} %"


def age(years: int | None) -> str:
    """34 Jahre; a dash where unknown."""
    return "–" if years is None else ntr(years, "{n} Jahr", "{n} Jahre")


def waiting(since: date, today: date) -> str:
    """How long somebody waits, in days below two weeks, else in weeks."""
    days = (today - since).days
    if days < 1:
        return tr("seit heute")
    if days < 14:
        return ntr(days, "seit {n} Tag", "seit {n} Tagen")
    return ntr(days // 7, "seit {n} Woche", "seit {n} Wochen")


def waiting_short(since: date, today: date) -> str:
    """The same for a narrow column: 5 Tg., 3 Wo."""
    days = (today - since).days
    return tr("{n} Tg.").format(n=max(days, 0)) if days < 14 else tr("{n} Wo.").format(n=days // 7)


def old(as_of: date, today: date) -> str:
    """How old something is that was said once: 3 Tage, 5 Wochen, 8 Monate, 2 Jahre alt."""
    days = max((today - as_of).days, 0)
    if days == 0:
        return tr("von heute")
    if days < 14:
        return ntr(days, "{n} Tag alt", "{n} Tage alt")
    if days < 61:
        return ntr(days // 7, "{n} Woche alt", "{n} Wochen alt")
    months = round(days / 30.44)
    if months < 24:
        return ntr(months, "{n} Monat alt", "{n} Monate alt")
    return ntr(months // 12, "{n} Jahr alt", "{n} Jahre alt")


def stand(as_of: date | None, today: date) -> str:
    """Stand 12.03.2026, 8 Monate alt; says so where nobody noted the day."""
    return (
        tr("Stand unbekannt")
        if as_of is None
        else tr("Stand {day}, {age}").format(day=day(as_of), age=old(as_of, today))
    )


def phone(number: str) -> str:
    """A stored E.164 number as it is written in Germany."""
    if not number:
        return ""
    try:
        parsed = phonenumbers.parse(number, "DE")
    except phonenumbers.NumberParseException:
        return number
    at_home = parsed.country_code == 49
    form = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def week(spans: Sequence[WeekSpan] | None) -> str:
    """Mo 09:00–09:50, Fr 08:30–10:10; what is unknown says so."""
    if spans is None:
        return tr("unbekannt")
    return ", ".join(
        f"{WEEKDAYS[span.start // MINUTES_PER_DAY]} {clock(span.start % MINUTES_PER_DAY)}–{clock(span.end - span.start // MINUTES_PER_DAY * MINUTES_PER_DAY)}"
        for span in spans
    )


def offers(codes: Sequence[str]) -> str:
    """VT, TP Gruppe: methods in short with what is special about them."""
    found: dict[str, set[str]] = {}
    for code in codes:
        method, _, setting = code.split(":")
        found.setdefault(method, set()).add(setting)
    words = [
        label("method_short", method) + (" " + tr("(nur Gruppe)") if settings == {"group"} else "")
        for method, settings in sorted(found.items())
    ]
    return ", ".join(words) or tr("unbekannt")


def offers_in_full(codes: Sequence[str]) -> str:
    """VT (Erwachsene, Einzel), VT (Kinder und Jugendliche, Gruppe): each with whom and how."""
    words = []
    for code in codes:
        method, age, setting = code.split(":")
        words.append(f"{label('method_short', method)} ({label('age_group', age)}, {label('setting', setting)})")
    return ", ".join(words) or tr("unbekannt")


def open_now(spans: Sequence[WeekSpan] | None, now: datetime) -> bool:
    """Whether a phone window is open at this moment."""
    local = now.astimezone(BERLIN)
    minute = local.weekday() * MINUTES_PER_DAY + local.hour * 60 + local.minute
    return any(span.start <= minute < span.end for span in spans or ())


def size(count: int) -> str:
    """Bytes as people read them: 830 B, 12 kB, 3,4 MB."""
    if count < 1_000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1_000:.0f} kB"
    return f"{count / 1_000_000:.1f} MB".replace(".", ",")

"""An access report on A4, as PDF: readable German, everything but the contents of files. Only layout."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Spacer

from domain.casework.access_report import wording as w
from domain.casework.access_report.collecting import Row
from domain.casework.access_report.document import Report, plain
from domain.casework.access_report.fields import Section
from domain.casework.access_report.sections import SECTIONS
from domain.communication.evidence.words import day, moment
from domain.communication.paper_parts import block, foot_line, heading, one_line, p, pairs, set_pages
from domain.weektime import BERLIN

Say = Callable[[str, str], str]  # a kind of code and a code: what people read

TITLE = "Auskunft über Ihre gespeicherten Daten"
LONG = 300  # more letters are a paragraph of their own: a cell does not break over pages
_OWN_WORDS = {"report_direction": w.DIRECTIONS, "report_source": w.SOURCES}
WEEK = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")


def to_pdf(report: Report, say: Say) -> bytes:
    """The paper, dated, with "Seite 1 von n" on each page."""
    made = report.made_at.astimezone(BERLIN).date()

    def foot(canvas: Canvas, page: str) -> None:
        canvas.saveState()
        foot_line(canvas, f"{one_line(report.name, 70)} · Stand {day(made)}", page)
        canvas.restoreState()

    return set_pages(
        lambda: _story(report, say, made), foot, title=TITLE, author=report.office.name, subject=f"Stand {day(made)}"
    )


def _story(report: Report, say: Say, made: date) -> list[Flowable]:
    office, found = report.office, report.collected
    sender = (office.name, office.street, f"{office.plz} {office.city}".strip(), office.phone, office.email)
    story: list[Flowable] = [
        p(block([line for line in sender if line]), 8, grey=True),
        Spacer(1, 6 * mm),
        p(TITLE, 15, bold=True),
        Spacer(1, 1.5 * mm),
        p(f"nach Art. 15 DSGVO, für {one_line(report.name)}, Stand {day(made)}", 9, grey=True),
        *_list("Wofür wir Ihre Daten verarbeiten", w.PURPOSES),
        *_list("Woher die Daten stammen", w.ORIGIN),
        *_list("Wie lange wir sie aufbewahren", w.retention(office)),
        *_list("Ihre Rechte", w.RIGHTS),
        *_recipients(report, say),
    ]
    for section in SECTIONS:
        story += _section(section, found.rows[section.key], say)
    story += _accesses(report, say)
    story += heading("Was hier nicht steht")
    story.append(
        p(
            "Nicht enthalten sind Angaben über andere Menschen, Namen von Mitarbeitenden und technische Nummern."
            " Die vollständige Liste mit Gründen steht in der Datei für Maschinen (JSON) unter „left_out“,"
            " dort auch der Inhalt der Unterlagen."
        )
    )
    return story


def _list(title: str, lines: tuple[str, ...]) -> list[Flowable]:
    return [*heading(title), *(p(f"– {line}") for line in lines)]


def _recipients(report: Report, say: Say) -> list[Flowable]:
    found = report.collected
    story = heading("Wem wir etwas mitgeteilt haben")
    told = [
        (
            moment(row["at"]),
            one_line(", ".join(str(row[key]) for key in ("practice", "therapist", "street", "town") if row[key]))
            + f" ({say('channel', row['channel'])}; ohne Ihren Namen, bis eine Praxis zusagt)",
        )
        for row in found.practices
    ]
    told += [
        (moment(row["at"]), f"Nachweis für {one_line(row['name']) or 'die Krankenkasse'}") for row in found.insurers
    ]
    if told:
        story.append(pairs(told))
    if found.maps_asked:
        story.append(p("– Ein von der Stelle bestimmter Kartendienst: Adresse oder gerundeter Ort, ohne Namen."))
    if not told and not found.maps_asked:
        story.append(p("Bisher niemandem."))
    return story


def _section(section: Section, rows: tuple[Row, ...], say: Say) -> list[Flowable]:
    shown = [field for field in section.fields if field.on_paper]
    story = heading(section.title)
    if not rows:
        return [*story, p(w.NOTHING, grey=True)]
    for row in rows:
        short: list[tuple[str, str]] = []
        long: list[tuple[str, str]] = []
        if not row.alone:
            short.append(("", w.SHARED))
        for key, word, kind in [
            *((key, word, "") for key, word, _ in section.named),
            *((field.column, field.word, field.kind) for field in shown),
        ]:
            said = value_words(row.values[key], kind, say)
            if said:
                (short if len(said) <= LONG and said.count("\n") < 6 else long).append((word, said))
        if short:
            story.append(pairs(short))
        for word, said in long:
            story.append(p(word, grey=True))
            story += [p(line) for line in said.split("\n") if line.strip()]
        story.append(Spacer(1, 3 * mm))
    return story


def value_words(value: Any, kind: str, say: Say) -> str:
    """A value as people read it; nothing for one that is not there."""
    if isinstance(value, list):
        told = plain(value)
        if told and isinstance(told[0], Mapping):
            return ", ".join(_span(span) for span in told)
        return ", ".join(say(kind, str(one)) if kind else str(one) for one in value)
    if isinstance(value, datetime | date):
        return moment(value) if isinstance(value, datetime) else day(value)
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, float):
        return f"{value:.5f}".rstrip("0").rstrip(".").replace(".", ",")
    said = "" if value is None else str(value)
    words = _OWN_WORDS[kind].get(said, said) if kind in _OWN_WORDS else None
    return words or (say(kind, said) if kind and said else said)


def _span(span: Mapping[str, int]) -> str:
    start, end = span["from"], span["until"]
    of_day, till = start % 1440, end - start // 1440 * 1440
    return f"{WEEK[start // 1440]} {of_day // 60:02}:{of_day % 60:02}–{till // 60:02}:{till % 60:02}"


def _accesses(report: Report, say: Say) -> list[Flowable]:
    """By day, since a record is opened many times; each single one stands in the JSON."""
    story = heading(w.ACCESSES)
    count = Counter(
        (row["at"].astimezone(BERLIN).date(), row["operation"], row["table_name"]) for row in report.collected.accesses
    )
    lines = [
        (
            day(at),
            f"{say('audit_table', table)} {say('audit_operation', operation)}{f' ({number}-mal)' if number > 1 else ''}",
        )
        for (at, operation, table), number in sorted(count.items())
    ]
    return [*story, pairs(lines) if lines else p(w.NOTHING, grey=True)]

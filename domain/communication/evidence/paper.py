"""The evidence on A4, as PDF: the same facts always give the same bytes. Only layout; the words are `words.py`'s."""

import io
from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from domain.communication.evidence import words as w
from domain.communication.evidence.facts import Attempt, Evidence, Paper, Step
from domain.communication.evidence.vocabulary import CHANNELS, PAPERS
from domain.communication.letter_paper import BOLD, GREY, ONE_AT_A_TIME, REGULAR, load_fonts

LEFT, RIGHT, TOP, BOTTOM = 20, 20, 18, 24
WIDTH = 210 - LEFT - RIGHT
LINE, SHADE = HexColor("#c4ccd4"), HexColor("#eef1f4")
TITLE = "Nachweis der Suche nach einem Psychotherapieplatz"
# What people wrote is cut to what a cell can hold: a row does not break over pages, and nobody reads a name of a page.
NAME, LINE_LENGTH, LINES = 160, 100, 9
MIDDLE = "VALIGN", (0, 0), (-1, -1), "TOP"


def to_pdf(evidence: Evidence) -> bytes:
    """The paper, dated, with "Seite 1 von n" on each page."""
    with ONE_AT_A_TIME:
        load_fonts()
        pages = _build(evidence, of=0)[1]
        return _build(evidence, of=pages)[0]


def _build(evidence: Evidence, *, of: int) -> tuple[bytes, int]:
    made = io.BytesIO()
    document = BaseDocTemplate(
        made, pagesize=A4, leftMargin=LEFT * mm, rightMargin=RIGHT * mm, topMargin=TOP * mm, bottomMargin=BOTTOM * mm,
        # programs show the title in windows and print queues: no name in it
        title=TITLE, author=evidence.office[0] if evidence.office else "",
        subject=f"Stand {w.day(evidence.made_on)}", creator="Platzlotse", lang="de-DE", invariant=1,
    )  # fmt: skip
    frame = Frame(LEFT * mm, BOTTOM * mm, WIDTH * mm, (297 - TOP - BOTTOM) * mm, 0, 0, 0, 0)
    count = Counter[str]()

    def foot(canvas: Canvas, _: BaseDocTemplate) -> None:
        count["pages"] += 1
        _foot(canvas, evidence, f"Seite {count['pages']} von {of}")

    document.addPageTemplates(PageTemplate(frames=[frame], onPage=foot))
    document.build(_story(evidence))
    return made.getvalue(), count["pages"]


def _foot(canvas: Canvas, evidence: Evidence, page: str) -> None:
    canvas.saveState()
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.line(LEFT * mm, 18 * mm, (210 - RIGHT) * mm, 18 * mm)
    canvas.setFont(REGULAR, 7)
    canvas.setFillColor(GREY)
    canvas.drawString(LEFT * mm, 14 * mm, f"{_name(evidence.person.name, 70)} · Stand {w.day(evidence.made_on)}")
    canvas.drawRightString((210 - RIGHT) * mm, 14 * mm, page)
    canvas.drawString(
        LEFT * mm, 10.5 * mm,
        f"Kontaktprotokoll: {_links(evidence)}, Prüfsumme {evidence.head.link_hash.hex()}",
    )  # fmt: skip
    canvas.restoreState()


def _links(evidence: Evidence) -> str:
    return w.many(evidence.head.links, "Glied", "Glieder")


def _cut(words: str, longest: int) -> str:
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def _name(words: str, longest: int = NAME) -> str:
    """What somebody wrote as one line, with "…" where it goes on."""
    return _cut(" ".join(words.split()), longest)


def _block(lines: Sequence[str]) -> str:
    """What somebody wrote as several lines, such as an address; the same."""
    parts = [part for line in lines for part in line.splitlines() if part.strip()]
    return "\n".join([*(_name(part, LINE_LENGTH) for part in parts[:LINES]), *(["…"] if len(parts) > LINES else [])])


def _style(size: float, *, bold: bool = False, grey: bool = False) -> ParagraphStyle:
    return ParagraphStyle(
        f"evidence-{size}-{bold}-{grey}", fontName=BOLD if bold else REGULAR, fontSize=size, leading=size * 1.35,
        textColor=GREY if grey else HexColor("#000000"), splitLongWords=1,
    )  # fmt: skip


def _p(words: str, size: float = 8.5, *, bold: bool = False, grey: bool = False) -> Paragraph:
    lines = "<br/>".join(escape(line, quote=False) for line in words.split("\n"))
    return Paragraph(lines, _style(size, bold=bold, grey=grey))


def _heading(words: str) -> list[Flowable]:
    return [CondPageBreak(35 * mm), Spacer(1, 5 * mm), _p(words, 10.5, bold=True), Spacer(1, 1.5 * mm)]


def _story(evidence: Evidence) -> list[Flowable]:
    return [
        *_head(evidence),
        *_heading("1  Zusammenfassung"),
        _pairs(_summary(evidence)),
        *_heading("2  Fristen"),
        _pairs(_clocks(evidence)),
        *_heading("3  Unterlagen"),
        _papers(evidence),
        *_heading("4  Anfragen im Einzelnen"),
        *_attempts(evidence.attempts),
        *_heading("5  Wie sich dieser Nachweis prüfen lässt"),
        *_proof(evidence),
    ]


def _head(evidence: Evidence) -> list[Flowable]:
    person, profile = evidence.person, evidence.profile.form
    law = " (Kostenerstattung nach § 13 Abs. 3 SGB V)" if person.statutory else ""
    sender = _p(_block(evidence.office), 8, grey=True)
    receiver = _p(_block((profile.name or person.insurer, profile.address)), 9.5)
    top = Table([[receiver, sender]], colWidths=[(WIDTH - 65) * mm, 65 * mm])
    top.setStyle([MIDDLE, ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    return [
        top,
        Spacer(1, 8 * mm),
        _p(TITLE, 15, bold=True),
        Spacer(1, 1.5 * mm),
        _p(f"zur Vorlage bei der {_insurer(evidence)}{law}", 9, grey=True),
        Spacer(1, 4 * mm),
        _pairs(
            [
                ("Name", _name(person.name)),
                ("Geboren am", w.day(person.birth_date) or "nicht vermerkt"),
                (_insurer(evidence), _name(person.insurer or profile.name) or "nicht vermerkt"),
                ("Versichertennummer", _name(person.insurance_number) or "nicht vermerkt"),
                ("Sucht einen Platz seit", w.day(person.searching_since)),
                ("Stand dieses Nachweises", f"{w.day(evidence.made_on)}, erstellt von {_name(evidence.made_by)}"),
            ]
        ),
    ]


def _insurer(evidence: Evidence) -> str:
    return "Krankenkasse" if evidence.person.statutory else "Versicherung"


def _clocks(evidence: Evidence) -> list[tuple[str, str]]:
    tss, insurer = w.tss_words(evidence), w.insurer_words(evidence)
    return [*([("Terminservicestelle", tss)] if tss else []), (_insurer(evidence), insurer)]


def _summary(evidence: Evidence) -> list[tuple[str, str]]:
    attempts = evidence.attempts
    steps = [step for attempt in attempts for step in attempt.steps]
    asked = Counter(CHANNELS[step.channel] for step in steps if step.direction == "out")
    found = [("Erfolglose Anfragen", f"{w.counted_words(evidence)}. {w.counting_words(evidence)}")]
    found.append(("Anfragen insgesamt", w.total_words(evidence)))
    if steps:
        first, last = min(step.at for step in steps), max(step.at for step in steps)
        found.append(("Zeitraum", f"{w.moment(first)[:10]} bis {w.moment(last)[:10]}"))
        ways = ", ".join(f"{way} ({count})" for way, count in sorted(asked.items()))
        found.append(("Kontakte der Stelle", ways))
    return [
        *found,
        ("Gesuchte Verfahren", w.methods_words(evidence)),
        ("Fehlende Unterlagen", w.missing_words(evidence)),
    ]


def _pairs(lines: Sequence[tuple[str, str]]) -> Table:
    table = Table([[_p(name, grey=True), _p(said)] for name, said in lines], colWidths=[42 * mm, (WIDTH - 42) * mm])
    table.setStyle(
        [MIDDLE, ("LEFTPADDING", (0, 0), (0, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 1.5),
         ("BOTTOMPADDING", (0, 0), (-1, -1), 2), ("LINEBELOW", (0, 0), (-1, -1), 0.25, LINE)]
    )  # fmt: skip
    return table


def _papers(evidence: Evidence) -> Flowable:
    consent = "liegt vor" if evidence.consent_to_insurer else "FEHLT", w.consent_words(evidence)
    return _pairs([*((_state(paper), PAPERS[paper.kind]) for paper in evidence.papers), consent])


def _state(paper: Paper) -> str:
    if paper.dated_on is not None:
        return f"liegt vor, vom {w.day(paper.dated_on)}"
    return f"liegt vor seit {w.day(paper.filed_on)}" if paper.filed_on is not None else "FEHLT"


def _attempts(attempts: Sequence[Attempt]) -> list[Flowable]:
    if not attempts:
        return [_p("Bis zu diesem Tag ist keine Anfrage vermerkt.")]
    rows: list[list[Flowable]] = [[_p(t, 8, bold=True) for t in ("Nr.", "Praxis und Kontakte", "Durch", "Ergebnis")]]
    style: list[tuple[str, tuple[int, int], tuple[int, int], *tuple[Any, ...]]] = [
        MIDDLE, ("BACKGROUND", (0, 0), (-1, 0), SHADE), ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5), ("LINEBELOW", (0, 0), (-1, 0), 0.5, GREY),
    ]  # fmt: skip
    for number, attempt in enumerate(attempts, start=1):
        start = len(rows)
        name, therapist = _name(attempt.practice), _name(attempt.therapist)
        if therapist.casefold() not in name.casefold():
            name = f"{name} · {therapist}"
        counts = "zählt" if attempt.counts else "zählt nicht"
        rows.append(
            [
                _p(str(number), 8),
                [_p(name, 8, bold=True), _p(_name(attempt.address) or "Anschrift nicht vermerkt", 8)],  # type: ignore[list-item]
                _p(""),
                [_p(w.outcome_words(attempt), 8), _p(counts, 7, grey=True)],  # type: ignore[list-item]
            ]
        )
        rows += [
            [_p(""), _p(_step(step), 7.5), _p(_name(step.person, LINE_LENGTH), 7.5), _p(_link(step), 7, grey=True)]
            for step in attempt.steps
        ]
        style += [
            ("LINEABOVE", (0, start), (-1, start), 0.5, LINE),
            ("TOPPADDING", (0, start), (-1, start), 4),
            # the practice never stands at the foot of a page alone
            ("NOSPLIT", (0, start), (-1, start + 1)),
        ]
    table = Table(rows, colWidths=[10 * mm, 76 * mm, 28 * mm, (WIDTH - 114) * mm], repeatRows=1)
    table.setStyle(style)
    return [table]


def _step(step: Step) -> str:
    said = f"{w.moment(step.at)} · {CHANNELS[step.channel]} · {w.step_words(step)}"
    return f"{said} (mit {_name(step.counterpart)})" if step.counterpart else said


def _link(step: Step) -> str:
    return f"Glied {step.link}" if step.link is not None else "noch ohne Glied"


def _proof(evidence: Evidence) -> list[Flowable]:
    head = evidence.head
    return [
        _p(
            "Jeder Kontakt erhält beim Eintragen eine Prüfsumme (SHA-256) und wird danach an die vorigen gekettet."
            " Wer später einen Eintrag ändert, entfernt, einfügt oder umstellt, müsste alle folgenden Prüfsummen neu"
            " bilden; sie wichen dann von der hier gedruckten ab, und beim Prüfen fiele es auf."
            f" Bei diesem Stand hatte das Kontaktprotokoll der Stelle {_links(evidence)}"
            " (alle Menschen, die sie begleitet); die letzte Prüfsumme ist:"
        ),
        Spacer(1, 2 * mm),
        _p(w.hash_groups(head.link_hash), 8.5, bold=True),
        Spacer(1, 2 * mm),
        # nobody signs a page on which nothing else stands
        KeepTogether(
            [
                _p(
                    "Die Stelle rechnet die ganze Kette auf Anfrage nach und sagt, ob sie unversehrt ist und diese"
                    " Prüfsumme enthält. Die Nummern der Glieder stehen bei den Kontakten."
                ),
                Spacer(1, 14 * mm),
                _p("_" * 44, 8.5, grey=True),
                _p("Ort, Datum und Unterschrift der Stelle", 7.5, grey=True),
                Spacer(1, 8 * mm),
                _p("Für die Stelle: main.py verify-log --head, gefolgt von der Prüfsumme", 6.5, grey=True),
            ]
        ),
    ]

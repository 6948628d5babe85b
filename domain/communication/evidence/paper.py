"""The evidence on A4, as PDF: the same facts always give the same bytes. Only layout; the words are `words.py`'s."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table

from domain.communication.evidence import words as w
from domain.communication.evidence.facts import Attempt, Evidence, Paper, Step
from domain.communication.evidence.vocabulary import CHANNELS, PAPERS
from domain.communication.letter_paper import GREY
from domain.communication.paper_parts import (
    LEFT,
    LINE,
    LINE_LENGTH,
    MIDDLE,
    WIDTH,
    block,
    foot_line,
    heading,
    one_line,
    p,
    pairs,
    set_pages,
)

SHADE = HexColor("#eef1f4")
TITLE = "Nachweis der Suche nach einem Psychotherapieplatz"


def to_pdf(evidence: Evidence) -> bytes:
    """The paper, dated, with "Seite 1 von n" on each page."""
    return set_pages(
        lambda: _story(evidence),
        lambda canvas, page: _foot(canvas, evidence, page),
        title=TITLE, author=evidence.office[0] if evidence.office else "", subject=f"Stand {w.day(evidence.made_on)}",
    )  # fmt: skip


def _foot(canvas: Canvas, evidence: Evidence, page: str) -> None:
    canvas.saveState()
    foot_line(canvas, f"{one_line(evidence.person.name, 70)} · Stand {w.day(evidence.made_on)}", page)
    canvas.drawString(
        LEFT * mm, 10.5 * mm,
        f"Kontaktprotokoll: {_links(evidence)}, Prüfsumme {evidence.head.link_hash.hex()}",
    )  # fmt: skip
    canvas.restoreState()


def _links(evidence: Evidence) -> str:
    return w.many(evidence.head.links, "Glied", "Glieder")


def _story(evidence: Evidence) -> list[Flowable]:
    return [
        *_head(evidence),
        *heading("1  Zusammenfassung"),
        pairs(_summary(evidence)),
        *heading("2  Fristen"),
        pairs(_clocks(evidence)),
        *heading("3  Unterlagen"),
        _papers(evidence),
        *heading("4  Anfragen im Einzelnen"),
        *_attempts(evidence.attempts),
        *heading("5  Wie sich dieser Nachweis prüfen lässt"),
        *_proof(evidence),
    ]


def _head(evidence: Evidence) -> list[Flowable]:
    person, profile = evidence.person, evidence.profile.form
    law = " (Kostenerstattung nach § 13 Abs. 3 SGB V)" if person.statutory else ""
    sender = p(block(evidence.office), 8, grey=True)
    receiver = p(block((profile.name or person.insurer, profile.address)), 9.5)
    top = Table([[receiver, sender]], colWidths=[(WIDTH - 65) * mm, 65 * mm])
    top.setStyle([MIDDLE, ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    return [
        top,
        Spacer(1, 8 * mm),
        p(TITLE, 15, bold=True),
        Spacer(1, 1.5 * mm),
        p(f"zur Vorlage bei der {_insurer(evidence)}{law}", 9, grey=True),
        Spacer(1, 4 * mm),
        pairs(
            [
                ("Name", one_line(person.name)),
                ("Geboren am", w.day(person.birth_date) or "nicht vermerkt"),
                (_insurer(evidence), one_line(person.insurer or profile.name) or "nicht vermerkt"),
                ("Versichertennummer", one_line(person.insurance_number) or "nicht vermerkt"),
                ("Sucht einen Platz seit", w.day(person.searching_since)),
                ("Stand dieses Nachweises", f"{w.day(evidence.made_on)}, erstellt von {one_line(evidence.made_by)}"),
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
    asked = Counter(CHANNELS[step.channel] for attempt in attempts for step in attempt.contacts)
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


def _papers(evidence: Evidence) -> Flowable:
    consent = "liegt vor" if evidence.consent_to_insurer else "FEHLT", w.consent_words(evidence)
    return pairs([*((_state(paper), PAPERS[paper.kind]) for paper in evidence.papers), consent])


def _state(paper: Paper) -> str:
    if paper.dated_on is not None:
        return f"liegt vor, vom {w.day(paper.dated_on)}"
    return f"liegt vor seit {w.day(paper.filed_on)}" if paper.filed_on is not None else "FEHLT"


def _attempts(attempts: Sequence[Attempt]) -> list[Flowable]:
    if not attempts:
        return [p("Bis zu diesem Tag ist keine Anfrage vermerkt.")]
    rows: list[list[Flowable]] = [[p(t, 8, bold=True) for t in ("Nr.", "Praxis und Kontakte", "Durch", "Ergebnis")]]
    style: list[tuple[str, tuple[int, int], tuple[int, int], *tuple[Any, ...]]] = [
        MIDDLE, ("BACKGROUND", (0, 0), (-1, 0), SHADE), ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5), ("LINEBELOW", (0, 0), (-1, 0), 0.5, GREY),
    ]  # fmt: skip
    for number, attempt in enumerate(attempts, start=1):
        start = len(rows)
        name, therapist = one_line(attempt.practice), one_line(attempt.therapist)
        if therapist.casefold() not in name.casefold():
            name = f"{name} · {therapist}"
        counts = "zählt" if attempt.counts else "zählt nicht"
        rows.append(
            [
                p(str(number), 8),
                [p(name, 8, bold=True), p(one_line(attempt.address) or "Anschrift nicht vermerkt", 8)],  # type: ignore[list-item]
                p(""),
                [p(w.outcome_words(attempt), 8), p(counts, 7, grey=True)],  # type: ignore[list-item]
            ]
        )
        rows += [
            [p(""), p(_step(step), 7.5), p(one_line(step.person, LINE_LENGTH), 7.5), p(_link(step), 7, grey=True)]
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
    return f"{said} (mit {one_line(step.counterpart)})" if step.counterpart else said


def _link(step: Step) -> str:
    return f"Glied {step.link}" if step.link is not None else "noch ohne Glied"


def _proof(evidence: Evidence) -> list[Flowable]:
    head = evidence.head
    return [
        p(
            "Jeder Kontakt erhält beim Eintragen eine Prüfsumme (SHA-256) und wird danach an die vorigen gekettet."
            " Wer später einen Eintrag ändert, entfernt, einfügt oder umstellt, müsste alle folgenden Prüfsummen neu"
            " bilden; sie wichen dann von der hier gedruckten ab, und beim Prüfen fiele es auf."
            f" Bei diesem Stand hatte das Kontaktprotokoll der Stelle {_links(evidence)}"
            " (alle Menschen, die sie begleitet); die letzte Prüfsumme ist:"
        ),
        Spacer(1, 2 * mm),
        p(w.hash_groups(head.link_hash), 8.5, bold=True),
        Spacer(1, 2 * mm),
        # nobody signs a page on which nothing else stands
        KeepTogether(
            [
                p(
                    "Die Stelle rechnet die ganze Kette auf Anfrage nach und sagt, ob sie unversehrt ist und diese"
                    " Prüfsumme enthält. Die Nummern der Glieder stehen bei den Kontakten."
                ),
                Spacer(1, 14 * mm),
                p("_" * 44, 8.5, grey=True),
                p("Ort, Datum und Unterschrift der Stelle", 7.5, grey=True),
                Spacer(1, 8 * mm),
                p("Für die Stelle: main.py verify-log --head, gefolgt von der Prüfsumme", 6.5, grey=True),
            ]
        ),
    ]

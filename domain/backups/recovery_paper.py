"""The recovery key on a page of A4 (PDF), to be printed and kept apart from the backups. Only layout and its words."""

import io
from datetime import date

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from domain.communication.letter_paper import BOLD, GREY, ONE_AT_A_TIME, REGULAR, load_fonts

TITLE = "Wiederherstellungsschlüssel"
LEFT, WIDTH = 25, 160
COLUMNS, BOX_WIDTH, BOX_HEIGHT, BOX_GAP = 4, 37, 15, 4
BOX = HexColor("#8a94a0")
ABOVE = (
    (
        "Mit diesem Schlüssel lassen sich die Sicherungen des Büros auch dann öffnen, wenn der Rechner, der sie "
        "angelegt hat, verloren ist. Er steht nirgends sonst: Platzlotse zeigt ihn nicht noch einmal."
    ),
    (
        "Lesen Sie von links nach rechts, Zeile für Zeile. Die Buchstaben I, L, O und U kommen nicht vor; 0 ist immer "
        "eine Null, 1 immer eine Eins. Die letzte Gruppe ist eine Prüfung, die Tippfehler entdeckt."
    ),
)
BELOW = (
    (
        "<b>Aufbewahren:</b> auf Papier, verschlossen, nicht bei den Sicherungen und nicht bei dem Rechner. Wer diesen "
        "Schlüssel und eine Sicherung hat, liest alles, was das Büro über Patienten weiß."
    ),
    (
        "<b>Benutzen:</b> Platzlotse auf einem Rechner einrichten, <i>main.py restore --at DATEI</i> aufrufen und den "
        "Schlüssel eintippen; Striche dürfen fehlen. Programme finden ihn in PLATZLOTSE_RECOVERY_KEY."
    ),
    (
        "<b>Ersetzen:</b> Wird in der Verwaltung ein neuer Schlüssel erstellt, öffnet dieser nur noch die Sicherungen, "
        "die vorher entstanden sind. Heben Sie ihn so lange auf, wie es diese gibt (neunzig Tage)."
    ),
)


def recovery_page(key: str, *, office: str, name: str, made_on: date) -> bytes:
    """The page for a written key; `name` tells by a few signs which key it is, without telling the key."""
    with ONE_AT_A_TIME:
        load_fonts()
        made = io.BytesIO()
        canvas = Canvas(made, pagesize=A4, invariant=1, lang="de-DE")
        canvas.setTitle(TITLE)  # programs show it in windows and print queues
        canvas.setAuthor("Platzlotse")
        _text(canvas, TITLE, 32, 20, bold=True)
        _text(canvas, office, 41, 11)
        _text(canvas, f"Erstellt am {made_on:%d.%m.%Y} · Kennung {name}", 48, 10, grey=True)
        last = _boxes(canvas, key.split("-"), _paragraphs(canvas, ABOVE, 58) + 5)
        _paragraphs(canvas, BELOW, last + 12)
        canvas.showPage()
        canvas.save()
        return made.getvalue()


def _boxes(canvas: Canvas, groups: list[str], top: float) -> float:
    """Each group in a numbered box; returns where the last ends."""
    foot = top
    for number, group in enumerate(groups):
        left = LEFT + number % COLUMNS * (BOX_WIDTH + BOX_GAP)
        foot = top + number // COLUMNS * (BOX_HEIGHT + BOX_GAP) + BOX_HEIGHT
        is_check = number == len(groups) - 1
        canvas.setStrokeColor(BOX)
        canvas.setLineWidth(0.6)
        canvas.setDash((2, 2) if is_check else ())
        canvas.roundRect(left * mm, (297 - foot) * mm, BOX_WIDTH * mm, BOX_HEIGHT * mm, 1.5 * mm)
        canvas.setDash(())
        canvas.setFillColor(GREY)
        canvas.setFont(REGULAR, 7)
        canvas.drawString(
            (left + 2) * mm, (297 - foot + BOX_HEIGHT - 3.6) * mm, "Prüfung" if is_check else f"{number + 1}"
        )
        canvas.setFillColor(HexColor("#000000"))
        canvas.setFont(BOLD, 20)
        canvas.drawCentredString((left + BOX_WIDTH / 2) * mm, (297 - foot + 3.6) * mm, group, charSpace=2)
    return foot


def _paragraphs(canvas: Canvas, texts: tuple[str, ...], top: float) -> float:
    """One below the other; returns where the last ends."""
    style = ParagraphStyle("words", fontName=REGULAR, fontSize=10, leading=14.5)
    for words in texts:
        paragraph = Paragraph(words, style)
        height = paragraph.wrap(WIDTH * mm, 297 * mm)[1]
        paragraph.drawOn(canvas, LEFT * mm, (297 - top) * mm - height)
        top += height / mm + 3
    return top


def _text(canvas: Canvas, words: str, top: float, size: float, *, bold: bool = False, grey: bool = False) -> None:
    canvas.setFont(BOLD if bold else REGULAR, size)
    canvas.setFillColor(GREY if grey else HexColor("#000000"))
    canvas.drawString(LEFT * mm, (297 - top) * mm, words)

"""Parts of A4 papers that are set in paragraphs and tables (the evidence, an access report). Only layout."""

import io
from collections import Counter
from collections.abc import Callable, Sequence
from html import escape

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
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from domain.communication.letter_paper import BOLD, GREY, ONE_AT_A_TIME, REGULAR, load_fonts

LEFT, RIGHT, TOP, BOTTOM = 20, 20, 18, 24
WIDTH = 210 - LEFT - RIGHT
LINE = HexColor("#c4ccd4")
# What people wrote is cut to what a cell can hold: a row does not break over pages, and nobody reads a name of a page.
NAME, LINE_LENGTH, LINES = 160, 100, 9
MIDDLE = "VALIGN", (0, 0), (-1, -1), "TOP"


def set_pages(
    story: Callable[[], list[Flowable]],
    foot: Callable[[Canvas, str], None],
    *,
    title: str,
    author: str,
    subject: str,
) -> bytes:
    """A4 as PDF: set twice, so that each page's foot says "Seite 1 von n"; the same story gives the same bytes."""

    def build(of: int) -> tuple[bytes, int]:
        made = io.BytesIO()
        document = BaseDocTemplate(
            made, pagesize=A4, leftMargin=LEFT * mm, rightMargin=RIGHT * mm,
            topMargin=TOP * mm, bottomMargin=BOTTOM * mm,
            # programs show the title in windows and print queues: no name in it
            title=title, author=author, subject=subject, creator="Platzlotse", lang="de-DE", invariant=1,
        )  # fmt: skip
        frame = Frame(LEFT * mm, BOTTOM * mm, WIDTH * mm, (297 - TOP - BOTTOM) * mm, 0, 0, 0, 0)
        count = Counter[str]()

        def on_page(canvas: Canvas, _: BaseDocTemplate) -> None:
            count["pages"] += 1
            foot(canvas, f"Seite {count['pages']} von {of}")

        document.addPageTemplates(PageTemplate(frames=[frame], onPage=on_page))
        document.build(story())
        return made.getvalue(), count["pages"]

    with ONE_AT_A_TIME:
        load_fonts()
        return build(build(0)[1])[0]


def foot_line(canvas: Canvas, left: str, right: str) -> None:
    """A rule above the foot, and its first line."""
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.line(LEFT * mm, 18 * mm, (210 - RIGHT) * mm, 18 * mm)
    canvas.setFont(REGULAR, 7)
    canvas.setFillColor(GREY)
    canvas.drawString(LEFT * mm, 14 * mm, left)
    canvas.drawRightString((210 - RIGHT) * mm, 14 * mm, right)


def cut(words: str, longest: int) -> str:
    """Words of at most so many letters, with "…" where something is left out."""
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def one_line(words: str, longest: int = NAME) -> str:
    """What somebody wrote as one line, with "…" where it goes on."""
    return cut(" ".join(words.split()), longest)


def block(lines: Sequence[str]) -> str:
    """What somebody wrote as several lines, such as an address; the same."""
    parts = [part for line in lines for part in line.splitlines() if part.strip()]
    return "\n".join([*(one_line(part, LINE_LENGTH) for part in parts[:LINES]), *(["…"] if len(parts) > LINES else [])])


def style(size: float, *, bold: bool = False, grey: bool = False) -> ParagraphStyle:
    """How a paragraph of a size looks."""
    return ParagraphStyle(
        f"paper-{size}-{bold}-{grey}", fontName=BOLD if bold else REGULAR, fontSize=size, leading=size * 1.35,
        textColor=GREY if grey else HexColor("#000000"), splitLongWords=1,
    )  # fmt: skip


def p(words: str, size: float = 8.5, *, bold: bool = False, grey: bool = False) -> Paragraph:
    """A paragraph; nothing people wrote is markup."""
    lines = "<br/>".join(escape(line, quote=False) for line in words.split("\n"))
    return Paragraph(lines, style(size, bold=bold, grey=grey))


def heading(words: str) -> list[Flowable]:
    """A heading, never alone at the foot of a page."""
    return [CondPageBreak(35 * mm), Spacer(1, 5 * mm), p(words, 10.5, bold=True), Spacer(1, 1.5 * mm)]


def pairs(lines: Sequence[tuple[str, str]]) -> Table:
    """Names and what is said of them, a line each."""
    table = Table([[p(name, grey=True), p(said)] for name, said in lines], colWidths=[42 * mm, (WIDTH - 42) * mm])
    table.setStyle(
        [MIDDLE, ("LEFTPADDING", (0, 0), (0, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 1.5),
         ("BOTTOMPADDING", (0, 0), (-1, -1), 2), ("LINEBELOW", (0, 0), (-1, -1), 0.25, LINE)]
    )  # fmt: skip
    return table

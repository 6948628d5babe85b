"""Letters on A4 for window envelopes (DIN 5008, form B), as PDF: the same letter always gives the same bytes.

Only layout: what a letter says and to whom is the caller's. Measures in millimetres from the top left corner.
"""

import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import escape
from importlib.resources import files

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph

from domain.communication.templates.blocks import Block, BlockKind, to_blocks

REGULAR, BOLD = "PlatzlotseSans", "PlatzlotseSans-Bold"
# DIN 5008:2020, form B
FIELD_LEFT, FIELD_TOP, FIELD_WIDTH, FIELD_HEIGHT = 20, 45, 85, 45
RETURN_HEIGHT = 17.7  # the upper part of the field; the sender's line stands at its foot
INDENT = 5  # text begins 25 mm from the paper's edge
ADDRESS_LINES, ADDRESS_LEADING = 6, 4.5
INFO_LEFT, INFO_TOP = 125, 50
FOLDS, PUNCH = (105, 210), 148.5
SUBJECT_TOP = 98.46
LEFT, RIGHT, TOP_LATER, BOTTOM = 25, 20, 32, 22
TEXT_WIDTH = 210 - LEFT - RIGHT
GREY = HexColor("#5a6470")
ONE_AT_A_TIME = threading.Lock()  # the fonts' tables are the process's


@dataclass(frozen=True, slots=True)
class PaperLetter:
    """A letter to be set. `sender` and `address` line by line; `body` is Markdown."""

    sender: tuple[str, ...]
    address: tuple[str, ...]
    written_on: date
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class _Placed:
    """A paragraph and where its upper edge is; without one a rule across."""

    paragraph: Flowable | None
    left: float
    top: float
    bar: float = 0.0  # height of the line beside what is quoted


def to_pdf(letters: Sequence[PaperLetter]) -> bytes:
    """One PDF of all letters, each beginning on a page of its own."""
    with ONE_AT_A_TIME:
        load_fonts()
        made = io.BytesIO()
        # invariant: no moment of printing and no random number, so that a reprint is the same file
        canvas = Canvas(made, pagesize=A4, invariant=1, lang="de-DE")
        canvas.setTitle(letters[0].subject if len(letters) == 1 else f"{len(letters)} Briefe")
        canvas.setAuthor(letters[0].sender[0] if letters and letters[0].sender else "")
        for letter in letters:
            _draw(canvas, letter)
        canvas.save()
        return made.getvalue()


@cache
def load_fonts() -> None:
    """Make the embedded fonts known to reportlab; they have every letter a German name may hold."""
    folder = files("resources").joinpath("fonts")
    for name, file in ((REGULAR, "DejaVuSans.ttf"), (BOLD, "DejaVuSans-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, io.BytesIO(folder.joinpath(file).read_bytes())))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


def _style(size: float, *, bold: bool = False, grey: bool = False) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}-{bold}-{grey}", fontName=BOLD if bold else REGULAR, fontSize=size, leading=size * 1.38,
        textColor=GREY if grey else HexColor("#000000"), allowWidows=0, allowOrphans=0, bulletFontName=REGULAR,
        bulletFontSize=size, splitLongWords=1,
    )  # fmt: skip


# Setting: which paragraph comes to which page and where.


def _pages(letter: PaperLetter) -> list[list[_Placed]]:
    setting = _Setting()
    setting.put(Paragraph(escape(letter.subject, quote=False), _style(10.5, bold=True)), 0, after=7)
    small = False
    for block in to_blocks(letter.body):
        if block.kind is BlockKind.RULE:
            setting.rule()
            small = True  # what stands below a line is small print
        else:
            setting.put(*_paragraph(block, small=small))
    return setting.pages


def _paragraph(block: Block, *, small: bool) -> tuple[Paragraph, float, bool, float]:
    """The paragraph, how far it is indented, whether it is quoted, and the room after it."""
    style = _style(8 if small else 9.6, bold=block.kind is BlockKind.HEADING, grey=small)
    indent = 5.0 * block.depth
    if block.bullet:
        style.leftIndent = 0
        style.bulletIndent = -4.5 * mm
    after = 1.2 if block.bullet else 2.6 if block.quoted else 3.4
    return Paragraph(block.markup, style, bulletText=block.bullet or None), indent, block.quoted, after


class _Setting:
    """Paragraphs from the top of one page to its foot and on to the next; a short one is never torn."""

    def __init__(self) -> None:
        self.pages: list[list[_Placed]] = [[]]
        self._top = SUBJECT_TOP

    def put(self, paragraph: Paragraph, indent: float, quoted: bool = False, after: float = 3.4) -> None:
        """The paragraph at the next place."""
        width = (TEXT_WIDTH - indent) * mm
        waiting: list[Flowable] = [paragraph]
        while waiting:
            part = waiting.pop(0)
            height = part.wrap(width, 297 * mm)[1] / mm
            room = 297 - BOTTOM - self._top
            if height > room:
                torn = [] if height <= 297 - BOTTOM - TOP_LATER and quoted else part.split(width, room * mm)
                if len(torn) > 1:
                    waiting = [*torn, *waiting]
                    continue
                if self.pages[-1]:
                    self._turn()
                    waiting.insert(0, part)
                    continue
            self.pages[-1].append(_Placed(part, LEFT + indent, self._top, bar=height if quoted else 0.0))
            self._top += height + (after if not waiting else 0)

    def rule(self) -> None:
        """A line across, with some room."""
        if self._top + 6 > 297 - BOTTOM:
            self._turn()
        self.pages[-1].append(_Placed(None, LEFT, self._top + 2))
        self._top += 5

    def _turn(self) -> None:
        self.pages.append([])
        self._top = TOP_LATER


# Drawing.


def _draw(canvas: Canvas, letter: PaperLetter) -> None:
    pages = _pages(letter)
    for number, placed in enumerate(pages, start=1):
        if number == 1:
            _draw_marks(canvas)
            _draw_head(canvas, letter)
            _draw_address(canvas, letter)
        else:
            _text(canvas, _cut(letter.subject, 8, TEXT_WIDTH), LEFT, 20, 8, grey=True)
        if len(pages) > 1:
            canvas.setFont(REGULAR, 8)
            canvas.setFillColor(GREY)
            canvas.drawRightString((210 - RIGHT) * mm, 10 * mm, f"Seite {number} von {len(pages)}")
        for item in placed:
            _draw_placed(canvas, item)
        canvas.showPage()


def _draw_placed(canvas: Canvas, item: _Placed) -> None:
    canvas.setStrokeColor(GREY)
    canvas.setLineWidth(0.4)
    if item.paragraph is None:
        canvas.line(LEFT * mm, (297 - item.top) * mm, (210 - RIGHT) * mm, (297 - item.top) * mm)
        return
    item.paragraph.drawOn(canvas, item.left * mm, (297 - item.top) * mm - item.paragraph.height)
    if item.bar:
        left = (item.left - 3) * mm
        canvas.line(left, (297 - item.top) * mm, left, (297 - item.top - item.bar) * mm)


def _draw_marks(canvas: Canvas) -> None:
    """Where to fold and to punch."""
    canvas.setStrokeColor(GREY)
    canvas.setLineWidth(0.3)
    for top in FOLDS:
        canvas.line(4 * mm, (297 - top) * mm, 8 * mm, (297 - top) * mm)
    canvas.line(4 * mm, (297 - PUNCH) * mm, 10 * mm, (297 - PUNCH) * mm)


def _draw_head(canvas: Canvas, letter: PaperLetter) -> None:
    name, *rest = letter.sender or ("",)
    _text(canvas, _cut(name, 13, TEXT_WIDTH, BOLD), LEFT, 24, 13, bold=True)
    width = 210 - RIGHT - INFO_LEFT
    lines = [part for line in rest for part in simpleSplit(line, REGULAR, 8.5, width * mm)]
    for number, line in enumerate(lines[:7]):
        _text(canvas, line, INFO_LEFT, INFO_TOP + 3 + number * 4.3, 8.5, grey=True)
    _text(canvas, f"{letter.written_on:%d.%m.%Y}", INFO_LEFT, INFO_TOP + 36, 9.6)


def _draw_address(canvas: Canvas, letter: PaperLetter) -> None:
    """The sender's line and up to six lines of address, all inside the window."""
    left, width = FIELD_LEFT + INDENT, FIELD_WIDTH - INDENT - 2
    sender = " · ".join(letter.sender[:3])
    size = next((s for s in (7.0, 6.5, 6.0) if _width(sender, s) <= width), 6.0)
    foot = FIELD_TOP + RETURN_HEIGHT - 1.5
    _text(canvas, _cut(sender, size, width), left, foot, size, grey=True)
    canvas.setStrokeColor(GREY)
    canvas.setLineWidth(0.25)
    canvas.line(left * mm, (297 - foot - 0.9) * mm, (left + width) * mm, (297 - foot - 0.9) * mm)
    lines: list[str] = []
    for size in (10.0, 9.0, 8.0):
        lines = [part for line in letter.address for part in simpleSplit(line, REGULAR, size, width * mm)]
        if len(lines) <= ADDRESS_LINES:
            break
    if len(lines) > ADDRESS_LINES:  # street and town are at the end and never left out
        lines = [*lines[: ADDRESS_LINES - 2], *lines[-2:]]
    for number, line in enumerate(lines):
        _text(canvas, line, left, FIELD_TOP + RETURN_HEIGHT + (number + 0.85) * ADDRESS_LEADING, size)


def _text(
    canvas: Canvas, words: str, left: float, top: float, size: float, *, bold: bool = False, grey: bool = False
) -> None:
    canvas.setFont(BOLD if bold else REGULAR, size)
    canvas.setFillColor(GREY if grey else HexColor("#000000"))
    canvas.drawString(left * mm, (297 - top) * mm, words)


def _width(words: str, size: float, font: str = REGULAR) -> float:
    return float(pdfmetrics.stringWidth(words, font, size)) / mm


def _cut(words: str, size: float, width: float, font: str = REGULAR) -> str:
    """As much as fits in a line, with dots where something is left out."""
    if _width(words, size, font) <= width:
        return words
    while words and _width(f"{words}…", size, font) > width:
        words = words[:-1]
    return f"{words.rstrip()}…"

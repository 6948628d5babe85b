"""Letters to the printer or into a file: set and read off the GUI thread, painted page by page between other events.

What Qt needs to print is loaded when somebody prints: most starts of the program do without.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from domain.casework.printed_letters import letters_of, letters_pdf, waiting_letters
from domain.casework.printing import note_printed
from domain.database import Session
from domain.errors import NotFound, Unavailable
from ui.ports import UiContext
from ui.translation import ntr, tr

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

DOTS_PER_INCH = 300  # as sharp as office printers print


class LetterPrinting(QObject):
    """Prints and saves letters; once they came out they count as printed."""

    def __init__(self, ui: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._ui, self._parent = ui, parent

    def print_newest(self, inquiry_id: int) -> None:
        """The newest letter of an inquiry."""

        def newest(session: Session) -> Sequence[int]:
            found = letters_of(session, inquiry_id)
            if not found:
                raise NotFound("letter.none")
            return (found[0].letter_id,)

        self._print(newest)

    def print_letters(self, letter_ids: Sequence[int]) -> None:
        """These letters."""
        self._print(lambda _: letter_ids)

    def print_waiting(self) -> None:
        """All that wait, in one go."""
        self._print(waiting_letters)

    def _print(self, which: Callable[[Session], Sequence[int]]) -> None:
        def work(session: Session) -> tuple[tuple[int, ...], bytes]:
            ids = tuple(which(session))
            return ids, letters_pdf(session, ids)

        self._ui.background.read(self, work, lambda found: self._ask(*found), key="print")

    def _ask(self, letter_ids: Sequence[int], pdf: bytes) -> None:
        ask_printer(
            self._parent,
            tr("Briefe"),
            ntr(len(letter_ids), "{n} Brief drucken", "{n} Briefe drucken"),
            lambda printer: self.paint(letter_ids, pdf, printer),
        )

    def paint(self, letter_ids: Sequence[int], pdf: bytes, printer: "QPrinter") -> None:
        """Put the pages on a printer, one each time the window has nothing else to do."""
        PdfPages(self, pdf, printer, lambda good: self._printed(letter_ids, good=good)).next()

    def _printed(self, letter_ids: Sequence[int], *, good: bool) -> None:
        if good:
            self._note(letter_ids, ntr(len(letter_ids), "{n} Brief gedruckt.", "{n} Briefe gedruckt."))
        else:
            self._ui.messages.error(
                tr("Der Drucker nimmt nichts an. Die Briefe warten weiter; sie lassen sich auch als PDF speichern.")
            )

    def save(self, letter_ids: Sequence[int], name: str) -> None:
        """Ask where, and write the PDF there."""
        chooser = QFileDialog(self._parent, tr("Briefe als PDF speichern"))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("pdf")
        chooser.selectFile(name)
        chooser.fileSelected.connect(lambda chosen: self.save_to(letter_ids, Path(chosen)))
        chooser.open()

    def save_to(self, letter_ids: Sequence[int], path: Path) -> None:
        """Write the PDF."""
        self._ui.background.read(
            self,
            lambda s: _put(path, letters_pdf(s, letter_ids)),
            lambda _: self._note(letter_ids, tr("Gespeichert: {name}").format(name=path.name)),
        )

    def _note(self, letter_ids: Sequence[int], said: str) -> None:
        now = self._ui.now()
        self._ui.background.write(
            self, lambda s: note_printed(s, letter_ids, now=now), lambda gone: self._noted(gone, said)
        )

    def _noted(self, gone: int, said: str) -> None:
        if not gone:
            self._ui.messages.success(said)
            return
        self._ui.messages.warning(
            ntr(
                gone,
                "{n} Brief wurde inzwischen zurückgeholt oder neu geschrieben: Bitte schicken Sie ihn nicht ab.",
                "{n} Briefe wurden inzwischen zurückgeholt oder neu geschrieben: Bitte schicken Sie sie nicht ab.",
            )
        )


def ask_printer(
    parent: QWidget, name: str, title: str, chosen: Callable[["QPrinter"], None], *, landscape: bool = False
) -> None:
    """Let a person choose a printer for whole A4 pages; `name` is what the printer's queue shows."""
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    way = QPageLayout.Orientation.Landscape if landscape else QPageLayout.Orientation.Portrait
    printer.setPageLayout(QPageLayout(QPageSize(QPageSize.PageSizeId.A4), way, QMarginsF(0, 0, 0, 0)))
    printer.setFullPage(True)  # the window of an envelope is measured from the paper's edge
    printer.setDocName(name)
    dialog = QPrintDialog(printer, parent)
    dialog.setWindowTitle(title)
    dialog.accepted.connect(lambda _: chosen(printer))
    dialog.finished.connect(lambda _: dialog.deleteLater())
    QDialog.open(dialog)  # its own takes a receiver and hides this one


class PdfPages(QObject):
    """The pages of a PDF on their way to a printer, each as large as the paper less a margin (mm) lets it be."""

    def __init__(
        self, parent: QObject, pdf: bytes, printer: "QPrinter", done: Callable[[bool], None], *, margin_mm: float = 0
    ) -> None:
        from PySide6.QtPdf import QPdfDocument

        super().__init__(parent)
        self._buffer = QBuffer(self)
        self._buffer.setData(QByteArray(pdf))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._document = QPdfDocument(self)
        self._document.load(self._buffer)
        self._printer, self._done, self._page = printer, done, 0
        first, last = printer.fromPage(), printer.toPage()  # 0: all
        self._page = max(first - 1, 0)
        self._end = min(last or self._document.pageCount(), self._document.pageCount())
        self._painter = QPainter()
        self._margin = round(margin_mm / 25.4 * printer.resolution())

    def next(self) -> None:
        """Paint a page and come again."""
        if not self._painter.isActive() and not self._painter.begin(self._printer):
            self._finish(good=False)
            return
        if self._page >= self._end:
            self._finish(good=self._painter.end())
            return
        size = self._document.pagePointSize(self._page) / 72 * DOTS_PER_INCH
        picture = self._document.render(self._page, QSize(round(size.width()), round(size.height())))
        whole = self._printer.pageLayout().fullRectPixels(self._printer.resolution())
        m = self._margin
        room = whole.translated(-whole.topLeft()).adjusted(m, m, -m, -m)
        taken = QRect(QPoint(0, 0), picture.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio))
        taken.moveCenter(room.center())
        self._painter.drawImage(taken, picture)
        self._page += 1
        if self._page < self._end and not self._printer.newPage():
            self._painter.end()
            self._finish(good=False)
            return
        QTimer.singleShot(0, self, self.next)

    def _finish(self, *, good: bool) -> None:
        self._document.close()
        self._buffer.close()
        self._done(good)
        self.deleteLater()


def _put(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as exc:
        raise Unavailable("file.unwritable", path=str(path)) from exc

"""A PDF to the printer: a person chooses one, then it is painted page by page between other events.

What Qt needs to print is loaded when somebody prints: most starts of the program do without.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtWidgets import QDialog, QWidget

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

DOTS_PER_INCH = 300  # as sharp as office printers print


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

"""The map as a file or on paper: PDF, PNG, printer; with heading, day, legend and sources, without a name of a patient."""

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize
from PySide6.QtWidgets import QWidget

from domain.errors import Unavailable
from ui.map.view import MapView
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.exporting import Target, ask_export, tell_saved
from ui.widgets.printing import PdfPages, ask_printer

PNG_SCALE = 3  # dots to a point: a PDF's point is 1/72 inch, so 216 dots an inch
MARGIN_MM = 10


class MapSheet(QObject):
    """Saves and prints the part of the map that is seen; `heading` gives its lines."""

    def __init__(self, ui: UiContext, view: MapView, heading: Callable[[], list[str]], parent: QWidget) -> None:
        super().__init__(parent)
        self._ui, self._view, self._heading, self._parent = ui, view, heading, parent

    def save_pdf(self) -> None:
        """Ask where, and put the PDF there."""
        self._choose(tr("Karte als PDF speichern"), "pdf", tr("PDF (*.pdf)"), self.pdf_to)

    def save_png(self) -> None:
        """Ask where, and put the picture there."""
        self._choose(tr("Karte als Bild speichern"), "png", tr("Bild (*.png)"), self.png_to)

    def print_out(self) -> None:
        """Ask for a printer."""

        def paint(pdf: bytes) -> None:
            ask_printer(
                self._parent,
                tr("Karte"),
                tr("Karte drucken"),
                lambda printer: PdfPages(self, pdf, printer, self._printed, margin_mm=MARGIN_MM).next(),
                landscape=True,
            )

        self._make(paint)

    def pdf_to(self, target: Target) -> None:
        """Save as a PDF."""
        self._make(lambda pdf: self._put(target, tr("Karte.pdf"), lambda: pdf))

    def png_to(self, target: Target) -> None:
        """Save as a picture."""
        self._make(lambda pdf: self._put(target, tr("Karte.png"), lambda: picture_of(pdf)))

    def _make(self, done: Callable[[bytes], None]) -> None:
        def arrive(pdf: bytes) -> None:
            if pdf:
                done(pdf)
            else:
                self._ui.messages.warning(
                    tr(
                        "Die Karte ist noch nicht bereit. Warten Sie, bis sie zu sehen ist, und versuchen Sie es noch einmal."
                    )
                )

        self._view.sheet(self._heading(), arrive)

    def _choose(self, title: str, suffix: str, kinds: str, save: Callable[[Target], None]) -> None:
        name = f"{tr('Karte')}-{self._ui.today():%Y-%m-%d}.{suffix}"
        ask_export(
            self._parent, self._ui, title, name, save, ending=suffix, dress=lambda chooser: chooser.setNameFilter(kinds)
        )

    def _put(self, target: Target, name: str, content: Callable[[], bytes]) -> None:
        said = tr("Gespeichert: {name}.").format(name=target.path.name)
        self._ui.background.local(
            self,
            lambda: target.put({name: content()}),
            lambda _: tell_saved(self._parent, self._ui, target, said),
        )

    def _printed(self, good: bool) -> None:
        if good:
            self._ui.messages.success(tr("Die Karte ist gedruckt."))
        else:
            self._ui.messages.error(tr("Der Drucker nimmt nichts an. Die Karte lässt sich auch als PDF speichern."))


def picture_of(pdf: bytes) -> bytes:
    """The first page of a PDF as a PNG. Raises Unavailable (``map.picture``)."""
    from PySide6.QtPdf import QPdfDocument

    source = QBuffer()
    source.setData(QByteArray(pdf))
    source.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(source)
    size = document.pagePointSize(0)
    picture = document.render(0, QSize(round(size.width() * PNG_SCALE), round(size.height() * PNG_SCALE)))
    target = QBuffer()
    target.open(QIODevice.OpenModeFlag.WriteOnly)
    if picture.isNull() or not picture.save(target, "PNG"):  # type: ignore[call-overload]  # the stub knows str only
        raise Unavailable("map.picture")
    document.close()
    return bytes(target.data().data())

"""The evidence as a file or on paper: made and noted in the database first, then saved whole or not at all."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from domain.casework.evidence import Made, make_evidence
from domain.communication.evidence.chain import link_waiting
from ui.inquiries.letters_printing import PdfPages, ask_printer
from ui.ports import UiContext
from ui.saving import put_whole
from ui.translation import tr


class EvidenceSaving(QObject):
    """Saves and prints. It is an export of health data: every making is noted before anything leaves the program."""

    def __init__(self, ui: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._ui, self._parent = ui, parent

    def save(self, patient_id: int, name: str) -> None:
        """Ask where, and put the PDF there."""
        chooser = QFileDialog(self._parent, tr("Nachweis als PDF speichern"))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("pdf")
        chooser.setNameFilter(tr("PDF (*.pdf)"))
        chooser.selectFile(name)
        chooser.fileSelected.connect(lambda chosen: self.save_to(patient_id, Path(chosen)))
        chooser.open()

    def save_to(self, patient_id: int, path: Path) -> None:
        """Make the PDF, note it, and put it there."""

        def put(made: Made) -> None:
            self._ui.background.local(
                self,
                lambda: put_whole(path, made.pdf),
                lambda _: self._ui.messages.success(
                    tr("Gespeichert: {name}. Vermerkt ist, wer den Nachweis wann erstellt hat.").format(name=path.name)
                ),
            )

        self._make(patient_id, put)

    def print_out(self, patient_id: int, name: str) -> None:
        """Make the PDF, note it, and ask for a printer."""
        self._make(
            patient_id,
            lambda made: ask_printer(
                self._parent, name, tr("Nachweis drucken"), lambda p: PdfPages(self, made.pdf, p, self._printed).next()
            ),
        )

    def _make(self, patient_id: int, done: Callable[[Made], None]) -> None:
        """Link what waits, a batch a transaction, then make it: the paper's last link holds every contact it names."""

        def linked(more: bool) -> None:
            if more:
                self._ui.background.write(self, link_waiting, linked, changes=False)
            else:
                now = self._ui.now()
                self._ui.background.write(self, lambda s: make_evidence(s, patient_id, now=now), done)

        linked(more=True)

    def _printed(self, good: bool) -> None:
        if good:
            self._ui.messages.success(tr("Der Nachweis ist gedruckt."))
        else:
            self._ui.messages.error(tr("Der Drucker nimmt nichts an. Der Nachweis lässt sich auch als PDF speichern."))

"""The evidence as a file or on paper: made and noted in the database first, then saved whole or not at all."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from domain.casework.evidence import Made, make_evidence
from domain.communication.evidence.chain import link_waiting
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.exporting import Target, ask_export, tell_saved
from ui.widgets.printing import PdfPages, ask_printer


class EvidenceSaving(QObject):
    """Saves and prints. It is an export of health data: every making is noted before anything leaves the program."""

    def __init__(self, ui: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._ui, self._parent = ui, parent

    def save(self, patient_id: int, name: str) -> None:
        """Ask how and where, and put the PDF there."""
        ask_export(
            self._parent, self._ui, tr("Nachweis als PDF speichern"), name,
            lambda target: self.save_to(patient_id, target), ending="pdf",
        )  # fmt: skip

    def save_to(self, patient_id: int, target: Target) -> None:
        """Make the PDF, note it, and put it there."""
        said = tr("Gespeichert: {name}. Vermerkt ist, wer den Nachweis wann erstellt hat.")

        def put(made: Made) -> None:
            self._ui.background.local(
                self,
                lambda: target.put({tr("Nachweis.pdf"): made.pdf}),
                lambda _: tell_saved(self._parent, self._ui, target, said.format(name=target.path.name)),
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

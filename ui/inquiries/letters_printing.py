"""Letters to the printer or into a file; once they came out they count as printed, as a file only if a person says so.

Whoever sees that they did not go out takes that back.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from domain.casework.letter_corrections import take_back_printed
from domain.casework.printed_letters import letters_of, letters_pdf, waiting_letters
from domain.casework.printing import note_printed
from domain.database import Session
from domain.errors import NotFound
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.exporting import PassphraseDialog, Target, ask_export
from ui.widgets.printing import PdfPages, ask_printer
from ui.widgets.reason import ReasonDialog

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter


class LetterPrinting(QObject):
    """Prints and saves letters, read off the GUI thread."""

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
        """Ask how and where, and write the PDF there."""
        ask_export(
            self._parent, self._ui, tr("Briefe als PDF speichern"), name,
            lambda target: self.save_to(letter_ids, target), ending="pdf",
        )  # fmt: skip

    def save_to(self, letter_ids: Sequence[int], target: Target) -> None:
        """Write the PDF. A file is not yet a letter that left: whether it counts as sent is asked."""

        def work(session: Session) -> tuple[int, ...]:
            target.put({tr("Briefe.pdf"): letters_pdf(session, letter_ids)})
            waiting = set(waiting_letters(session))
            return tuple(number for number in letter_ids if number in waiting)

        def saved(waiting: tuple[int, ...]) -> None:
            if not target.passphrase:
                self._saved(waiting, target.path.name)
                return
            # one question after the other
            told = PassphraseDialog(self._parent, target)
            told.finished.connect(lambda _: self._saved(waiting, target.path.name))
            told.open()

        self._ui.background.read(self, work, saved)

    def _saved(self, waiting: Sequence[int], name: str) -> None:
        said = tr("Gespeichert: {name}").format(name=name)
        if not waiting:
            self._ui.messages.success(said)
            return
        sent = tr("Als verschickt vermerken")
        dialog = ReasonDialog(
            self._parent,
            sent,
            said
            + "\n"
            + ntr(
                len(waiting),
                "Gilt der Brief damit als verschickt? Dann laufen die Fristen ab heute. Mit „Abbrechen“ wartet er weiter auf den Druck.",
                "Gelten die {n} Briefe damit als verschickt? Dann laufen die Fristen ab heute. Mit „Abbrechen“ warten sie weiter auf den Druck.",
            ),
            reason="",
        )

        def note() -> None:
            self._note(waiting, said + " " + tr("Als verschickt vermerkt."))

        dialog.rejected.connect(
            lambda: self._ui.messages.success(said + " " + tr("Noch nicht als verschickt vermerkt."), sent, note)
        )
        dialog.ask(lambda _: note())

    def _note(self, letter_ids: Sequence[int], said: str) -> None:
        now = self._ui.now()

        def work(session: Session) -> tuple[int, tuple[int, ...]]:
            waiting = set(waiting_letters(session)).intersection(letter_ids)
            return note_printed(session, letter_ids, now=now), tuple(sorted(waiting))

        self._ui.background.write(self, work, lambda came: self._noted(*came, said))

    def take_back(self, letter_ids: Sequence[int]) -> None:
        """Letters that count as sent did not go out after all: all of them, or none where one is too late."""
        now = self._ui.now()

        def work(session: Session) -> None:
            for number in letter_ids:
                take_back_printed(session, number, now=now)

        said = ntr(
            len(letter_ids), "Der Brief wartet wieder auf den Druck.", "Die {n} Briefe warten wieder auf den Druck."
        )
        self._ui.background.write(self, work, lambda _: self._ui.messages.success(said))

    def _noted(self, gone: int, noted: Sequence[int], said: str) -> None:
        if not gone and noted:
            self._ui.messages.undoable(said, lambda: self.take_back(noted))
            return
        if not gone:
            self._ui.messages.success(said)
            return
        self._ui.messages.warning(
            ntr(
                gone,
                "{n} Brief wurde inzwischen zurückgeholt oder neu geschrieben: Bitte schicken Sie ihn nicht ab.",
                "{n} Briefe wurden inzwischen zurückgeholt oder neu geschrieben: Bitte schicken Sie sie nicht ab.",
            ),
            lasting=True,
        )

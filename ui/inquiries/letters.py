"""The letters of an inquiry: which there are, printed again or saved; shown where the practice has no mail."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.casework.printed_letters import LetterSummary, letters_of
from ui import formats
from ui.inquiries.letters_printing import LetterPrinting
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import Choice, button, row
from ui.widgets.forms import label as words
from ui.widgets.reason import ReasonDialog

_KINDS = {"inquiry": "Anfrage", "reminder": "Erinnerung", "withdrawal": "Rücknahme"}
_UNSENT = {
    "inquiry": "Dann wartet er wieder auf den Druck, die Praxis gilt als noch nicht gefragt, und ihre Fristen laufen nicht.",
    "reminder": "Dann wartet er wieder auf den Druck, und die Erinnerung zählt nicht.",
    "withdrawal": "Dann wartet er wieder auf den Druck, und die Praxis weiß noch nichts.",
}


class LettersRow(QWidget):
    """Choose one where there are several, print it, save it, say that it did not go out; hidden without letters."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._letters: tuple[LetterSummary, ...] = ()
        self._printing = LetterPrinting(ui, self)
        self._which = Choice({}, tr("Welcher Brief"))
        self._which.currentIndexChanged.connect(lambda _: self._tell())
        self._print = button(tr("Brief &drucken …"), self._on_print, icon="file-input", name=tr("Brief drucken"))
        self._save = button(tr("Als PDF &speichern …"), self._on_save, icon="download", name=tr("Als PDF speichern"))
        self._unsend = button(
            tr("Doch &nicht verschickt …"), self._on_unsend, role="link", name=tr("Doch nicht verschickt")
        )
        self._state = words("", "muted")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(row(self._which, self._print, self._save))
        outer.addWidget(row(self._state, self._unsend, stretch=(1, 0)))
        self.hide()

    def load(self, inquiry_id: int) -> None:
        """The letters of another inquiry, or the same once more."""
        self._ui.background.read(self, lambda s: letters_of(s, inquiry_id), self.show_letters, key="letters")

    def show_letters(self, letters: Sequence[LetterSummary]) -> None:
        """Newest first."""
        chosen = self._which.currentData()
        self._letters = tuple(letters)
        self._which.blockSignals(True)
        self._which.clear()
        for letter in letters:
            self._which.addItem(f"{tr(_KINDS[letter.kind])}, {formats.day(letter.written_on)}", letter.letter_id)
        place = self._which.findData(chosen)
        self._which.setCurrentIndex(max(place, 0))
        self._which.blockSignals(False)
        self._which.setVisible(len(letters) > 1)
        self.setVisible(bool(letters))
        self._tell()

    def _chosen(self) -> LetterSummary | None:
        number = self._which.currentData()
        return next((letter for letter in self._letters if letter.letter_id == number), None)

    def _tell(self) -> None:
        letter = self._chosen()
        if letter is None:
            return
        said = (
            tr("Gedruckt {when}.").format(when=formats.moment(letter.printed_at))
            if letter.printed_at is not None
            else tr("Dieser Brief ist noch nicht gedruckt.")
        )
        if not letter.complete:
            said += " " + tr("Die Anschrift ist unvollständig: Bitte ergänzen Sie sie auf dem Brief.")
        self._state.setText(said)
        self._unsend.setVisible(letter.printed_at is not None)

    def _on_print(self) -> None:
        letter = self._chosen()
        if letter is not None:
            self._printing.print_letters([letter.letter_id])

    def _on_unsend(self) -> None:
        letter = self._chosen()
        if letter is None:
            return
        ReasonDialog(
            self,
            tr("Nicht verschickt"),
            tr("Der Brief ging gar nicht hinaus? {what} Im Verlauf bleibt stehen, dass er als verschickt galt.").format(
                what=tr(_UNSENT[letter.kind])
            ),
            reason="",
        ).ask(lambda _: self._printing.take_back([letter.letter_id]))

    def _on_save(self) -> None:
        letter = self._chosen()
        if letter is not None:
            self._printing.save([letter.letter_id], tr("Brief-{number}.pdf").format(number=letter.letter_id))

"""The foot of an import's window: how far it is, what it came to, and the rows that were left out."""

from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from domain.casework.imports import ImportReport
from ui.import_words import waiting_words
from ui.imports.counting import counts
from ui.imports.rejected import RejectedView
from ui.imports.working import Working
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import label as words


class Outcome(QWidget):
    """A bar while something runs; a sentence and the rows afterwards."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Fortschritt"))
        self.said = words("")
        self.said.setWordWrap(True)
        self.rejected = RejectedView(ui)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.bar, self.said, self.rejected):
            column.addWidget(widget)

    @property
    def running(self) -> bool:
        """Whether something is under way."""
        return self.bar.isVisible()

    def begin(self) -> None:
        """Something runs; how far it is nobody knows yet."""
        self.bar.setRange(0, 0)
        self.bar.show()
        self.clear()

    def end(self) -> None:
        """It runs no more."""
        self.bar.hide()

    def clear(self) -> None:
        """Nothing is said of what was before."""
        self.said.setText("")
        self.rejected.hide()

    def say(self, text: str) -> None:
        """One sentence."""
        self.said.setText(text)

    def add(self, text: str) -> None:
        """One more."""
        self.said.setText(f"{self.said.text()} {text}")

    def show_waiting(self) -> None:
        """Somebody else reads a file in."""
        self.bar.setRange(0, 0)
        self.said.setText(waiting_words())

    def show_progress(self, work: Working, rows: int, total: int) -> None:
        """So many rows of all."""
        self.bar.setRange(0, total)
        self.bar.setValue(rows)
        self.said.setText(work.words(rows, total))

    def tell(self, report: ImportReport, intro: str) -> None:
        """What it came to, and which rows were left out."""
        self.said.setText(f"{intro} {counts(report)}")
        if report.cut:
            self.add(tr("Die Liste ist abgeschnitten; verkleinern Sie den Umkreis der Suche."))
        self.rejected.show_rows(report.file, report.rejected, report.noted)

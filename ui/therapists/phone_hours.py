"""Hours on the phone, entered by hand: painted by half hours, or written to the minute; both show the same."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from domain.acquisition.written_hours import written_hours
from domain.values import WeekSpan
from domain.weektime import merged
from ui import formats
from ui.translation import tr
from ui.typed import Unreadable
from ui.widgets.forms import Field
from ui.widgets.week_grid import WeekGrid

BETWEEN = " ,;.und"  # what may stand between the hours of two days


class PhoneHoursEdit(QWidget):
    """A week to paint in and a line to write in. `value` None means "not known"."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.week = WeekGrid(tr("Telefonzeiten malen"))
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("Mo 9:00-9:50, Do 14:15-15:00"))
        self.written = Field(tr("Telefonzeiten auf die Minute"), self.line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.week)
        layout.addWidget(self.written)
        self.week.changed.connect(self._painted)
        self.line.textEdited.connect(self._typed)

    def value(self) -> tuple[WeekSpan, ...] | None:
        """The hours. Raises Unreadable where the line says something else."""
        if self.line.text().strip() and read_hours(self.line.text()) is None:
            raise Unreadable(tr("Schreiben Sie Tage und Zeiten wie „Mo 9:00-9:50, Do 14:15-15:00“."))
        return self.week.value()

    def show_value(self, spans: Sequence[WeekSpan] | None) -> None:
        """Show hours."""
        self.week.show_value(spans)
        self._write()

    def _write(self) -> None:
        spans = self.week.value()
        self.written.complain("")
        self.line.setText(formats.week(spans) if spans else "")
        self.line.setCursorPosition(0)

    def _painted(self) -> None:
        self._write()
        self.changed.emit()

    def _typed(self, text: str) -> None:
        """The week follows as soon as all of the line is read."""
        spans = read_hours(text)
        if spans is not None or not text.strip():
            self.written.complain("")
            self.week.show_value(spans)
        self.changed.emit()


def read_hours(text: str) -> tuple[WeekSpan, ...] | None:
    """The hours of a line; None where anything in it is none."""
    found = list(written_hours(text))
    left, at = "", 0
    for start, end in sorted({(start, end) for _, start, end in found}):
        left, at = left + text[at:start], end
    if not found or (left + text[at:]).strip(BETWEEN):
        return None
    return merged(span for span, _, _ in found)

"""A field of one line: what is pasted with line breaks has spaces instead."""

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QLineEdit

from domain.communication.subjects import in_one_line


class OneLineEdit(QLineEdit):
    """A QLineEdit keeps line breaks that come by pasting and only draws them otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.setValidator(_NoBreaks(self))


class _NoBreaks(QValidator):
    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Everything is acceptable once its breaks are spaces."""
        return QValidator.State.Acceptable, in_one_line(text), position

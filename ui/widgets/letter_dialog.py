"""A letter to look at before it is sent, or a script to speak from; sending is what the button says."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from domain.communication.mails import Letter
from ui.translation import tr
from ui.widgets.forms import label
from ui.widgets.letter_view import LetterView


class LetterDialog(QDialog):
    """`to` says to whom it goes; without `send` there is nothing to confirm."""

    def __init__(self, parent: QWidget, title: str, to: str, letter: Letter, *, send: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 560)
        view = LetterView(title)
        view.show_letter(letter)
        buttons = QDialogButtonBox()
        if send:
            self.ok = buttons.addButton(send, QDialogButtonBox.ButtonRole.AcceptRole)
            self.ok.setProperty("role", "primary")
        buttons.addButton(tr("Abbrechen") if send else tr("Schließen"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(label(to, "muted"))
        column.addWidget(view, 1)
        column.addWidget(buttons)

    def ask(self, then: Callable[[], None]) -> None:
        """Show it and call `then` once it was confirmed."""
        self.accepted.connect(then)
        self.open()

"""Without a keyring the drafts of this machine are closed by a passphrase: chosen once, asked for in each session."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from domain.communication.drafts.store import DraftStore
from domain.errors import Invalid
from ui.errors import describe
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import Card, Field, button, label, row

WIDTH = 560


class UnlockView(QWidget):
    """`opened` carries the store."""

    opened = Signal(object)

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._first, self._second = QLineEdit(), QLineEdit()
        for line in (self._first, self._second):
            line.setEchoMode(QLineEdit.EchoMode.Password)
            line.returnPressed.connect(self._on_open)
        self._words = label("", "muted")
        self._field = Field(tr("&Passphrase"), self._first)
        self._again = Field(tr("Passphrase &wiederholen"), self._second)
        card = Card(tr("Entwürfe auf diesem Rechner"))
        for widget in (self._words, self._field, self._again):
            card.add(widget)
        self._open = button(tr("&Aufschließen"), self._on_open, role="primary")
        card.add(row(self._open))
        card.setFixedWidth(WIDTH)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(card)
        middle.addStretch(1)
        column = QVBoxLayout(self)
        column.addLayout(middle)
        column.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        """Whether a passphrase is chosen or asked for."""
        is_new = self._ui.vault.is_new()
        self._again.setVisible(is_new)
        said = tr("Passphrase &einrichten") if is_new else tr("&Aufschließen")
        self._open.setText(said)
        self._open.setAccessibleName(said.replace("&", ""))
        self._words.setText(
            tr(
                "Dieser Rechner hat keinen Schlüsselbund. Entwürfe werden deshalb mit einer Passphrase verschlüsselt. Wählen"
                " Sie eine aus mindestens zwölf Zeichen; ohne sie sind die Entwürfe verloren."
            )
            if is_new
            else tr("Entwürfe sind hier verschlüsselt abgelegt. Geben Sie Ihre Passphrase ein.")
        )

    def _on_open(self) -> None:
        self._field.complain("")
        if self._again.isVisible() and self._first.text() != self._second.text():
            self._again.complain(tr("Beide Eingaben sind verschieden."))
            return
        self._again.complain("")
        passphrase, vault = self._first.text(), self._ui.vault
        self._ui.background.local(
            self, lambda: vault.open_by_passphrase(passphrase), self._on_opened, self._refused, key="unlock"
        )

    def _on_opened(self, store: DraftStore) -> None:
        self._first.clear()
        self._second.clear()
        self.opened.emit(store)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, Invalid):
            self._field.complain(describe(error))
            return
        self._ui.messages.error(describe(error))

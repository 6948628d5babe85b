"""An own password instead of the one an admin gave: asked at the first login, and nothing is shown before.

Only the form; changing it is the window's. What was typed stays until it was taken.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from domain.person_admin import SHORTEST_PASSWORD
from ui.first_run.notice import Notice
from ui.theme import SPACE
from ui.translation import tr
from ui.widgets.forms import Card, Field, button, label, row


class OwnPasswordPage(QWidget):
    """The new password, twice; Enter goes on. `chosen` carries it, `leave` ends the program."""

    chosen = Signal(str)
    leave = Signal()

    def __init__(self, *, keeps_passwords: bool) -> None:
        super().__init__()
        self.setAccessibleName(tr("Eigenes Kennwort"))
        self._new, self._again = QLineEdit(), QLineEdit()
        self._fields = {
            "password": Field(tr("&Neues Kennwort"), self._new),
            "again": Field(tr("Noch &einmal"), self._again),
        }
        self.notice = Notice(tr("Meldung zum Kennwort"))
        self._leave = button(tr("&Beenden"), self.leave.emit)
        self._go = button(tr("Kennwort ändern und ö&ffnen"), self._submit, role="primary")
        self._is_changing = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(label(tr("Eigenes Kennwort wählen"), "title"))
        said = tr(
            "Ihr jetziges Kennwort kennt noch jemand anderes. Wählen Sie ein eigenes, das nur Sie kennen; danach öffnet"
            " sich Platzlotse."
        )
        column.addWidget(label(said, "muted"))
        card = Card()
        for field in self._fields.values():
            card.add(field)
        card.add(label(_advice(keeps_passwords=keeps_passwords), "muted"))
        column.addWidget(card)
        column.addWidget(self.notice)
        for act in (self._leave, self._go):
            act.setAutoDefault(True)
        column.addWidget(row(self._leave, QWidget(), self._go, stretch=(0, 1, 0)))
        column.addStretch(1)
        for control in (self._new, self._again):
            control.setEchoMode(QLineEdit.EchoMode.Password)
            control.returnPressed.connect(self._submit)
            control.textChanged.connect(self._calm)

    def begin(self) -> None:
        """Be ready for the keyboard."""
        self._new.setFocus()

    def refuse(self, sentence: str, field: str = "") -> None:
        """Say why it was not changed, at its field where it is one's fault; what was typed stays."""
        self._be_changing(changing=False)
        if field in self._fields:
            self.notice.hide()
            self._complain({field: sentence})
        else:
            self.notice.say("error", sentence)
            self._go.setFocus()

    def forget(self) -> None:
        """Hold no password any longer."""
        for control in (self._new, self._again):
            control.clear()

    def _calm(self) -> None:
        if not self._is_changing:
            self.notice.hide()
            for field in self._fields.values():
                field.complain("")

    def _submit(self) -> None:
        if self._is_changing:
            return
        self._calm()
        new, again = self._new.text(), self._again.text()
        short = tr("Das ist zu kurz: mindestens {n} Zeichen.").format(n=SHORTEST_PASSWORD)
        faults = {}
        if len(new) < SHORTEST_PASSWORD:
            faults["password"] = short if new else tr("Wählen Sie ein Kennwort.")
        elif new != again:
            faults["again"] = (
                tr("Das ist nicht zweimal dasselbe.") if again else tr("Geben Sie es zur Sicherheit noch einmal ein.")
            )
        if faults:
            self._complain(faults)
            return
        self._be_changing(changing=True)
        self.notice.say("info", tr("Das Kennwort wird geändert…"))
        self.chosen.emit(new)

    def _complain(self, faults: dict[str, str]) -> None:
        for name, fault in faults.items():
            self._fields[name].complain(fault)
        control = self._fields[next(iter(faults))].control
        control.setFocus()
        if isinstance(control, QLineEdit):
            control.selectAll()

    def _be_changing(self, *, changing: bool) -> None:
        self._is_changing = changing
        for control in (self._new, self._again):
            control.setReadOnly(changing)
        self._go.setEnabled(not changing)


def _advice(*, keeps_passwords: bool) -> str:
    length = tr("Mindestens {n} Zeichen; mehrere Wörter hintereinander merken sich leicht.").format(n=SHORTEST_PASSWORD)
    kept = (
        tr("Es kommt in den Schlüsselbund dieses Rechners, nie in eine Datei.")
        if keeps_passwords
        else tr("Dieser Rechner hat keinen Schlüsselbund: Es wird bei jedem Start gefragt, nie gespeichert.")
    )
    return f"{length} {kept}"

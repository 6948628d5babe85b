"""Who works alone here: asked once, shown in lists and mails. Only the form; making the seat is the window's."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from domain.acquisition.text import email as read_email
from ui.first_run.notice import Notice
from ui.first_run.ports import OwnSeat
from ui.theme import SPACE
from ui.translation import tr
from ui.widgets.forms import Card, Field, button, label, row

LONGEST_NAME = 120


class OwnSeatPage(QWidget):
    """Name, office, mailbox; Enter goes on."""

    back = Signal()
    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Einzelplatz"))
        self._person = QLineEdit(maxLength=LONGEST_NAME)
        self._office = QLineEdit(maxLength=LONGEST_NAME)
        self._email = QLineEdit(maxLength=LONGEST_NAME)
        self._person.setPlaceholderText(tr("Vor- und Nachname"))
        self._office.setPlaceholderText(tr("Name Ihrer Vermittlungsstelle"))
        self._email.setPlaceholderText("vermittlung@ihre-stelle.example")
        self._fields = {
            "person": Field(tr("Ihr &Name"), self._person),
            "office": Field(tr("Name des &Büros"), self._office),
            "email": Field(tr("E-&Mail (freiwillig)"), self._email),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(label(tr("Einzelplatz einrichten"), "title"))
        column.addWidget(
            label(tr("Ihr Name steht in Listen und im Verlauf, der des Büros als Absender der Mails."), "muted")
        )
        card = Card()
        for field in self._fields.values():
            card.add(field)
        card.add(
            label(
                tr("Mails werden vorerst auf diesem Rechner aufgefangen; es geht nichts an Praxen hinaus."),
                "muted",
            )
        )
        column.addWidget(card)
        self.notice = Notice(tr("Meldung zum Einzelplatz"))
        column.addWidget(self.notice)
        self._back = button(tr("&Zurück"), self.back.emit)
        self._go = button(tr("Einrichten und ö&ffnen"), self._submit, role="primary")
        for act in (self._back, self._go):
            act.setAutoDefault(True)
        buttons = row(self._back, QWidget(), self._go, stretch=(0, 1, 0))
        column.addWidget(buttons)
        column.addStretch(1)
        for control in (self._person, self._office, self._email):
            control.returnPressed.connect(self._submit)
            control.textChanged.connect(self._calm)

    def begin(self) -> None:
        """Be ready for the keyboard."""
        self._person.setFocus()

    def refuse(self, sentence: str) -> None:
        """Say why it did not work; what was typed stays."""
        self.notice.say("error", sentence)
        self._go.setFocus()

    def _calm(self) -> None:
        self.notice.hide()
        for field in self._fields.values():
            field.complain("")

    def _submit(self) -> None:
        self._calm()
        own = OwnSeat(self._person.text().strip(), self._office.text().strip(), self._email.text().strip())
        faults = {
            "person": "" if own.person else tr("Bitte tragen Sie Ihren Namen ein."),
            "office": "" if own.office else tr("Bitte tragen Sie den Namen des Büros ein."),
            "email": "" if not own.email or read_email(own.email) else tr("Das ist keine gültige E-Mail-Adresse."),
        }
        for name, fault in faults.items():
            self._fields[name].complain(fault)
        wrong = [name for name, fault in faults.items() if fault]
        if wrong:
            self._fields[wrong[0]].control.setFocus()
            return
        self.chosen.emit(own)

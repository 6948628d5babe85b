"""Contact data of somebody one writes to: changed here, with the server or without, and sent there from the store."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from domain.communication.drafts.records import CachedContact, ContactData
from domain.errors import PlatzlotseError
from ui import formats
from ui.errors import describe
from ui.translation import tr
from ui.widgets.forms import Field, label


class ContactDialog(QDialog):
    """`wanted` asks to keep what was typed; the dialog stays until that was done."""

    wanted = Signal()

    def __init__(self, parent: QWidget, contact: CachedContact) -> None:
        super().__init__(parent)
        self.contact = contact
        self.setWindowTitle(tr("Kontaktdaten von {name}").format(name=contact.name))
        self.setMinimumWidth(420)
        known = contact.contact
        shown = {"email": known.email, "phone": formats.phone(known.phone), "mobile": formats.phone(known.mobile)}
        self._lines = {name: QLineEdit(text) for name, text in shown.items()}
        titles = {"email": tr("E-&Mail"), "phone": tr("&Telefon"), "mobile": tr("M&obil")}
        self.fields = {name: Field(titles[name], line) for name, line in self._lines.items()}
        self.fields["mobile"].setVisible(contact.kind == "therapist")
        column = QVBoxLayout(self)
        column.addWidget(
            label(tr("Ist der Server nicht da, wird die Änderung hier verwahrt und später übernommen."), "muted")
        )
        for field in self.fields.values():
            column.addWidget(field)
        buttons = QDialogButtonBox()
        save = buttons.addButton(tr("Ändern"), QDialogButtonBox.ButtonRole.AcceptRole)
        save.setProperty("role", "primary")
        save.setAccessibleName(tr("Ändern"))
        buttons.addButton(tr("Abbrechen"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.wanted)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)

    def data(self) -> ContactData:
        """What was typed."""
        return ContactData(**{name: line.text().strip() for name, line in self._lines.items()})

    def complain(self, error: Exception) -> None:
        """Say at its field what is wrong."""
        about = error.field if isinstance(error, PlatzlotseError) and error.field in self.fields else "email"
        for name, field in self.fields.items():
            field.complain(describe(error) if name == about else "")

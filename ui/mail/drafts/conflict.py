"""Contact data changed here and on the server: both stand side by side until a person decides."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.communication.drafts.records import ContactData, ContactEdit
from ui.errors import describe_code
from ui.translation import tr
from ui.widgets.forms import Card, button, label, row


class ConflictView(QWidget):
    """`mine` and `theirs` carry the edit that was decided."""

    mine = Signal(object)
    theirs = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._edit: ContactEdit | None = None
        self._title = label("", "heading")
        self._why = label("", "error")
        self._here, self._there = label(""), label("")
        card = Card()
        for widget in (self._title, self._why, self._here, self._there):
            card.add(widget)
        self._insist = button(tr("&Meine übernehmen"), lambda: self.mine.emit(self._edit), role="primary")
        give_up = button(tr("&Meine verwerfen"), lambda: self.theirs.emit(self._edit))
        card.add(row(self._insist, give_up))
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 0, 0)
        column.addWidget(card)
        column.addStretch(1)

    def show_edit(self, edit: ContactEdit) -> None:
        """One change of contact data."""
        self._edit = edit
        self._title.setText(tr("Kontaktdaten von {name}").format(name=edit.name))
        if edit.refused:
            self._why.setText(describe_code(edit.refused))
        elif edit.theirs is not None:
            self._why.setText(tr("Beides ist geändert worden, hier und auf dem Server. Was soll gelten?"))
        else:
            self._why.setText("")
        self._why.setVisible(bool(self._why.text()))
        self._here.setText(tr("Hier: {data}").format(data=_words(edit.after)))
        self._there.setText(tr("Auf dem Server: {data}").format(data=_words(edit.theirs or edit.before)))
        self._insist.setVisible(bool(self._why.text()))


def _words(data: ContactData) -> str:
    return " · ".join(value or tr("leer") for value in (data.email, data.phone, data.mobile)[: 3 if data.mobile else 2])

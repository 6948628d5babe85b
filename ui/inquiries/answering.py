"""Entering one practice's answer for one patient."""

from datetime import date

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from domain.casework.answers import refuse_place_from
from domain.errors import Invalid
from domain.matching.listing import ItemDetail
from domain.matching.states import ItemStatus, answers_from
from domain.values import Channel
from ui.errors import describe
from ui.labels import label
from ui.translation import tr
from ui.typed import Unreadable
from ui.widgets.forms import Choice, DateField, Field, TextArea
from ui.widgets.forms import label as words


class AnswerDialog(QDialog):
    """What the practice said, how it came in, and a note."""

    def __init__(self, parent: QWidget, item: ItemDetail, *, today: date) -> None:
        super().__init__(parent)
        self._today = today
        self.setWindowTitle(tr("Antwort der Praxis"))
        self.setMinimumWidth(440)
        possible = answers_from(item.status)
        self._answer = Choice({status.value: label("item_status", status) for status in possible}, tr("Antwort"))
        self._channel = Choice(
            {c.value: label("channel", c) for c in (Channel.EMAIL, Channel.PHONE, Channel.LETTER)},
            tr("Eingegangen per"),
        )
        self._until = DateField(tr("Warteliste bis"))
        self._until_field = Field(tr("Warteliste bis"), self._until)
        self._from = DateField(tr("Platz frei ab (leer: sofort)"))
        self._from_field = Field(tr("Platz frei ab (leer: sofort)"), self._from)
        self._note = TextArea(90)
        column = QVBoxLayout(self)
        column.addWidget(words(item.name, "heading"))
        column.addWidget(Field(tr("Antwort"), self._answer))
        column.addWidget(self._until_field)
        column.addWidget(self._from_field)
        column.addWidget(Field(tr("Eingegangen per"), self._channel))
        column.addWidget(Field(tr("Notiz"), self._note))
        buttons = QDialogButtonBox()
        save = buttons.addButton(tr("Eintragen"), QDialogButtonBox.ButtonRole.AcceptRole)
        save.setProperty("role", "primary")
        buttons.addButton(tr("Abbrechen"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self._try)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self._answer.currentIndexChanged.connect(lambda: self._fit())
        self._fit()

    def _fit(self) -> None:
        self._until_field.setVisible(self.answer() is ItemStatus.WAITLISTED)
        self._from_field.setVisible(self.answer() is ItemStatus.ACCEPTED)

    def _try(self) -> None:
        for field, read in ((self._until_field, self.until), (self._from_field, self._checked_from)):
            try:
                read()
            except Unreadable as wrong:
                field.complain(str(wrong))
                field.control.setFocus()
                return
        self.accept()

    def _checked_from(self) -> None:
        """Raises Unreadable for a day that is none, or from which no place is promised."""
        day = self.place_from()
        try:
            if day is not None:
                refuse_place_from(day, today=self._today)
        except Invalid as wrong:
            raise Unreadable(describe(wrong)) from wrong

    def answer(self) -> ItemStatus:
        """The chosen answer."""
        return ItemStatus(self._answer.code())

    def channel(self) -> Channel:
        """How it came in."""
        return Channel(self._channel.code())

    def note(self) -> str:
        """The note."""
        return self._note.toPlainText().strip()

    def place_from(self) -> date | None:
        """From when the place is free, None for now; raises Unreadable for a day that is none."""
        return self._from.date() if self.answer() is ItemStatus.ACCEPTED else None

    def until(self) -> date | None:
        """Until when the waiting list holds; raises Unreadable for a day that is none."""
        return self._until.date() if self.answer() is ItemStatus.WAITLISTED else None

"""Entering a contact with a practice by hand: a note, or the result of a call."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from domain.communication.contacts import CHANNELS, CallResult, ContactNote
from domain.communication.states import RESULTS, UNREACHED, CallStatus
from ui import formats
from ui.labels import label
from ui.translation import tr
from ui.typed import Unreadable, read_clock, read_day
from ui.widgets.faults import be_content, complain_at, show_fault
from ui.widgets.forms import Choice, DateField, Field, TextArea, row
from ui.widgets.forms import label as words

T = TypeVar("T")


class EntryDialog(QDialog):
    """A dialog that stays open with what was typed until its entry was taken; `wanted` asks to take it."""

    wanted = Signal()

    def __init__(self, parent: QWidget, title: str, action: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(460)
        self.fields: dict[str, Field] = {}
        self._column = QVBoxLayout(self)
        self._buttons = QDialogButtonBox()
        save = self._buttons.addButton(action, QDialogButtonBox.ButtonRole.AcceptRole)
        save.setProperty("role", "primary")
        save.setAccessibleName(action)
        self._buttons.addButton(tr("Abbrechen"), QDialogButtonBox.ButtonRole.RejectRole)
        self._buttons.accepted.connect(self.wanted)
        self._buttons.rejected.connect(self.reject)

    def _field(self, name: str, title: str, control: QWidget) -> Field:
        self.fields[name] = Field(title, control)
        return self.fields[name]

    def _lay_out(self, *widgets: QWidget) -> None:
        for widget in (*widgets, self._buttons):
            self._column.addWidget(widget)


class NoteDialog(EntryDialog):
    """When, by which channel, which way, with whom, and what was said."""

    def __init__(self, parent: QWidget, now: datetime, *, from_them: str = "") -> None:
        super().__init__(parent, tr("Kontakt notieren"), tr("Eintragen"))
        self._day, self._time = DateField(tr("Tag")), QLineEdit(f"{formats.local(now):%H:%M}")
        self._day.show_date(formats.local(now).date())
        self._channel = Choice({code: label("channel", code) for code in CHANNELS}, tr("Kanal"))
        self._direction = Choice(
            {"out": tr("von uns"), "in": from_them or tr("von der Praxis"), "none": tr("nur für uns")}, tr("Von wem")
        )
        self._counterpart, self._body = QLineEdit(), TextArea(110)
        self._lay_out(
            row(
                self._field("at", tr("Tag"), self._day),
                self._field("time", tr("Uhrzeit"), self._time),
                self._field("channel", tr("Kanal"), self._channel),
                self._field("direction", tr("Von wem"), self._direction),
            ),
            self._field("counterpart", tr("Gesprochen mit"), self._counterpart),
            self._field("body", tr("Worum ging es"), self._body),
            words(tr("Ein Eintrag bleibt im Verlauf stehen und lässt sich nicht mehr ändern."), "muted"),
        )
        self._body.setFocus()

    def note(self) -> ContactNote | None:
        """What was entered; None after marking what cannot be read."""
        be_content(self.fields)
        day, clock = self._read("at", self._day.text(), read_day), self._read("time", self._time.text(), read_clock)
        if day is None or clock is None:
            show_fault(self.fields)
            return None
        return ContactNote(
            at=formats.office_time(day, clock),
            channel=self._channel.code(),
            direction=self._direction.code(),
            counterpart=self._counterpart.text(),
            body=self._body.toPlainText(),
        )

    def _read(self, name: str, typed: str, read: Callable[[str], T | None]) -> T | None:
        """What was typed into a field that must not be empty; None after saying what is wrong with it."""
        try:
            found = read(typed)
        except Unreadable as wrong:
            self.fields[name].complain(str(wrong))
            return None
        if found is None:
            self.fields[name].complain(tr("Das fehlt noch."))
        return found


class CallDialog(EntryDialog):
    """What came of a call; says what follows from it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, tr("Ergebnis des Anrufs"), tr("Eintragen"))
        self._status = Choice({s.value: label("call_status", s) for s in RESULTS}, tr("Ergebnis"))
        self._counterpart, self._outcome = QLineEdit(), TextArea(110)
        self._callback = DateField(tr("Wieder anrufen am"))
        self._callback_field = self._field("callback_on", tr("Wieder anrufen am (leer: nicht)"), self._callback)
        self._counterpart_field = self._field("counterpart", tr("Gesprochen mit"), self._counterpart)
        self._follows = words("", "muted")
        self._lay_out(
            self._field("status", tr("Ergebnis"), self._status),
            self._counterpart_field,
            self._callback_field,
            self._field("outcome", tr("Notiz zum Anruf"), self._outcome),
            self._follows,
        )
        self._status.currentIndexChanged.connect(lambda: self._fit())
        self._fit()

    def _fit(self) -> None:
        status = CallStatus(self._status.code())
        reached = status is CallStatus.REACHED
        self._counterpart_field.setVisible(reached)
        self._callback_field.setVisible(reached)
        if status is CallStatus.WRONG_NUMBER:
            follows = tr("Es wird kein neuer Anruf geplant. Bitte berichtigen Sie die Nummer.")
        elif status in UNREACHED:
            follows = tr("Ein neuer Anruf wird in einer späteren Telefonzeit geplant.")
        else:
            follows = tr("Mit einem Tag wird der nächste Anruf in der Telefonzeit dieses Tages geplant.")
        self._follows.setText(follows)

    def result_entered(self) -> CallResult | None:
        """What was entered; None after marking what cannot be read."""
        be_content(self.fields)
        status = CallStatus(self._status.code())
        reached = status is CallStatus.REACHED
        try:
            again = self._callback.date() if reached else None
        except Unreadable as wrong:
            complain_at(self.fields, "callback_on", str(wrong))
            show_fault(self.fields)
            return None
        return CallResult(
            status=status,
            counterpart=self._counterpart.text() if reached else "",
            outcome=self._outcome.toPlainText(),
            callback_on=again,
        )

"""What one types while on the phone: with whom, and what was said; kept for every call one looks away from."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from ui.translation import tr
from ui.widgets.forms import Field

Typed = tuple[str, str]  # with whom, what was said
NOTHING: Typed = ("", "")


class CallNotes(QWidget):
    """Two fields of the call shown; always in sight, since one writes while one talks."""

    def __init__(self) -> None:
        super().__init__()
        self.counterpart, self.note = QLineEdit(), QLineEdit()
        self.counterpart.setAccessibleName(tr("Gesprochen mit"))
        self.note.setAccessibleName(tr("Notiz zum Anruf"))
        self._fields = {
            "counterpart": Field(tr("Gesprochen mit"), self.counterpart),
            "outcome": Field(tr("Notiz"), self.note),
        }
        self._call: int | None = None
        self._kept: dict[int, Typed] = {}  # of calls one looked away from
        self._settled: dict[int, Typed] = {}  # of calls whose result was written, should it be taken back
        beside = QHBoxLayout(self)
        beside.setContentsMargins(0, 0, 0, 0)
        for field, stretch in zip(self._fields.values(), (1, 2), strict=True):
            beside.addWidget(field, stretch, Qt.AlignmentFlag.AlignTop)  # what is wrong with one moves no other
        for line in (self.counterpart, self.note):
            line.textEdited.connect(lambda _: self.complain(None, ""))

    def show_of(self, call_id: int | None) -> None:
        """The fields of another call, as they were left; of the same one they stay."""
        if call_id == self._call:
            return
        if self._call is not None and self.typed() != NOTHING:
            self._kept[self._call] = self.typed()
        self._call = call_id
        self._fill(NOTHING if call_id is None else self._kept.pop(call_id, NOTHING))

    def typed(self) -> Typed:
        """With whom, and what was said."""
        return self.counterpart.text(), self.note.text()

    def would_lose(self) -> str:
        """Notes of calls whose result was not entered."""
        typed = self.typed() != NOTHING or any(kept != NOTHING for kept in self._kept.values())
        return tr("Telefon: Notizen zu Anrufen ohne Ergebnis") if typed else ""

    def settle(self, call_id: int) -> None:
        """What was typed is in the history now; it comes back with `give_back`."""
        if call_id == self._call:
            self._settled[call_id] = self.typed()
            self._fill(NOTHING)
        else:  # one looked at another call before it was written
            self._settled[call_id] = self._kept.pop(call_id, NOTHING)

    def give_back(self, call_id: int) -> None:
        """The result of a call was taken back: what was typed for it stands in the fields again."""
        typed = self._settled.pop(call_id, NOTHING)
        if call_id == self._call and self.typed() == NOTHING:
            self._fill(typed)
        elif typed != NOTHING:
            self._kept.setdefault(call_id, typed)

    def complain(self, field: str | None, text: str) -> bool:
        """Say at a field what is wrong with it, and at the other nothing; tells whether there is such a field."""
        for name, found in self._fields.items():
            found.complain(text if name == field else "")
        return field in self._fields

    def _fill(self, typed: Typed) -> None:
        self.complain(None, "")
        self.counterpart.setText(typed[0])
        self.note.setText(typed[1])

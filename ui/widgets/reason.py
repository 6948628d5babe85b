"""A small dialog before something with consequences: what will happen, why, and perhaps a kind and a day."""

from collections.abc import Callable, Mapping
from datetime import date, time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from domain.communication.contacts import LONGEST_ELSEWHERE
from ui.translation import tr
from ui.typed import Unreadable, read_clock, read_minutes
from ui.widgets.forms import Choice, DateField, Field
from ui.widgets.forms import label as words


class ReasonDialog(QDialog):
    """Names the consequence and asks for a reason; with `day` also for a date, with `choices` for a kind (`what` it is).

    With `clock` for a time of that day and with `lasted` for minutes, too, which may stay empty. `reason=""` asks for none. The title is what the
    button says, `back` what the other one says. `refuse` says what is wrong with a day that can be read. A choice with an empty code is none yet: another
    one must be taken.
    """

    def __init__(
        self,
        parent: QWidget,
        title: str,
        consequence: str,
        *,
        reason: str | None = None,
        day: str = "",
        choices: Mapping[str, str] | None = None,
        what: str = "",
        day_needed: bool = False,
        clock: str = "",
        lasted: str = "",
        refuse: Callable[["ReasonDialog"], str] = lambda _: "",
        back: str = "",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setMinimumWidth(420)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._reason = QLineEdit()
        self._day = DateField(day)
        self._day_field = Field(day, self._day)
        self._day_needed = day_needed
        self._clock = QLineEdit()
        self._clock.setPlaceholderText("HH:MM")
        self._clock_field = Field(clock, self._clock)
        self._lasted = QLineEdit()
        self._lasted_field = Field(lasted, self._lasted)
        self._refuse = refuse
        self._kind = Choice(choices or {}, what or tr("Was"))
        wanted = tr("Grund") if reason is None else reason
        self._needs_reason = bool(wanted)
        column = QVBoxLayout(self)
        column.addWidget(words(consequence, "muted"))
        if choices:
            column.addWidget(Field(what or tr("Was"), self._kind))
        if wanted:
            column.addWidget(Field(wanted, self._reason))
        if day:
            column.addWidget(self._day_field)
        if clock:
            column.addWidget(self._clock_field)
        if lasted:
            column.addWidget(self._lasted_field)
        buttons = QDialogButtonBox()
        self.ok = buttons.addButton(title, QDialogButtonBox.ButtonRole.AcceptRole)
        self.ok.setProperty("role", "primary")
        self.back = buttons.addButton(back or tr("Abbrechen"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self._try)
        buttons.rejected.connect(self.reject)
        self._reason.textChanged.connect(lambda _: self._fit())
        self._kind.currentIndexChanged.connect(lambda _: self._fit())
        self._needs_kind = "" in (choices or {})
        self._day.textChanged.connect(lambda _: self._fit())
        self._clock.textChanged.connect(lambda _: self._fit())
        self._lasted.textChanged.connect(lambda _: self._fit())
        column.addWidget(buttons)
        self._fit()

    def _fit(self) -> None:
        self._day_field.complain("")
        self._clock_field.complain("")
        self._lasted_field.complain("")
        there = not self._needs_reason or bool(self._reason.text().strip())
        there = there and (not self._needs_kind or bool(self._kind.code()))
        self.ok.setEnabled(there and (not self._day_needed or bool(self._day.text().strip())))

    def _try(self) -> None:
        typed = ((self._day_field, self.day), (self._clock_field, self.clock), (self._lasted_field, self.minutes))
        for field, read in typed:
            try:
                read()
            except Unreadable as wrong:
                self._complain(field, str(wrong))
                return
        if refused := self._refuse(self):
            self._complain(self._day_field, refused)
            return
        self.accept()

    def _complain(self, field: Field, wrong: str) -> None:
        """At the field, and the dialog grows with it: nothing above is squeezed."""
        field.complain(wrong)
        field.control.setFocus()
        self._fit_height()

    def _fit_height(self) -> None:
        column = self.layout()
        if column is not None:
            column.activate()
            self.resize(self.width(), max(self.height(), column.totalHeightForWidth(self.width())))

    def reason(self) -> str:
        """What was written."""
        return self._reason.text().strip()

    def day(self) -> date | None:
        """The day, if one was given."""
        return self._day.date()

    def clock(self) -> time | None:
        """The time of that day, if one was given. Raises Unreadable when the text is none."""
        return read_clock(self._clock.text())

    def minutes(self) -> int:
        """How long it took, 0 where nothing was given. Raises Unreadable when the text is no number of minutes."""
        return read_minutes(self._lasted.text(), longest=LONGEST_ELSEWHERE)

    def kind(self) -> str:
        """The chosen kind."""
        return self._kind.code()

    def choose_kind(self, code: str) -> None:
        """Propose a kind."""
        self._kind.choose(code)

    def ask(self, then: Callable[["ReasonDialog"], None]) -> None:
        """Show it and call `then` once it was confirmed."""
        self.accepted.connect(lambda: then(self))
        self.open()
        self._fit_height()  # several paragraphs need more than the first guess

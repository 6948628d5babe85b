"""The patients of an inquiry beside a mail or a call: for each what the practice says, perhaps with a suggestion."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from domain.casework.answers import Decision
from domain.matching.states import ItemStatus, answers_from
from ui.inquiries.item_card import ANSWERABLE
from ui.labels import label
from ui.translation import tr
from ui.typed import Unreadable
from ui.widgets.faults import bring_into_sight
from ui.widgets.forms import Choice, DateField
from ui.widgets.forms import label as words

NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Asked:
    """One patient asked for, with what a mail seems to say of them (None: no suggestion)."""

    item_id: int
    name: str
    code: str
    status: ItemStatus
    version: int
    suggested: ItemStatus | None = None
    until: date | None = None
    confidence: float = 0


class AnswerRows(QWidget):
    """One row a patient; "nichts eintragen" leaves a patient as they are. `edited` when somebody chose."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._rows: list[_AnswerRow] = []

    def show_items(self, items: Sequence[Asked]) -> None:
        """Other patients, or the same with other suggestions."""
        for old in self._rows:
            self._column.removeWidget(old)
            old.deleteLater()
        self._rows = [_AnswerRow(item) for item in items]
        for new in self._rows:
            self._column.addWidget(new)
            new.edited.connect(self.edited)

    def changed(self) -> bool:
        """Whether somebody chose other than what was suggested."""
        return any(row.changed() for row in self._rows)

    def gives_a_place(self) -> bool:
        """Whether somebody is to be recorded as taken."""
        return any(row.status() is ItemStatus.ACCEPTED for row in self._rows)

    def decisions(self) -> tuple[Decision, ...] | None:
        """What is chosen; None when a date is unreadable (it is marked)."""
        found = [row.decision() for row in self._rows if row.chosen()]
        return None if any(decision is None for decision in found) else tuple(d for d in found if d is not None)


class _AnswerRow(QWidget):
    edited = Signal()

    def __init__(self, item: Asked) -> None:
        super().__init__()
        self._item = item
        possible = answers_from(item.status) if item.status in ANSWERABLE else ()
        choices = {NOTHING: tr("nichts eintragen")} | {
            status.value: label("item_status", status) for status in possible
        }
        self._answer = Choice(choices, tr("{name}: Antwort").format(name=item.name))
        self._until = DateField(tr("{name}: Warteliste bis").format(name=item.name))
        self._until.setFixedWidth(104)
        self._suggested = NOTHING
        if item.suggested in possible:
            self._suggested = item.suggested.value
            self._until.show_date(item.until)
        self._answer.choose(self._suggested)
        self._first_until = self._until.text()
        # of those that feel quite certain some are wrong all the same (benchmarks/reply_reading.py)
        sure = tr("zu {percent} % sicher").format(percent=min(99, round(item.confidence * 100)))
        more = item.code if item.status is ItemStatus.PENDING else label("item_status", item.status)
        who = words(f"{item.name} · {more}")
        who.setMinimumWidth(60)  # a long name gives way to the answer
        self._error = words("", "error")
        self._error.hide()
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(3)
        whole.addLayout(line)
        whole.addWidget(self._error)
        line.addWidget(who, 1)
        if item.suggested in possible:
            line.addWidget(words(sure, "muted"))
        line.addWidget(self._answer)
        line.addWidget(self._until)
        self._answer.currentIndexChanged.connect(lambda _: self._fit())
        self._answer.currentIndexChanged.connect(lambda _: self.edited.emit())
        self._fit()

    def _fit(self) -> None:
        self._until.setVisible(self._answer.code() == ItemStatus.WAITLISTED)

    def changed(self) -> bool:
        return self._answer.code() != self._suggested or self._until.text() != self._first_until

    def chosen(self) -> bool:
        return self._answer.code() != NOTHING

    def status(self) -> ItemStatus | None:
        return ItemStatus(self._answer.code()) if self.chosen() else None

    def decision(self) -> Decision | None:
        status = ItemStatus(self._answer.code())
        self._complain("")
        try:
            until = self._until.date() if status is ItemStatus.WAITLISTED else None
        except Unreadable as wrong:
            self._complain(str(wrong))
            bring_into_sight(self, self._until)
            return None
        return Decision(self._item.item_id, status, until, self._item.version)

    def _complain(self, text: str) -> None:
        self._error.setText(text)
        self._error.setVisible(bool(text))
        self._until.setAccessibleDescription(text)
        self._until.setProperty("invalid", "true" if text else "false")
        self._until.style().polish(self._until)

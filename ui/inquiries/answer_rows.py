"""The patients of an inquiry beside a mail or a call: for each what the practice says, perhaps with a suggestion."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from domain.casework.answers import Decision, refuse_place_from, refuse_waitlisted_until
from domain.communication.reading.calibration import holds
from domain.errors import Invalid
from domain.matching.states import ItemStatus, answers_from
from ui.errors import describe
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
    """One patient asked for, with what a mail seems to say of them (None: no suggestion).

    `offered_from` is the day of a place that was offered without saying for whom: it stands there once it is theirs.
    """

    item_id: int
    name: str
    code: str
    status: ItemStatus
    version: int
    suggested: ItemStatus | None = None
    until: date | None = None
    confidence: float = 0
    place_from: date | None = None
    offered_from: date | None = None


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

    def said(self) -> list[str]:
        """What is chosen, one patient a line, as it would be recorded."""
        return [row.said() for row in self._rows]

    def decisions(self, *, today: date) -> tuple[Decision, ...] | None:
        """What is chosen; None when a date is unreadable, or one nobody promises a place from (it is marked)."""
        found = [row.decision(today) for row in self._rows if row.chosen()]
        return None if any(decision is None for decision in found) else tuple(d for d in found if d is not None)


def _how_sure(confidence: float) -> QLabel:
    """How often such a suggestion holds; the reading's own number promises more than it keeps (`calibration`)."""
    held = holds(confidence)
    made = words(tr("stimmt etwa {right} von {of} Mal").format(right=held.right, of=held.of), "muted")
    made.setWordWrap(False)
    made.setToolTip(tr("Gemessen an Antworten, aus denen diese Lesart nicht gelernt hat. Bitte lesen und prüfen."))
    return made


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
        self._from = DateField(tr("{name}: Platz frei ab").format(name=item.name))
        self._from.setFixedWidth(104)
        self._from.setToolTip(tr("Ab wann der Platz frei ist; leer: sofort"))
        self._of_day = words("", "muted")
        self._suggested = NOTHING
        if item.suggested in possible:
            self._suggested = item.suggested.value
            self._until.show_date(item.until)
            self._from.show_date(item.place_from)
        self._answer.choose(self._suggested)
        self._first_days = self._until.text(), self._from.text()
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
        self._sure = _how_sure(item.confidence)
        named = QVBoxLayout()  # one below the other: beside each other the name would give way
        named.setSpacing(0)
        named.addWidget(who)
        named.addWidget(self._sure)
        line.addLayout(named, 1)
        line.addWidget(self._answer)
        for widget in (self._of_day, self._until, self._from):
            line.addWidget(widget)
        self._answer.currentIndexChanged.connect(lambda _: self._fit())
        self._answer.currentIndexChanged.connect(lambda _: self._offer_day())
        self._answer.currentIndexChanged.connect(lambda _: self.edited.emit())
        self._fit()

    def _fit(self) -> None:
        listed, place = self._answer.code() == ItemStatus.WAITLISTED, self._answer.code() == ItemStatus.ACCEPTED
        self._until.setVisible(listed)
        self._from.setVisible(place)
        self._of_day.setText(tr("bis") if listed else tr("frei ab"))
        self._of_day.setVisible(listed or place)
        self._sure.setVisible(self.chosen() and self._answer.code() == self._suggested)  # it is said of the suggestion
        self._complain("")

    def _offer_day(self) -> None:
        if self._answer.code() == ItemStatus.ACCEPTED and not self._from.text() and self._item.offered_from is not None:
            self._from.show_date(self._item.offered_from)

    def said(self) -> str:
        chosen = self.status()
        what = label("item_status", chosen) if chosen is not None else tr("keine Antwort, wird frei")
        return f"{self._item.name}: {what}"

    def changed(self) -> bool:
        days = self._until.text(), self._from.text()
        return self._answer.code() != self._suggested or days != self._first_days

    def chosen(self) -> bool:
        return self._answer.code() != NOTHING

    def status(self) -> ItemStatus | None:
        return ItemStatus(self._answer.code()) if self.chosen() else None

    def decision(self, today: date) -> Decision | None:
        status = ItemStatus(self._answer.code())
        self._complain("")
        try:
            until = self._until.date() if status is ItemStatus.WAITLISTED else None
            if until is not None:
                refuse_waitlisted_until(until, today=today)
            place_from = self._from.date() if status is ItemStatus.ACCEPTED else None
            if place_from is not None:
                refuse_place_from(place_from, today=today)
        except (Unreadable, Invalid) as wrong:
            self._refuse(describe(wrong) if isinstance(wrong, Invalid) else str(wrong))
            return None
        return Decision(self._item.item_id, status, until, self._item.version, place_from)

    def _refuse(self, text: str) -> None:
        self._complain(text)
        bring_into_sight(self, self._until if self._answer.code() == ItemStatus.WAITLISTED else self._from)

    def _complain(self, text: str) -> None:
        self._error.setText(text)
        self._error.setVisible(bool(text))
        for field in (self._until, self._from):
            field.setAccessibleDescription(text)
            field.setProperty("invalid", "true" if text else "false")
            field.style().polish(field)

"""The patients of an inquiry below a mail: for each what the practice says, prefilled with the suggestion."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.casework.replies import STATUS_OF, Decision, ReplyItem
from domain.matching.states import ANSWERS, ItemStatus
from ui.inquiries.item_card import ANSWERABLE
from ui.labels import label
from ui.translation import tr
from ui.widgets.chips import ITEM_STATES, Chip
from ui.widgets.forms import Choice, DateField, row
from ui.widgets.forms import label as words

NOTHING = "nothing"


class AnswerRows(QWidget):
    """One row a patient; "nichts eintragen" leaves a patient as they are."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._rows: list[_AnswerRow] = []

    def show_items(self, items: Sequence[ReplyItem]) -> None:
        """Other patients, or the same with other suggestions."""
        for old in self._rows:
            self._column.removeWidget(old)
            old.deleteLater()
        self._rows = [_AnswerRow(item) for item in items]
        for new in self._rows:
            self._column.addWidget(new)

    def changed(self) -> bool:
        """Whether somebody chose other than what was suggested."""
        return any(row.changed() for row in self._rows)

    def decisions(self) -> tuple[Decision, ...] | None:
        """What is chosen; None when a date is unreadable (it is marked)."""
        found = [row.decision() for row in self._rows if row.chosen()]
        return None if any(decision is None for decision in found) else tuple(d for d in found if d is not None)


class _AnswerRow(QWidget):
    def __init__(self, item: ReplyItem) -> None:
        super().__init__()
        self._item = item
        open_item = item.status in ANSWERABLE
        choices = {NOTHING: tr("nichts eintragen")} | {
            status.value: label("item_status", status) for status in ItemStatus if status in ANSWERS and open_item
        }
        self._answer = Choice(choices, tr("{name}: Antwort").format(name=item.name))
        self._until = DateField(tr("{name}: Warteliste bis").format(name=item.name))
        suggestion = item.suggestion
        self._suggested = NOTHING
        if suggestion is not None and open_item and suggestion.meaning in STATUS_OF:
            self._suggested = STATUS_OF[suggestion.meaning].value
            self._until.show_date(suggestion.until)
        self._answer.choose(self._suggested)
        self._first_until = self._until.text()
        sure = (
            ""
            if suggestion is None
            else tr("Vorschlag, zu {percent} % sicher").format(percent=round(suggestion.confidence * 100))
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(
            row(words(f"{item.name} · {item.code}"), Chip(label("item_status", item.status), ITEM_STATES[item.status]))
        )
        column.addWidget(row(self._answer, self._until, words(sure, "muted")))
        self._answer.currentIndexChanged.connect(lambda _: self._fit())
        self._fit()

    def _fit(self) -> None:
        self._until.setVisible(self._answer.code() == ItemStatus.WAITLISTED)

    def changed(self) -> bool:
        return self._answer.code() != self._suggested or self._until.text() != self._first_until

    def chosen(self) -> bool:
        return self._answer.code() != NOTHING

    def decision(self) -> Decision | None:
        status = ItemStatus(self._answer.code())
        try:
            until = self._until.date() if status is ItemStatus.WAITLISTED else None
        except ValueError:
            self._until.setProperty("invalid", "true")
            self._until.style().polish(self._until)
            self._until.setFocus()
            return None
        return Decision(self._item.item_id, status, until, self._item.version)

"""Promises as lines: on a waiting list until a day, or a place free from a day on; each leads to its inquiry."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.matching.promises import Promise
from ui import formats
from ui.translation import tr
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words


class PromisesView(QWidget):
    """`who` is what stands at the beginning of a line: the patient's name or the practice's."""

    def __init__(self, who: Callable[[Promise], str], visit: Callable[[int], None]) -> None:
        super().__init__()
        self._who, self._visit = who, visit
        self.setAccessibleName(tr("Zusagen"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.hide()

    def show_promises(self, promises: Sequence[Promise], *, today: date) -> None:
        """Show these; without any there is nothing to see."""
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if promises:
            places = any(promise.place_from is not None for promise in promises)
            self._column.addWidget(words(tr("Zusagen") if places else tr("Warteliste"), "heading"))
        for promise in promises:
            who = self._who(promise)
            line = words(f"{who}: {said(promise, today=today)}", "error" if is_due(promise, today=today) else "")
            visit = button(
                tr("Anfrage öffnen"), partial(self._visit, promise.inquiry_id), name=f"{who}: {tr('Anfrage öffnen')}"
            )
            self._column.addWidget(row(line, visit, stretch=(1, 0)))
        self.setVisible(bool(promises))


def is_due(promise: Promise, *, today: date) -> bool:
    """Whether the day that was named has come: the list's last, or the place's first."""
    day = promise.place_from or promise.until
    return day is not None and day <= today


def said(promise: Promise, *, today: date) -> str:
    """Zugesagt am 03.11.2026, bis 01.02.2027; or from when the place is free."""
    parts = []
    if promise.place_from is not None:
        day = formats.day(promise.place_from)
        due = is_due(promise, today=today)
        parts.append(
            tr("Platz seit {day} frei, noch nicht begonnen").format(day=day)
            if due
            else tr("Platz frei ab {day}").format(day=day)
        )
    if promise.promised_on is not None:
        parts.append(tr("zugesagt am {day}").format(day=formats.day(promise.promised_on)))
    if promise.place_from is not None:
        return ", ".join(parts)
    if promise.until is None:
        parts.append(tr("ohne Datum"))
    elif is_due(promise, today=today):
        parts.append(tr("fällig seit {day}, bitte nachfragen").format(day=formats.day(promise.until)))
    else:
        parts.append(tr("bis {day}").format(day=formats.day(promise.until)))
    return ", ".join(parts)

"""Practices a patient must not be offered to, with the reason, and the way back."""

from collections.abc import Sequence
from functools import partial

from domain.casework.exclusions import allow_again
from domain.matching.searches import ExclusionRow, exclusions_of
from ui import formats
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import Card, button, row
from ui.widgets.forms import label as words


class ExclusionsCard(Card):
    """One line an exclusion. New ones are made where the practice is seen: on the page Vermittlung."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__(tr("Nicht vorgeschlagene Praxen"))
        self._ui = ui
        self._head = self.column.count()

    def show_patient(self, patient_id: int) -> None:
        """Load a patient's exclusions."""
        self._ui.background.read(self, lambda s: exclusions_of(s, patient_id), self._show, key="exclusions")

    def _show(self, found: Sequence[ExclusionRow]) -> None:
        while self.column.count() > self._head:
            item = self.column.takeAt(self._head)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for exclusion in found:
            text = f"{exclusion.whom}: {exclusion.reason}"
            if exclusion.ends_on:
                text += " " + tr("(bis {day})").format(day=formats.day(exclusion.ends_on))
            line = words(text)
            line.setWordWrap(True)
            again = button(
                tr("Wieder vorschlagen"),
                partial(self._remove, exclusion.exclusion_id),
                name=f"{exclusion.whom}: {tr('Wieder vorschlagen')}",
            )
            self.add(row(line, again, stretch=(1, 0)))
        if not found:
            self.add(words(tr("Keine. Auf der Seite Vermittlung lässt sich eine Praxis ausschließen."), "muted"))

    def _remove(self, exclusion_id: int) -> None:
        now = self._ui.now()
        self._ui.background.write(
            self,
            lambda s: allow_again(s, exclusion_id, now=now),
            lambda _: self._ui.messages.success(tr("Die Praxis wird wieder vorgeschlagen.")),
        )

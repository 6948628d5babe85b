"""Whom an inquiry asks for: the practice's best patients as a list to tick, those ticked on top."""

from collections.abc import Collection, Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from domain.matching.best_patients import PatientCandidate
from ui import formats
from ui.labels import rule_reason
from ui.translation import tr

SEARCH = Qt.ItemDataRole.UserRole
NAME = Qt.ItemDataRole.UserRole + 1


class PatientTicks(QListWidget):
    """One line a person: name, what there is to know, and what stands against or is unknown."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Patienten dieser Anfrage"))

    def offer(self, candidates: Sequence[PatientCandidate], ticked: Collection[int], *, today: date) -> None:
        """Show these; `ticked` are searches. Nobody hears of it as a change."""
        blocked = self.blockSignals(True)
        self.clear()
        # who is ticked stands at the top, in sight
        for candidate in sorted(candidates, key=lambda c: c.search_id not in ticked):
            self.addItem(_item(candidate, ticked=candidate.search_id in ticked, today=today))
        self.blockSignals(blocked)

    def chosen(self) -> list[int]:
        """The ticked searches."""
        return [int(item.data(SEARCH)) for item in self._ticked()]

    def names(self) -> list[str]:
        """Of whom is ticked."""
        return [str(item.data(NAME)) for item in self._ticked()]

    def _ticked(self) -> list[QListWidgetItem]:
        items = [self.item(number) for number in range(self.count())]
        return [item for item in items if item.checkState() == Qt.CheckState.Checked]


def _item(candidate: PatientCandidate, *, ticked: bool, today: date) -> QListWidgetItem:
    reasons = [rule_reason(rule) for rule in candidate.broken] + [
        rule_reason(rule, unknown=True) for rule in candidate.unknown
    ]
    facts = [
        formats.age(candidate.age),
        formats.waiting(candidate.waiting_since, today),
        formats.distance(candidate.distance_km),
    ]
    text = f"{candidate.name}\n{' · '.join(facts)}"
    if reasons:
        text += f"\n{', '.join(reasons)}"
    item = QListWidgetItem(text)
    item.setData(SEARCH, candidate.search_id)
    item.setData(NAME, candidate.name)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
    item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
    return item

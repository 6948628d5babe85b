"""Warum nicht? The therapists each rule sorts out, and those nobody can judge yet, with the nearest names."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from domain.matching.candidates import Candidates, PracticeCandidate, RuleGroup
from ui import formats, icons
from ui.labels import rule_reason
from ui.translation import ntr, tr


class WhyNot(QTreeWidget):
    """Groups by rule; a name opens the record."""

    opened = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Warum nicht?"))
        self.setHeaderLabels([tr("Grund"), tr("Weg")])
        self.setUniformRowHeights(True)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setStretchLastSection(False)
        self.header().resizeSection(1, 92)
        self.itemActivated.connect(self._open)

    def show_candidates(self, found: Candidates) -> None:
        """Other groups."""
        self.clear()
        for group in found.unknown:
            self._add(group, unknown=True)
        for group in sorted(found.excluded, key=lambda g: -g.count):
            self._add(group, unknown=False)

    def _add(self, group: RuleGroup, *, unknown: bool) -> None:
        reason = rule_reason(group.rule, unknown=unknown)
        top = QTreeWidgetItem([reason, ntr(group.count, "{n} Praxis", "{n} Praxen")])
        top.setToolTip(0, reason)
        top.setIcon(0, icons.icon("info", "warning") if unknown else icons.icon("ban", "muted"))
        self.addTopLevelItem(top)
        for candidate in group.nearest:
            top.addChild(self._line(candidate))
        if group.count > len(group.nearest):
            rest = group.count - len(group.nearest)
            top.addChild(QTreeWidgetItem([ntr(rest, "und {n} weitere", "und {n} weitere"), ""]))

    @staticmethod
    def _line(candidate: PracticeCandidate) -> QTreeWidgetItem:
        line = QTreeWidgetItem(
            [
                ", ".join(part for part in (candidate.name, candidate.city) if part),
                formats.distance(candidate.distance_km),
            ]
        )
        line.setData(0, Qt.ItemDataRole.UserRole, candidate.therapist_id)
        return line

    def _open(self, item: QTreeWidgetItem) -> None:
        therapist_id = item.data(0, Qt.ItemDataRole.UserRole)
        if therapist_id is not None:
            self.opened.emit(int(therapist_id))

"""Gruppen: practices with a group and the patients who could join it together; one key prepares the inquiry."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from domain.matching.groups import GroupSet, group_sets
from ui import formats
from ui.changes import Refresher
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words


class GroupsView(QWidget):
    """One line a set, its people below it."""

    chosen = Signal(int, object)  # therapist, searches

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._sets: tuple[GroupSet, ...] = ()
        self._head = words("", "muted")
        self._head.setWordWrap(True)
        self._list = QTreeWidget()
        self._list.setAccessibleName(tr("Vorgeschlagene Gruppen"))
        self._list.setHeaderLabels([tr("Praxis"), tr("Menschen"), tr("Wartet"), tr("Gemeinsame Zeit")])
        self._list.setUniformRowHeights(True)
        header = self._list.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(1, 110)
        header.resizeSection(2, 110)
        self._ask = button(tr("Anfrage &vorbereiten"), self._on_ask, role="primary", icon="send")
        self._ask.setEnabled(False)
        self._list.itemActivated.connect(lambda *_: self._on_ask())
        self._list.itemSelectionChanged.connect(lambda: self._ask.setEnabled(bool(self._list.selectedItems())))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 0)
        outer.addWidget(self._head)
        outer.addWidget(self._list, 1)
        outer.addWidget(row(self._ask))
        Refresher(self, ui.changes, ("place_search", "inquiry", "therapist", "patient"), self.refresh)

    def refresh(self) -> None:
        """Look for sets again."""
        now = self._ui.now()
        self._ui.background.read(self, lambda s: group_sets(s, now=now), self._show, key="groups")

    def _show(self, found: Sequence[GroupSet]) -> None:
        self._sets = tuple(found)
        self._list.clear()
        today = self._ui.today()
        for number, one in enumerate(found):
            longest = min(member.waiting_since for member in one.members)
            top = QTreeWidgetItem(
                [
                    ", ".join(part for part in (one.therapist, one.city) if part),
                    ntr(len(one.members), "{n} Person", "{n} Personen"),
                    formats.waiting_short(longest, today),
                    formats.week(one.times) if one.times else tr("noch nicht bekannt"),
                ]
            )
            top.setData(0, Qt.ItemDataRole.UserRole, number)
            for member in one.members:
                line = QTreeWidgetItem(
                    [
                        member.name,
                        formats.distance(member.distance_km),
                        formats.waiting_short(member.waiting_since, today),
                    ]
                )
                line.setData(0, Qt.ItemDataRole.UserRole, number)
                top.addChild(line)
            self._list.addTopLevelItem(top)
            top.setExpanded(True)
        self._head.setText(
            tr("Diese Menschen sind offen für eine Gruppe und könnten zusammen in einer sitzen.")
            if found
            else tr(
                "Keine Gruppe zu bilden: Es braucht eine Praxis mit Gruppenplätzen und drei Menschen in der Nähe,"
                " die für eine Gruppe offen sind (Patienten, Wünsche)."
            )
        )

    def _on_ask(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            one = self._sets[int(item.data(0, Qt.ItemDataRole.UserRole))]
            self.chosen.emit(one.therapist_id, [member.search_id for member in one.members])

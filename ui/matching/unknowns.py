"""Nicht beurteilbar: the facts that are missing, each with one key to the field that wants filling."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from domain.matching.unknowns import MissingFact, Side, missing_everywhere, missing_facts
from ui import formats, icons
from ui.labels import label
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words
from ui.widgets.tips import plain

PAGES = {Side.PATIENT: "patients", Side.THERAPIST: "therapists"}


class Unknowns(QWidget):
    """The chosen search's missing facts, or those of the whole office."""

    counted = Signal(int)

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._search_id: int | None = None
        self._everywhere = False
        self._head = words("", "muted")
        self._head.setWordWrap(True)
        self._list = QTreeWidget()
        self._list.setAccessibleName(tr("Fehlende Angaben"))
        self._list.setHeaderLabels([tr("Fehlt"), tr("Bei wem"), tr("Weg")])
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.header().setStretchLastSection(False)
        self._list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self._list.header().resizeSection(0, 118)
        self._list.header().resizeSection(2, 64)
        self._list.itemActivated.connect(lambda item, _: self._fill(item))
        self._go = button(tr("&Ergänzen"), lambda: self._fill(self._list.currentItem()), role="primary", icon="pencil")
        self._go.setEnabled(False)
        self._list.itemSelectionChanged.connect(lambda: self._go.setEnabled(bool(self._list.selectedItems())))
        self._all = button(tr("&Im ganzen Büro"), self._toggle, icon="building-2")
        self._all.setCheckable(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(4, 8, 4, 4)
        outer.addWidget(self._head)
        outer.addWidget(self._list, 1)
        outer.addWidget(row(self._go, self._all))

    def show_search(self, search_id: int) -> None:
        """Ask for the facts a search lacks."""
        self._search_id = search_id
        self._ask()

    def _toggle(self) -> None:
        self._everywhere = self._all.isChecked()
        self._ask()

    def _ask(self) -> None:
        search_id, now, today = self._search_id, self._ui.now(), self._ui.today()
        if self._everywhere:
            self._ui.background.read(self, lambda s: missing_everywhere(s, today=today), self._show, key="missing")
        elif search_id is not None:
            self._ui.background.read(self, lambda s: missing_facts(s, search_id, now=now), self._show, key="missing")

    def _show(self, found: Sequence[MissingFact]) -> None:
        self._list.clear()
        for fact in found:
            who = ", ".join(part for part in (fact.name, fact.city) if part)
            if fact.side is Side.PATIENT and fact.practices:
                who += " (" + ntr(fact.practices, "für {n} Praxis", "für {n} Praxen") + ")"
            field = label("missing", fact.field)
            way = "" if fact.distance_km is None else formats.distance(fact.distance_km)
            item = QTreeWidgetItem([field, who, way])
            item.setToolTip(1, plain(who))
            icon = "users" if fact.side is Side.PATIENT else "stethoscope"
            item.setIcon(0, icons.icon(icon, "muted"))
            item.setData(0, Qt.ItemDataRole.UserRole, (fact.side, fact.record_id, fact.field))
            self._list.addTopLevelItem(item)
        self._head.setText(
            tr("Ohne diese Angaben lässt sich nicht sagen, ob jemand passt. Eingabetaste öffnet das Feld.")
            if found
            else tr("Es fehlt nichts: Alle Praxen in der Nähe lassen sich beurteilen.")
        )
        self._list.setColumnHidden(2, all(fact.distance_km is None for fact in found))
        self._go.setEnabled(False)
        if not self._everywhere:
            self.counted.emit(len(found))

    def _fill(self, item: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        side, record_id, field = item.data(0, Qt.ItemDataRole.UserRole)
        self._ui.navigate(PAGES[Side(side)], record_id, field)

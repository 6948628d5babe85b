"""Karte: filters, list and short card at the left, the map at the right; list and map select together."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QSplitter

from domain.therapists.on_map import ids_with_text
from ui import formats
from ui.map.overview.areas import AreaTools
from ui.map.overview.card import PracticeCard
from ui.map.overview.filters import MapFilters
from ui.map.overview.listing import ShownList
from ui.map.overview.news import MapNews
from ui.map.overview.patient import Judged, PatientTools
from ui.map.overview.pin import PinBar
from ui.map.overview.saving import SavingMenu
from ui.map.overview.selection import Selected, Selection, select
from ui.map.overview.store import MapStore
from ui.map.overview.together import TogetherButton
from ui.map.shapes import Point, region
from ui.map.tile_setting import TILES, TileSetting
from ui.map.view import MapView
from ui.page import PageWidget
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.forms import button, column, row
from ui.widgets.forms import label as words

LEFT, RIGHT = 372, 760


class MapPage(PageWidget):
    """All therapists on one map. An item is a therapist; a negative one a search, shown with its candidates."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__(ui)
        self._wanted = Selection()
        self._selected = Selected((), {})
        self._chosen: int | None = None
        self._bound_for: int | None = None  # whom the map shall go to once the marker stands
        self._area_name = ""
        self._store = MapStore(ui, self)
        self._view = MapView(ui.state.home / TILES)
        TileSetting(ui, self._view)
        self._filters = MapFilters(lambda: self._list.view)
        self._list = ShownList()
        self._card = PracticeCard(ui)
        self._count = words("", "muted")
        self._within = button("", self._leave_area, role="link", icon="x")
        self._together = TogetherButton(ui)
        self._patient = PatientTools(ui)
        self._areas = AreaTools(ui, self._view)
        self.saving = SavingMenu(ui, self._view, heading=self._heading, rows=lambda: self._list.model.rows)
        left = column(
            self._filters,
            row(self._count, self._filters.reset_button, stretch=(1, 0)),
            self._within,
            self._list,
            self._together,
            stretch_end=False,
        )
        left.setMinimumWidth(320)
        tools = row(self._patient, self._areas, row(), self.saving, stretch=(0, 0, 1, 0))
        self._pins = PinBar(ui, self._view)
        right = column(tools, self._pins, self._view, self._card, stretch_end=False)
        box = right.layout()
        assert isinstance(box, QBoxLayout)
        box.setStretchFactor(self._view, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(right)
        split.setSizes([LEFT, RIGHT])
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        ui.state.bind_splitter("map", split)
        self.body.addWidget(split, 1)
        self._within.hide()
        self._connect()

    def _connect(self) -> None:
        self._filters.changed.connect(self._apply)
        self._filters.searched.connect(self._search_text)
        self._store.changed.connect(self._apply)
        self._store.completed.connect(self._find_region)
        self._store.few.connect(self._apply_few)
        self._patient.judged.connect(self._take_judged)
        self._areas.chosen.connect(self._take_area)
        self._list.selected.connect(self._choose)
        self._list.activated.connect(self._view.visit)
        self._view.selected.connect(self._choose_on_map)
        self._view.drawn.connect(lambda _: self._arrive())
        self._view.fanned.connect(self._take_fanned)
        self._card.visited.connect(self._view.visit)
        self._card.pin_wanted.connect(self._move_pin)
        MapNews(self, self.ui.changes).arrived.connect(self._store.hear)

    def refresh(self) -> None:
        """Everything again."""
        self._store.load()
        self._patient.judge_again()

    def open_item(self, item_id: int) -> None:
        """Show a therapist, or (negative) a search with its candidates."""
        if item_id < 0:
            self.show_search(-item_id)
            return
        self._patient.leave()
        self._areas.clear()
        self._filters.reset()
        self._bound_for = item_id
        self._choose_on_map(item_id)
        self._arrive()

    def show_search(self, search_id: int) -> None:
        """Show the candidates of one patient's search, around where the patient lives."""
        self._patient.judge(search_id)

    def _take_judged(self, judged: Judged | None) -> None:
        """Another patient, the same one judged again, or nobody."""
        self._areas.show_search(None if judged is None else judged.search)
        if judged is None:
            self._view.clear_center()
        elif judged.search.lat is not None and judged.search.lon is not None:
            at = judged.search
            self._view.set_center(judged.search.lat, judged.search.lon, at.radius_km, at.name)
        self._wanted = replace(self._wanted, candidates=None if judged is None else {m.id: m for m in judged.markers})
        self._apply()

    def _search_text(self, text: str) -> None:
        if not text:
            self._wanted = replace(self._wanted, text=None)
            self._apply()
            return

        def arrive(found: frozenset[int]) -> None:
            self._wanted = replace(self._wanted, text=found)
            self._apply()

        self.ui.background.read(self, lambda s: ids_with_text(s, text), arrive, key="text")

    def _take_area(self, lines: list[tuple[Point, ...]], name: str) -> None:
        self._wanted = replace(self._wanted, area=tuple(lines))
        self._area_name = name
        self._apply()

    def _take_fanned(self, therapists: list[int]) -> None:
        """Those at one address, in the list; the map keeps the others."""
        self._list.show_rows(
            [one for one in self._selected.shown if one.place.therapist_id in set(therapists)], complete=True
        )
        self._show_within(fanned=len(therapists))

    def _leave_area(self) -> None:
        self._areas.clear()

    def _apply(self) -> None:
        self._wanted = replace(self._wanted, facets=self._filters.facets())
        wanted, everybody = self._wanted, self._store.everybody()
        self.ui.background.local(self, lambda: select(everybody, wanted), self._show, key="select")

    def _find_region(self) -> None:
        everybody = self._store.everybody()

        def work() -> tuple[float, float, float, float] | None:
            return region([(one.place.lat, one.place.lon) for one in everybody]) if everybody else None

        def arrive(found: tuple[float, float, float, float] | None) -> None:
            if found is not None:
                self._view.set_region(*found)

        self.ui.background.local(self, work, arrive, key="region")

    def _apply_few(self, changed: list[int]) -> None:
        """The markers of these at once; list and counts, which need all of them, a moment later."""
        known = [one for number in changed if (one := self._store.get(number)) is not None]
        passing = [one.marker for one in select(known, self._wanted).shown]
        self._view.change_markers(passing, gone=set(changed) - {marker.id for marker in passing})
        self._apply()

    def _show(self, selected: Selected) -> None:
        self._selected = selected
        self._filters.show_counts(selected.counts)
        self._view.set_markers([one.marker for one in selected.shown])
        store = self._store
        self._list.show_rows(selected.shown, complete=store.complete, anybody=bool(store.everybody()))
        self._show_within()
        if self._chosen is not None:
            self._show_card(self._chosen)

    def _show_within(self, fanned: int = 0) -> None:
        number = fanned or len(self._selected.shown)
        said = [practices(number)]
        if self._store.placeless and not fanned and self._patient.search is None:
            said.append(tr("{n} ohne Ort").format(n=formats.thousands(self._store.placeless)))
        if not self._store.complete:
            said.append(tr("wird geladen …"))
        self._count.setText(" · ".join(said))
        limited = bool(self._wanted.area) or bool(fanned)
        text = tr("Nur: {area} – alle zeigen").format(area=tr("an dieser Adresse") if fanned else self._area_name)
        self._within.setText(f" {text}")
        self._within.setAccessibleName(text)
        self._within.setVisible(limited)
        self._together.show_rows(self._list.model.rows, self._patient.search)

    def _arrive(self) -> None:
        number = self._bound_for
        if number is not None and self._store.get(number) is not None and self._view.has_drawn(number):
            self._bound_for = None
            self._view.visit(number)

    def _choose(self, therapist_id: int) -> None:
        self._chosen = therapist_id
        self._view.set_selected(therapist_id)
        self._show_card(therapist_id)

    def _choose_on_map(self, therapist_id: int) -> None:
        self._list.choose(therapist_id)
        self._choose(therapist_id)

    def _show_card(self, therapist_id: int) -> None:
        one = next((o for o in self._selected.shown if o.place.therapist_id == therapist_id), None)
        search = self._patient.search
        self._card.show_practice(one, None if search is None else (search.search_id, search.name))

    def _move_pin(self, therapist_id: int) -> None:
        one = self._store.get(therapist_id)
        if one is not None:
            self._pins.begin(one)

    def _heading(self) -> list[str]:
        """What stands above the printed map; never whose search it is."""
        what = [practices(len(self._selected.shown)), *self._filters.words()]
        if self._wanted.area:
            what.append(self._area_name)
        return [tr("Karte der Praxen"), f"{tr('Stand')} {formats.moment(self.ui.now())}", " · ".join(what)]


def practices(number: int) -> str:
    """1 Praxis, 40.000 Praxen."""
    return ntr(number, "{n} Praxis", "{n} Praxen").replace(str(number), formats.thousands(number), 1)

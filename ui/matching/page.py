"""Vermittlung: the searches at the left, who fits in the middle; map, inquiry and "Warum nicht?" at the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter

from domain.casework.batches.gathering import Gathered, gather_practices
from domain.database import Session
from domain.matching.candidates import FIT_LIMIT, Candidates, SkillWish, candidates_for_search
from domain.matching.listing import SearchRow, find_search, list_searches
from ui import formats
from ui.changes import Refresher
from ui.labels import label
from ui.mail.batches.gathered import gathered_words
from ui.map.candidates import candidate_markers
from ui.map.tile_setting import TILES, TileSetting
from ui.map.view import MapView
from ui.matching.composer import InquiryComposer
from ui.matching.groups import GroupsView
from ui.matching.reach_bar import ReachBar
from ui.matching.relaxing import RelaxingView
from ui.matching.results import ResultTable
from ui.matching.search_actions import SearchActions
from ui.matching.skills import SkillFilter, fit_words
from ui.matching.unknowns import Unknowns
from ui.matching.ways import WaysLine
from ui.matching.week_plan import WeekPlanView
from ui.matching.why_not import WhyNot
from ui.page import PageWidget
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.columns import Column
from ui.widgets.forms import button, column, tabbed
from ui.widgets.forms import label as words
from ui.widgets.paged_table import PagedTable
from ui.widgets.search_field import SearchField

SEARCH_CHIPS = {"active": "info", "paused": "warning", "tentative": "success", "draft": "neutral"}
INQUIRY_TAB, MAP_TAB, UNKNOWN_TAB = 0, 1, 3
EVERYBODY = 100_000  # practices: more than there are
LIST_WIDTH = 252  # a name and its state can be read, whatever the other columns ask for


class MatchingPage(PageWidget):
    """The main job. A negative item opens the page turned round: one practice, its best patients."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__(ui)
        self._search_id: int | None = None
        self._filter = SearchField(tr("Suchen filtern"), tr("Name oder Ort"), lambda: self._searches.view)
        self._searches = PagedTable(
            name="searches",
            title=tr("Laufende Suchen"),
            background=ui.background,
            fetch=lambda session, query: list_searches(session, query, today=ui.today()),
            columns=(
                Column(tr("Name"), 0, text=lambda r: r.name, second=self._facts_of, sort="name"),
                Column(tr("Stand"), 96, chip=self._chip, sort="status"),
                Column(
                    tr("Wartet"),
                    84,
                    text=lambda r: formats.waiting_short(r.waiting_since, ui.today()),
                    sort="waiting",
                    spare=True,
                ),
            ),
            row_id=lambda record: record.search_id,
            empty=tr("Keine laufende Suche. Beginnen Sie eine auf der Seite Patienten."),
            state=ui.state,
            sort=("waiting", False),
        )
        self._head = words("", "heading")
        self._facts = words(tr("Wählen Sie links eine Suche."), "muted")
        self._total = words("", "muted")
        self._limit = FIT_LIMIT
        self._all = button("", self._show_all, role="link")
        self._all.hide()
        self._actions = SearchActions(ui)
        self._together = button("", self._ask_together, icon="send")
        self._together.hide()
        self._skills = SkillFilter(ui)
        self._results = ResultTable()
        self._ways = WaysLine(ui)
        self._why = WhyNot()
        self._composer = InquiryComposer(ui)
        self._map = MapView(ui.state.home / TILES)
        TileSetting(ui, self._map)
        self._tabs = tabbed(tr("Anfrage, Karte, Gründe"))
        self._tabs.addTab(self._composer, tr("Anfrage"))
        self._reach = ReachBar(ui, self._map)
        self._tabs.addTab(column(self._reach, self._map, stretch_end=False), tr("Karte"))
        self._relaxing = RelaxingView(ui)
        self._tabs.addTab(column(self._why, self._relaxing, stretch_end=False), tr("Warum nicht?"))
        self._unknowns = Unknowns(ui)
        self._tabs.addTab(self._unknowns, tr("Fehlt"))
        self._unknowns.counted.connect(
            lambda n: self._tabs.setTabText(UNKNOWN_TAB, tr("Fehlt ({n})").format(n=n) if n else tr("Fehlt"))
        )
        split = QSplitter(Qt.Orientation.Horizontal)
        waiting = column(self._filter, self._searches, stretch_end=False)
        waiting.setMinimumWidth(LIST_WIDTH)
        split.addWidget(waiting)
        split.addWidget(
            column(
                self._head,
                self._facts,
                self._actions,
                self._skills,
                self._total,
                self._all,
                self._ways,
                self._results,
                self._together,
                stretch_end=False,
            )
        )
        split.addWidget(self._tabs)
        split.setSizes([290, 512, 342])
        split.setChildrenCollapsible(False)
        ui.state.bind_splitter("matching", split)
        self._week = WeekPlanView(ui)
        self._views = tabbed(tr("Suchen und Wochenplan"))
        self._views.currentChanged.connect(lambda _: ui.messages.turn())
        self._views.setDocumentMode(True)
        self._views.tabBar().setDrawBase(False)
        self._views.addTab(split, tr("Suchen"))
        self._views.addTab(self._week, tr("Wochenplan"))
        self._groups = GroupsView(ui)
        self._groups.chosen.connect(self._prepare_group)
        self._views.addTab(self._groups, tr("Gruppen"))
        self.body.addWidget(self._views, 1)
        self._connect()

    def _connect(self) -> None:
        ui = self.ui
        self._filter.textChanged.connect(lambda text: self._searches.show_query(text=text))
        self._searches.widen.connect(self._filter.clear)
        self._searches.selected.connect(self._choose)
        self._results.selected.connect(self._choose_practice)
        self._results.selected.connect(lambda _: ui.messages.turn())
        self._results.clicked.connect(self._show_clicked)
        self._results.several.connect(self._offer_together)
        self._results.activated.connect(lambda i: ui.navigate("therapists", i))
        self._skills.changed.connect(self._judge)
        self._ways.found.connect(self._results.show_ways)
        self._map.selected.connect(self._on_map)
        self._why.opened.connect(lambda i: ui.navigate("therapists", i))
        self._composer.sent.connect(lambda _: self._results.unmark())
        self._composer.sent.connect(lambda _: self._judge())
        self._composer.sent.connect(lambda _: self._results.view.setFocus())  # where the next practice is chosen
        Refresher(self, ui.changes, ("place_search", "inquiry", "inquiry_item", "therapist", "patient"), self.refresh)

    def _facts_of(self, row: SearchRow) -> str:
        waiting = formats.waiting_short(row.waiting_since, self.ui.today())
        asked = ntr(row.open_inquiries, "{n} Anfrage", "{n} Anfragen") if row.open_inquiries else row.city
        return " · ".join(part for part in (waiting, asked) if part)

    @staticmethod
    def _chip(row: SearchRow) -> tuple[str, str]:
        return label("search_status", row.status), SEARCH_CHIPS.get(row.status.value, "neutral")

    def refresh(self) -> None:
        """Searches and candidates again."""
        self._searches.refresh()
        self._skills.refresh()
        self._judge()
        self._composer.look_again()

    def open_item(self, item_id: int) -> None:
        """A search, or (negative) a practice with its best patients."""
        self._views.setCurrentIndex(0)
        if item_id < 0:
            self._tabs.setCurrentIndex(INQUIRY_TAB)
            if self._searches.chosen_id() is None:
                self._searches.select(None)  # the search of last time is not opened over the practice
            self._composer.show_therapist(-item_id, None)
            return
        self._searches.select(item_id)
        self._choose(item_id)

    def open_field(self, item_id: int, field: str) -> None:
        """A search with the inquiry to the therapist whose number `field` is."""
        self.open_item(item_id)
        if field.isdigit():
            self._tabs.setCurrentIndex(INQUIRY_TAB)
            self._choose_practice(int(field))

    def show_view(self, number: int) -> None:
        """Bring searches, the week's plan or groups to the front."""
        self._views.setCurrentIndex(number)

    def show_tab(self, number: int) -> None:
        """Bring inquiry, map or reasons to the front."""
        self._tabs.setCurrentIndex(number)

    def _choose(self, search_id: int) -> None:
        if search_id != self._search_id:
            self._composer.leave_search(search_id)
            self._results.clear()
            self._map.set_selected(None)
            self._skills.clear()
            self._limit = FIT_LIMIT
        self._search_id = search_id
        self._judge()

    def _judge(self) -> None:
        search_id = self._search_id
        if search_id is None:
            return
        now, today, wish, limit = self.ui.now(), self.ui.today(), self._skills.wish(), self._limit

        def work(session: Session) -> tuple[SearchRow | None, Candidates]:
            found = candidates_for_search(session, search_id, now=now, limit=limit, wish=wish)
            return find_search(session, search_id, today=today), found

        self.ui.background.read(self, work, lambda both: self._show(*both, wish), key="candidates")

    def _show(self, row: SearchRow | None, found: Candidates, wish: SkillWish) -> None:
        self._actions.setVisible(row is not None)
        self._reach.show_search(row)
        if row is None:
            self._facts.setText(tr("Diese Suche ist beendet."))
        else:
            self._head.setText(row.name)
            facts = [
                formats.age(row.age),
                f"{row.plz} {row.city}".strip(),
                formats.waiting(row.waiting_since, self.ui.today()),
            ]
            facts.append(tr("höchstens {n} km").format(n=row.radius_km))
            self._facts.setText(" · ".join(fact for fact in facts if fact))
            self._actions.show_search(row)
            if row.lat is not None and row.lon is not None:
                self._map.set_center(row.lat, row.lon, row.radius_km, row.name)
        self._total.setText(self._resting(row) or self._counted(found, wish))
        rest = found.fit_total - len(found.fit)
        self._all.setVisible(rest > 0)
        self._all.setText(tr("Nur die besten {n} stehen hier. Alle zeigen").format(n=formats.thousands(len(found.fit))))
        self._all.setAccessibleName(self._all.text())
        self._results.show_candidates(found.fit, self.ui.now(), found.search_id, skill="" if wish.only else wish.skill)
        self._ways.show_list(found.search_id, [c.therapist_id for c in found.fit])
        self._why.show_candidates(found)
        self._map.set_markers(candidate_markers(found))
        self._relaxing.show_search(found.search_id)
        self._unknowns.show_search(found.search_id)

    def _show_all(self) -> None:
        """However many fit; the next search begins with the best again."""
        self._limit = EVERYBODY
        self._judge()

    @staticmethod
    def _resting(row: SearchRow | None) -> str:
        """Why nobody fits a search that does not run now."""
        if row is not None and row.status == "paused":
            return tr("Die Suche pausiert: Bis sie fortgesetzt wird, passt niemand.")
        if row is not None and row.status == "tentative":
            promised = tr("Für {name} liegt eine Zusage vor; gesucht wird erst weiter, wenn sie nicht zustande kommt.")
            return promised.format(name=row.name)
        return ""

    @staticmethod
    def _counted(found: Candidates, wish: SkillWish) -> str:
        unknown = sum(group.count for group in found.unknown)
        return fit_words(found, wish) + (" · " + tr("{n} nicht beurteilbar").format(n=unknown) if unknown else "")

    def _prepare_group(self, therapist_id: int, searches: list[int]) -> None:
        self._views.setCurrentIndex(0)
        self._tabs.setCurrentIndex(INQUIRY_TAB)
        self._composer.show_therapist(therapist_id, None, together=searches)

    def _choose_practice(self, therapist_id: int) -> None:
        self._composer.show_therapist(therapist_id, self._search_id)
        self._map.set_selected(therapist_id)

    def _show_clicked(self, therapist_id: int) -> None:
        """A row that was marked before tells of no choice, though another practice may be shown."""
        if not self._composer.is_about(therapist_id, self._search_id):
            self._choose_practice(therapist_id)

    def _offer_together(self, therapists: list[int]) -> None:
        words = ntr(len(therapists), "{n} Praxis anfragen …", "{n} Praxen zusammen anfragen …")
        self._together.setText(f" {words}")
        self._together.setAccessibleName(words)
        self._together.setVisible(len(therapists) > 1)

    def _ask_together(self) -> None:
        """The chosen practices as a batch to look through; nothing is sent yet."""
        search_id, chosen = self._search_id, self._results.chosen()
        if search_id is None:
            return

        def done(gathered: Gathered) -> None:
            self.ui.navigate("mail", gathered.batch_id, "batch")
            self.ui.messages.info(gathered_words(gathered))

        self.ui.background.write(self, lambda s: gather_practices(s, search_id=search_id, therapist_ids=chosen), done)

    def _on_map(self, therapist_id: int) -> None:
        self._results.select(therapist_id)
        self._composer.show_therapist(therapist_id, self._search_id)

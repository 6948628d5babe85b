"""The patient around whom the map shows candidates: chosen from the running searches, judged again when news come."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QVBoxLayout, QWidget

from domain.database import Session
from domain.errors import NotFound
from domain.matching.candidates import candidates_for_search
from domain.matching.listing import SearchRow, find_search, list_searches
from ui import formats
from ui.changes import Refresher
from ui.errors import describe
from ui.map.candidates import candidate_markers
from ui.map.markers import MapMarker
from ui.ports import UiContext
from ui.theme import SPACE
from ui.translation import tr
from ui.widgets.columns import Column
from ui.widgets.forms import button
from ui.widgets.paged_table import PagedTable
from ui.widgets.search_field import SearchField

TOPICS = ("place_search", "patient", "inquiry", "inquiry_item", "therapist", "exclusion", "consent")


@dataclass(frozen=True, slots=True)
class Judged:
    """A search and its candidates as markers."""

    search: SearchRow
    markers: tuple[MapMarker, ...]


class PatientTools(QWidget):
    """Who the map is about. `judged` carries the judgement, None for nobody."""

    judged = Signal(object)

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self.search: SearchRow | None = None
        self._asked: int | None = None  # whose judgement is wanted: one that comes after somebody left is not
        self._choose = button(tr("&Patient wählen …"), self._on_choose, icon="users")
        self._none = button(tr("&Ohne Patient"), self.leave, icon="x")
        self._none.hide()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE)
        line.addWidget(self._choose)
        line.addWidget(self._none)
        Refresher(self, ui.changes, TOPICS, self.judge_again)

    def judge(self, search_id: int) -> None:
        """Ask who fits this search."""
        now, today = self._ui.now(), self._ui.today()
        self._asked = search_id

        def work(session: Session) -> Judged | None:
            search = find_search(session, search_id, today=today)
            if search is None:
                return None
            return Judged(search, tuple(candidate_markers(candidates_for_search(session, search_id, now=now))))

        def arrive(judged: Judged | None) -> None:
            if self._asked == search_id:
                self._arrive(judged)

        self._ui.background.read(self, work, arrive, self._failed, key="judge")

    def judge_again(self) -> None:
        """The same once more: who is wanted, also where somebody else is still shown."""
        if self._asked is not None:
            self.judge(self._asked)

    def _on_choose(self) -> None:
        dialog = PatientChoice(self._ui, self)
        dialog.chosen.connect(self.judge)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _arrive(self, judged: Judged | None) -> None:
        if judged is None:
            self._ui.messages.info(tr("Diese Suche ist beendet."))
            self.leave()
            return
        new = self.search is None or self.search.search_id != judged.search.search_id
        self.search = search = judged.search
        # an ampersand in a name is none of a mnemonic
        name = search.name.replace("&", "&&")
        self._choose.setText(" " + tr("{name}, {km} km").format(name=name, km=search.radius_km))
        self._none.show()
        if new and search.lat is None:
            self._ui.messages.warning(
                tr("Von {name} ist kein Ort bekannt: Der Umkreis fehlt.").format(name=search.name)
            )
        self.judged.emit(judged)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, NotFound):
            self._arrive(None)
        else:
            self._ui.messages.error(describe(error))

    def leave(self) -> None:
        """Nobody any more."""
        self._asked = None
        if self.search is None:
            return
        self.search = None
        self._choose.setText(" " + tr("&Patient wählen …"))
        self._none.hide()
        self.judged.emit(None)


class PatientChoice(QDialog):
    """The running searches; `chosen` carries the search's id."""

    chosen = Signal(int)

    def __init__(self, ui: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Patient wählen"))
        self.resize(520, 480)
        text = SearchField(tr("Patienten suchen"), tr("Name oder Ort"))
        self._table = PagedTable(
            name="map-searches",
            title=tr("Laufende Suchen"),
            background=ui.background,
            fetch=lambda session, query: list_searches(session, query, today=ui.today()),
            columns=(
                Column(tr("Name"), 0, text=lambda r: r.name, second=lambda r: f"{r.plz} {r.city}".strip(), sort="name"),
                Column(
                    tr("Wartet"), 110, text=lambda r: formats.waiting_short(r.waiting_since, ui.today()), sort="waiting"
                ),
            ),
            row_id=lambda record: record.search_id,
            empty=tr("Keine laufende Suche. Beginnen Sie eine auf der Seite Patienten."),
            sort=("waiting", False),
        )
        buttons = QDialogButtonBox()
        self._take = buttons.addButton(tr("Auf der Karte zeigen"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._take.setAccessibleName(tr("Auf der Karte zeigen"))
        self._take.setProperty("role", "primary")
        self._take.setEnabled(False)
        buttons.addButton(tr("Abbrechen"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self._on_take)
        buttons.rejected.connect(self.reject)
        self._table.selected.connect(lambda _: self._take.setEnabled(True))
        self._table.activated.connect(lambda _: self._on_take())
        text.textChanged.connect(lambda words: self._table.show_query(text=words))
        self._table.widen.connect(text.clear)
        column = QVBoxLayout(self)
        for widget in (text, self._table, buttons):
            column.addWidget(widget)
        self._table.refresh()

    def _on_take(self) -> None:
        row = self._table.current()
        if row is not None:
            self.chosen.emit(row.search_id)
            self.accept()

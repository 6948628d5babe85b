"""Above the map of Vermittlung: what the patient reaches within some minutes, drawn beside the radius."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.matching.listing import SearchRow
from ui.map.overview.reach import ReachFinder
from ui.map.overview.reach_words import ReachShown
from ui.map.view import MapView
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import button, row


class ReachBar(QWidget):
    """Asks and takes away; who fits is the rules' word, so the area is only drawn."""

    def __init__(self, ui: UiContext, view: MapView) -> None:
        super().__init__()
        self._view = view
        self._finder = ReachFinder(ui, self)
        self._finder.found.connect(self._show)
        self._ask = button(tr("E&rreichbar in Minuten …"), self._finder.open, icon="clock")
        self._clear = button(tr("Gebiet &aufheben"), self.clear, icon="x")
        self._clear.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 4)
        layout.addWidget(row(self._ask, self._clear))

    def show_search(self, search: SearchRow | None) -> None:
        """Whose search it is; another one's area goes."""
        if self._finder.search_id != (None if search is None else search.search_id):
            self.clear()
        self._finder.about(search)

    def clear(self) -> None:
        """No area any more."""
        self._finder.leave()
        self._view.show_area(())
        self._clear.hide()

    def _show(self, shown: ReachShown, aim: bool) -> None:
        self._view.show_area(shown.sure, shown.maybe, shown.lines, aim=aim)
        self._clear.show()

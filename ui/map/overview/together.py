"""The button below the list: all who fit the patient, among those shown, gathered as a batch to look through."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.casework.batches.gathering import Gathered, gather_practices
from domain.matching.listing import SearchRow
from ui.mail.batches.gathered import gathered_words
from ui.map.markers import MarkerState
from ui.map.overview.selection import Shown
from ui.ports import UiContext
from ui.translation import ntr
from ui.widgets.forms import button


class TogetherButton(QWidget):
    """There while somebody fits; nothing is sent by it."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._search_id: int | None = None
        self._fitting: tuple[int, ...] = ()
        self._button = button("", self._gather, icon="send")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._button)
        self.hide()

    def show_rows(self, rows: Sequence[Shown], search: SearchRow | None) -> None:
        """Other rows, or another patient."""
        self._search_id = None if search is None else search.search_id
        fitting = [one.place.therapist_id for one in rows if one.marker.state == MarkerState.AVAILABLE]
        self._fitting = () if search is None else tuple(fitting)
        number = len(self._fitting)
        text = ntr(number, "{n} passende Praxis anfragen …", "{n} passende Praxen zusammen anfragen …")
        self._button.setText(f" {text}")
        self._button.setAccessibleName(text)
        self.setVisible(number > 0)

    def _gather(self) -> None:
        search_id, fitting = self._search_id, self._fitting
        if search_id is None or not fitting:
            return

        def done(gathered: Gathered) -> None:
            self._ui.navigate("mail", gathered.batch_id, "batch")
            self._ui.messages.info(gathered_words(gathered))

        self._ui.background.write(self, lambda s: gather_practices(s, search_id=search_id, therapist_ids=fitting), done)

"""Eine Regel lockern: what each single wish given up would bring, one button each."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from domain.casework.relaxing import relax
from domain.matching.relaxing import Gain, gains
from ui.labels import label
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.forms import button
from ui.widgets.forms import label as words
from ui.widgets.reason import ReasonDialog
from ui.widgets.tips import plain

COLUMNS = 2


class RelaxingView(QWidget):
    """The gains of the chosen search; pressing one asks for the patient's word."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._search_id: int | None = None
        self._nothing = words("", "muted")
        self._room = QWidget()
        self._grid = QGridLayout(self._room)
        self._grid.setContentsMargins(0, 0, 0, 0)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(4, 8, 4, 4)
        outer.addWidget(words(tr("Eine Regel lockern"), "heading"))
        outer.addWidget(self._nothing)
        outer.addWidget(self._room)
        self.hide()

    def show_search(self, search_id: int) -> None:
        """Ask for the gains of a search."""
        self._search_id = search_id
        now = self._ui.now()
        self._ui.background.read(self, lambda s: gains(s, search_id, now=now), self._show, key="gains")

    def _show(self, found: Sequence[Gain]) -> None:
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for number, gain in enumerate(found):
            what = label("relaxation", gain.relaxation)
            made = button(f"{what}: +{gain.count}", partial(self._ask, gain))
            more = ntr(gain.count, "{n} Praxis mehr", "{n} Praxen mehr")
            made.setAccessibleName(tr("Lockern: {what}, {more}").format(what=what, more=more))
            made.setToolTip(plain(", ".join(gain.names) + (" …" if gain.count > len(gain.names) else "")))
            self._grid.addWidget(made, number // COLUMNS, number % COLUMNS)
        self._nothing.setText("" if found else tr("Kein einzelner Wunsch brächte weitere Praxen."))
        self._nothing.setVisible(not found)
        self.show()

    def _ask(self, gain: Gain) -> None:
        search_id = self._search_id
        if search_id is None:
            return
        what = label("relaxation", gain.relaxation)

        def agreed(dialog: ReasonDialog) -> None:
            now, word = self._ui.now(), dialog.reason()
            self._ui.background.write(
                self,
                lambda s: relax(s, search_id, gain.relaxation, word=word, now=now),
                lambda _: self._ui.messages.success(tr("Der Wunsch ist geändert: {what}.").format(what=what)),
            )

        more = ntr(gain.count, "{n} Praxis käme hinzu", "{n} Praxen kämen hinzu")
        ReasonDialog(
            self,
            tr("Wunsch lockern"),
            tr("{what}: {more}, zum Beispiel {names}. Der Wunsch ändert sich in der Akte.").format(
                what=what, more=more, names=", ".join(gain.names)
            ),
            reason=tr("Was hat der Mensch dazu gesagt?"),
        ).ask(agreed)

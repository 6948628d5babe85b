"""Records that were brought together into the one shown, each to be taken out again."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.casework.merge_undo import MergeShown, live_merges
from ui import formats
from ui.ports import UiContext
from ui.therapists.duplicates.dialog import take_back
from ui.translation import tr
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words


class MergesView(QWidget):
    """Hidden for whom nobody was merged into."""

    def __init__(self, ui: UiContext, may_change: Callable[[], bool]) -> None:
        super().__init__()
        self._ui, self._may_change = ui, may_change
        self._of: int | None = None
        self._lines = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(words(tr("Zusammengeführt"), "heading"))
        column.addLayout(self._lines)
        self.hide()

    def load(self, therapist_id: int) -> None:
        """Ask for the merges of a record."""
        if therapist_id != self._of:
            self.hide()  # nobody takes another's merge back while this one's are on their way
        self._of = therapist_id
        self._ui.background.read(self, lambda s: live_merges(s, kept=therapist_id), self._show, key="merges")

    def _show(self, merges: tuple[MergeShown, ...]) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for shown in merges:
            said = tr("mit {name} am {when} von {by}").format(
                name=shown.dropped, when=formats.moment(shown.merged_at), by=shown.by or "–"
            )
            undo = button(
                tr("Zusammenführung zurücknehmen"), partial(self._undo, shown.merge_id), icon="undo-2",
                name=tr("Zusammenführung zurücknehmen: {name}").format(name=shown.dropped),
            )  # fmt: skip
            self._lines.addWidget(row(words(said), undo))
        self.setVisible(bool(merges))

    def _undo(self, merge_id: int) -> None:
        if self._may_change():
            take_back(self._ui, merge_id)

"""Files of a draft: added by choosing or dropping, shown as buttons, taken out again."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from domain.communication.account_states import travelling
from domain.communication.drafts.records import DraftFile
from domain.file_types import MEDIA_TYPES
from ui import formats
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.choosing_files import choose_files
from ui.widgets.forms import button, label


class DraftFiles(QWidget):
    """`chosen` carries paths to attach, `removed` the id of a file to take out."""

    chosen = Signal(list)
    removed = Signal(int)

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._add = button(tr("&Anhang …"), self._choose, icon="plus", name=tr("Anhang hinzufügen"))
        self._line.addWidget(self._add)
        self._line.addStretch(1)
        self._buttons: list[QPushButton] = []
        self._largest: int | None = None
        self._files: Sequence[DraftFile] = ()
        self._warning = label("", "error")
        self._warning.hide()
        self._line.insertWidget(1, self._warning, 1)

    def use_limit(self, largest: int | None) -> None:
        """The largest mail (bytes) the mail server is known to take; None: unknown."""
        self._largest = largest
        self._warn()

    def _warn(self) -> None:
        size = travelling(sum(file.size for file in self._files))
        over = self._largest is not None and size > self._largest
        self._warning.setText(
            tr("Zu groß: mit den Anhängen {size}, der Mailserver nimmt höchstens {limit}.").format(
                size=formats.size(size), limit=formats.size(self._largest or 0)
            )
            if over
            else ""
        )
        self._warning.setVisible(over)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is attached."""
        return not self._buttons

    def show_files(self, files: Sequence[DraftFile], *, editable: bool) -> None:
        """The files of the draft."""
        for old in self._buttons:
            self._line.removeWidget(old)
            old.deleteLater()
        self._buttons = []
        self._files = files
        self._warn()
        for number, file in enumerate(files):
            made = button(
                f"{file.name} ({formats.size(file.size)})".replace("&", "&&"),
                partial(self.removed.emit, file.id),
                icon="x",
                name=tr("{name} entfernen").format(name=file.name),
            )
            made.setMaximumWidth(260)
            made.setEnabled(editable)
            self._buttons.append(made)
            self._line.insertWidget(number + 1, made)
        self._add.setEnabled(editable)

    def _choose(self) -> None:
        endings = " ".join(f"*.{ending}" for ending in MEDIA_TYPES)
        choose_files(
            self, self._ui.state, tr("Anhang wählen"), self.chosen.emit,
            only=tr("Dokumente und Bilder ({endings})").format(endings=endings),
        )  # fmt: skip

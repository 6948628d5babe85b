"""What can be done to a search: pause until a day, resume, end with a reason, mark as urgent."""

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from domain.casework.searches import cancel_search
from domain.database import Session
from domain.matching.listing import SearchRow
from domain.matching.searches import pause_search, resume_search, set_urgency
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import DateField, Field, button, row
from ui.widgets.forms import label as words


class ReasonDialog(QDialog):
    """Asks for a reason and perhaps a day before something is done."""

    def __init__(self, parent: QWidget, title: str, consequence: str, *, with_date: bool = False) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(420)
        self.reason = QLineEdit()
        self.day = DateField(tr("Bis"))
        column = QVBoxLayout(self)
        column.addWidget(words(consequence, "muted"))
        column.addWidget(Field(tr("Grund"), self.reason))
        if with_date:
            column.addWidget(Field(tr("Bis (leer: bis auf Weiteres)"), self.day))
        buttons = QDialogButtonBox()
        self.ok = buttons.addButton(title, QDialogButtonBox.ButtonRole.AcceptRole)
        self.ok.setEnabled(False)
        buttons.addButton(tr("Abbrechen"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.reason.textChanged.connect(lambda text: self.ok.setEnabled(bool(text.strip())))
        column.addWidget(buttons)


class SearchActions(QWidget):
    """Buttons for the chosen search."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._row: SearchRow | None = None
        self._pause = button(tr("&Pausieren"), self._on_pause, icon="pause")
        self._resume = button(tr("&Fortsetzen"), self._on_resume, icon="play")
        self._urgent = button(tr("&Dringend"), self._on_urgent, icon="circle-alert")
        self._end = button(tr("&Beenden"), self._on_end, icon="x")
        self._record = button(tr("Zum &Patienten"), self._open, icon="users")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(row(self._pause, self._resume, self._urgent, self._end, self._record))
        self.hide()

    def show_search(self, search: SearchRow) -> None:
        """The buttons that fit the search's state."""
        self._row = search
        self._pause.setVisible(search.status == "active")
        self._resume.setVisible(search.status == "paused")
        self._urgent.setText(tr("Nicht mehr &dringend") if search.urgency else tr("&Dringend"))
        self._end.setVisible(search.status in {"active", "paused"})
        self.show()

    def _write(self, work: Callable[[Session], None], said: str) -> None:
        self._ui.background.write(self, work, lambda _: self._ui.messages.success(said))

    def _on_pause(self) -> None:
        search = self._row
        if search is None:
            return
        dialog = ReasonDialog(
            self,
            tr("Pausieren"),
            tr("Während der Pause wird niemand neu angefragt; Zusagen zählen weiter."),
            with_date=True,
        )

        def accepted() -> None:
            try:
                until = dialog.day.date()
            except ValueError:
                self._ui.messages.error(tr("Bitte das Datum als TT.MM.JJJJ eingeben."))
                return
            now, reason = self._ui.now(), dialog.reason.text()
            self._write(
                lambda s: pause_search(
                    s, search.search_id, until=until, reason=reason, now=now, version=search.version
                ),
                tr("Die Suche pausiert."),
            )

        dialog.accepted.connect(accepted)
        dialog.open()

    def _on_resume(self) -> None:
        search, now = self._row, self._ui.now()
        if search is not None:
            self._write(
                lambda s: resume_search(s, search.search_id, now=now, version=search.version),
                tr("Die Suche geht weiter."),
            )

    def _on_urgent(self) -> None:
        search = self._row
        if search is not None:
            urgency = 0 if search.urgency else 1
            self._write(
                lambda s: set_urgency(s, search.search_id, urgency, version=search.version),
                tr("Dringlichkeit geändert."),
            )

    def _on_end(self) -> None:
        search = self._row
        if search is None:
            return
        dialog = ReasonDialog(
            self, tr("Suche beenden"), tr("Offene Anfragen werden zurückgenommen und die Praxen benachrichtigt.")
        )
        now = self._ui.now()
        dialog.accepted.connect(
            lambda: self._write(
                lambda s: cancel_search(
                    s, search.search_id, reason=dialog.reason.text(), now=now, version=search.version
                ),
                tr("Die Suche ist beendet."),
            )
        )
        dialog.open()

    def _open(self) -> None:
        if self._row is not None:
            self._ui.navigate("patients", self._row.patient_id)

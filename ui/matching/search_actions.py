"""What can be done to a search: pause until a day, resume, end in one of three ways, mark as urgent."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.casework.searches import cancel_search, expire_search, take_reimbursement_route
from domain.database import Session
from domain.matching.listing import SearchRow
from domain.matching.searches import pause_search, resume_search, set_urgency
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import button, row
from ui.widgets.reason import ReasonDialog


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
        self._record = button(tr("Zur &Akte"), self._open, icon="users")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(row(self._pause, self._resume, self._urgent, self._end, self._record))
        self.hide()

    def show_search(self, search: SearchRow) -> None:
        """The buttons that fit the search's state."""
        self._row = search
        self._pause.setVisible(search.status == "active")
        self._resume.setVisible(search.status == "paused")
        urgent = tr("Nicht &dringend") if search.urgency else tr("&Dringend")
        self._urgent.setText(f" {urgent}")  # the space stands between icon and text
        self._urgent.setAccessibleName(urgent.replace("&", ""))
        self._end.setVisible(search.status in {"active", "paused", "tentative"})
        self.show()

    def _write(self, work: Callable[[Session], None], said: str) -> None:
        self._ui.background.write(self, work, lambda _: self._ui.messages.success(said))

    def _on_pause(self) -> None:
        search = self._row
        if search is None:
            return

        def pause(dialog: ReasonDialog) -> None:
            until, now, reason = dialog.day(), self._ui.now(), dialog.reason()
            self._write(
                lambda s: pause_search(
                    s, search.search_id, until=until, reason=reason, now=now, version=search.version
                ),
                tr("Die Suche pausiert."),
            )

        ReasonDialog(
            self,
            tr("Pausieren"),
            tr("Während der Pause wird niemand neu angefragt; Zusagen zählen weiter."),
            day=tr("Bis (leer: bis auf Weiteres)"),
        ).ask(pause)

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
        kinds = {"cancelled": tr("Kein Platz mehr gewünscht oder selbst gefunden")}
        if search.status != "tentative":
            kinds |= {
                "reimbursement_route": tr("Weiter über Kostenerstattung"),
                "expired": tr("Kein Lebenszeichen mehr"),
            }

        def end(dialog: ReasonDialog) -> None:
            kind, reason, now = dialog.kind(), dialog.reason(), self._ui.now()

            def work(session: Session) -> None:
                if kind == "cancelled":
                    cancel_search(session, search.search_id, reason=reason, now=now, version=search.version)
                elif kind == "expired":
                    expire_search(session, search.search_id, reason=reason, now=now, version=search.version)
                else:
                    take_reimbursement_route(session, search.search_id, reason=reason, now=now, version=search.version)

            self._write(work, tr("Die Suche ist beendet. Auf der Seite Patienten lässt sie sich wieder öffnen."))

        ReasonDialog(
            self,
            tr("Suche beenden"),
            tr(
                "Offene Anfragen werden zurückgenommen, ein zugesagter Platz wird zurückgegeben; die Praxen werden benachrichtigt."
            ),
            choices=kinds,
        ).ask(end)

    def _open(self) -> None:
        if self._row is not None:
            self._ui.navigate("patients", self._row.patient_id)

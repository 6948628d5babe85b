"""Aufbewahrung: whose record is due to be erased, since when and why, what keeps somebody, and the run that erases."""

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.casework.retention import Due, Retention, RunReport, begin_run, erase_next, look
from ui import formats
from ui.labels import label
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.columns import Column, prepare_header
from ui.widgets.forms import EmptyState, button, row
from ui.widgets.forms import label as words
from ui.widgets.reason import ReasonDialog
from ui.widgets.row_view import RowView
from ui.widgets.rows_model import RowsModel

ROW = 28
RUNS_HEIGHT = 150


class RetentionTab(QWidget):
    """A preview above, the runs below. A record a transaction: whoever stops in the middle goes on later."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._seen: Retention | None = None
        self._running = False
        self._by, self._count, self._progress = words("", "muted"), words("", "heading"), words("", "muted")
        self._by.setWordWrap(True)
        self.due: RowsModel[Due] = RowsModel(_due_columns())
        self._list = _view(tr("Fällige Akten"), self.due)
        self._nothing = EmptyState(
            "circle-check", tr("Keine Akte ist fällig."), tr("Sobald eine Frist abläuft, steht sie hier und auf Heute.")
        )
        self._nothing.hide()
        self.runs: RowsModel[RunReport] = RowsModel(_run_columns())
        self._runs_title = words(tr("Frühere Läufe"), "heading")
        self._runs_list = _view(tr("Frühere Läufe"), self.runs)
        self._runs_list.setMaximumHeight(RUNS_HEIGHT)
        self._erase = button(tr("Fällige Akten &löschen …"), self._ask, role="primary", icon="x",
                             name=tr("Fällige Akten löschen"))  # fmt: skip
        self._go_on = button(tr("Lauf &fortsetzen"), self._continue, icon="play")
        self._open = button(tr("Akte &öffnen"), self._open_record)
        self._erase.setEnabled(False)  # until it is known who is due
        self._go_on.hide()
        self._list.doubleClicked.connect(lambda _: self._open_record())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        for widget in (self._count, self._by):
            column.addWidget(widget)
        column.addWidget(self._list, 1)
        column.addWidget(self._nothing, 1)
        column.addWidget(row(self._erase, self._go_on, self._open, self._progress))
        column.addWidget(self._runs_title)
        column.addWidget(self._runs_list)

    def refresh(self) -> None:
        """Look who is due."""
        today = self._ui.today()
        self._ui.background.read(self, partial(look, today=today), self._show, key="retention")

    def _show(self, seen: Retention | None) -> None:
        self._seen = seen
        if seen is None:
            self._show_closed()
            return
        due = [one for one in seen.due if not one.kept_by]
        kept = len(seen.due) - len(due)
        said = [ntr(len(due), "{n} Akte ist fällig", "{n} Akten sind fällig")] if seen.due else []
        if kept:
            said.append(ntr(kept, "{n} weitere bleibt noch", "{n} weitere bleiben noch"))
        self._count.setText(", ".join(said))
        self._count.setVisible(bool(said))
        self._by.setText(
            tr(
                "Nach einer Vermittlung bleibt eine Akte bis zum Ende des Jahres und dann noch {years}, ohne Vermittlung {months} nach dem Ende der Suche (Reiter Büro). Gelöscht wird nur, wenn ein Mensch es hier bestätigt."
            ).format(
                years=ntr(seen.placed_years, "{n} Jahr", "{n} Jahre"),
                months=ntr(seen.other_months, "{n} Monat", "{n} Monate"),
            )
        )
        self.due.show(seen.due)
        self._list.setVisible(bool(seen.due))
        self._nothing.setVisible(not seen.due)
        self.runs.show(seen.runs)
        for widget in (self._runs_title, self._runs_list):
            widget.setVisible(bool(seen.runs))
        waiting = any(run.open for run in seen.runs)
        self._erase.setVisible(not waiting)
        self._erase.setEnabled(bool(due) and seen.may_erase and not self._running)
        self._erase.setToolTip("" if seen.may_erase else tr("Das darf nur die Leitung."))
        self._go_on.setVisible(waiting)
        self._go_on.setEnabled(seen.may_erase and not self._running)
        self._open.setVisible(bool(seen.due))

    def _show_closed(self) -> None:
        """Nothing of records for who does not work with them."""
        self._by.setText(tr("Welche Akten fällig sind, sehen nur die Fallbearbeitung und die Leitung."))
        for widget in (self._count, self._list, self._nothing, self._erase, self._go_on, self._open,
                       self._runs_title, self._runs_list):  # fmt: skip
            widget.hide()

    def _ask(self) -> None:
        seen = self._seen
        if seen is None:
            return
        number = sum(not one.kept_by for one in seen.due)
        dialog = ReasonDialog(
            self,
            tr("Endgültig löschen"),
            ntr(
                number,
                "{n} Akte wird unwiderruflich gelöscht: Name, Anschrift, Gesundheitsangaben, Unterlagen und was in ihrem Kontaktprotokoll geschrieben steht.",
                "{n} Akten werden unwiderruflich gelöscht: Namen, Anschriften, Gesundheitsangaben, Unterlagen und was in ihrem Kontaktprotokoll geschrieben steht.",
            )
            + " "
            + tr(
                "Es bleiben Nummer, Stand und Daten ohne Worte für die Statistik und der Nachweis der Einwilligungen. Jede Akte wird vorher noch einmal geprüft."
            ),
            reason="",
        )
        dialog.ask(lambda _: self._begin())

    def _begin(self) -> None:
        now = self._ui.now()
        self._running = True
        self._erase.setEnabled(False)
        self._ui.background.write(self, partial(begin_run, now=now), self._next, self._failed)

    def _continue(self) -> None:
        run = next((run for run in self.runs.rows if run.open), None)
        if run is not None:
            self._running = True
            self._go_on.setEnabled(False)
            self._next(run.run_id)

    def _next(self, run_id: int, done: int = 0) -> None:
        now = self._ui.now()
        self._progress.setText(ntr(done, "{n} Akte geprüft …", "{n} Akten geprüft …") if done else "")

        def went(more: bool) -> None:
            if more:
                self._next(run_id, done + 1)
            else:
                self._end()

        self._ui.background.write(self, lambda s: erase_next(s, run_id, now=now), went, self._failed)

    def _end(self) -> None:
        self._running = False
        self._progress.setText("")
        self._ui.messages.success(tr("Der Lauf ist fertig. Was gelöscht wurde und was blieb, steht unten."))
        self.refresh()

    def _failed(self, error: Exception) -> None:
        self._running = False
        self._progress.setText("")
        self._ui.background.failed.emit(error)
        self.refresh()

    def _open_record(self) -> None:
        chosen = self._list.currentIndex().row()
        if 0 <= chosen < len(self.due.rows):
            self._ui.navigate("patients", self.due.rows[chosen].patient_id)


def _view(name: str, model: RowsModel[Due] | RowsModel[RunReport]) -> RowView:
    view = RowView(name, ROW)
    view.setModel(model)
    prepare_header(view, model.columns, name, None)
    return view


def _due_columns() -> tuple[Column, ...]:
    return (
        Column(tr("Akte"), 240, text=lambda one: one.name),
        Column(tr("Ende der Suche"), 130, text=lambda one: formats.day(one.ended_on)),
        Column(tr("Fällig seit"), 120, text=lambda one: formats.day(one.due_on)),
        Column(tr("Warum"), 240, text=_why),
        Column(
            tr("Bleibt noch, weil"), 0, text=lambda one: ", ".join(label("retention", code) for code in one.kept_by)
        ),
    )


def _why(one: Due) -> str:
    return tr("Frist nach Vermittlung abgelaufen") if one.placed else tr("Frist ohne Vermittlung abgelaufen")


def _run_columns() -> tuple[Column, ...]:
    return (
        Column(tr("Begonnen"), 150, text=lambda run: formats.moment(run.begun_at)),
        Column(tr("Von"), 170, text=lambda run: run.begun_by),
        Column(tr("Gelöscht"), 90, text=lambda run: str(run.erased)),
        Column(tr("Geblieben"), 90, text=lambda run: str(run.kept)),
        Column(tr("Offen"), 80, text=lambda run: str(run.open)),
        Column(tr("Nummern der gelöschten Akten"), 0, text=lambda run: ", ".join(map(str, run.ids))),
    )

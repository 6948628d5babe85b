"""What a source would change, shown and chosen as of a file: taken over wholly or in part, discarded, or left for later."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QProgressBar, QVBoxLayout, QWidget

from domain.acquisition.sources import RunState
from domain.casework.imports import ImportReport
from domain.casework.source_review import discard, review, take_over
from domain.database import Session
from domain.errors import Conflict
from domain.therapists.changes import Became
from ui.errors import describe
from ui.import_words import waiting_words
from ui.imports.counting import counts
from ui.imports.examining import Tried
from ui.imports.rejected import RejectedView
from ui.imports.review import ReviewView
from ui.imports.undoing import ask_undo
from ui.imports.working import Stopped, Working
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words


class SourceReviewDialog(QDialog):
    """Nothing is written before "Übernehmen"; who is gone stays unless a person ticks them.

    Closing it ends a trial; taking over is stopped first, and then nothing of it is kept.
    """

    def __init__(self, parent: QWidget, ui: UiContext, name: str, run: RunState) -> None:
        super().__init__(parent)
        self._ui, self._page, self._run_id, self._name = ui, parent, run.id, name
        self._work, self._taking = Working(run.entries), False
        self._work.progress.connect(self._show_progress)
        self._work.waiting.connect(self._show_waiting)
        self.destroyed.connect(self._work.leave)
        self.view: ReviewView | None = None
        self.setWindowTitle(tr("Änderungen aus „{name}“").format(name=name))
        self.setAccessibleName(self.windowTitle())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(1140, 640)
        self._facts = words(tr("Der Probelauf läuft …"), "muted")
        self._progress = words("", "muted")
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Fortschritt"))
        self._room = QVBoxLayout()
        self._room.addStretch(1)
        self._rejected = RejectedView(ui)
        self._take = button(tr("Ü&bernehmen"), self._on_take, role="primary", icon="check")
        self._drop = button(tr("Ni&chts übernehmen"), self._on_drop, icon="x")
        self._later = button(tr("&Später"), self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self._facts)
        column.addWidget(self._bar)
        column.addWidget(self._progress)
        column.addLayout(self._room, 1)
        column.addWidget(self._rejected)
        column.addWidget(row(self._take, self._drop, self._later))
        self._begin(keep=False)
        now, today, run_id, work = ui.now(), ui.today(), run.id, self._work

        def trial(session: Session) -> Tried:
            return Tried.of(
                session, review(session, run_id, now=now, today=today, on_batch=work.on_batch, on_wait=work.on_wait)
            )

        ui.background.read(self, trial, self._show, self._refused)

    def _show(self, tried: Tried) -> None:
        report = tried.report
        gone = sum(change.became is Became.GONE for change in report.changes)
        said = [tr("Probelauf, nichts wurde übernommen. Es wären:"), counts(report)]
        if gone:
            said.append(
                ntr(gone, "{n} Person steht nicht mehr dort; sie bleibt, solange Sie bei ihr kein Häkchen setzen.",
                    "{n} Personen stehen nicht mehr dort; sie bleiben, solange Sie bei ihnen kein Häkchen setzen.")
            )  # fmt: skip
        if report.cut:
            said.append(tr("Die Liste ist abgeschnitten; engere Postleitzahlen bringen mehr."))
        self._facts.setText(" ".join(said))
        self._rejected.show_rows(self._name, report.rejected, report.noted)
        if report.changes:
            while self._room.takeAt(0) is not None:
                pass
            self.view = ReviewView(tried.selection, origin=tr("Quelle"))
            self.view.changed.connect(lambda: self._enable(on=True))
            self._room.addWidget(self.view, 1)
        self._end()
        self._enable(on=True)
        self._take.setFocus()

    def _on_take(self) -> None:
        if self.view is None:
            return
        now, today, choice = self._ui.now(), self._ui.today(), self.view.selection.choice()
        run_id, work = self._run_id, self._work
        self._begin(keep=True)
        self._ui.background.write(
            self,
            lambda s: take_over(
                s, run_id, now=now, today=today, choice=choice, on_batch=work.on_batch, on_wait=work.on_wait
            ),
            self._taken,
            self._refused,
        )

    def _begin(self, *, keep: bool) -> None:
        """A trial or the taking over is under way; what is being written can be stopped."""
        self._work.begin(keep=keep)
        self._taking = keep
        self._enable(on=False)
        self._bar.setRange(0, 0)
        self._bar.show()
        self._progress.setText("")
        self._progress.show()
        self._name_later(tr("&Abbrechen") if keep else tr("&Später"))

    def _end(self) -> None:
        self._taking = False
        self._bar.hide()
        self._progress.hide()
        self._name_later(tr("&Später"))

    def _name_later(self, said: str) -> None:
        self._later.setText(said)
        self._later.setAccessibleName(said.replace("&", ""))
        self._later.setEnabled(True)

    def _show_waiting(self) -> None:
        if not self._work.stopping:
            self._bar.setRange(0, 0)
            self._progress.setText(waiting_words())

    def _show_progress(self, rows: int, total: int) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(rows)
        if self._later.isEnabled():
            self._progress.setText(self._work.words(rows, total))

    def reject(self) -> None:
        """While it is taken over: stop that; else close."""
        if self._taking:
            self._work.stop()
            self._later.setEnabled(False)
            self._progress.setText(tr("Wird abgebrochen …"))
            return
        super().reject()

    def _taken(self, report: ImportReport) -> None:
        self._end()
        page, ui = self._page, self._ui

        def undo() -> None:
            ask_undo(page, ui, report.import_id, report.file)

        ui.messages.success(f"{tr('Übernommen:')} {counts(report)}", tr("Import zurücknehmen"), undo)
        self.accept()

    def _on_drop(self) -> None:
        self._enable(on=False)

        def dropped(_: object) -> None:
            self._ui.messages.info(tr("Nichts übernommen. Neues aus dieser Quelle wird wieder gezeigt."))
            self.accept()

        self._ui.background.write(self, lambda s: discard(s, self._run_id), dropped, self._refused)

    def _refused(self, error: Exception) -> None:
        self._end()
        if isinstance(error, Stopped):
            self._facts.setText(tr("Abgebrochen. Es wurde nichts übernommen; Ihre Auswahl steht noch da."))
            self._enable(on=True)
            return
        self._facts.setText(describe(error))
        # somebody else ended the review; whatever else it was may pass, and what was chosen is still there
        self._enable(on=not isinstance(error, Conflict))

    def _enable(self, *, on: bool) -> None:
        """Nothing can be taken over where nothing is wanted."""
        if self.view is not None:
            self.view.setEnabled(on)
        wanted = self.view.selection.wanted() if self.view is not None else 0
        self._take.setEnabled(on and wanted > 0)
        self._drop.setEnabled(on)

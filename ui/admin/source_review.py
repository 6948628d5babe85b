"""What a source would change, shown and chosen as of a file: taken over wholly or in part, discarded, or left for later."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QProgressBar, QVBoxLayout, QWidget

from domain.casework.imports import ImportReport
from domain.casework.source_review import discard, review, take_over
from domain.database import Session
from domain.therapists.changes import Became
from ui.errors import describe
from ui.imports.counting import counts
from ui.imports.examining import Tried
from ui.imports.rejected import RejectedView
from ui.imports.review import ReviewView
from ui.imports.undoing import ask_undo
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words


class SourceReviewDialog(QDialog):
    """Nothing is written before "Übernehmen"; who is gone stays unless a person ticks them."""

    def __init__(self, parent: QWidget, ui: UiContext, name: str, run_id: int) -> None:
        super().__init__(parent)
        self._ui, self._page, self._run_id, self._name = ui, parent, run_id, name
        self.view: ReviewView | None = None
        self.setWindowTitle(tr("Änderungen aus „{name}“").format(name=name))
        self.setAccessibleName(self.windowTitle())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(1140, 640)
        self._facts = words(tr("Der Probelauf läuft …"), "muted")
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Fortschritt"))
        self._room = QVBoxLayout()
        self._room.addStretch(1)
        self._rejected = RejectedView(ui)
        self._take = button(tr("Ü&bernehmen"), self._on_take, role="primary", icon="check")
        self._drop = button(tr("Ni&chts übernehmen"), self._on_drop, icon="x")
        column = QVBoxLayout(self)
        column.addWidget(self._facts)
        column.addWidget(self._bar)
        column.addLayout(self._room, 1)
        column.addWidget(self._rejected)
        column.addWidget(row(self._take, self._drop, button(tr("&Später"), self.reject)))
        self._enable(on=False)
        now, today = ui.now(), ui.today()

        def trial(session: Session) -> Tried:
            return Tried.of(session, review(session, run_id, now=now, today=today))

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
        self._bar.hide()
        self._enable(on=True)
        self._take.setFocus()

    def _on_take(self) -> None:
        if self.view is None:
            return
        now, today, choice = self._ui.now(), self._ui.today(), self.view.selection.choice()
        self._enable(on=False)
        self._bar.show()
        self._ui.background.write(
            self, lambda s: take_over(s, self._run_id, now=now, today=today, choice=choice), self._taken, self._refused
        )

    def _taken(self, report: ImportReport) -> None:
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
        self._bar.hide()
        self._facts.setText(describe(error))

    def _enable(self, *, on: bool) -> None:
        """Nothing can be taken over where nothing is wanted."""
        if self.view is not None:
            self.view.setEnabled(on)
        wanted = self.view.selection.wanted() if self.view is not None else 0
        self._take.setEnabled(on and wanted > 0)
        self._drop.setEnabled(on)

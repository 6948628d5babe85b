"""Reading files in: what one was recognised as, its columns, a trial run, what would change, and taking it over."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from domain.acquisition.reading import FileKind, as_table
from domain.acquisition.remembered_columns import forget
from domain.casework.imports import ImportReport
from domain.database import Session
from domain.errors import PlatzlotseError
from domain.therapists.changes import ALL, Became
from ui import formats
from ui.errors import describe
from ui.imports.counting import counts
from ui.imports.examining import Examined, Tried, examine
from ui.imports.outcome import Outcome
from ui.imports.review import ReviewView
from ui.imports.table import TableView, remembered_words
from ui.imports.undoing import ask_undo
from ui.imports.working import FileWorking, Stopped
from ui.labels import label
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words


class ImportDialog(QDialog):
    """Nothing is written before "Einlesen"; a file comes in whole or not at all.

    What needs no columns chosen is tried at once. Several files come one after the other.
    """

    def __init__(self, parent: QWidget, ui: UiContext, *paths: Path, of_patients: bool | None = None) -> None:
        super().__init__(parent)
        self._ui, self._page, self._paths, self._at = ui, parent, paths, 0
        # what a table is taken for whose headers leave it open
        kinds = {None: None, True: FileKind.OFFICE_TABLE, False: FileKind.THERAPIST_TABLE}
        self._about = kinds[of_patients]
        self._examined: Examined | None = None
        self._table: TableView | None = None
        self._mapping: dict[str, str] | None = None
        self._review: ReviewView | None = None
        self._work: FileWorking | None = None
        self._trial_report: ImportReport | None = None
        self._taken: ImportReport | None = None
        self.setWindowTitle(tr("Datei einlesen"))
        self.setAccessibleName(tr("Datei einlesen"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._head = words("", "heading")
        self._facts = words("", "muted")
        self._again = words("", "error")
        self._room = QVBoxLayout()
        self.outcome = Outcome(ui)
        self._columns = button(tr("&Spalten zuordnen"), self._choose_columns, icon="list-filter")
        self._trial = button(tr("&Probelauf"), lambda: self._run(keep=False), icon="search")
        self._read = button(tr("&Einlesen"), lambda: self._run(keep=True), role="primary", icon="file-input")
        self._undo = button(tr("Import &zurücknehmen"), self._on_undo, icon="undo-2")
        self._fresh = button(tr("Datei neu &ansehen"), lambda: self._open(self._at), icon="refresh-cw")
        self._next = button(tr("&Nächste Datei"), lambda: self._open(self._at + 1), icon="chevron-right")
        self._close = button(tr("&Abbrechen"), self.reject)
        column = QVBoxLayout(self)
        for widget in (self._head, self._facts, self._again):
            column.addWidget(widget)
        column.addLayout(self._room, 1)
        column.addWidget(self.outcome)
        column.addWidget(row(self._columns, self._trial, self._read, self._undo, self._fresh, self._next, self._close))
        self._open(0)

    def _open(self, at: int) -> None:
        """Look at the file of that number."""
        self._at = at
        path, count = self._paths[at], len(self._paths)
        self._examined = self._mapping = self._work = self._taken = None
        self._fill_room(None)
        number = tr("Datei {n} von {all}: ").format(n=at + 1, all=count) if count > 1 else ""
        self._head.setText(number + path.name)
        self._facts.setText(tr("Die Datei wird angesehen …"))
        self._again.hide()
        for later in (self._undo, self._fresh, self._columns):
            later.hide()
        self._next.setVisible(at + 1 < count)
        self._trial.show()
        self._read.show()
        self._close.setText(tr("&Abbrechen"))
        self._close.setAccessibleName(tr("Abbrechen"))
        self.resize(760, 260)  # room for columns and changes is taken when there are some
        self._busy(running=True)
        today, about = self._ui.today(), self._about

        self._ui.background.read(self, lambda s: examine(s, path, today=today, about=about), self._show, self._refused)

    def _show(self, examined: Examined) -> None:
        self._examined = examined
        if examined.remembered is not None:
            self._mapping = dict(examined.remembered.mapping)
        self._begin(examined.kind)
        self._busy(running=False)
        if examined.needs_columns:
            self._choose_columns()
        else:
            self._run(keep=False)

    def _begin(self, kind: FileKind) -> None:
        """Work on the file as one of that kind; a table is what a person says it is."""
        assert self._examined is not None
        source = self._examined.source
        if kind is not source.kind:
            # the headers were read on the pool's thread: a large workbook takes seconds to open
            source = as_table(source, kind, self._examined.table.headers if self._examined.table is not None else None)
        self._say(label("file_kind", kind))
        self._work = FileWorking(self._ui, source)
        self._work.progress.connect(self._show_progress)
        self._work.waiting.connect(self._show_waiting)
        self.destroyed.connect(self._work.leave)

    def _say(self, what: str) -> None:
        assert self._examined is not None
        as_of = formats.day(self._examined.source.as_of)
        said = tr("{kind}, Stand {day}").format(kind=what, day=as_of)
        before = "" if self._table is not None else remembered_words(self._examined.remembered)
        self._facts.setText(" · ".join(filter(None, (said, before))))

    def _choose_columns(self) -> None:
        """Show the table's beginning: what it is about and which column is what."""
        if self._examined is None or self._examined.table is None:
            return
        table = TableView(self._examined.table, self._examined.remembered, doubt=self._examined.in_doubt)
        table.forgotten.connect(self._forget)
        if self._mapping is not None and self._work is not None:
            table.choose(self._work.source.kind, self._mapping)
        self._columns.hide()
        self.outcome.clear()
        self._fill_room(table)
        self._say(tr("Tabelle"))
        self._read.setEnabled(True)
        self.resize(760, 620)

    def _forget(self) -> None:
        """What was said of such tables before; the file at hand begins anew, too."""
        examined = self._examined
        assert examined is not None
        assert examined.table is not None
        headers = examined.table.headers

        def done(_: object) -> None:
            if self._examined is examined and self._table is not None:
                self._examined, self._mapping = replace(examined, remembered=None), None
                self._table.forget()

        self._ui.background.write(self, lambda s: forget(s, headers), done, self._refused)

    def _fill_room(self, widget: QWidget | None) -> None:
        while (item := self._room.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self._review = widget if isinstance(widget, ReviewView) else None
        self._table = widget if isinstance(widget, TableView) else None
        if widget is None:
            self._room.addStretch(1)
        else:
            self._room.addWidget(widget, 1)

    def _run(self, *, keep: bool) -> None:
        if (table := self._table) is not None:
            self._mapping = table.mapping()
            if self._work is None or self._work.source.kind is not table.kind():
                self._begin(table.kind())
            self._say(label("file_kind", table.kind()))
        work, mapping = self._work, self._mapping
        if work is None:
            return
        choice = self._review.selection.choice() if keep and self._review is not None else ALL
        work.begin(keep=keep)
        self._busy(running=True)
        self.outcome.say(tr("Die Zeilen werden gezählt …"))

        def run(session: Session) -> ImportReport:
            return work.run(session, mapping=mapping, choice=choice)

        def trial(session: Session) -> Tried:
            return Tried.of(session, run(session))

        # a reading session drops what it was given: the same work without a trace
        if keep:
            self._ui.background.write(self, run, self._kept, self._refused)
        else:
            self._ui.background.read(self, trial, self._tried, self._refused)

    def _busy(self, *, running: bool) -> None:
        for widget in (self._trial, self._read, self._next):
            widget.setEnabled(not running and (self._work is not None or widget is self._next))
        # by other columns it would be taken over otherwise than it was tried
        for part in (self._columns, self._table, self._review):
            if part is not None:
                part.setEnabled(not running)
        if running:
            self.outcome.begin()
        else:
            self.outcome.end()

    def _show_waiting(self) -> None:
        if self._work is not None and self.outcome.running and not self._work.stopping:
            self.outcome.show_waiting()

    def _show_progress(self, rows: int, total: int) -> None:
        if self._work is not None:
            self.outcome.show_progress(self._work, rows, total)

    def _tried(self, tried: Tried) -> None:
        self._busy(running=False)
        self._trial_report = report = tried.report
        if report.changes:
            self._fill_room(ReviewView(tried.selection))
            self._columns.setVisible(self._examined is not None and self._examined.table is not None)
            assert self._review is not None
            self._review.changed.connect(self._fit)
            self.resize(1140, 640)
        self.outcome.tell(report, tr("Probelauf, nichts wurde übernommen. Es wären:"))
        self._fit()
        if report.same_file_at is not None:
            self._again.setText(
                tr("Genau diese Datei wurde schon am {when} eingelesen.").format(
                    when=formats.moment(report.same_file_at)
                )
            )
            self._again.show()
        self._read.setFocus()  # the trial's own button was off meanwhile and gave the focus to Abbrechen

    def _fit(self) -> None:
        """Nothing can be taken over where nothing is wanted: no change, no word on contacts, no newer day."""
        if self._review is not None and self._trial_report is not None:
            report, selection = self._trial_report, self._review.selection
            confirms = selection.is_all_known() and report.same_file_at is None
            # what was said of contacts comes along with those who are taken or known as they are
            told = report.history > 0 and selection.counts()[Became.UNCHANGED] > 0
            self._read.setEnabled(selection.wanted() > 0 or told or confirms)

    def _kept(self, report: ImportReport) -> None:
        expected = self._review.selection.wanted() if self._review is not None else None
        self._busy(running=False)
        self._taken = report
        for done in (self._trial, self._read, self._columns, self._again):
            done.hide()
        if self._review is not None:
            self._fill_room(None)
            self.resize(760, 320)
        self._undo.setVisible(report.kind.may_be_undone)
        self._offer_close()
        self.outcome.tell(report, tr("Übernommen:"))
        taken = sum(change.accepted and change.became != "unchanged" for change in report.changes)
        moved_on = expected is not None and taken != expected
        if moved_on:
            self.outcome.add(
                tr("Seit dem Probelauf wurde der Bestand geändert, deshalb sind es andere Zahlen als gezeigt.")
            )
        said, undo = f"{report.file}: {counts(report)}", self._undo_later(report)
        self._ui.messages.success(said, tr("Import zurücknehmen") if undo else "", undo)
        if not (report.rejected or report.cut or moved_on or self._at + 1 < len(self._paths)):
            self.accept()

    def _undo_later(self, report: ImportReport) -> Callable[[], None] | None:
        """Taking it back from the message bar, when this window is gone."""
        page, ui = self._page, self._ui
        if not report.kind.may_be_undone:
            return None

        def ask() -> None:
            ask_undo(page, ui, report.import_id, report.file)

        return ask

    def _on_undo(self) -> None:
        if (taken := self._taken) is not None:
            ask_undo(self, self._ui, taken.import_id, taken.file).undone.connect(self._undo.hide)

    def _offer_close(self) -> None:
        self._close.setText(tr("&Schließen"))
        self._close.setAccessibleName(tr("Schließen"))

    def _refused(self, error: Exception) -> None:
        self._busy(running=False)
        if isinstance(error, Stopped):
            self.outcome.say(tr("Abgebrochen. Es wurde nichts übernommen."))
            self._fit()
            return
        if self._examined is None:
            self._facts.setText("")
            self._offer_close()
        elif isinstance(error, PlatzlotseError) and error.code == "import.file_changed":
            # what was chosen belongs to another content
            self._fill_room(None)
            self._trial.hide()
            self._read.hide()
            self._fresh.show()
            self._fresh.setFocus()
        elif self._table is None and self._examined.table is None:
            self._read.setEnabled(False)
        self.outcome.say(describe(error))

    def reject(self) -> None:
        """While a file is being read: stop that; else close."""
        if self.outcome.running and self._work is not None:
            self._work.stop()
            self.outcome.say(tr("Wird abgebrochen …"))
            return
        super().reject()

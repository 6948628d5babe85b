"""Reading one file in: what it was recognised as, its columns, a trial run, and what became of its rows."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QListWidget, QProgressBar, QVBoxLayout, QWidget

from domain.acquisition.office_table import TablePreview, preview
from domain.acquisition.reading import FileKind, Source, recognise
from domain.casework.imports import ImportReport, import_file
from domain.database import Session
from ui import formats
from ui.errors import describe, describe_row
from ui.imports.mapping import MappingView
from ui.labels import label
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.forms import button, row, scrolled
from ui.widgets.forms import label as words


class _Stopped(Exception):
    """The person pressed Abbrechen; the transaction is taken back."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A recognised file, with its columns where it is a table of patients."""

    source: Source
    table: TablePreview | None


def choose(parent: QWidget, ui: UiContext) -> None:
    """Ask for a file and read it in."""
    chooser = QFileDialog(parent, tr("Verzeichnis, Aufnahmebögen oder Patientenliste einlesen"))
    chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
    chooser.setNameFilter(tr("Listen (*.json *.csv *.xlsx *.txt *.html *.htm);;Alle Dateien (*)"))
    chooser.fileSelected.connect(lambda name: ImportDialog(parent, ui, Path(name)).open())
    chooser.open()


class ImportDialog(QDialog):
    """Nothing is written before "Einlesen"; a file comes in whole or not at all."""

    _progress = Signal(int)

    def __init__(self, parent: QWidget, ui: UiContext, path: Path) -> None:
        super().__init__(parent)
        self._ui = ui
        self._examined: Examined | None = None
        self._mapping: MappingView | None = None
        self._stop = False
        self.setWindowTitle(tr("Datei einlesen"))
        self.setAccessibleName(tr("Datei einlesen"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(760, 260)  # room for the columns is taken when the file has some
        self._head = words(path.name, "heading")
        self._facts = words(tr("Die Datei wird angesehen …"), "muted")
        self._room = QVBoxLayout()
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Fortschritt"))
        self._result = words("")
        self._result.setWordWrap(True)
        self._rejected = QListWidget()
        self._rejected.setAccessibleName(tr("Abgelehnte Zeilen"))
        self._rejected.setMaximumHeight(150)
        self._rejected.hide()
        self._trial = button(tr("&Probelauf"), lambda: self._run(keep=False), icon="search")
        self._read = button(tr("&Einlesen"), lambda: self._run(keep=True), role="primary", icon="file-input")
        self._close = button(tr("&Abbrechen"), self.reject)
        column = QVBoxLayout(self)
        for widget in (self._head, self._facts):
            column.addWidget(widget)
        column.addLayout(self._room, 3)
        column.addWidget(self._bar)
        column.addWidget(self._result)
        column.addWidget(self._rejected, 1)
        column.addWidget(row(self._trial, self._read, self._close))
        self._progress.connect(self._show_progress)
        self._busy(running=True)
        today = ui.today()

        def examine(_: Session) -> Examined:
            source = recognise(path, today=today)
            return Examined(source, preview(path) if source.kind is FileKind.OFFICE_TABLE else None)

        ui.background.read(self, examine, self._show, self._refused)

    def _show(self, examined: Examined) -> None:
        self._examined = examined
        self._busy(running=False)
        kind = label("file_kind", examined.source.kind)
        self._facts.setText(tr("{kind}, Stand {day}").format(kind=kind, day=formats.day(examined.source.as_of)))
        if examined.table is not None:
            self._mapping = MappingView(examined.table)
            self._room.addWidget(scrolled(self._mapping))
            self.resize(760, 620)
        else:
            self._room.addStretch(1)

    def _run(self, *, keep: bool) -> None:
        examined = self._examined
        if examined is None:
            return
        now, today = self._ui.now(), self._ui.today()
        mapping = self._mapping.mapping() if self._mapping is not None else None
        self._stop = False
        self._busy(running=True)

        def on_batch(rows: int) -> None:
            if self._stop:
                raise _Stopped
            self._progress.emit(rows)

        def work(session: Session) -> ImportReport:
            return import_file(session, examined.source, now=now, today=today, mapping=mapping, on_batch=on_batch)

        if keep:
            self._ui.background.write(self, work, self._kept, self._refused)
        else:
            # a reading session drops what it was given: the same work without a trace
            self._ui.background.read(self, work, self._tried, self._refused)

    def _busy(self, *, running: bool) -> None:
        self._bar.setVisible(running)
        for widget in (self._trial, self._read):
            widget.setEnabled(not running and self._examined is not None)
        if running:
            self._result.setText("")
            self._rejected.hide()

    def _show_progress(self, rows: int) -> None:
        self._result.setText(ntr(rows, "{n} Zeile gelesen …", "{n} Zeilen gelesen …"))

    def _tried(self, report: ImportReport) -> None:
        self._busy(running=False)
        self._tell(report, tr("Probelauf, nichts wurde übernommen. Es wären:"))
        self._read.setFocus()  # the trial's own button was off meanwhile and gave the focus to Abbrechen

    def _kept(self, report: ImportReport) -> None:
        self._busy(running=False)
        self._trial.hide()
        self._read.hide()
        self._offer_close()
        self._tell(report, tr("Übernommen:"))
        self._ui.messages.success(f"{report.file}: {counts(report)}")
        if not report.rejected and not report.cut:
            self.accept()

    def _offer_close(self) -> None:
        self._close.setText(tr("&Schließen"))
        self._close.setAccessibleName(tr("Schließen"))

    def _tell(self, report: ImportReport, intro: str) -> None:
        text = f"{intro} {counts(report)}"
        if report.cut:
            text += " " + tr("Die Liste ist abgeschnitten; verkleinern Sie den Umkreis der Suche.")
        self._result.setText(text)
        self._rejected.clear()
        for error in report.rejected:
            self._rejected.addItem(tr("Zeile {row}: {reason}").format(row=error.row, reason=describe_row(error.reason)))
        self._rejected.setVisible(bool(report.rejected))

    def _refused(self, error: Exception) -> None:
        self._busy(running=False)
        if isinstance(error, _Stopped):
            self._result.setText(tr("Abgebrochen. Es wurde nichts übernommen."))
            return
        if self._examined is None:
            self._facts.setText("")
            self._room.addStretch(1)
            self._offer_close()
        self._result.setText(describe(error))

    def reject(self) -> None:
        """While a file is being read: stop that; else close."""
        if self._bar.isVisible() and self._examined is not None:
            self._stop = True
            return
        super().reject()


def counts(report: ImportReport) -> str:
    """12 neu, 3 geändert, 0 unverändert, 1 abgelehnt."""
    return tr("{a} neu, {b} geändert, {c} unverändert, {d} abgelehnt.").format(
        a=report.imported, b=report.updated, c=report.unchanged, d=len(report.rejected)
    )

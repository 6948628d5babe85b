"""Taking an import back: first what would be removed, restored and kept (and why), then the act."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QProgressBar, QVBoxLayout, QWidget

from domain.casework.import_undo import Kept, UndoReport, undo_import
from ui import formats
from ui.errors import describe
from ui.import_words import kept_words, lost_words
from ui.imports.lines import LinesView
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words


def ask_undo(parent: QWidget, ui: UiContext, import_id: int, file: str) -> "UndoDialog":
    """Show what taking an import back would do."""
    dialog = UndoDialog(parent, ui, import_id, file)
    dialog.open()
    return dialog


class UndoDialog(QDialog):
    """The preview is the act itself in a session that keeps nothing."""

    undone = Signal()

    def __init__(self, parent: QWidget, ui: UiContext, import_id: int, file: str) -> None:
        super().__init__(parent)
        self._ui, self._import_id = ui, import_id
        self.setWindowTitle(tr("Import zurücknehmen"))
        self.setAccessibleName(tr("Import zurücknehmen"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(680, 220)
        self._said = words(tr("Es wird nachgesehen, was zurückgenommen werden kann …"))
        self._said.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Fortschritt"))
        self.kept = LinesView(tr("Was bleibt und warum"), kept_words)
        self.kept.hide()
        self._do = button(tr("&Zurücknehmen"), self._write, role="danger", icon="undo-2")
        self._do.setEnabled(False)
        self._close = button(tr("&Abbrechen"), self.reject)
        column = QVBoxLayout(self)
        for widget in (words(file, "heading"), self._said, self._bar, self.kept):
            column.addWidget(widget)
        column.addStretch(0)
        column.addWidget(row(self._do, self._close))
        for act in (self._do, self._close):
            act.setAutoDefault(act is self._close)  # Return never removes what nobody read
        now = ui.now()
        ui.background.read(self, lambda s: undo_import(s, import_id, now=now), self._preview, self._refused)

    def _preview(self, report: UndoReport) -> None:
        self._bar.hide()
        self._said.setText(
            tr(
                "Therapeuten, die entfernt würden: {removed}, wieder wie zuvor: {restored}, unverändert bleiben: {kept}."
            ).format(
                removed=formats.thousands(report.removed),
                restored=formats.thousands(report.restored),
                kept=formats.thousands(len(report.kept)),
            )
            + f"\n{lost_words(report)}".rstrip()
            + "\n"
            + tr("Notizen und Verlauf bleiben immer.")
        )
        self._show_kept(report.kept)
        self._do.setEnabled(True)
        self._close.setFocus()

    def _show_kept(self, kept: tuple[Kept, ...]) -> None:
        self.kept.show_records(kept)
        self.kept.setVisible(bool(kept))
        if kept:
            self.resize(680, 420)

    def _write(self) -> None:
        self._do.setEnabled(False)
        self._bar.show()
        number, now = self._import_id, self._ui.now()
        self._ui.background.write(self, lambda s: undo_import(s, number, now=now), self._done, self._refused)

    def _done(self, report: UndoReport) -> None:
        said = tr("Import zurückgenommen: {removed} entfernt, {restored} wie zuvor, {kept} geblieben.").format(
            removed=report.removed, restored=report.restored, kept=len(report.kept)
        )
        said = f"{said} {lost_words(report)}".rstrip()
        self._ui.messages.success(said)
        self.undone.emit()
        self._bar.hide()
        if not (report.kept or lost_words(report)):
            self.accept()
            return
        self._said.setText(said)
        self._show_kept(report.kept)
        self._offer_close()

    def _offer_close(self) -> None:
        self._do.hide()
        self._close.setText(tr("&Schließen"))
        self._close.setAccessibleName(tr("Schließen"))

    def _refused(self, error: Exception) -> None:
        self._bar.hide()
        self._said.setText(describe(error))
        self._offer_close()

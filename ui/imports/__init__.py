"""Reading files in, from the pages Therapeuten and Patienten and from Verwaltung."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.choosing_files import choose_files

if TYPE_CHECKING:
    from ui.imports.dialog import ImportDialog


def choose_file(parent: QWidget, ui: UiContext, *, of_patients: bool | None = None) -> None:
    """Ask for files and read them in, one after the other; of whom they tell where they do not say."""
    choose_files(
        parent, ui.state, tr("Verzeichnis, Aufnahmebögen oder Patientenliste einlesen"),
        lambda paths: read_files(parent, ui, paths, of_patients=of_patients),
        only=tr("Listen (*.json *.csv *.xlsx *.txt *.html *.htm);;Alle Dateien (*)"),
    )  # fmt: skip


def read_files(parent: QWidget, ui: UiContext, paths: list[Path], *, of_patients: bool | None = None) -> "ImportDialog":
    """Look at files in a window of its own, which is returned; the main window goes on meanwhile."""
    # the readers of tables are heavy, and most days nobody reads one
    from ui.imports.dialog import ImportDialog

    dialog = ImportDialog(parent, ui, *paths, of_patients=of_patients)
    dialog.show()
    return dialog

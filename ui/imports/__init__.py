"""Reading files in, from the pages Therapeuten and Patienten."""

from pathlib import Path

from PySide6.QtWidgets import QDialog, QWidget

from ui.ports import UiContext


def choose_file(parent: QWidget, ui: UiContext) -> None:
    """Ask for a file and read it in."""
    # the readers of tables are heavy, and most days nobody reads one
    from ui.imports.dialog import choose

    choose(parent, ui)


def read_in(parent: QWidget, ui: UiContext, path: Path) -> QDialog:
    """Read a file in that is there already; returns the dialog, which is open."""
    from ui.imports.dialog import ImportDialog

    dialog = ImportDialog(parent, ui, path)
    dialog.open()
    return dialog

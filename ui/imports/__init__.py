"""Reading files in, from the pages Therapeuten and Patienten."""

from PySide6.QtWidgets import QWidget

from ui.ports import UiContext


def choose_file(parent: QWidget, ui: UiContext) -> None:
    """Ask for a file and read it in."""
    # the readers of tables are heavy, and most days nobody reads one
    from ui.imports.dialog import choose

    choose(parent, ui)

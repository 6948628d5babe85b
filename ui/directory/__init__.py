"""The directory's own search inside the program; what its page receives is kept for review."""

from PySide6.QtWidgets import QWidget

from ui.ports import UiContext


def open_search(parent: QWidget, ui: UiContext) -> None:
    """Open the office's search page in a window of its own."""
    # what reads its answers is heavy, and most days nobody searches
    from ui.directory.window import open_window

    open_window(parent, ui)

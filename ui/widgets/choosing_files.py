"""Dialogs that choose files of this machine: they begin in the person's documents, later where the last one ended.

Which folder that was is known until the program ends and is written nowhere: its name may be a patient's.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.window_state import WindowState


def choose_files(
    parent: QWidget, state: WindowState, title: str, then: Callable[[list[Path]], object], *, only: str = ""
) -> QFileDialog:
    """Ask for one or several files that are there; `only` is a filter such as ``Dokumente (*.pdf)``."""
    dialog = _dialog(parent, state, title, then)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    if only:
        dialog.setNameFilter(only)
    dialog.open()
    return dialog


def choose_place(
    parent: QWidget, state: WindowState, title: str, name: str, then: Callable[[Path], None], *, ending: str = ""
) -> QFileDialog:
    """Ask where to write a file proposed by that name."""
    dialog = _dialog(parent, state, title, lambda paths: then(paths[0]))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    if ending:
        dialog.setDefaultSuffix(ending)
    dialog.selectFile(name)
    dialog.open()
    return dialog


def _dialog(parent: QWidget, state: WindowState, title: str, then: Callable[[list[Path]], object]) -> QFileDialog:
    folder = state.folder if state.folder is not None and state.folder.is_dir() else documents()
    dialog = QFileDialog(parent, title)
    before = dialog.history()
    dialog.setDirectory(str(folder))

    # when it goes, Qt writes where it was last, and the folders it went through, into a file of all Qt programs
    def forget() -> None:
        dialog.setHistory(before)
        dialog.setDirectory(str(documents()))

    dialog.finished.connect(lambda _: forget())

    def chosen(names: list[str]) -> None:
        paths = [Path(name) for name in names]
        state.folder = paths[0].parent
        then(paths)

    dialog.filesSelected.connect(chosen)
    return dialog


def documents() -> Path:
    """Where people keep their documents."""
    found = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    return found if found.is_dir() else Path.home()

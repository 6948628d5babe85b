"""Dialogs that choose files begin where people keep their documents, then where the last one ended."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from ui.ports import UiContext
from ui.widgets.choosing_files import choose_files, choose_place


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's folder of documents."""
    made = tmp_path / "Dokumente"
    made.mkdir()
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(made))
    return made


def where(dialog: QFileDialog) -> Path:
    """The folder a dialog shows."""
    return Path(dialog.directory().absolutePath())


def test_the_first_dialog_shows_the_documents_and_the_next_the_last_folder(
    ui: UiContext, qtbot: QtBot, documents: Path, tmp_path: Path
) -> None:
    """Reading and saving share it; a folder that is gone is not asked for again."""
    page, chosen = QWidget(), list[Path]()
    qtbot.addWidget(page)
    other = tmp_path / "Scans"
    other.mkdir()
    first = choose_files(page, ui.state, "Anhang wählen", chosen.extend)
    assert where(first) == documents
    first.filesSelected.emit([str(other / "a.pdf"), str(other / "b.pdf")])
    assert chosen == [other / "a.pdf", other / "b.pdf"]
    second = choose_place(page, ui.state, "Speichern", "Nachweis.pdf", chosen.append, ending="pdf")
    assert where(second) == other
    assert [Path(name).name for name in second.selectedFiles()] == ["Nachweis.pdf"]
    for dialog in (first, second):
        dialog.reject()
    other.rmdir()
    third = choose_files(page, ui.state, "Anhang wählen", chosen.extend)
    assert where(third) == documents
    third.reject()


def test_a_folder_is_written_nowhere(ui: UiContext, qtbot: QtBot, documents: Path, tmp_path: Path) -> None:
    """Qt keeps the folders a dialog went through for all its programs: those of ours are not among them."""
    page = QWidget()
    qtbot.addWidget(page)
    folder = tmp_path / "Akte Kanarienvogel"
    folder.mkdir()
    for _ in range(2):
        dialog = choose_place(page, ui.state, "Speichern", "Nachweis.pdf", lambda _: None, ending="pdf")
        dialog.setDirectory(str(folder))
        dialog.selectFile("Nachweis.pdf")
        dialog.accept()
        assert ui.state.folder == folder
        assert where(dialog) == documents
        assert str(folder) not in dialog.history()
    dialog.deleteLater()
    qtbot.wait(1)
    kept = QSettings(QSettings.Scope.UserScope, "QtProject")
    assert not [key for key in kept.allKeys() if "Kanarienvogel" in str(kept.value(key))]


def test_without_a_folder_of_documents_it_is_the_persons_own(ui: UiContext, qtbot: QtBot, documents: Path) -> None:
    """Never the folder the program was started in."""
    documents.rmdir()
    page = QWidget()
    qtbot.addWidget(page)
    dialog = choose_files(page, ui.state, "Anhang wählen", lambda _: None)
    assert where(dialog) == Path.home()
    dialog.reject()

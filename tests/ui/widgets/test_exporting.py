"""Saving what holds data of persons: asked first, whole or not at all, and the passphrase told once more."""

import errno
import io
from pathlib import Path

import pytest
import pyzipper
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from domain.errors import Unavailable
from tests.ui.hands import how_to_save
from ui.errors import describe
from ui.ports import UiContext
from ui.widgets.exporting import ExportDialog, PassphraseDialog, Target, ask_export, tell_saved

OWN = "Sommer-am-See-2026"


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    """Some page."""
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def chooser(parent: QWidget) -> QFileDialog:
    """The dialog that asks where."""
    return next(dialog for dialog in parent.findChildren(QFileDialog) if dialog.isVisible())


def test_protected_it_becomes_an_archive(ui: UiContext, qtbot: QtBot, parent: QWidget, tmp_path: Path) -> None:
    """Under a name that ends so, whatever was typed, and beside what lies there."""
    got: list[Target] = []
    (tmp_path / "Liste.xlsx.zip").write_bytes(b"alt")
    ask_export(parent, ui, "Liste speichern", "Liste.xlsx", got.append, ending="xlsx")
    passphrase = how_to_save(qtbot, parent, protect=True)
    qtbot.waitUntil(lambda: bool(parent.findChildren(QFileDialog)))
    assert Path(chooser(parent).selectedFiles()[0]).name == "Liste.zip"
    chooser(parent).filesSelected.emit([str(tmp_path / "Liste.xlsx")])
    (target,) = got
    assert target == Target(tmp_path / "Liste.xlsx 2.zip", passphrase)
    assert passphrase not in repr(target)
    target.put({"Liste.xlsx": b"Zeilen"})
    assert sorted(path.name for path in tmp_path.glob("*.zip")) == ["Liste.xlsx 2.zip", "Liste.xlsx.zip"]
    with pyzipper.AESZipFile(io.BytesIO(target.path.read_bytes())) as archive:
        archive.setpassword(passphrase.encode())
        assert archive.read("Liste.xlsx") == b"Zeilen"
    tell_saved(parent, ui, target, "Gespeichert.")
    (told,) = parent.findChildren(PassphraseDialog)
    assert told.passphrase.text() == passphrase


def test_unprotected_it_is_the_file_itself(ui: UiContext, qtbot: QtBot, parent: QWidget, tmp_path: Path) -> None:
    """What that means was said, and nobody is shown a passphrase."""
    got: list[Target] = []
    kinds: list[str] = []
    ask_export(
        parent,
        ui,
        "Karte speichern",
        "Karte.pdf",
        got.append,
        ending="pdf",
        dress=lambda d: kinds.append(d.windowTitle()),
    )
    how_to_save(qtbot, parent)
    qtbot.waitUntil(lambda: bool(parent.findChildren(QFileDialog)))
    assert Path(chooser(parent).selectedFiles()[0]).name == "Karte.pdf"
    assert kinds == ["Karte speichern"]
    chooser(parent).filesSelected.emit([str(tmp_path / "Karte.pdf")])
    got[0].put({"egal": b"%PDF"})
    assert (tmp_path / "Karte.pdf").read_bytes() == b"%PDF"
    tell_saved(parent, ui, got[0], "Gespeichert.")
    assert not parent.findChildren(PassphraseDialog)
    assert ui.messages.text() == "Gespeichert."


def test_an_own_passphrase_is_as_long_as_it_must_be(qtbot: QtBot, parent: QWidget) -> None:
    """A short one is refused at its field in a sentence; a new one can be made."""
    got: list[str] = []
    dialog = ExportDialog(parent, "Speichern", "", protect=True)
    dialog.ask(got.append)
    first = dialog.typed.text()
    dialog._new.click()
    assert dialog.typed.text() != first
    dialog.typed.setText("kurz")
    dialog.ok.click()
    assert "mindestens 16 Zeichen" in dialog._field.fault
    assert got == []
    dialog.typed.setText("Schlüssel für alle Fälle")
    assert dialog._field.fault == ""
    dialog.ok.click()
    assert "ohne Umlaute" in dialog._field.fault
    dialog.typed.setText(OWN)
    dialog.ok.click()
    assert got == [OWN]
    qtbot.waitUntil(lambda: not parent.findChildren(ExportDialog))


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "kein Platz mehr"), (errno.EACCES, "lässt sich nicht schreiben")]
)
@pytest.mark.parametrize("passphrase", ["", OWN])
def test_a_disk_that_takes_nothing_keeps_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str, passphrase: str
) -> None:
    """Full or closed: a sentence, the old file, nothing half and nothing readable beside it."""
    path = tmp_path / "x.zip"
    path.write_bytes(b"alt")

    def fail(_: int) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(Unavailable) as refused:
        Target(path, passphrase).put({"x.pdf": b"neu"})
    assert words in describe(refused.value)
    assert path.read_bytes() == b"alt"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    """By the file that could not be written."""
    with pytest.raises(Unavailable) as refused:
        Target(tmp_path / "fehlt" / "x.zip", OWN).put({"x.pdf": b"neu"})
    assert "x.zip" in describe(refused.value)


def test_nothing_readable_is_ever_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even for a moment: all bytes that go to the disk are those of the archive."""
    seen: list[bytes] = []

    def look(_: int) -> None:
        seen.extend(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    monkeypatch.setattr("os.fsync", look)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    Target(tmp_path / "x.zip", OWN).put({"x.txt": b"Frau Muster " * 1000})
    assert seen
    assert not any(b"Muster" in content for content in seen)
    assert [path.name for path in tmp_path.iterdir()] == ["x.zip"]

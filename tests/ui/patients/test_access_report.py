"""The access report by hand: encrypted unless said otherwise, noted; where nothing can be written nothing is left."""

import io
import json
from pathlib import Path

import pytest
import pyzipper
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from domain.database import Database
from domain.errors import Unavailable
from tests.builders import add_patient
from tests.domain.casework.pdf_reading import pages
from tests.ui.hands import choose, fill, scalar
from tests.ui.patients.test_record import opened
from ui.patients.page import PatientsPage
from ui.ports import UiContext
from ui.widgets.exporting import ExportDialog, PassphraseDialog, Target
from ui.widgets.files import put_whole


def asked(ui: UiContext, qtbot: QtBot, database: Database) -> tuple[PatientsPage, int, ExportDialog]:
    """The page of a patient of whom a report was asked for, and the dialog that warns."""
    patient = fill(database, lambda s: add_patient(s, first_name="Ada", last_name="Groß"))
    page = opened(ui, qtbot, patient)
    choose(qtbot, page, "Akte", "Auskunft Art. 15 …")
    qtbot.waitUntil(lambda: bool(page.findChildren(ExportDialog)))
    (dialog,) = page.findChildren(ExportDialog)
    return page, patient, dialog


def test_it_is_encrypted_unless_somebody_says_otherwise(
    ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path
) -> None:
    """Warned and protected; both files lie in the archive, under names of nobody, and the passphrase is told."""
    page, _, dialog = asked(ui, qtbot, database)
    said = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "Gesundheitsdaten" in said
    assert "Bisher wurde keine erstellt" in said
    assert dialog.protect.isChecked()
    passphrase = dialog.passphrase()
    dialog.ok.click()
    qtbot.waitUntil(lambda: bool(page.findChildren(QFileDialog)))
    (place,) = page.findChildren(QFileDialog)
    assert [Path(name).suffix for name in place.selectedFiles()] == [".zip"]
    assert "Groß" not in "".join(place.selectedFiles())
    path = tmp_path / "Auskunft.zip"
    place.filesSelected.emit([str(path)])
    place.done(QDialog.DialogCode.Rejected)
    qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(PassphraseDialog)))
    (told,) = page.findChildren(PassphraseDialog)
    assert told.passphrase.text() == passphrase
    told.ok.click()
    assert [each.name for each in tmp_path.glob("*uskunft*")] == ["Auskunft.zip"]
    content = path.read_bytes()
    with pyzipper.AESZipFile(io.BytesIO(content)) as archive:
        pdf, beside = sorted(archive.namelist(), key=lambda name: name.endswith(".json"))
        with pytest.raises(RuntimeError, match="password"):
            archive.read(pdf)
        archive.setpassword(passphrase.encode())
        assert "Groß" in "".join(pages(archive.read(pdf)))
        assert json.loads(archive.read(beside))["data"]["person"][0]["last_name"] == "Groß"
    assert "Groß" not in pdf + beside
    assert scalar(database, "SELECT count(*) FROM patient_service.access_report") == 1


def test_without_protection_it_is_two_files(ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path) -> None:
    """The dialog says what that means; the message says that they are not encrypted."""
    page, patient, dialog = asked(ui, qtbot, database)
    dialog.protect.setChecked(False)
    assert "jeder die Datei lesen" in dialog._told.text()
    dialog.back.click()
    path = tmp_path / "Auskunft.pdf"
    page._detail._actions.reporting.save_to(patient, Target(path))
    qtbot.waitUntil(lambda: "unverschlüsselt" in ui.messages.text())
    assert "Groß" in "".join(pages(path.read_bytes()))
    told = json.loads((tmp_path / "Auskunft.json").read_bytes())
    assert told["data"]["person"][0]["last_name"] == "Groß"


def test_half_a_report_is_none(tmp_path: Path) -> None:
    """Where the second file cannot be written the first one goes."""

    def full(path: Path, content: bytes) -> None:
        if path.suffix == ".json":
            raise Unavailable("file.unwritable", path=str(path))
        put_whole(path, content)

    with pytest.raises(Unavailable):
        Target(tmp_path / "a.pdf").put({"a.pdf": b"%PDF", "a.json": b"{}"}, full)
    assert list(tmp_path.iterdir()) == []

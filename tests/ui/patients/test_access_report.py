"""The access report by hand: warned, saved as two files, noted; a place that cannot be written keeps none of them."""

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from domain.casework.access_report.making import MadeReport
from domain.database import Database
from domain.errors import Unavailable
from tests.builders import add_patient
from tests.domain.casework.pdf_reading import pages
from tests.ui.hands import choose, fill, scalar
from tests.ui.patients.test_record import opened
from ui.patients.access_report import put_both
from ui.ports import UiContext
from ui.widgets.files import put_whole
from ui.widgets.reason import ReasonDialog


def test_it_is_warned_saved_and_noted(ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path) -> None:
    """The warning says that nothing is encrypted; then both files lie in the chosen folder."""
    patient = fill(database, lambda s: add_patient(s, first_name="Ada", last_name="Groß"))
    page = opened(ui, qtbot, patient)
    choose(qtbot, page, "Akte", "Auskunft Art. 15 …")
    qtbot.waitUntil(lambda: bool(page.findChildren(ReasonDialog)))
    (dialog,) = page.findChildren(ReasonDialog)
    said = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "nicht verschlüsselt" in said
    assert "Bisher wurde keine erstellt" in said
    dialog.ok.click()
    qtbot.waitUntil(lambda: bool(page.findChildren(QFileDialog)))
    (place,) = page.findChildren(QFileDialog)
    assert "Groß" not in "".join(place.selectedFiles())
    place.done(QDialog.DialogCode.Rejected)
    path = tmp_path / "Auskunft.pdf"
    page._detail._actions.reporting.save_to(patient, path)
    qtbot.waitUntil((tmp_path / "Auskunft.json").exists)
    assert "Groß" in "".join(pages(path.read_bytes()))
    told = json.loads((tmp_path / "Auskunft.json").read_bytes())
    assert told["data"]["person"][0]["last_name"] == "Groß"
    assert scalar(database, "SELECT count(*) FROM patient_service.access_report") == 1


def test_half_a_report_is_none(tmp_path: Path) -> None:
    """Where the second file cannot be written the first one goes."""

    def full(path: Path, content: bytes) -> None:
        if path.suffix == ".json":
            raise Unavailable("file.unwritable", path=str(path))
        put_whole(path, content)

    with pytest.raises(Unavailable):
        put_both(tmp_path / "a.pdf", tmp_path / "a.json", MadeReport(b"{}", b"%PDF"), full)
    assert list(tmp_path.iterdir()) == []

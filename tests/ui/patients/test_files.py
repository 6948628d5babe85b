"""The tab Dateien by hand: files dropped and chosen, opened to read, saved, erased; refusals in words."""

import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDropEvent
from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from domain.casework.patient_record import restrict_patient
from domain.database import Database
from domain.patients.files import add_file
from tests.builders import add_patient
from tests.domain.patients.papers import EXE, pdf, png
from tests.ui.hands import confirm, fill, find, press, scalar
from ui.patients import files_folder
from ui.patients.files import FilesTab
from ui.patients.files_folder import sweep
from ui.patients.page import PatientsPage
from ui.ports import UiContext
from ui.widgets.exporting import Target
from ui.widgets.reason import ReasonDialog

COUNT = "SELECT count(*) FROM patient_service.patient_file_content"
READ = "SELECT count(*) FROM audit.entry WHERE operation = 'read' AND table_name = 'patient_service.patient_file'"


def line(tab: FilesTab, number: int = 0) -> QTreeWidgetItem:
    """A line of the list, which must be there."""
    found = tab._list.topLevelItem(number)
    assert found is not None
    return found


def tab_of(ui: UiContext, qtbot: QtBot, patient: int) -> FilesTab:
    """The tab of one record, in front."""
    page = PatientsPage(ui)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    page.open_item(patient)
    form, tab = page._detail._form, page._detail._files
    qtbot.waitUntil(lambda: tab._patient_id == patient)
    form.setCurrentWidget(tab)
    return tab


def with_paper(ui: UiContext, qtbot: QtBot, database: Database) -> FilesTab:
    """The tab of a record with one paper, chosen."""
    patient = fill(database, add_patient)
    fill(database, lambda s: add_file(s, patient, name="PTV 11.pdf", content=pdf("lesbar"), kind="ptv11", now=ui.now()))
    tab = tab_of(ui, qtbot, patient)
    qtbot.waitUntil(lambda: tab._list.topLevelItemCount() == 1)
    tab._list.setCurrentItem(line(tab))
    return tab


def test_files_are_dropped_on_the_tab(ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path) -> None:
    """Two come in as the chosen kind, a program does not and the sentence says why; the files stay where they are."""
    tab = tab_of(ui, qtbot, fill(database, add_patient))
    names = {"Einwilligung Şahin.pdf": pdf(), "Rückseite.png": png(), "PTV11.pdf": EXE}
    data = QMimeData()
    for name, content in names.items():
        (tmp_path / name).write_bytes(content)
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in names])
    tab._kind.choose("consent")
    tab.dropEvent(
        QDropEvent(
            QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )
    qtbot.waitUntil(lambda: "Der Inhalt von „PTV11.pdf“ passt nicht" in ui.messages.text())
    assert "2 Dateien hinzugefügt." in ui.messages.text()
    qtbot.waitUntil(lambda: tab._list.topLevelItemCount() == 2)
    lines = [line(tab, number) for number in range(2)]
    assert {one.text(0) for one in lines} == {"Einwilligung Şahin.pdf", "Rückseite.png"}
    assert {one.text(1) for one in lines} == {"Einwilligung"}
    assert {one.text(4) for one in lines} == {"Jana Brand"}
    assert "2 Dateien" in tab._count.text()
    assert not tab._progress.isVisible()
    assert sorted(path.name for path in tmp_path.glob("*.p*")) == sorted(names)


def test_no_paper_has_a_kind_nobody_chose(ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path) -> None:
    """A name only proposes one: the person confirms it, and where it tells none must choose."""
    tab = tab_of(ui, qtbot, fill(database, add_patient))
    for name in ("PTV 11 Kühn.pdf", "Scan_0042.pdf"):
        (tmp_path / name).write_bytes(pdf(name))
    assert tab._kind.code() == ""
    tab.bring(sorted(tmp_path.glob("*.pdf")))
    proposed = asked(qtbot, tab)
    assert (proposed.kind(), proposed.ok.isEnabled()) == ("ptv11", True)
    assert scalar(database, COUNT) == 0
    proposed.reject()  # it is no PTV 11, whatever it is called: nothing is added, and the others are asked for
    assert not asked(qtbot, tab).ok.isEnabled()
    confirm(qtbot, tab, kind="insurance")
    qtbot.waitUntil(lambda: tab._list.topLevelItemCount() == 1)
    assert (line(tab).text(0), line(tab).text(1)) == ("Scan_0042.pdf", "Krankenkasse")
    tab.bring([tmp_path / "PTV 11 Kühn.pdf"])
    confirm(qtbot, tab, kind=asked(qtbot, tab).kind())
    qtbot.waitUntil(lambda: tab._list.topLevelItemCount() == 2)
    assert {line(tab, n).text(1) for n in range(2)} == {"PTV 11", "Krankenkasse"}


def asked(qtbot: QtBot, tab: FilesTab) -> ReasonDialog:
    """The dialog that asks what a paper is."""
    qtbot.waitUntil(lambda: any(d.isVisible() for d in tab.findChildren(ReasonDialog)))
    return next(d for d in tab.findChildren(ReasonDialog) if d.isVisible())


def test_a_file_that_is_gone_or_too_large_is_told(
    ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path
) -> None:
    """A large one is not even read."""
    tab = tab_of(ui, qtbot, fill(database, add_patient))
    with (tmp_path / "groß.pdf").open("wb") as file:
        file.truncate(25_000_001)
    tab._kind.choose("other")
    tab.bring([tmp_path / "groß.pdf", tmp_path / "weg.pdf"])
    qtbot.waitUntil(lambda: "zu groß (höchstens 25 MB)" in ui.messages.text())
    assert "weg.pdf“ lässt sich nicht lesen" in ui.messages.text()
    assert scalar(database, COUNT) == 0


def test_a_paper_is_opened_to_read(
    ui: UiContext, qtbot: QtBot, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the system's program, as a file for its owner alone whose name tells nothing; the log knows."""
    shown: list[str] = []

    def open_url(url: QUrl) -> bool:
        shown.append(url.toLocalFile())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    tab = with_paper(ui, qtbot, database)
    press(qtbot, tab, "Datei öffnen")
    qtbot.waitUntil(lambda: bool(shown))
    path = Path(shown[0])
    assert re.fullmatch(r"Unterlage-\d+\.pdf", path.name)
    assert path.read_bytes() == pdf("lesbar")
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o400
        assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700
    assert scalar(database, READ) == 1


def test_a_paper_is_saved_elsewhere(ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path) -> None:
    """Where the person says, and where one cannot write the sentence names the place."""
    tab = with_paper(ui, qtbot, database)
    file = tab._chosen()
    assert file is not None
    tab.save_to(file, Target(tmp_path / "Kopie.pdf"))
    qtbot.waitUntil(lambda: ui.messages.text() == "Gespeichert: Kopie.pdf")
    assert (tmp_path / "Kopie.pdf").read_bytes() == pdf("lesbar")
    assert scalar(database, READ) == 1
    tab.save_to(file, Target(tmp_path / "fehlt" / "Kopie.pdf"))
    qtbot.waitUntil(lambda: "file.unwritable" in ui.messages.text())


def test_a_paper_is_erased_with_a_reason(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The consequence is named, and the line says who erased what was there, and why."""
    tab = with_paper(ui, qtbot, database)
    press(qtbot, tab, "Datei löschen")
    confirm(qtbot, tab, reason="gehört zu jemand anderem")
    qtbot.waitUntil(lambda: scalar(database, COUNT) == 0)
    qtbot.waitUntil(lambda: "gelöscht" in line(tab).text(0))
    assert "von Jana Brand: gehört zu jemand anderem" in line(tab).text(0)
    tab._list.setCurrentItem(line(tab))
    assert not any(widget.isEnabled() for widget in (tab._open, tab._save, tab._erase))


def test_a_restricted_record_takes_nothing(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The tab says why."""
    patient = fill(database, add_patient)
    fill(database, lambda s: restrict_patient(s, patient, now=ui.now()))
    tab = tab_of(ui, qtbot, patient)
    qtbot.waitUntil(tab._closed.isVisible)
    assert not tab._add.isEnabled()
    assert not tab.acceptDrops()


def test_every_control_has_a_name(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """For who does not see it."""
    tab = with_paper(ui, qtbot, database)
    for name in ("Dateien hinzufügen", "Datei öffnen", "Datei speichern unter", "Datei löschen"):
        find(qtbot, tab, name)
    assert tab._list.accessibleName() == "Unterlagen"
    assert tab._kind.accessibleName() == "Art der neuen Unterlage"


def test_what_a_dead_process_left_is_taken_away(tmp_path: Path) -> None:
    """Not what a living one reads, and nothing that only looks alike."""
    dead, alive, other = (
        tmp_path / name
        for name in ("platzlotse-unterlagen-4194303-ab", f"platzlotse-unterlagen-{os.getpid()}-cd", "unterlagen")
    )
    for folder in (dead, alive, other):
        (folder / "x").mkdir(parents=True)
        (folder / "x" / "PTV 11.pdf").write_bytes(pdf())
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([alive, other])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such place")
def test_papers_are_read_from_memory_under_names_that_say_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the person's own place in memory, for nobody else; where there is none, in a private temporary folder."""
    memory, other = tmp_path / "run", tmp_path / "tmp"
    memory.mkdir(mode=0o700)
    other.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(other))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(memory))
    papers = [files_folder.put_to_read(name, b"lesbar") for name in ("Klara Geheimrat.PDF", "x.Geheim Rat", "Klara")]
    assert [re.fullmatch(r"Unterlage-\d+(\.pdf)?", paper.name) is not None for paper in papers] == [True] * 3
    assert papers[0].suffix == ".pdf"
    for paper in papers:
        assert paper.is_relative_to(memory)
        assert stat.S_IMODE(paper.stat().st_mode) == 0o400
        assert {stat.S_IMODE(folder.stat().st_mode) for folder in paper.parents if memory in folder.parents} == {0o700}
    memory.chmod(0o755)  # not as the system promises
    assert files_folder.put_to_read("a.pdf", b"lesbar").is_relative_to(other)
    files_folder.clear()
    assert [*memory.iterdir(), *other.iterdir()] == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such place")
def test_what_a_killed_program_left_goes_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while a paper was open: the next start takes it away."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    tmp_path.chmod(0o700)
    work = "import os, signal; from ui.patients.files_folder import put_to_read; put_to_read('a.pdf', b'x')"
    killed = subprocess.run(
        [sys.executable, "-c", f"{work}; os.kill(os.getpid(), signal.SIGKILL)"], check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL
    assert len(list(tmp_path.rglob("Unterlage-*.pdf"))) == 1
    files_folder.sweep_all()
    assert list(tmp_path.iterdir()) == []


def test_the_kind_of_an_old_paper_is_confirmed(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Told in its line, asked about with what its name tells, and done for good."""
    patient = fill(database, add_patient)
    fill(database, lambda s: add_file(s, patient, name="Alt.pdf", content=pdf("b"), kind="consent", now=ui.now()))
    fill(database, lambda s: add_file(s, patient, name="PTV11.pdf", content=pdf("a"), kind="other", now=ui.now()))
    old = "UPDATE patient_service.patient_file SET kind_confirmed = false WHERE name = 'PTV11.pdf'"
    fill(database, lambda s: s.execute(text(old)).close())
    tab = tab_of(ui, qtbot, patient)
    qtbot.waitUntil(lambda: tab._list.topLevelItemCount() == 2)
    assert {line(tab, n).text(1) for n in range(2)} == {"Sonstiges: Art noch bestätigen", "Einwilligung"}
    press(qtbot, tab, "Art bestätigen")
    qtbot.waitUntil(lambda: tab.findChild(ReasonDialog) is not None)
    dialog = tab.findChild(ReasonDialog)
    assert dialog is not None
    assert dialog.kind() == "ptv11"
    dialog.ok.click()
    kinds = "SELECT string_agg(kind, ' ' ORDER BY id) FROM patient_service.patient_file WHERE kind_confirmed"
    qtbot.waitUntil(lambda: scalar(database, kinds) == "consent ptv11")
    qtbot.waitUntil(tab._confirm.isHidden)

"""Searching on the directory's own page: what it brings is kept, reviewed and taken over; nothing else happens."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.database import Database
from domain.search_page import search_page
from tests.servers.directory import DirectoryServer
from tests.ui.directory.conftest import Run, evaluate
from tests.ui.hands import fill, find, press, scalar
from tests.ui.map.conftest import SLOW_MS
from ui.directory.view import may_show
from ui.directory.window import DirectoryWindow
from ui.imports.dialog import ImportDialog
from ui.map.sandbox import SWITCH
from ui.ports import UiContext
from ui.therapists.page import TherapistsPage

THERAPISTS = "SELECT count(*) FROM therapist_service.therapist"


def practices(count: int, *, first: int = 1, **more: Any) -> list[dict[str, Any]]:
    """Entries as the directory writes them (v2), each another person."""
    return [
        {
            "arzt": True, "id": str(number), "vorname": f"Vera{number}", "name": f"Muster{number}", "geschlecht": "W",
            "strasse": "Ahornweg", "hausnummer": str(number), "plz": "52062", "ort": "Aachen", "distance": number,
            "fg": [{"value": "Psychotherapie"}], "zb": [{"value": "Hypnose"}], "zm": ["EMDR"], **more,
        }
        for number in range(first, first + count)
    ]  # fmt: skip


def answer(entries: list[dict[str, Any]], *, more: bool = False) -> bytes:
    """An answer of the interface."""
    return json.dumps({"arztPraxisDatas": entries, "moreResults": more}).encode()


def said(window: DirectoryWindow, name: str = "Letzte Suche") -> str:
    """What the window says under that name."""
    return next(found.text() for found in window.findChildren(QLabel) if found.accessibleName() == name)


def wait_for(qtbot: QtBot, window: DirectoryWindow, words: str) -> None:
    """Wait until the window has said so."""
    qtbot.waitUntil(lambda: words in said(window), timeout=SLOW_MS)


@pytest.mark.parametrize("script", ["search()", "searchOld()"])
def test_what_the_page_receives_is_kept_and_taken_over(
    window: DirectoryWindow, directory: DirectoryServer, database: Database, qtbot: QtBot, run: Run, script: str
) -> None:
    """One search asks once, with the page's own headers; its practices come into the therapists by the import."""
    directory.answer = answer(practices(7))
    run(script)
    wait_for(qtbot, window, "Diese Suche brachte 7 Praxen.")
    assert len(directory.calls) == 1
    if script == "search()":
        assert directory.calls[0]["X-Page"] == "own"
    assert scalar(database, THERAPISTS) == 0
    press(qtbot, window, "7 Praxen übernehmen")
    qtbot.waitUntil(lambda: bool(window.findChildren(ImportDialog)), timeout=SLOW_MS)
    dialog = window.findChildren(ImportDialog)[0]
    folder = window._import_folder
    assert folder is not None
    assert Path(folder.name).stat().st_mode & 0o077 == 0
    press(qtbot, dialog, "Einlesen")
    wait_for(qtbot, window, "Übernommen.")
    assert scalar(database, THERAPISTS) == 7
    assert scalar(database, "SELECT DISTINCT qualifications FROM therapist_service.therapist") == ["EMDR", "Hypnose"]
    assert not Path(folder.name).exists()
    assert len(window.kept) == 0
    assert len(directory.calls) == 1


def test_an_import_that_was_called_off_keeps_everything(
    window: DirectoryWindow, directory: DirectoryServer, qtbot: QtBot, run: Run
) -> None:
    """The answers are still there, the file is not."""
    directory.answer = answer(practices(3))
    run("search()")
    wait_for(qtbot, window, "3 Praxen")
    press(qtbot, window, "3 Praxen übernehmen")
    qtbot.waitUntil(lambda: bool(window.findChildren(ImportDialog)), timeout=SLOW_MS)
    dialog = window.findChildren(QDialog)[0]
    find(qtbot, dialog, "Einlesen")
    dialog.reject()
    qtbot.waitUntil(lambda: window._import_folder is None, timeout=SLOW_MS)
    assert len(window.kept) == 3
    find(qtbot, window, "3 Praxen übernehmen")


def test_several_searches_are_joined_and_cut_lists_told(
    window: DirectoryWindow, directory: DirectoryServer, qtbot: QtBot, run: Run
) -> None:
    """The same practice counts once; a list of 100 is cut, and so is one that says so."""
    directory.answer = answer(practices(100))
    run("search()")
    wait_for(qtbot, window, "Liste ist gekürzt: 100 von mehr; Umkreis verkleinern")
    directory.answer = answer(practices(20, first=91))
    run("search()")
    wait_for(qtbot, window, "20 Praxen, davon 10 neu.")
    directory.answer = answer(practices(5, first=200), more=True)
    run("search()")
    wait_for(qtbot, window, "Liste ist gekürzt: 5 von mehr")
    find(qtbot, window, "115 Praxen übernehmen")
    assert said(window, "Behalten") == "115 Praxen behalten · 2 gekürzte Listen"


def test_a_changed_shape_is_told_and_can_be_saved(
    window: DirectoryWindow, directory: DirectoryServer, qtbot: QtBot, run: Run
) -> None:
    """What is kept stays, the answer nobody understands is offered as a file."""
    directory.answer = answer(practices(2))
    run("search()")
    wait_for(qtbot, window, "2 Praxen")
    directory.answer = b'{"ergebnisse": [{"wer": "Muster"}]}'
    run("search()")
    wait_for(qtbot, window, "in einer Form geantwortet")
    find(qtbot, window, "Antwort speichern")
    assert window.kept.strange == directory.answer
    find(qtbot, window, "2 Praxen übernehmen")


def test_a_search_that_is_refused_is_told(
    window: DirectoryWindow, directory: DirectoryServer, qtbot: QtBot, run: Run
) -> None:
    """Without its session the directory says 403; nothing is tried again by itself."""
    directory.forget_sessions = True
    run("search()")
    wait_for(qtbot, window, "abgelehnt (403)")
    directory.forget_sessions, directory.status = False, 429
    run("search()")
    wait_for(qtbot, window, "Pause (429)")
    assert len(directory.calls) == 2
    assert len(window.kept) == 0


def test_only_the_interface_s_answers_are_kept(
    window: DirectoryWindow, directory: DirectoryServer, qtbot: QtBot, run: Run
) -> None:
    """Another address of the same site is not listened to, even if its answer looks alike."""
    run("other()")
    directory.answer = answer(practices(1))
    run("search()")
    wait_for(qtbot, window, "1 Praxis")
    assert len(window.kept) == 1
    assert b"Falsch" not in window.kept.as_file()


@pytest.mark.parametrize("script", ["document.getElementById('away').click()", "location.href = '/weg'"])
def test_nothing_leads_to_another_site(
    window: DirectoryWindow, directory: DirectoryServer, qtbot: QtBot, run: Run, script: str
) -> None:
    """A link and a redirection end at the door with a sentence; the page is still there."""
    run(script)
    wait_for(qtbot, window, "führt zu „anderswo.example“")
    assert evaluate(qtbot, window, "location.origin + '/'") == directory.address


def test_downloads_prints_and_permissions_are_refused(
    window: DirectoryWindow, qtbot: QtBot, run: Run, tmp_path: Path
) -> None:
    """Each ends with the same sentence and without a file or a question."""
    for script in (
        "document.getElementById('file').click()",
        "window.print()",
        "navigator.geolocation.getCurrentPosition(() => {}, () => {})",
    ):
        window._told.setText("")
        run(script)
        wait_for(qtbot, window, "gibt es hier nicht")
    assert not list(tmp_path.rglob("*.zip"))


def test_nothing_is_stored_on_disk(window: DirectoryWindow) -> None:
    """The profile is off the record and keeps cookies and cache in memory."""
    assert window.view.engine is not None
    profile = window.view.engine.profile
    assert profile.isOffTheRecord()
    assert profile.httpCacheType() is not profile.HttpCacheType.DiskHttpCache
    assert profile.persistentCookiesPolicy() is profile.PersistentCookiesPolicy.NoPersistentCookies


def test_the_end_of_the_page_s_process_is_survived(
    window: DirectoryWindow, directory: DirectoryServer, qtbot: QtBot, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    """The window says so, keeps what it has, and loads again."""
    directory.answer = answer(practices(4))
    run("search()")
    wait_for(qtbot, window, "4 Praxen")
    assert window.view.engine is not None
    os.kill(window.view.engine.render_process(), signal.SIGKILL)
    qtbot.waitUntil(window.view._dead.isVisible, timeout=SLOW_MS)
    assert len(window.kept) == 4
    press(qtbot, window.view._dead, "Seite neu laden")
    qtbot.waitUntil(
        lambda: evaluate(qtbot, window, "document.body && document.body.dataset.native") == "ready", timeout=SLOW_MS
    )
    directory.answer = answer(practices(1, first=50))
    run("search()")
    qtbot.waitUntil(lambda: len(window.kept) == 5, timeout=SLOW_MS)
    caplog.clear()


def test_the_page_of_therapists_opens_the_office_s_search(
    ui: UiContext, qtbot: QtBot, database: Database, directory: DirectoryServer
) -> None:
    """The address is the one of Verwaltung; without one a sentence says where to enter it."""
    page = TherapistsPage(ui)
    qtbot.addWidget(page)
    page.show()
    for address in (directory.address, ""):

        def enter(session: Session, address: str = address) -> None:
            session.execute(text("UPDATE platform.office SET directory_search = :a"), {"a": address})

        fill(database, enter)
        press(qtbot, page, "Arztsuche öffnen")
        if address:
            qtbot.waitUntil(lambda: bool(page.findChildren(DirectoryWindow)), timeout=SLOW_MS)
            opened = page.findChildren(DirectoryWindow)[0]
            qtbot.waitUntil(lambda: "/" in directory.visits, timeout=SLOW_MS)
            Shiboken.delete(opened)
    qtbot.waitUntil(lambda: "keine Seite eingetragen" in ui.messages.text())


def test_without_a_sandbox_no_page_of_somebody_else_is_shown(
    ui: UiContext, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window says so and what to do instead; no browser is started."""
    monkeypatch.setenv(SWITCH, "1")
    page = search_page("https://arztsuche.example/")
    assert page is not None
    assert not may_show(page)
    owner = QWidget()
    qtbot.addWidget(owner)
    window = DirectoryWindow(owner, ui, page)
    window.show()
    qtbot.waitUntil(window.view._unsheltered.isVisible)
    window.view.reload()
    assert window.view.engine is None
    assert not window._reload.isEnabled()
    assert "Suchen Sie auf der Seite" not in said(window, "Behalten")
    QTest.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not Shiboken.isValid(window) or not window.isVisible())


def test_closing_asks_before_anything_is_thrown_away(
    window: DirectoryWindow, directory: DirectoryServer, qtbot: QtBot, run: Run
) -> None:
    """Whoever stays keeps all; whoever throws away closes."""
    directory.answer = answer(practices(2))
    run("search()")
    wait_for(qtbot, window, "2 Praxen")
    for choice, open_after in (("Behalten", True), ("Verwerfen", False)):
        window.close()
        qtbot.waitUntil(lambda: any(box.isVisible() for box in window.findChildren(QMessageBox)))
        box = next(box for box in window.findChildren(QMessageBox) if box.isVisible())
        next(b for b in box.findChildren(QPushButton) if b.text() == choice).click()
        if open_after:
            assert window.isVisible()
            assert len(window.kept) == 2
            qtbot.waitUntil(lambda: window._question is None)
    qtbot.waitUntil(lambda: not Shiboken.isValid(window))

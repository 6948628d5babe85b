"""Quellen in Verwaltung: entered, refused, read on demand, stopped, reviewed and taken over."""

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.acquisition.source_asking import ask_run
from domain.acquisition.source_leases import PageToRead, fail_run, take_step
from domain.acquisition.source_models import DirectorySource, SourceRun
from domain.acquisition.source_runs import PageRead, note_page
from domain.acquisition.sources import SourceForm, save_source
from domain.casework.source_review import take_over
from domain.database import Database
from domain.therapists.queries import get_therapist
from sync.sources.reading import SourceReading
from tests.sync.geo.conftest import writer
from tests.ui.hands import fill, press, scalar
from ui.admin.source_keeper import SourceKeeper
from ui.admin.source_review import SourceReviewDialog
from ui.admin.sources_tab import SourcesTab
from ui.imports.review import ReviewView
from ui.ports import UiContext
from ui.therapists.standing import _origin

PAGE = b"<article><h2>Ada Muster</h2></article><article><h2>Karl Beispiel</h2></article>"
MANY = 2100
STATE = "SELECT state FROM scraping_service.source_run ORDER BY id DESC LIMIT 1"


def permitted(session: Session, *, applies_itself: bool = False) -> int:
    """A source that may be read."""
    form = SourceForm(
        name="Kammer", kind="html", address="https://kammer.example/", description="Eintrag: article\nName: h2",
        enabled=True, permitted=True, permitted_by="Frau Muster", permitted_on=date(2026, 11, 1),
        applies_itself=applies_itself,
    )  # fmt: skip
    return save_source(session, form)


@pytest.fixture
def tab(ui: UiContext, qtbot: QtBot, database: Database) -> SourcesTab:
    """The tab with one source chosen."""
    fill(database, permitted)
    made = SourcesTab(ui)
    qtbot.addWidget(made)
    made.resize(1160, 690)
    made.show()
    made.refresh()
    qtbot.waitUntil(lambda: made._list.count() == 1)
    made._list.setCurrentRow(0)
    return made


def names(view: ReviewView) -> list[str]:
    """Who is shown."""
    model = view.list.model()
    return [str(model.index(number, 0).data()) for number in range(model.rowCount())]


def the_worker_reads(database: Database, ui: UiContext, page_read: bytes = PAGE) -> None:
    """What the worker does with a source that is asked for."""

    def work(session: Session) -> None:
        page = take_step(session, now=ui.now())
        assert isinstance(page, PageToRead)
        note_page(session, page, PageRead(page_read), now=ui.now())

    fill(database, work)
    assert SourceReading(writer(database), now=ui.now).step()


def test_a_source_is_read_reviewed_and_taken_over_in_part(
    tab: SourcesTab, ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database
) -> None:
    """Who is unticked stays out; nothing is written before."""
    press(qtbot, tab, "Jetzt lesen")
    qtbot.waitUntil(lambda: "Wird gelesen: 0 von 1" in tab.said.text())
    the_worker_reads(worker_database, ui)
    tab.refresh()
    qtbot.waitUntil(lambda: "2 Einträge" in tab.said.text())
    assert "Durchsicht" in tab.said.text()
    assert scalar(database, "SELECT count(*) FROM therapist_service.therapist") == 0
    press(qtbot, tab, "Änderungen ansehen …")
    dialog = tab.findChild(SourceReviewDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.view is not None)
    assert dialog.view is not None
    assert names(dialog.view) == ["Ada Muster", "Karl Beispiel"]
    dialog.view.list.selectRow(1)
    QTest.keyClick(dialog.view.list, Qt.Key.Key_Space)
    press(qtbot, dialog, "Übernehmen")
    qtbot.waitUntil(lambda: scalar(database, STATE) == "applied")
    assert scalar(database, "SELECT string_agg(last_name, ',') FROM therapist_service.therapist") == "Muster"


def test_all_changes_are_shown_and_who_is_gone_is_set_inactive_on_a_tick(
    tab: SourcesTab, ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database
) -> None:
    """However many there are; nobody is retired unless a person says so."""
    entry = "<article><h2>Nr {}</h2><address>Markt 1<br>52062 Aachen</address></article>"
    source = fill(database, lambda s: s.query(DirectorySource).one().id)

    def describe(session: Session) -> None:
        session.query(DirectorySource).one().description = "Eintrag: article\nName: h2\nAnschrift: address"

    def yesterday(session: Session) -> None:
        before, on = ui.now() - timedelta(days=1), ui.today() - timedelta(days=1)
        run = session.query(SourceRun).filter_by(state="review").one()
        run.done_at = before
        take_over(session, run.id, now=before, today=on)

    fill(database, describe)
    fill(database, lambda s: ask_run(s, source, now=ui.now()))
    first = "".join(entry.format(f"Alt{number}") for number in range(2)).encode()
    the_worker_reads(worker_database, ui, first)
    fill(database, yesterday)
    fill(database, lambda s: ask_run(s, source, now=ui.now()))
    many = "".join(entry.format(f"Neu{number}") for number in range(MANY)) + entry.format("Alt0")
    the_worker_reads(worker_database, ui, many.encode())
    tab.refresh()
    press(qtbot, tab, "Änderungen ansehen …")
    dialog = tab.findChild(SourceReviewDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.view is not None, timeout=60_000)
    view = dialog.view
    assert view is not None
    assert len(names(view)) == MANY + 2
    assert "1 Person steht nicht mehr dort" in dialog._facts.text()
    view.filter("gone")
    assert names(view) == ["Nr Alt1"]
    assert view.selection.wanted() == MANY
    press(qtbot, view, "Alle gezeigten nehmen")
    view.filter("new")
    press(qtbot, view, "Keine der gezeigten")
    assert view.selection.wanted() == 1
    press(qtbot, dialog, "Übernehmen")
    qtbot.waitUntil(lambda: scalar(database, STATE) == "applied", timeout=60_000)
    assert scalar(database, "SELECT string_agg(last_name, ',') FROM therapist_service.therapist "
                  "WHERE status = 'inactive'") == "Alt1"  # fmt: skip
    assert scalar(database, "SELECT count(*) FROM therapist_service.therapist") == 2


def test_why_a_reading_ended_is_a_sentence(
    tab: SourcesTab, ui: UiContext, qtbot: QtBot, worker_database: Database
) -> None:
    """And what to do."""
    press(qtbot, tab, "Quelle testen")
    qtbot.waitUntil(lambda: "Wird gelesen" in tab.said.text())

    def work(session: Session) -> None:
        page = take_step(session, now=ui.now())
        assert page is not None
        fail_run(session, page, "source.forbidden", {"host": "kammer.example"}, now=ui.now())

    fill(worker_database, work)
    tab.refresh()
    qtbot.waitUntil(lambda: "verweigert die Seite (403)" in tab.said.text())


def test_a_reading_is_stopped(tab: SourcesTab, qtbot: QtBot, database: Database) -> None:
    """At once where no page is being asked for."""
    press(qtbot, tab, "Jetzt lesen")
    press(qtbot, tab, "Anhalten")
    qtbot.waitUntil(lambda: scalar(database, STATE) == "stopped")


def test_the_116117_and_a_missing_permission_are_refused_at_their_fields(
    tab: SourcesTab, qtbot: QtBot, database: Database
) -> None:
    """Nothing is saved."""
    press(qtbot, tab, "Neue Quelle")
    tab._name.setText("Arztsuche")
    tab._kind.choose("json")
    tab._address.setText("https://arztsuche.116117.de/api/data")
    press(qtbot, tab, "Quelle speichern")
    qtbot.waitUntil(lambda: "nur Menschen im Browser" in tab.fields["address"]._error.text())
    tab._address.setText("https://kammer.example/liste")
    tab._permitted.setChecked(True)
    press(qtbot, tab, "Quelle speichern")
    qtbot.waitUntil(lambda: "wer es für den Betreiber" in tab.fields["permitted_by"]._error.text())
    assert scalar(database, "SELECT count(*) FROM scraping_service.directory_source") == 1


def test_a_window_takes_over_what_needs_no_review(
    ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database
) -> None:
    """Where the office chose so."""
    source = fill(database, lambda s: permitted(s, applies_itself=True))
    fill(database, lambda s: ask_run(s, source, now=ui.now()))
    the_worker_reads(worker_database, ui)
    keeper = SourceKeeper(ui)
    keeper.look()
    qtbot.waitUntil(lambda: scalar(database, STATE) == "applied")
    keeper._timer.stop()
    keeper.deleteLater()


def test_a_source_that_cannot_be_taken_over_is_told_once(
    ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the reason, however often the window looks; nothing of it is taken over."""
    source = fill(database, lambda s: permitted(s, applies_itself=True))
    fill(database, lambda s: ask_run(s, source, now=ui.now()))
    the_worker_reads(worker_database, ui)
    fill(worker_database, lambda s: s.query(SourceRun).update({"content": b'{"therapists": [{"basic_info"'}))
    told: list[str] = []
    keeper = SourceKeeper(ui)
    monkeypatch.setattr(ui.messages, "everywhere", told.append)
    for _ in range(2):
        keeper.look()
        ui.background.wait()
        qtbot.wait(50)
    assert len(told) == 1
    assert told[0].startswith("Eine Quelle ließ sich nicht übernehmen. „Kammer ")
    assert scalar(database, STATE) == "review"
    keeper._timer.stop()
    keeper.deleteLater()


def test_a_trial_shows_the_first_entry_as_it_was_read(
    tab: SourcesTab, qtbot: QtBot, database: Database, worker_database: Database
) -> None:
    """Its fields in words, to compare with the page; nobody is entered."""
    press(qtbot, tab, "Quelle testen")
    qtbot.waitUntil(lambda: scalar(database, STATE) == "waiting")
    page_read = b"<article><h2>Dr. Ada Muster</h2></article><article><h2>Karl Beispiel</h2></article>"

    def work(session: Session) -> None:
        page = take_step(session, now=tab._ui.now())
        assert isinstance(page, PageToRead)
        note_page(session, page, PageRead(page_read), now=tab._ui.now())

    fill(worker_database, work)
    tab.refresh()
    qtbot.waitUntil(lambda: "2 Einträge auf der ersten Seite" in tab.said.text())
    assert "Erster Eintrag, wie er gelesen wurde: Titel: Dr.; Vorname: Ada; Nachname: Muster" in tab.said.text()
    assert scalar(database, "SELECT count(*) FROM therapist_service.therapist") == 0


def test_the_first_source_is_shown_and_says_what_it_lacks(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """After a start no empty form stands beside a list; without permission the reason stands at the buttons."""
    form = SourceForm(name="Kammer", kind="json", address="https://kammer.example/")
    fill(database, lambda s: save_source(s, form))
    made = SourcesTab(ui)
    qtbot.addWidget(made)
    made.show()
    made.refresh()
    qtbot.waitUntil(lambda: made._name.text() == "Kammer")
    assert made._list.currentRow() == 0
    assert made.said.text().startswith("Noch nie gelesen. Testen und Lesen geht erst mit Erlaubnis")
    assert not made._read.isEnabled()
    press(qtbot, made, "Neue Quelle")
    made.refresh()
    QTest.qWait(300)
    assert made._name.text() == ""


def test_who_came_from_a_source_says_its_name(ui: UiContext, database: Database, worker_database: Database) -> None:
    """Where somebody comes from is the source a person knows, not the file made of its pages."""
    source = fill(database, permitted)
    fill(database, lambda s: ask_run(s, source, now=ui.now()))
    the_worker_reads(worker_database, ui)
    fill(database, lambda s: take_over(s, 1, now=ui.now(), today=ui.today()))
    seen = fill(database, lambda s: get_therapist(s, 1))
    assert _origin(seen, ui.today()).startswith("Quelle „Kammer“, gelesen am 23.11.2026")

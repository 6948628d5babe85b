"""Taking over what a source brought: how far it is, stopping it, and closing the window over it."""

import contextlib
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.acquisition.source_asking import ask_run
from domain.acquisition.sources import RunState, list_sources
from domain.casework import imports
from domain.casework.import_turn import IMPORT_LOCK
from domain.casework.source_review import discard
from domain.database import Database
from domain.errors import Conflict, Unavailable
from tests.ui.admin.test_sources import STATE, permitted, the_worker_reads
from tests.ui.hands import fill, press, scalar
from ui.admin import source_keeper, source_review
from ui.admin.source_keeper import SourceKeeper
from ui.admin.source_review import SourceReviewDialog
from ui.errors import describe
from ui.ports import UiContext

PEOPLE = "SELECT count(*) FROM therapist_service.therapist"
LONG = 60_000
MANY, BATCH = 210, 100


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """As thousands of rows are read by the thousand."""
    monkeypatch.setattr(imports, "BATCH", BATCH)


def waiting(database: Database, worker_database: Database, ui: UiContext, *, applies_itself: bool = False) -> RunState:
    """A source of many people that was read and waits for a review."""
    source = fill(database, lambda s: permitted(s, applies_itself=applies_itself))
    fill(database, lambda s: ask_run(s, source, now=ui.now()))
    page = "".join(f"<article><h2>Nr Neu{number}</h2></article>" for number in range(MANY))
    the_worker_reads(worker_database, ui, page.encode())
    found = fill(database, list_sources)[0].review
    assert found is not None
    return found


@contextlib.contextmanager
def another_import(database: Database) -> Iterator[None]:
    """While it goes on no other one reads a row."""

    def hold(session: Session) -> None:
        session.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": IMPORT_LOCK})

    with database.write() as session:
        hold(session)
        yield


@pytest.fixture
def dialog(ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database) -> SourceReviewDialog:
    """Open, its trial done."""
    page = QWidget()
    qtbot.addWidget(page)
    made = SourceReviewDialog(page, ui, "Kammer", waiting(database, worker_database, ui))
    seen: list[tuple[int, int]] = []
    made._work.progress.connect(lambda *told: seen.append(told))
    made.open()
    qtbot.waitUntil(lambda: made.view is not None, timeout=LONG)
    assert seen == [(BATCH, MANY), (2 * BATCH, MANY), (MANY, MANY)]
    return made


def test_taking_over_is_stopped_and_done_later(
    dialog: SourceReviewDialog, qtbot: QtBot, database: Database, worker_database: Database
) -> None:
    """Abbrechen keeps nothing and leaves the choice; the window stays until it has stopped."""
    with another_import(worker_database):
        press(qtbot, dialog, "Übernehmen")
        assert not dialog._take.isEnabled()
        press(qtbot, dialog, "Abbrechen")
        dialog.reject()
        assert (dialog.isVisible(), dialog._progress.text()) == (True, "Wird abgebrochen …")
    qtbot.waitUntil(lambda: "Abgebrochen" in dialog._facts.text(), timeout=LONG)
    assert dialog._later.accessibleName() == "Später"
    assert (scalar(database, STATE), scalar(database, PEOPLE)) == ("review", 0)
    press(qtbot, dialog, "Übernehmen")
    qtbot.waitUntil(lambda: scalar(database, STATE) == "applied", timeout=LONG)
    assert scalar(database, PEOPLE) == MANY


def test_a_choice_outlives_a_database_that_is_away(
    dialog: SourceReviewDialog, qtbot: QtBot, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was unticked stays so; the same button tries again."""

    def away(*_: object, **__: object) -> None:
        raise Unavailable("database.unreachable")

    assert dialog.view is not None
    dialog.view.selection.take([0], wanted=False)
    with monkeypatch.context() as patched:
        patched.setattr(source_review, "take_over", away)
        press(qtbot, dialog, "Übernehmen")
        qtbot.waitUntil(lambda: dialog._facts.text() == describe(Unavailable("database.unreachable")), timeout=LONG)
    press(qtbot, dialog, "Übernehmen")
    qtbot.waitUntil(lambda: scalar(database, STATE) == "applied", timeout=LONG)
    assert scalar(database, PEOPLE) == MANY - 1


def test_what_a_colleague_took_over_is_not_offered_again(
    dialog: SourceReviewDialog, qtbot: QtBot, database: Database
) -> None:
    """It says so, and the window can only be closed."""
    fill(database, lambda s: discard(s, dialog._run_id))
    press(qtbot, dialog, "Übernehmen")
    qtbot.waitUntil(lambda: dialog._facts.text() == describe(Conflict("source.reviewed")), timeout=LONG)
    assert (dialog._take.isEnabled(), dialog._drop.isEnabled()) == (False, False)


def test_how_far_it_is_stands_below_the_bar(dialog: SourceReviewDialog) -> None:
    """With the time that is left, then that it is nearly through."""
    dialog._work.progress.emit(1000, 2100)
    assert dialog._progress.text().startswith("1.000 von 2.100 gelesen, ")
    assert (dialog._bar.value(), dialog._bar.maximum()) == (1000, 2100)
    dialog._work.progress.emit(2100, 2100)
    assert dialog._progress.text().startswith("Alles ist gelesen")


def test_a_window_closed_over_its_trial_ends_it(
    ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database
) -> None:
    """Nobody wants it any more; the program is not kept by it."""
    run = waiting(database, worker_database, ui)
    page = QWidget()
    qtbot.addWidget(page)
    seen: list[int] = []
    with another_import(worker_database):
        made = SourceReviewDialog(page, ui, "Kammer", run)
        made._work.progress.connect(lambda rows, _: seen.append(rows))
        made.open()
        with qtbot.waitSignal(made.destroyed):
            press(qtbot, made, "Später")
    assert ui.background.wait(LONG)
    assert seen == []
    assert scalar(database, STATE) == "review"


def test_a_program_that_closes_leaves_it_to_the_next(
    ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is taken over without a review is stopped, nothing of it is kept, and nobody is troubled with it."""
    waiting(database, worker_database, ui, applies_itself=True)
    told: list[str] = []
    monkeypatch.setattr(ui.messages, "error", told.append)
    keeper = SourceKeeper(ui)
    with another_import(worker_database):
        keeper.look()
        keeper.stop()
    assert ui.background.wait(LONG)
    qtbot.wait(50)
    assert (told, scalar(database, STATE), scalar(database, PEOPLE)) == ([], "review", 0)
    keeper.deleteLater()


def test_a_server_that_is_away_is_no_trouble_of_a_source(
    ui: UiContext, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever works on without it is told of no source: there may be none."""

    def away(*_: object, **__: object) -> None:
        raise Unavailable("database.unreachable")

    told: list[str] = []
    monkeypatch.setattr(ui.messages, "error", told.append)
    monkeypatch.setattr(source_keeper, "take_over_due", away)
    keeper = SourceKeeper(ui)
    keeper.look()
    qtbot.waitUntil(lambda: not ui.background._calls)
    keeper.stop()
    assert told == []
    keeper.deleteLater()

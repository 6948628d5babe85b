"""Wochenplan by hand: planning, reading the letter, accepting, skipping, locking."""

from datetime import date, timedelta

from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.database import Database
from tests.builders import AACHEN, add_search, add_therapist
from tests.ui.conftest import Visits
from tests.ui.hands import fill, press, scalar
from ui.matching.week_plan import WeekPlanView
from ui.ports import UiContext

COUNT = "SELECT count(*) FROM matching_service.plan_line WHERE status = '{}'"


def town(session: Session) -> int:
    """Six practices, one without a mailbox, and nine searches."""
    for number in range(6):
        place = (AACHEN[0] + 0.01 * number, AACHEN[1])
        if number == 0:
            add_therapist(session, place=place, email="")
        else:
            add_therapist(session, place=place)
    for number in range(9):
        add_search(session, waiting_since=date(2026, 6, 1) + timedelta(days=number))
    return 0


def planned(ui: UiContext, qtbot: QtBot, database: Database) -> WeekPlanView:
    """The view with a plan of three mails and one call."""
    fill(database, town)
    view = WeekPlanView(ui)
    qtbot.addWidget(view)
    view.resize(1200, 700)
    view.show()
    press(qtbot, view, "Woche planen")
    qtbot.waitUntil(lambda: view.table.model.total > 0)
    qtbot.waitUntil(view._plan.isEnabled)
    qtbot.waitUntil(lambda: view._filled)
    view._mails.setValue(3)
    view._minutes.setValue(6)
    press(qtbot, view, "Woche planen")
    qtbot.waitUntil(lambda: view.table.model.total == 4)
    qtbot.waitUntil(lambda: "3 E-Mails, 1 Anruf" in view._figures.text())
    return view


def choose(view: WeekPlanView, qtbot: QtBot, channel: str) -> None:
    """Select the first line of that channel."""
    rows = [view.table.model.row_at(n) for n in range(view.table.model.total)]
    number = next(n for n, row in enumerate(rows) if row is not None and row.channel == channel)
    view.table.view.selectRow(number)
    qtbot.waitUntil(view._accept.isEnabled)


def test_plan_read_and_accept(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The letter of the chosen line is there to read; accepting sends it and can be taken back with one key.

    The line then waits for a decision again.
    """
    fill(database, lambda s: s.execute(text("UPDATE platform.office SET undo_seconds = 60")))
    view = planned(ui, qtbot, database)
    assert "Kein anderer Plan wäre um mehr als" in view._quality.text()
    choose(view, qtbot, "email")
    qtbot.waitUntil(lambda: "Betreff: Anfrage nach Therapiepl" in view._letter.toPlainText())
    press(qtbot, view, "Annehmen")
    qtbot.waitUntil(lambda: scalar(database, COUNT.format("accepted")) == 1)
    assert scalar(database, "SELECT stage FROM matching_service.inquiry") == "outbox"
    qtbot.waitUntil(lambda: ui.messages._action.text() == "Rückgängig")
    assert ui.messages.text().startswith("Die Anfrage geht frühestens um 10:01 Uhr hinaus. Ein Postkonto ist")
    ui.messages.undo()
    qtbot.waitUntil(lambda: scalar(database, "SELECT stage FROM matching_service.inquiry") == "cancelled")
    assert scalar(database, COUNT.format("accepted")) == 0


def test_skip_and_lock(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """A skipped line gives its place to another practice at once; a locked one says so and comes back."""
    view = planned(ui, qtbot, database)
    choose(view, qtbot, "email")
    press(qtbot, view, "Überspringen")
    qtbot.waitUntil(lambda: view.table.model.total == 5)
    assert scalar(database, COUNT.format("skipped")) == 1
    choose(view, qtbot, "phone")
    press(qtbot, view, "Festhalten")
    qtbot.waitUntil(lambda: scalar(database, COUNT.format("locked")) == 1)
    qtbot.waitUntil(view._back.isEnabled)
    press(qtbot, view, "Zurückholen")
    qtbot.waitUntil(lambda: scalar(database, COUNT.format("locked")) == 0)


def test_all_in_one_go(ui: UiContext, qtbot: QtBot, database: Database, visits: Visits) -> None:
    """All open lines become a batch that is shown; nothing is sent. Pressed again, the same batch is shown."""
    view = planned(ui, qtbot, database)
    for _ in range(2):
        press(qtbot, view, "Alle im Sammelversand …")
        qtbot.waitUntil(lambda: len(visits) > 0)
        assert (visits.pop()[0], visits.field) == ("mail", "batch")
    assert scalar(database, "SELECT count(*) FROM communication_service.batch_line WHERE status = 'open'") == 4
    assert scalar(database, "SELECT count(*) FROM matching_service.inquiry") == 0
    qtbot.waitUntil(lambda: "elsewhere" in ui.messages._text.text() or "liegt schon" in ui.messages._text.text())

"""Aufbewahrung by hand: the preview, what keeps somebody, a confirmed run, going on with one that was stopped."""

from datetime import UTC, datetime

from pytestqt.qtbot import QtBot

from domain.casework.agenda import TaskKind, agenda
from domain.casework.retention import begin_run
from domain.database import Database, Session
from domain.patients.models import Patient
from tests.domain.casework.test_retention import ended
from tests.ui.hands import confirm, fill, press, scalar
from ui.admin.page import AdminPage
from ui.ports import UiContext

ERASED = "SELECT count(*) FROM patient_service.patient WHERE erased_at IS NOT NULL"


def two_due(session: Session) -> int:
    """One whose period is over, and one whom a restriction keeps."""
    ended(session, first_name="Ada", last_name="Alt")
    kept = ended(session, last_name="Bleibt", at=datetime(2021, 1, 5, tzinfo=UTC))
    session.get_one(Patient, kept).restricted_at = datetime(2021, 2, 1, tzinfo=UTC)
    return kept


def shown(ui: UiContext, qtbot: QtBot) -> AdminPage:
    """The page with the tab in front."""
    page = AdminPage(ui)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    page.open_field(0, "retention")
    page.retention.refresh()
    return page


def test_what_is_due_is_shown_confirmed_and_erased(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Heute tells of it; nothing goes before somebody says so; then the report stands below."""
    fill(database, two_due)
    told = fill(database, lambda s: agenda(s, now=ui.now()))
    (task,) = [task for task in told.tasks if task.kind is TaskKind.RETENTION]
    assert (task.title, task.page) == ("1", "admin")
    page = shown(ui, qtbot)
    qtbot.waitUntil(lambda: page.retention.due.rowCount() == 2)
    first, second = ([page.retention.due.index(line, column).data() for column in range(5)] for line in range(2))
    assert first[0] == "Ada Alt"
    assert first[4] == ""
    assert second[4] == "Verarbeitung eingeschränkt"
    press(qtbot, page.retention, "Fällige Akten löschen")
    confirm(qtbot, page.retention)
    qtbot.waitUntil(lambda: scalar(database, ERASED) == 1)
    qtbot.waitUntil(lambda: page.retention.runs.rowCount() == 1 and page.retention.due.rowCount() == 1)
    assert page.retention.runs.index(0, 2).data() == "1"


def test_a_run_that_was_stopped_goes_on(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The window that began it is gone; another one offers to go on."""
    fill(database, lambda s: [ended(s) for _ in range(2)])
    fill(database, lambda s: begin_run(s, now=ui.now()))
    page = shown(ui, qtbot)
    qtbot.waitUntil(page.retention._go_on.isEnabled)
    press(qtbot, page.retention, "Lauf fortsetzen")
    qtbot.waitUntil(lambda: scalar(database, ERASED) == 2)
    qtbot.waitUntil(lambda: page.retention.runs.index(0, 4).data() == "0")

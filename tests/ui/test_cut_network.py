"""The network cut while somebody saves: the window lives, says what was kept, and what was typed stands there."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot
from sqlalchemy import event
from sqlalchemy.engine import make_url

from domain.database import Database
from tests.conftest import Office
from tests.servers.cutter import Cutter
from tests.ui.hands import press, scalar
from ui.admin.office_tab import OfficeTab
from ui.ports import UiContext

NAME = "SELECT name FROM platform.office"
PATIENCE_MS = 60_000


@pytest.fixture
def cutter(office: Office) -> Iterator[Cutter]:
    """The network between this desk and the server."""
    with Cutter(str(make_url(office.url("jana")).query["host"])) as running:
        yield running


@pytest.fixture
def database(office: Office, cutter: Cutter) -> Iterator[Database]:
    """The desk's, by way of it."""
    made = Database(cutter.through(office.url("jana")), pool_size=1)
    yield made
    made.close()


@pytest.fixture
def tab(ui: UiContext, qtbot: QtBot) -> OfficeTab:
    """A form somebody has typed into."""
    made = OfficeTab(ui)
    qtbot.addWidget(made)
    made.resize(1160, 690)
    made.show()
    made.refresh()
    qtbot.waitUntil(lambda: bool(made._lines["name"].text()), timeout=PATIENCE_MS)
    made._lines["name"].setText("Büro Mitte")
    made._lines["name"].textEdited.emit("Büro Mitte")
    return made


def test_a_cut_before_saving_keeps_what_was_typed(
    tab: OfficeTab, ui: UiContext, qtbot: QtBot, database: Database, cutter: Cutter, second_database: Database
) -> None:
    """Nothing was kept and that is said; the window goes on, and saving works once the network does."""
    turns: list[int] = []
    said: list[str] = []
    ui.messages.shown.connect(lambda kind, words: said.append(f"{kind} {words}"))
    clock = QTimer(tab)
    clock.timeout.connect(lambda: turns.append(1))
    clock.start(10)
    event.listen(database.engine, "before_cursor_execute", lambda *_: cutter.cut("question"), once=True)
    press(qtbot, tab, "Speichern")
    qtbot.waitUntil(lambda: any("Ihre Eingaben" in words for words in said), timeout=PATIENCE_MS)
    assert turns  # the window was alive all the time
    assert tab._lines["name"].text() == "Büro Mitte"
    assert scalar(second_database, NAME) != "Büro Mitte"
    cutter.mend()
    press(qtbot, tab, "Speichern")
    qtbot.waitUntil(lambda: scalar(second_database, NAME) == "Büro Mitte", timeout=PATIENCE_MS)


def test_a_lost_answer_to_the_commit_is_found_out(
    tab: OfficeTab, qtbot: QtBot, database: Database, cutter: Cutter, second_database: Database
) -> None:
    """It was kept; the network is back at once, so nobody is asked to save again."""
    event.listen(database.engine, "commit", lambda _: cutter.cut("answer", once=True), once=True)
    press(qtbot, tab, "Speichern")
    qtbot.waitUntil(lambda: not tab._dirty, timeout=PATIENCE_MS)
    assert scalar(second_database, NAME) == "Büro Mitte"

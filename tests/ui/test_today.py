"""Heute by hand: whom one reaches now, and that it follows the clock."""

from datetime import UTC, datetime

from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.database import Database
from domain.values import Channel, WeekSpan
from tests.builders import add_search, add_therapist
from tests.domain.casework.steps import ask, calls
from tests.ui.conftest import Visits
from tests.ui.hands import fill
from ui.ports import UiContext
from ui.today.page import TodayPage


def test_whom_one_reaches_now_stands_above_with_its_end(
    ui: UiContext, qtbot: QtBot, database: Database, visits: Visits
) -> None:
    """Enter opens the call on the page Telefon."""

    def work(session: Session) -> int:
        therapist = add_therapist(session, phone_hours=(WeekSpan(9 * 60, 12 * 60),), phone="+4924155512")
        early = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)  # a Monday
        inquiry = ask(session, add_search(session), now=early, channel=Channel.PHONE, therapist=therapist)
        return calls(session, inquiry)[0].id

    call = fill(database, work)
    page = TodayPage(ui)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page._tree.topLevelItemCount() > 0)
    top = page._tree.topLevelItem(0)
    assert top is not None
    assert top.text(0) == "Jetzt erreichbar (1)"
    line = top.child(0)
    assert line is not None
    assert (line.text(1), line.text(2)) == ("0241 55512", "bis 12:00")
    page._tree.itemActivated.emit(line, 0)
    assert visits == [("phone", call)]


def test_it_follows_the_clock(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """What opens or lapses meanwhile comes without anybody's doing."""
    page = TodayPage(ui)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(page._empty.isVisible)
    fill(database, add_search)
    page._on_clock()
    qtbot.waitUntil(lambda: "1 Aufgabe" in page._sum.text())

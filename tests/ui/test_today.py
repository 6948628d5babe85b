"""Heute by hand: whom one reaches now, and that it follows the clock."""

from datetime import UTC, datetime, timedelta

from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.casework.answers import record_answer
from domain.database import Database
from domain.matching.states import ItemStatus
from domain.values import Channel, WeekSpan
from tests.builders import add_search, add_therapist
from tests.domain.casework.steps import ask, calls, only_item
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


def test_a_place_that_is_free_says_since_when(ui: UiContext, qtbot: QtBot, database: Database, visits: Visits) -> None:
    """From today, or since a day, with the person's code and the practice; Enter opens the inquiry."""

    def work(session: Session) -> tuple[int, int]:
        promised = []
        for day in (ui.today(), ui.today() - timedelta(days=3)):
            asked = ui.now() - timedelta(days=9)
            inquiry = ask(session, add_search(session), now=asked)
            record_answer(session, only_item(session, inquiry).id, ItemStatus.ACCEPTED, now=asked, place_from=day)
            promised.append(inquiry.id)
        return promised[0], promised[1]

    today, earlier = fill(database, work)
    page = TodayPage(ui)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page._tree.topLevelItemCount() > 0)
    top = page._tree.topLevelItem(0)
    assert top is not None
    assert top.text(0) == "Platz ist frei: Beginn klären (2)"
    longest, newest = top.child(0), top.child(1)
    assert longest is not None
    assert newest is not None
    assert longest.text(1).startswith("Platz ist seit 20.11.2026 frei · ")
    assert newest.text(1).startswith("Platz ist ab heute frei · ")
    page._tree.itemActivated.emit(newest, 0)
    page._tree.itemActivated.emit(longest, 0)
    assert visits == [("inquiries", today), ("inquiries", earlier)]

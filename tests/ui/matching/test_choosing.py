"""Vermittlung: what is chosen belongs to one patient and outlasts a refresh; who no longer fits is not asked."""

from datetime import date

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.answers import record_answer
from domain.casework.exclusions import exclude_from_search
from domain.database import Database
from domain.matching.states import ItemStatus
from tests.builders import add_patient, add_search, add_therapist
from tests.domain.casework.steps import ask, only_item
from tests.ui.hands import fill, press
from ui.matching.page import MatchingPage
from ui.ports import UiContext

MORE = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows


@pytest.fixture
def page(ui: UiContext, qtbot: QtBot, database: Database) -> MatchingPage:
    """One patient's three practices."""
    fill(database, lambda s: [add_therapist(s, last_name=f"Praxis{n}") for n in range(3)])
    search = fill(database, lambda s: add_search(s, add_patient(s, last_name="Wartend")))
    made = MatchingPage(ui)
    qtbot.addWidget(made)
    made.resize(1300, 700)
    made.show()
    made.open_item(search)
    qtbot.waitUntil(lambda: made._results._model.rowCount() == 3)
    return made


def choose(page: MatchingPage, *rows: int) -> list[int]:
    """Choose rows as with Strg; the practices, in the list's order."""
    view = page._results.view
    view.selectRow(rows[0])
    for row in rows[1:]:
        view.selectionModel().setCurrentIndex(page._results._model.index(row, 0), MORE)
    return [page._results._model.rows[row].therapist_id for row in sorted(rows)]


def marked(page: MatchingPage) -> list[int]:
    """The practices of the rows one sees marked."""
    rows = sorted(index.row() for index in page._results.view.selectionModel().selectedRows())
    return [page._results._model.rows[row].therapist_id for row in rows]


def current(page: MatchingPage) -> int:
    """The practice the arrow keys go on from."""
    return page._results._model.rows[page._results.view.currentIndex().row()].therapist_id


def see_again(page: MatchingPage, qtbot: QtBot) -> None:
    """A refresh, until it has come."""
    idle = qtbot.waitSignal(page.ui.background.busy, check_params_cb=lambda running: running == 0)
    with qtbot.waitSignal(page._results._model.modelReset), idle:
        page.refresh()


def exclude(page: MatchingPage, database: Database, therapist: int) -> None:
    """Somebody else says that the practice is not for this patient."""
    search, now = page._search_id, page.ui.now()
    assert search is not None
    fill(
        database,
        lambda s: exclude_from_search(s, search, therapist_id=therapist, reason="verwandt", ends_on=None, now=now),
    )


def test_practices_chosen_for_one_are_not_asked_for_another(
    page: MatchingPage, qtbot: QtBot, database: Database
) -> None:
    """Neither together, nor the one shown at the right; at once, not only when the other's list has come."""
    choose(page, 0, 1, 2)
    assert page._together.isVisible()
    qtbot.waitUntil(page._composer._content.isVisible)
    other = fill(database, lambda s: add_search(s, add_patient(s, last_name="Zweite")))
    page._choose(other)
    for _ in range(2):
        assert not page._together.isVisible()
        assert page._results.chosen() == marked(page) == []
        assert page._composer._empty.isVisible()
        assert not page._composer._send.isVisible()
        qtbot.waitUntil(lambda: page._head.text() == "Lea Zweite" and page._results._model.rowCount() == 3)


def test_what_is_chosen_stays_over_a_refresh(page: MatchingPage, qtbot: QtBot, database: Database) -> None:
    """By practice, wherever it stands now; who left the list is not asked."""
    first, middle, last = choose(page, 0, 2, 1)
    qtbot.waitUntil(page._composer._content.isVisible)
    see_again(page, qtbot)
    assert page._results.chosen() == marked(page) == [first, middle, last]
    assert current(page) == middle
    assert page._composer._content.isVisible()
    exclude(page, database, first)
    see_again(page, qtbot)
    assert page._results.chosen() == marked(page) == [middle, last]
    assert current(page) == middle
    assert page._together.accessibleName() == "2 Praxen zusammen anfragen …"
    exclude(page, database, middle)
    see_again(page, qtbot)
    assert marked(page) == [last]
    assert not page._together.isVisible()
    # the one at the right does not fit any more, this one is marked: a click shows it though its mark does not change
    qtbot.waitUntil(page._composer._gone.isVisible)
    view = page._results.view
    at = view.visualRect(page._results._model.index(0, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(page._composer._send.isEnabled)
    assert not page._composer._gone.isVisible()


def test_who_no_longer_fits_is_said_and_not_asked(page: MatchingPage, qtbot: QtBot, database: Database) -> None:
    """What was typed stays; another practice that leaves, or a list that is narrowed, does not disturb it."""
    (shown,) = choose(page, 1)
    composer = page._composer
    qtbot.waitUntil(composer._send.isVisible)
    composer._override.setText("mit Frau Berg besprochen")
    exclude(page, database, page._results._model.rows[0].therapist_id)
    see_again(page, qtbot)
    assert marked(page) == [shown]
    page._limit = 0  # others come before it, or it has not the skill asked for
    see_again(page, qtbot)
    assert marked(page) == []
    assert composer._send.isEnabled()
    exclude(page, database, shown)
    see_again(page, qtbot)
    qtbot.waitUntil(composer._gone.isVisible)
    assert composer._gone.text() == "Lea Wartend passt nicht mehr: ausgeschlossen"
    assert not composer._send.isEnabled()
    assert composer._override.text() == "mit Frau Berg besprochen"
    assert composer.chosen() == [page._search_id]
    fill(database, lambda s: s.execute(text("DELETE FROM matching_service.exclusion")))
    see_again(page, qtbot)
    qtbot.waitUntil(composer._send.isEnabled)
    assert not composer._gone.isVisible()


def test_what_was_sent_is_not_chosen_any_more(page: MatchingPage, qtbot: QtBot) -> None:
    """The right side is empty, so no row claims to be shown there."""
    choose(page, 1)
    qtbot.waitUntil(lambda: "Kennung" in page._composer._letter.toPlainText())
    press(qtbot, page, "Anfrage senden")
    qtbot.waitUntil(lambda: page._results._model.rowCount() == 2)
    assert marked(page) == []
    assert page._composer._empty.isVisible()


def test_a_promised_place_says_why_nobody_fits(
    page: MatchingPage, ui: UiContext, qtbot: QtBot, database: Database
) -> None:
    """Not "0 passende Praxen"; and nobody is asked at the right."""
    choose(page, 1)
    qtbot.waitUntil(page._composer._send.isVisible)
    search = page._search_id
    assert search is not None

    def promise(session: Session) -> None:
        inquiry = ask(session, search, now=ui.now())
        item = only_item(session, inquiry)
        record_answer(session, item.id, ItemStatus.ACCEPTED, now=ui.now(), place_from=date(2027, 2, 1))

    fill(database, promise)
    see_again(page, qtbot)
    assert page._total.text() == (
        "Für Lea Wartend liegt eine Zusage vor; gesucht wird erst weiter, wenn sie nicht zustande kommt."
    )
    qtbot.waitUntil(page._composer._gone.isVisible)
    assert not page._composer._send.isEnabled()


def test_a_practice_opened_from_elsewhere_is_not_hidden_by_the_search_of_last_time(
    page: MatchingPage, ui: UiContext, qtbot: QtBot
) -> None:
    """The first list opens what was open last only where nothing else was asked for."""
    (therapist,) = choose(page, 0)
    page._searches.select(None)
    page._searches.view.selectRow(0)  # by hand: that is remembered
    again = MatchingPage(ui)
    qtbot.addWidget(again)
    again.show()
    again.open_item(-therapist)
    qtbot.waitUntil(lambda: again._searches.model.total == 1)
    qtbot.waitUntil(again._composer._content.isVisible)
    assert again._search_id is None

"""Telefon by hand: one key for a result, then the next call; what to say stands beside it without a name."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.casework import calling
from domain.casework.availability import change_status
from domain.communication.contacts import CallResult
from domain.communication.models import PhoneCall
from domain.communication.states import CallStatus
from domain.database import Database
from tests.ui.hands import confirm, fill, press, scalar
from tests.ui.phone.conftest import CALLS, DIALLED, dial
from ui import theme
from ui.phone import call_words
from ui.phone.minutes_dialog import MinutesDialog
from ui.phone.page import PhonePage
from ui.ports import UiContext
from ui.widgets.reason import ReasonDialog


def test_the_script_names_nobody(page: PhonePage, qtbot: QtBot) -> None:
    """Codes and bands only; the caseworker sees the name beside it."""
    qtbot.waitUntil(lambda: "Kennung" in page._panel._script.toPlainText())
    script = page._panel._script.toPlainText()
    assert not any(name in script for name in ("Lea", "Wartend", "Geduldig"))


def test_one_key_says_what_came_of_it_and_the_next_call_comes(
    page: PhonePage, qtbot: QtBot, database: Database
) -> None:
    """Nobody answered: planned again, and the other practice is on."""
    first = page._wanted
    press(qtbot, page, "Anrufen")
    qtbot.waitUntil(lambda: "in_progress" in str(scalar(database, CALLS)))
    qtbot.waitUntil(lambda: not page._panel._dial.isEnabled())
    qtbot.keyClick(page, Qt.Key.Key_2)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(lambda: str(scalar(database, CALLS)).count("replanned") == 1)
    qtbot.waitUntil(lambda: page._wanted not in {first, None})


def test_the_answers_are_in_sight_on_a_small_screen(page: PhonePage, qtbot: QtBot) -> None:
    """The words one says give way, and scroll by themselves."""
    theme.dress(page)
    page.resize(1140, 560)
    answer = page._panel._answers._rows[0]._answer
    qtbot.waitUntil(lambda: answer.visibleRegion().boundingRect() == answer.rect())
    assert page._panel._script.height() >= 100


def test_reached_takes_the_answers_along(page: PhonePage, qtbot: QtBot, database: Database) -> None:
    """What the practice said of each patient is written with the call."""
    dial(qtbot, page)
    page._panel._answers._rows[0]._answer.choose("rejection_capacity")
    page._panel._notes.note.setText("Frau Sommer selbst am Apparat")
    qtbot.keyClick(page._panel._script, Qt.Key.Key_1)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(
        lambda: (
            scalar(database, "SELECT count(*) FROM matching_service.inquiry_item WHERE status LIKE 'rejection%'") == 1
        )
    )
    noted = "SELECT count(*) FROM communication_service.contact_entry WHERE body LIKE '%am Apparat'"
    assert scalar(database, noted) == 2


def test_a_digit_typed_into_the_note_is_text(page: PhonePage, qtbot: QtBot, database: Database) -> None:
    """Somebody writes down a number while talking."""
    page._panel._notes.note.setFocus()
    qtbot.keyClicks(page._panel._notes.note, "2 Plaetze 6")  # type: ignore[no-untyped-call]  # pytest-qt
    assert page._panel._notes.note.text() == "2 Plaetze 6"
    assert scalar(database, CALLS) == "planned planned"


def test_a_callback_is_agreed_for_a_day(page: PhonePage, qtbot: QtBot, database: Database) -> None:
    """The call is over, the next one planned from that day on."""
    press(qtbot, page, "Rückruf am")
    confirm(qtbot, page, day="30.11.2026")
    qtbot.waitUntil(lambda: "callback_due" in str(scalar(database, CALLS)))


def test_after_the_last_call_none_is_shown(page: PhonePage, qtbot: QtBot, database: Database) -> None:
    """Both call back next month: nothing looks like a call under way, and one reads that they are planned."""
    for settled in ("später 1 Anruf,", "später 2 Anrufe,"):
        press(qtbot, page, "Rückruf am")
        confirm(qtbot, page, day="24.12.2026")
        qtbot.waitUntil(partial(_is_said, page, settled))
    qtbot.waitUntil(lambda: not page._panel.isVisible())
    assert page._panel.shown() is None
    assert "der nächste am 28.12.2026" in page._sum.text()  # the first Monday from there on
    assert str(scalar(database, CALLS)).count("callback_due") == 2


def _is_said(page: PhonePage, words: str) -> bool:
    return words in page._sum.text()


def test_alt_and_a_digit_settle_the_call_while_one_writes(page: PhonePage, qtbot: QtBot, database: Database) -> None:
    """The note is kept with the result, and the digit is not in it."""
    dial(qtbot, page)
    page._panel._notes.note.setFocus()
    qtbot.keyClicks(page._panel._notes.note, "2 mal versucht")  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.keyClick(page._panel._notes.note, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)  # type: ignore[no-untyped-call]
    qtbot.waitUntil(lambda: str(scalar(database, CALLS)).count("replanned") == 1)
    noted = "SELECT kind || ': ' || body FROM communication_service.contact_entry WHERE call_id IS NOT NULL"
    assert scalar(database, noted) == "busy: 2 mal versucht"
    qtbot.waitUntil(lambda: page._panel._notes.note.text() == "")


def test_a_key_held_down_settles_one_call(page: PhonePage, qtbot: QtBot, database: Database) -> None:
    """Not the next one as well, nor the same one twice."""
    dial(qtbot, page)
    assert not any(shortcut.autoRepeat() for shortcut in page._panel.findChildren(QShortcut))
    for _ in range(2):
        qtbot.keyClick(page, Qt.Key.Key_2)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(lambda: str(scalar(database, CALLS)).count("replanned") == 1)
    qtbot.waitUntil(lambda: page.ui.messages.text().startswith("Ina Sommer"))
    assert str(scalar(database, CALLS)).count("replanned") == 1


def test_a_mistaken_result_is_undone_from_the_message(page: PhonePage, qtbot: QtBot, database: Database) -> None:
    """The call is on again, beside it the panel that waits for the right result."""
    dial(qtbot, page)
    first = page._wanted
    qtbot.keyClick(page, Qt.Key.Key_2)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(lambda: page._wanted not in {first, None})
    page.ui.messages.undo()
    qtbot.waitUntil(lambda: "in_progress" in str(scalar(database, CALLS)))
    qtbot.waitUntil(lambda: page._panel.shown() == first)
    assert "planned cancelled" in str(scalar(database, CALLS))


def test_nobody_rings_a_practice_a_colleague_talks_to(
    page: PhonePage, qtbot: QtBot, second_database: Database, ui: UiContext
) -> None:
    """The number is dialled only once the call is one's own; else one reads who has it."""
    number = page._panel.shown()
    assert number is not None
    fill(second_database, lambda s: calling.begin_call(s, number, now=ui.now()))
    press(qtbot, page, "Anrufen")
    qtbot.waitUntil(lambda: "Tom Keller" in ui.messages.text())
    assert DIALLED == []
    qtbot.waitUntil(lambda: "Tom Keller telefoniert gerade" in page._panel._warning.text())
    assert not any(key.isEnabled() for key in page._panel._keys._made)


def test_what_was_typed_stays_with_its_call(page: PhonePage) -> None:
    """Looking at another call and back."""
    first, second = (call.call_id for call in page._calls)
    page.open_item(first)
    page._panel._notes.note.setText("Frau Sommer ist ab Montag da")
    page.open_item(second)
    assert page._panel._notes.note.text() == ""
    page.open_item(first)
    assert page._panel._notes.note.text() == "Frau Sommer ist ab Montag da"


@pytest.mark.parametrize("typed", ["", "gerade gesprochen"])
def test_a_call_that_falls_away_says_why(
    page: PhonePage, qtbot: QtBot, second_database: Database, ui: UiContext, typed: str
) -> None:
    """The practice opted out at a colleague's desk; what was typed stays to be read."""
    call = next(c for c in page._calls if c.call_id == page._panel.shown())
    page._panel._notes.note.setText(typed)
    fill(
        second_database,
        lambda s: change_status(s, call.therapist_id, "opted_out", now=ui.now(), reason="möchte nicht mehr"),
    )
    page.refresh()
    if typed:
        qtbot.waitUntil(lambda: "nicht mehr angefragt" in page._panel._warning.text())
        assert (page._panel.shown(), page._panel._notes.note.text()) == (call.call_id, typed)
        assert not page._panel._dial.isEnabled()
    else:
        qtbot.waitUntil(lambda: "nicht mehr angefragt" in ui.messages.text())
        qtbot.waitUntil(lambda: page._panel.shown() not in {call.call_id, None})


def test_a_callback_takes_the_answers_along(page: PhonePage, qtbot: QtBot, database: Database) -> None:
    """What the practice said of a patient is written, and the call it asked for is planned all the same."""
    page._panel._answers._rows[0]._answer.choose("rejection_capacity")
    qtbot.keyClick(page._panel._script, Qt.Key.Key_6)  # type: ignore[no-untyped-call]  # pytest-qt
    confirm(qtbot, page, day="30.11.2026")
    qtbot.waitUntil(lambda: "callback_due" in str(scalar(database, CALLS)))
    rejected = "SELECT count(*) FROM matching_service.inquiry_item WHERE status = 'rejection_capacity'"
    assert scalar(database, rejected) == 1
    planned = """SELECT count(*) FROM communication_service.phone_call
        WHERE status = 'planned' AND (planned_at AT TIME ZONE 'Europe/Berlin')::date = '2026-11-30'"""
    assert scalar(database, planned) == 1


@pytest.mark.parametrize("key", [Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5])
def test_a_chosen_answer_is_not_dropped_by_another_result(
    page: PhonePage, qtbot: QtBot, database: Database, ui: UiContext, key: Qt.Key
) -> None:
    """Nobody reached and an answer do not go together: it is said, and the call is still open."""
    page._panel._answers._rows[0]._answer.choose("rejection_capacity")
    qtbot.keyClick(page._panel._script, key)  # type: ignore[no-untyped-call]  # pytest-qt
    assert "noch offen" in ui.messages.text()
    assert page._panel._answers.changed()
    assert scalar(database, CALLS) == "planned planned"
    page._panel._answers._rows[0]._answer.choose("nothing")
    qtbot.keyClick(page._panel._script, key)  # type: ignore[no-untyped-call]  # pytest-qt
    confirm(qtbot, page)
    qtbot.waitUntil(lambda: scalar(database, CALLS) != "planned planned")


def test_a_callback_at_a_time(page: PhonePage, qtbot: QtBot, database: Database) -> None:
    """A time that is none is said at its field; a right one is the time of the next call."""
    press(qtbot, page, "Rückruf am")
    qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(ReasonDialog)))
    dialog = next(d for d in page.findChildren(ReasonDialog) if d.isVisible())
    dialog._day.setText("26.11.2026")
    dialog._clock.setText("halb fünf")
    dialog.ok.click()
    assert dialog.isVisible()
    dialog._clock.setText("16:30")
    dialog.ok.click()
    planned = (
        "SELECT to_char(planned_at AT TIME ZONE 'Europe/Berlin', 'DD.MM. HH24:MI')"
        " FROM communication_service.phone_call WHERE agreed"
    )
    qtbot.waitUntil(lambda: scalar(database, planned) == "26.11. 16:30")


def test_facts_tell_what_they_rest_on(page: PhonePage) -> None:
    """Never called here, an assumption; hours that look wrong; what a machine may hear."""
    facts, script = page._panel._facts.text(), page._panel._script.toPlainText()
    assert "hier noch nie angerufen" in facts
    assert "eine Annahme" in facts
    assert "genug für einen halben Sitz" not in page._panel._warning.text()  # 240 minutes are enough
    assert "Auf dem Anrufbeantworter nur:" in script
    promised = replace(page._calls[0], promised_at=page.ui.now() - timedelta(days=1))
    assert "da hat niemand angerufen" in call_words.warning(promised)


def test_facts_tell_of_calls_made_before(page: PhonePage, qtbot: QtBot, database: Database, ui: UiContext) -> None:
    """One call in vain: the next attempt says so, here and of the hour."""
    call = page._calls[0]

    def try_in_vain(session: Session) -> None:
        calling.finish_call(session, call.call_id, CallResult(CallStatus.NO_ANSWER), now=ui.now())
        for planned in session.query(PhoneCall).filter_by(therapist_id=call.therapist_id, status="planned"):
            planned.planned_at = ui.now() - timedelta(minutes=1)

    fill(database, try_in_vain)
    page._wanted = None
    page.refresh()
    qtbot.waitUntil(lambda: any(c.therapist_id == call.therapist_id and c.attempt == 2 for c in page._calls))
    page.open_item(next(c.call_id for c in page._calls if c.attempt == 2))
    facts = page._panel._facts.text()
    assert "hier 0 von 1 Anruf erreicht" in facts
    assert "aus 1 Anruf des Büros zu dieser Stunde" in facts


def test_minutes_by_day_and_practice(page: PhonePage, qtbot: QtBot, database: Database, ui: UiContext) -> None:
    """The dialog has a line for the day and one for each practice."""

    def talk(session: Session) -> None:
        call = session.get_one(PhoneCall, page._calls[0].call_id)
        calling.begin_call(session, call.id, now=ui.now() - timedelta(minutes=7))
        calling.finish_call(session, call.id, CallResult(CallStatus.REACHED), now=ui.now())

    fill(database, talk)
    press(qtbot, page, "Minuten …")
    qtbot.waitUntil(lambda: bool(page.findChildren(MinutesDialog)))
    tree = page.findChildren(MinutesDialog)[0].tree
    qtbot.waitUntil(lambda: tree.topLevelItemCount() == 1)
    top = tree.topLevelItem(0)
    assert top is not None
    assert [top.text(n) for n in range(4)] == ["Mo 23.11.2026", "1", "1", "7"]
    assert top.childCount() == 1


def test_undoing_a_result_gives_the_words_back(page: PhonePage, qtbot: QtBot) -> None:
    """What was typed stands in the fields again, to go into the history with the right result."""
    dial(qtbot, page)
    first = page._wanted
    page._panel._notes.counterpart.setText("Frau Sommer")
    page._panel._notes.note.setText("ab Februar frei")
    qtbot.keyClick(page._panel._script, Qt.Key.Key_1)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(lambda: page._panel.shown() not in {first, None})
    assert page._panel._notes.typed() == ("", "")
    page.ui.messages.undo()
    qtbot.waitUntil(lambda: page._panel.shown() == first)
    qtbot.waitUntil(lambda: page._panel._notes.typed() == ("Frau Sommer", "ab Februar frei"))


def test_reached_without_an_answer_says_what_comes_next(page: PhonePage, qtbot: QtBot) -> None:
    """Seven days from the call on the practice is asked again; the message says since when."""
    dial(qtbot, page)
    qtbot.keyClick(page._panel._script, Qt.Key.Key_1)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(lambda: "fehlt noch eine Antwort" in page.ui.messages.text())
    day = page.ui.today() + timedelta(days=7)
    assert page.ui.messages.text().endswith(f"ohne sie wird ab {day:%d.%m.%Y} nachgefasst.")


def test_a_note_that_is_too_long_is_named_at_its_field(page: PhonePage, qtbot: QtBot, database: Database) -> None:
    """Nothing is written, the call stays, and what was pasted is still there."""
    dial(qtbot, page)
    page._panel._notes.note.setText("x" * 20_000)
    qtbot.keyClick(page._panel._script, Qt.Key.Key_2)  # type: ignore[no-untyped-call]  # pytest-qt
    field = page._panel._notes._fields["outcome"]
    qtbot.waitUntil(field._error.isVisible)
    assert "20000 Zeichen" in field._error.text()
    assert len(page._panel._notes.note.text()) == 20_000
    assert scalar(database, CALLS) == "in_progress planned"


def test_a_callback_in_a_far_year_is_named_in_its_dialog(page: PhonePage, qtbot: QtBot, database: Database) -> None:
    """It stays open with what was typed."""
    press(qtbot, page, "Rückruf am")
    dialog = page.findChild(ReasonDialog)
    assert dialog is not None
    dialog._day.setText("31.12.9999")
    dialog._try()
    assert dialog.isVisible()
    assert "höchstens ein Jahr" in dialog._day_field._error.text()
    assert scalar(database, CALLS) == "planned planned"
    dialog.reject()


def test_a_call_begun_by_mistake_goes_back_into_the_list(page: PhonePage, qtbot: QtBot, database: Database) -> None:
    """As does one whose window went away: it waits on top until its person says what became of it."""
    press(qtbot, page, "Anrufen")
    qtbot.waitUntil(page._panel._back.isVisible)
    again = PhonePage(page.ui)
    qtbot.addWidget(again)
    again.show()
    qtbot.waitUntil(lambda: again._panel._back.isVisible() and again._panel.shown() == page._wanted)
    press(qtbot, again, "Anruf zurück in die Liste")
    qtbot.waitUntil(lambda: scalar(database, CALLS) == "planned planned")
    assert scalar(database, "SELECT count(*) FROM communication_service.contact_entry WHERE channel = 'phone'") == 0

"""Hours on the phone entered and corrected by hand: kept against imports, and the phone queue goes by them at once."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from domain.casework.phone_queue import phone_queue
from domain.communication.calls import plan_call
from domain.database import Database
from domain.therapists.queries import get_therapist
from domain.values import MINUTES_PER_DAY, WeekSpan
from domain.weektime import merged
from tests.ui.hands import enter, fill, press, scalar
from tests.ui.therapists.driving import add, opened
from ui import formats
from ui.ports import UiContext
from ui.therapists.phone_hours import read_hours

MONDAY = WeekSpan(9 * 60, 9 * 60 + 50)
DAYS = st.integers(0, 6)
TIMES = st.tuples(st.integers(0, 1439), st.integers(0, 1439)).filter(lambda pair: pair[0] < pair[1])


@given(st.lists(st.tuples(DAYS, TIMES), min_size=1, max_size=8))
def test_hours_as_they_are_shown_are_read_again(found: list[tuple[int, tuple[int, int]]]) -> None:
    """To the minute, whatever they are."""
    spans = merged(WeekSpan(day * MINUTES_PER_DAY + start, day * MINUTES_PER_DAY + end) for day, (start, end) in found)
    assert read_hours(formats.week(spans)) == spans


@pytest.mark.parametrize(
    "text", ["", "nach Vereinbarung", "Mo 9-10 Uhr nur im Mai", "Mo 10-9", "Mo 25:00-26:00", "9-10"]
)
def test_a_line_that_says_something_else_is_no_hours(text: str) -> None:
    """All of it is read, or nothing."""
    assert read_hours(text) is None


def test_hours_are_entered_with_the_keyboard_and_the_queue_goes_by_them(
    ui: UiContext, qtbot: QtBot, database: Database
) -> None:
    """Painted and written to the minute; the day they are of is kept, and so is the field against imports."""
    therapist = add(database, phone_hours=(MONDAY,), hours_as_of=date(2026, 3, 2))
    fill(database, lambda s: plan_call(s, therapist, now=ui.now()))
    page = opened(ui, qtbot, therapist, tab="Zeiten")
    edit = page._detail._form_view.phone_hours
    qtbot.waitUntil(lambda: edit.line.text() == "Mo 09:00–09:50")
    edit.week.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Space):
        QTest.keyClick(edit.week, key)
    assert edit.line.text() == "Mo 09:00–09:50, Di 09:00–09:30"
    edit.line.setFocus()
    edit.line.selectAll()
    QTest.keyClicks(edit.line, "Mo 10:05-10:55, Mi 13-14 Uh")
    press(qtbot, page, "Speichern")
    qtbot.waitUntil(lambda: "Schreiben Sie Tage und Zeiten" in edit.written._error.text())
    QTest.keyClicks(edit.line, "r")
    assert formats.week(edit.week.value()) == "Mo 10:05–10:55, Mi 13:00–14:00"
    enter(page, "Telefonzeiten: Stand vom", "20.11.2026")
    press(qtbot, page, "Speichern")

    stored = f"SELECT hours_as_of FROM therapist_service.therapist WHERE id = {therapist}"
    qtbot.waitUntil(lambda: scalar(database, stored) == date(2026, 11, 20))
    shown = fill(database, lambda s: get_therapist(s, therapist))
    (queued,) = fill(database, lambda s: phone_queue(s, now=ui.now()))
    assert formats.week(shown.phone_hours) == "Mo 10:05–10:55, Mi 13:00–14:00"
    assert "phone_hours" in shown.locked_fields
    assert queued.hours_as_of == date(2026, 11, 20)
    assert queued.published == 110


def test_a_day_ahead_is_refused_at_its_field_and_the_fax_is_shown(
    ui: UiContext, qtbot: QtBot, database: Database
) -> None:
    """Nothing is saved then."""
    therapist = add(database, phone_hours=(MONDAY,), hours_as_of=date(2026, 3, 2), fax="+492411234599")
    page = opened(ui, qtbot, therapist, tab="Zeiten")
    qtbot.waitUntil(lambda: "Fax 0241 1234599" in page._detail._facts.text())
    field = page._detail._form_view.fields["hours_as_of"]
    enter(page, "Telefonzeiten: Stand vom", "24.12.2026")
    press(qtbot, page, "Speichern")
    qtbot.waitUntil(lambda: "Zukunft" in field._error.text())
    stored = f"SELECT hours_as_of FROM therapist_service.therapist WHERE id = {therapist}"
    assert scalar(database, stored) == date(2026, 3, 2)

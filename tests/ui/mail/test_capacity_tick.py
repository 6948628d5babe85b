"""What an answer says of a practice's places, noted with the same key."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from domain.database import Database
from domain.matching.states import ItemStatus
from tests.ui.hands import scalar
from tests.ui.mail.test_inbox import SETTLED, opened
from ui.ports import UiContext


def test_what_is_said_of_the_places_is_noted_with_the_same_key(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The tick says what will be noted; taken away, nothing is."""
    page = opened(ui, qtbot, database, "Die Warteliste ist bis 31.3.2027 geschlossen.", "Kühn")
    tick = page._incoming._reply._capacity
    qtbot.waitUntil(tick.isVisible)
    assert "Warteliste geschlossen" in tick.text()
    assert "01.04.2027" in tick.text()
    qtbot.keyClick(page._incoming._reply, Qt.Key.Key_F9)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(lambda: scalar(database, SETTLED) == "done")
    assert scalar(database, "SELECT max(capacity) FROM therapist_service.therapist") == "list_closed"


def test_a_practice_that_gives_somebody_a_place_is_not_noted_as_full(
    ui: UiContext, qtbot: QtBot, database: Database
) -> None:
    """Whoever chooses "nimmt auf" loses the box; choosing something else brings it back as it was suggested."""
    page = opened(ui, qtbot, database, "Leider habe ich keine freien Plätze.", "Kühn")
    reply = page._incoming._reply
    qtbot.waitUntil(reply._capacity.isVisible)
    assert reply._capacity.isChecked()
    answer = reply._answers._rows[0]._answer
    answer.choose(ItemStatus.ACCEPTED.value)
    assert not reply._capacity.isVisible()
    assert not reply._capacity.isChecked()
    answer.choose(ItemStatus.REJECTION_CAPACITY.value)
    assert reply._capacity.isVisible()
    assert reply._capacity.isChecked()


def test_what_an_answer_says_in_two_ways_is_ticked_by_a_person(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """No place, and yet somebody may wait: the box is there, without its tick and with the reason."""
    body = "Leider ist bei mir alles voll. Auf die Warteliste kann ich {0} setzen."
    page = opened(ui, qtbot, database, body, "Kühn")
    tick = page._incoming._reply._capacity
    qtbot.waitUntil(tick.isVisible)
    assert not tick.isChecked()
    assert "Verschiedenes" in tick.text()

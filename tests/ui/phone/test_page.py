"""Telefon by hand: one key for a result, then the next call; what to say stands beside it without a name."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.casework.preparing import create_and_send
from domain.database import Database
from domain.values import Channel, WeekSpan
from tests.builders import add_patient, add_search, add_therapist
from tests.ui.hands import confirm, fill, press, scalar
from ui.phone.page import PhonePage
from ui.ports import UiContext

NOW_OPEN = WeekSpan(8 * 60, 12 * 60)  # Monday; the test's clock stands at 10:00
CALLS = "SELECT string_agg(status, ' ' ORDER BY id) FROM communication_service.phone_call"


@pytest.fixture
def page(ui: UiContext, qtbot: QtBot, database: Database, monkeypatch: pytest.MonkeyPatch) -> PhonePage:
    """The page with two calls one can make now."""
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: True)  # no telephone program here

    def work(session: Session) -> None:
        for name in ("Wartend", "Geduldig"):
            search = add_search(session, add_patient(session, last_name=name))
            therapist = add_therapist(session, phone_hours=(NOW_OPEN,))
            create_and_send(
                session, therapist_id=therapist, search_ids=[search], channel=Channel.PHONE,
                now=ui.now() - timedelta(hours=3),
            )  # fmt: skip

    fill(database, work)
    made = PhonePage(ui)
    qtbot.addWidget(made)
    made.resize(1200, 750)
    made.show()
    qtbot.waitUntil(lambda: "jetzt erreichbar" in made._sum.text() and made._panel.isVisible())
    qtbot.waitUntil(lambda: bool(made._panel._answers._rows))
    return made


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


def test_reached_takes_the_answers_along(page: PhonePage, qtbot: QtBot, database: Database) -> None:
    """What the practice said of each patient is written with the call."""
    page._panel._answers._rows[0]._answer.choose("rejection_capacity")
    page._panel._note.setText("Frau Sommer selbst am Apparat")
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
    page._panel._note.setFocus()
    qtbot.keyClicks(page._panel._note, "2 Plaetze 6")  # type: ignore[no-untyped-call]  # pytest-qt
    assert page._panel._note.text() == "2 Plaetze 6"
    assert scalar(database, CALLS) == "planned planned"


def test_a_callback_is_agreed_for_a_day(page: PhonePage, qtbot: QtBot, database: Database) -> None:
    """The call is over, the next one planned from that day on."""
    press(qtbot, page, "Rückruf am")
    confirm(qtbot, page, day="30.11.2026")
    qtbot.waitUntil(lambda: "callback_due" in str(scalar(database, CALLS)))

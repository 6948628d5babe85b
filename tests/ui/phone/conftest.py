"""The page Telefon with two calls one can make now, and what a person does there first."""

from datetime import timedelta

import pytest
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.casework.preparing import create_and_send
from domain.database import Database
from domain.values import Channel, WeekSpan
from tests.builders import add_patient, add_search, add_therapist
from tests.ui.hands import fill, press
from ui.phone.page import PhonePage
from ui.ports import UiContext

NOW_OPEN = WeekSpan(8 * 60, 12 * 60)  # Monday; the test's clock stands at 10:00
DIALLED: list[str] = []
CALLS = "SELECT string_agg(status, ' ' ORDER BY id) FROM communication_service.phone_call"


@pytest.fixture
def page(ui: UiContext, qtbot: QtBot, database: Database, monkeypatch: pytest.MonkeyPatch) -> PhonePage:
    """The page with two calls one can make now."""
    DIALLED.clear()
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: DIALLED.append(url.toString()))  # no telephone here

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


def dial(qtbot: QtBot, page: PhonePage) -> None:
    """Begin the call shown: from then on one key is its result."""
    press(qtbot, page, "Anrufen")
    qtbot.waitUntil(lambda: not page._panel._dial.isEnabled() and page._panel._back.isVisible())

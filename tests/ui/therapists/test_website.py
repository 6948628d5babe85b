"""The tab Webseite of a therapist: read on demand, findings with their words, accepted or rejected one by one."""

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.enrichment import fail_website, note_website, take_website
from domain.casework.practice_page import Found
from domain.database import Database
from domain.therapists.queries import get_therapist
from tests.builders import add_therapist
from tests.ui.hands import fill, press, scalar
from ui.ports import UiContext
from ui.therapists.website import WebsiteTab

FOUND = (
    Found("email", {"email": "neu@muster.example"}, "neu (at) muster.example"),
    Found("phone_hours", {"spans": [[720, 780]]}, "Mo 12-13 Uhr"),
    Found("capacity", {"capacity": "full", "from": None}, "Leider keine freien Plätze."),
    Found("languages", {"languages": ["Englisch"]}, "Sprachen: Englisch"),
    Found("methods", {"methods": ["vt"], "sentence": "Verhaltenstherapie für Erwachsene " * 9}, "Verhaltenstherapie"),
)
EMAIL = "SELECT email FROM therapist_service.therapist"


@pytest.fixture
def tab(ui: UiContext, qtbot: QtBot, database: Database) -> WebsiteTab:
    """The tab of somebody with a page, whose languages a person entered."""

    def prepare(session: Session) -> int:
        therapist = add_therapist(session)
        session.execute(
            text("UPDATE therapist_service.therapist SET web = 'muster.example', locked_fields = '{languages}'")
        )
        return therapist

    therapist = fill(database, prepare)
    made = WebsiteTab(ui)
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    made.show_therapist(fill(database, lambda s: get_therapist(s, therapist)))
    qtbot.waitUntil(lambda: "Noch nicht gelesen" in made.said.text())
    return made


def test_findings_are_decided_one_by_one(
    tab: WebsiteTab, ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database
) -> None:
    """Words, address and day stand with each; nothing changes before; what a person entered cannot be accepted away."""
    press(qtbot, tab, "Webseite lesen")
    qtbot.waitUntil(lambda: "Wird gelesen" in tab.said.text())

    def work(session: Session) -> None:
        site = take_website(session, now=ui.now())
        assert site is not None
        assert site.address == "https://muster.example"
        note_website(session, site, [(site.address, f) for f in FOUND], pages=1, now=ui.now())

    fill(worker_database, work)
    tab.refresh()
    qtbot.waitUntil(lambda: tab._room.count() == len(FOUND))
    tab.resize(500, 700)
    assert tab.minimumSizeHint().width() < 500  # a long finding takes lines, and no more room than there is
    before = scalar(database, EMAIL)
    assert before != "neu@muster.example"
    press(qtbot, tab, "E-Mail annehmen")
    qtbot.waitUntil(lambda: tab._room.count() == len(FOUND) - 1)
    assert scalar(database, EMAIL) == "neu@muster.example"
    press(qtbot, tab, "Plätze ablehnen")
    qtbot.waitUntil(lambda: tab._room.count() == len(FOUND) - 2)
    assert scalar(database, "SELECT capacity FROM therapist_service.therapist") == "unknown"
    press(qtbot, tab, "Verfahren annehmen")
    qtbot.waitUntil(lambda: tab._room.count() == len(FOUND) - 3)
    locked = [b for b in tab.findChildren(QPushButton) if b.accessibleName() == "Sprachen annehmen" and b.isVisible()]
    assert [b.isEnabled() for b in locked] == [False]


def test_why_a_page_was_not_read_is_said(
    tab: WebsiteTab, ui: UiContext, qtbot: QtBot, worker_database: Database
) -> None:
    """In a sentence."""
    press(qtbot, tab, "Webseite lesen")
    qtbot.waitUntil(lambda: "Wird gelesen" in tab.said.text())

    def work(session: Session) -> None:
        site = take_website(session, now=ui.now())
        assert site is not None
        fail_website(session, site, "outside.paused", {"host": "muster.example"}, now=ui.now(), again=True)

    fill(worker_database, work)
    tab.refresh()
    qtbot.waitUntil(lambda: "Noch nicht gelesen. Der Dienst muster.example hat" in tab.said.text())
    press(qtbot, tab, "Webseite lesen")
    qtbot.waitUntil(lambda: "Wird gelesen" in tab.said.text())

    def again(session: Session) -> None:
        site = take_website(session, now=ui.now())
        assert site is not None
        fail_website(session, site, "outside.robots", {"host": "muster.example"}, now=ui.now())

    fill(worker_database, again)
    tab.refresh()
    qtbot.waitUntil(lambda: "erlaubt Programmen nicht" in tab.said.text())

"""Webseiten in Verwaltung: begun, stopped, its pace changed, how far it is told."""

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.enrichment import note_website, take_website
from domain.casework.enrichment_schedule import ask_scheduled
from domain.casework.practice_page import Found
from domain.database import Database
from tests.builders import add_therapist
from tests.ui.conftest import Visits
from tests.ui.hands import fill, press, scalar
from ui.admin.websites_tab import WebsitesTab
from ui.ports import UiContext

ENABLED = "SELECT enabled FROM therapist_service.web_schedule"
PACE = "SELECT every_days || ' ' || per_hour FROM therapist_service.web_schedule"


@pytest.fixture
def tab(ui: UiContext, qtbot: QtBot, database: Database) -> WebsitesTab:
    """The tab where two therapists have a page."""

    def prepare(session: Session) -> None:
        for name in ("Muster", "Beispiel"):
            add_therapist(session, last_name=name)
        session.execute(text("UPDATE therapist_service.therapist SET web = lower(last_name) || '.example'"))

    fill(database, prepare)
    made = WebsitesTab(ui)
    qtbot.addWidget(made)
    made.resize(1160, 690)
    made.show()
    made.refresh()
    qtbot.waitUntil(lambda: "0 von 2 Webseiten" in made.said.text())
    return made


def the_worker_reads(database: Database, ui: UiContext, *found: Found) -> None:
    """What the worker does when it is time."""

    def work(session: Session) -> None:
        assert ask_scheduled(session, now=ui.now()) is not None
        site = take_website(session, now=ui.now())
        assert site is not None
        note_website(session, site, [(site.address, one) for one in found], pages=1, now=ui.now())

    fill(database, work)


def test_reading_is_begun_told_and_stopped(
    tab: WebsitesTab, ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database, visits: Visits
) -> None:
    """With how much is left; suggestions are one press away."""
    assert "Ausgeschaltet" in tab.said.text()
    press(qtbot, tab, "Beginnen")
    qtbot.waitUntil(lambda: "Eingeschaltet" in tab.said.text())
    assert scalar(database, ENABLED) is True
    the_worker_reads(worker_database, ui, Found("languages", {"languages": ["Englisch"]}, "Sprachen: Englisch"))
    tab.refresh()
    qtbot.waitUntil(lambda: "1 von 2 Webseiten" in tab.said.text())
    assert "1 stehen an" in tab.said.text()
    assert "Bei 1 Person warten Vorschläge" in tab.said.text()
    assert (tab.bar.value(), tab.bar.maximum()) == (1, 2)
    press(qtbot, tab, "Vorschläge ansehen")
    assert visits == [("today", None)]
    press(qtbot, tab, "Anhalten")
    qtbot.waitUntil(lambda: "Ausgeschaltet" in tab.said.text())
    assert scalar(database, ENABLED) is False


def test_the_pace_is_saved_and_leaves_on_or_off_alone(tab: WebsitesTab, qtbot: QtBot, database: Database) -> None:
    """Also where somebody else began meanwhile; what is being typed is not overwritten by news."""
    tab._per_hour.setValue(60)
    tab.refresh()
    fill(database, lambda s: s.execute(text("UPDATE therapist_service.web_schedule SET enabled = true, version = 2")))
    tab.refresh()
    qtbot.waitUntil(lambda: "Eingeschaltet" in tab.said.text())
    assert tab._per_hour.value() == 60
    press(qtbot, tab, "Speichern")
    qtbot.waitUntil(lambda: scalar(database, PACE) == "90 60")
    assert scalar(database, ENABLED) is True


def test_where_nobody_has_a_page_nothing_can_be_begun(tab: WebsitesTab, qtbot: QtBot, database: Database) -> None:
    """And that is said."""
    fill(database, lambda s: s.execute(text("UPDATE therapist_service.therapist SET web = ''")))
    tab.refresh()
    qtbot.waitUntil(lambda: "keinem Therapeuten" in tab.said.text())
    assert not tab._begin.isEnabled()

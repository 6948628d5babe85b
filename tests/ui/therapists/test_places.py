"""Where a practice lies, in its record: how sure, set by hand and let go of; and the ways from the office."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.pins import pin_site
from domain.casework.placing import PlaceState
from domain.database import Database
from domain.therapists.queries import get_therapist
from tests.builders import add_therapist
from tests.ui.hands import fill, press, scalar
from ui.place_words import place_words
from ui.ports import UiContext
from ui.therapists.sites import SitesTab

ELSEWHERE = "die Karte kennt die Adresse nur weit außerhalb dieser PLZ"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (None, "Lage: PLZ"),
        (PlaceState("waiting", "", ()), "Lage: PLZ (wird gerade gesucht)"),
        (
            PlaceState("waiting", "outside.timeout", ()),
            "Lage: PLZ (genauer: unbekannt, später; der Kartendienst antwortet nicht)",
        ),
        (PlaceState("not_found", "", ()), "Lage: PLZ (Adresse nicht gefunden, bitte prüfen)"),
        (
            PlaceState("placed", "", ("plz_elsewhere:13158",)),
            f"Lage: PLZ ({ELSEWHERE}: gemeint sein kann 13158, bitte PLZ prüfen)",
        ),
        (PlaceState("placed", "", ("plz_differs",)), "Lage: PLZ (die Karte nennt eine andere PLZ)"),
    ],
)
def test_an_outage_is_never_called_not_found(state: PlaceState | None, words: str) -> None:
    """Each state has its words."""
    assert place_words("plz", by_hand=False, state=state) == words


@pytest.fixture
def tab(ui: UiContext, qtbot: QtBot, database: Database) -> SitesTab:
    """The sites of a practice in Aachen, set by hand."""

    def work(session: Session) -> int:
        session.execute(text("UPDATE platform.office SET plz = '52062', city = 'Aachen'"))
        therapist = add_therapist(session)
        site = session.scalar(text("SELECT site_id FROM therapist_service.therapist"))
        assert site is not None
        pin_site(session, site, lat=50.8, lon=6.1)
        return therapist

    number = fill(database, work)
    made = SitesTab(ui, lambda: True)
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.show()
    made.show_therapist(fill(database, lambda s: get_therapist(s, number)))
    return made


def said(tab: SitesTab) -> str:
    """All words of the tab."""
    return "\n".join(label.text() for label in tab.findChildren(QLabel))


def test_a_pin_is_told_and_let_go_of(tab: SitesTab, qtbot: QtBot, database: Database) -> None:
    """Then the place is looked up again by what is known of the address."""
    qtbot.waitUntil(lambda: "Lage: von Hand gesetzt" in said(tab))
    press(qtbot, tab, "52062 Aachen: Lage neu suchen")
    qtbot.waitUntil(lambda: scalar(database, "SELECT geo_quality FROM therapist_service.practice_site") == "plz")
    qtbot.waitUntil(lambda: "Lage: PLZ" in said(tab))


def test_the_ways_from_the_office_are_estimates(tab: SitesTab, qtbot: QtBot) -> None:
    """By every mode, and named as what they are."""
    qtbot.waitUntil(lambda: "Wege ab Büro (Aachen)" in tab._ways.text())
    lines = tab._ways.text().splitlines()[1:]
    assert [line.partition(":")[0] for line in lines] == ["Auto", "Bus und Bahn", "Fahrrad", "zu Fuß"]
    assert all("geschätzt" in line for line in lines)

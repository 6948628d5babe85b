"""Erreichbar in Minuten on the page Karte: an honest ring at once, the router's area once it answered."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken
from sqlalchemy.orm import Session

from domain.casework.reaching import note_reach, put_reach_back, take_reach
from domain.database import Database
from domain.geocoding.map_settings import MapForm, read_maps, save_maps
from tests.builders import AACHEN, add_patient, add_search, add_therapist
from tests.ui.hands import choose, fill, find, press, scalar
from tests.ui.map.conftest import SLOW_MS
from tests.ui.map.overview.test_page import Ask, _names
from ui.map.overview.page import MapPage
from ui.map.overview.reach import ReachDialog
from ui.ports import UiContext

KM = 1 / 111.19
REQUESTS = "SELECT count(*) FROM geocoding_service.reach_request"
WORDS = "document.querySelector('.pl-reachbox')?.textContent"


@pytest.fixture
def search(database: Database) -> int:
    """A patient in Aachen who goes on foot, and practices 1, 4 and 30 km to the north."""

    def work(session: Session) -> int:
        for name, km in (("Nah", 1), ("Halb", 4), ("Weit", 30)):
            add_therapist(session, last_name=name, place=(AACHEN[0] + km * KM, AACHEN[1]))
        wishes = {"travel_mode": "foot", "radius_km": 50}
        return add_search(session, add_patient(session, last_name="Wartend", wishes=wishes))

    return fill(database, work)


@pytest.fixture
def page(ui: UiContext, search: int, qtbot: QtBot) -> Iterator[MapPage]:
    """The page with the patient chosen; deleted at once, since its map must not outlive the last event loop."""
    made = MapPage(ui)
    made.resize(1160, 660)
    with qtbot.waitSignal(made._view.drawn, timeout=SLOW_MS, check_params_cb=lambda n: n == 3):
        made.show()
    made.open_item(-search)
    qtbot.waitUntil(lambda: made._patient.search is not None, timeout=SLOW_MS)
    yield made
    made.close()
    Shiboken.delete(made)


def route(session: Session, **values: object) -> None:
    """A Valhalla; patients' places may go there unless it is said otherwise."""
    form = MapForm(router="valhalla", router_url="https://wege.example", **({"patients_to_router": True} | values))  # type: ignore[arg-type]
    save_maps(session, form, version=read_maps(session).version)


def who(page: MapPage) -> list[str]:
    """Surnames in the list."""
    return sorted(name.split()[-1] for name in _names(page))


def wanted(page: MapPage, qtbot: QtBot, *, minutes: int = 60, place: str = "") -> ReachDialog:
    """Fill the dialog as a person does."""
    choose(qtbot, page, "Gebiet wählen", "&Erreichbar in Minuten …")
    dialog = next(d for d in page.findChildren(ReachDialog) if d.isVisible())
    qtbot.waitUntil(lambda: dialog.mode.code() == "foot", timeout=SLOW_MS)
    if place:
        dialog._start.choose("place")
        dialog._place.setText(place)
    dialog.minutes.setValue(minutes)
    press(qtbot, dialog, "Zeigen")
    return dialog


def test_without_a_router_the_ring_says_that_it_is_estimated(
    page: MapPage, qtbot: QtBot, database: Database, ask: Ask
) -> None:
    """Two circles with their kilometres, whoever may be in time listed, nobody asked; taken away by the link."""
    wanted(page, qtbot)
    qtbot.waitUntil(lambda: who(page) == ["Halb", "Nah"], timeout=SLOW_MS)
    assert ask(page._view, "document.querySelectorAll('path.pl-reach, path.pl-reach-maybe').length") == 2
    said = ask(page._view, WORDS)
    assert said.startswith("Erreichbar: 60 Min. zu Fuß")
    assert "geschätzt: wohl bis 2,4 km" in said
    assert "geschätzt: vielleicht bis 5,2 km" in said
    assert scalar(database, REQUESTS) == 0
    assert "60 Min. zu Fuß, geschätzt" in page._heading()[2]
    assert "Wartend" not in "".join(page._heading())
    press(qtbot, page, "Nur: 60 Min. zu Fuß, geschätzt – alle zeigen")
    qtbot.waitUntil(lambda: len(who(page)) == 3, timeout=SLOW_MS)
    assert ask(page._view, "document.querySelectorAll('path.pl-reach, .pl-reachbox').length") == 0


def test_the_routers_area_replaces_the_ring(
    page: MapPage, qtbot: QtBot, database: Database, worker_database: Database, ui: UiContext, ask: Ask
) -> None:
    """Asked once; when it has answered, list, map and words are its own, with the thanks it is owed."""
    fill(database, route)
    wanted(page, qtbot)
    qtbot.waitUntil(lambda: scalar(database, REQUESTS) == 1, timeout=SLOW_MS)
    qtbot.waitUntil(lambda: "wird gefragt" in (ask(page._view, WORDS) or ""), timeout=SLOW_MS)
    south, north = AACHEN[0] + 20 * KM, AACHEN[0] + 40 * KM
    ring = ((south, 5.9), (south, 6.3), (north, 6.3), (north, 5.9), (south, 5.9))

    def answer(session: Session) -> None:
        asked = take_reach(session, now=datetime.now(UTC))
        assert asked is not None
        note_reach(session, asked, (ring,), source="valhalla", now=datetime.now(UTC))

    fill(worker_database, answer)
    ui.changes.changed.emit("travel", 1)
    qtbot.waitUntil(lambda: who(page) == ["Weit"], timeout=SLOW_MS)
    said = ask(page._view, WORDS)
    assert "geschätzt" not in said
    assert "Valhalla, © OpenStreetMap-Mitwirkende" in said
    find(qtbot, page, "Nur: 60 Min. zu Fuß (Valhalla) – alle zeigen")
    press(qtbot, page, "Ohne Patient")
    qtbot.waitUntil(lambda: len(who(page)) == 3, timeout=SLOW_MS)
    assert ask(page._view, "document.querySelectorAll('path.pl-reach, .pl-reachbox').length") == 0


def test_an_outage_reads_unknown_later(
    page: MapPage, qtbot: QtBot, database: Database, worker_database: Database, ui: UiContext, ask: Ask
) -> None:
    """The ring stays, and what hinders is said."""
    fill(database, route)
    wanted(page, qtbot)
    qtbot.waitUntil(lambda: scalar(database, REQUESTS) == 1, timeout=SLOW_MS)

    def fail(session: Session) -> None:
        asked = take_reach(session, now=datetime.now(UTC))
        assert asked is not None
        put_reach_back(session, asked, "outside.unreachable", now=datetime.now(UTC))

    fill(worker_database, fail)
    ui.changes.changed.emit("travel", 1)
    qtbot.waitUntil(lambda: "unbekannt, später" in (ask(page._view, WORDS) or ""), timeout=SLOW_MS)
    assert who(page) == ["Halb", "Nah"]


def test_a_patients_home_stays_home_and_a_town_may_be_asked(
    page: MapPage, qtbot: QtBot, database: Database, ask: Ask
) -> None:
    """Without the office's word the patient's ring stays an estimate; an unknown place is said at its field."""
    fill(database, lambda s: route(s, patients_to_router=False))
    wanted(page, qtbot)
    qtbot.waitUntil(lambda: "Wohnorte bleiben im Büro" in (ask(page._view, WORDS) or ""), timeout=SLOW_MS)
    assert scalar(database, REQUESTS) == 0
    dialog = wanted(page, qtbot, minutes=20, place="Nirgendwo an der Ruhr")
    qtbot.waitUntil(lambda: "kennt die Karte nicht" in dialog._field.fault, timeout=SLOW_MS)
    dialog._place.setText("52062")
    press(qtbot, dialog, "Zeigen")
    qtbot.waitUntil(lambda: scalar(database, REQUESTS) == 1, timeout=SLOW_MS)
    find(qtbot, page, "Nur: 20 Min. zu Fuß ab 52062 Aachen, geschätzt – alle zeigen")

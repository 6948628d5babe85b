"""Ways in Vermittlung: estimated at once, and by name where a router said them."""

from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.travelling import note_ways, put_ways_back, take_ways
from domain.database import Database
from domain.geocoding.map_settings import MapForm, read_maps, save_maps
from domain.travel.ways import Routed, Way
from domain.values import TravelMode
from tests.builders import AACHEN, add_patient, add_search, add_therapist
from tests.ui.hands import fill, scalar
from ui.matching.page import MatchingPage
from ui.ports import UiContext
from ui.travel_words import minutes, short
from ui.widgets.cells import SECOND_LINE_ROLE

NEAR = (AACHEN[0] + 0.03, AACHEN[1])
QUESTIONS = "SELECT count(*) FROM geocoding_service.travel_request"


@pytest.mark.parametrize(
    ("way", "long", "narrow"),
    [
        (Way(TravelMode.CAR, 21.3, 33.2, "estimate"), "geschätzt 20–35 Min.", "≈ 20–35 Min."),
        (Way(TravelMode.CAR, 6.4, 9.2, "estimate"), "geschätzt 6–10 Min.", "≈ 6–10 Min."),
        (Way(TravelMode.CAR, 0.4, 29.2, "estimate"), "geschätzt bis 30 Min.", "≈ bis 30 Min."),
        (Way(TravelMode.CAR, 150, 290, "estimate"), "geschätzt 2–5 Std.", "≈ 2–5 Std."),
        (Way(TravelMode.CAR, 24.6, 24.6, "osrm"), "25 Min. (OSRM)", "25 Min."),
        (Way(TravelMode.FOOT, None, None, "valhalla"), "kein Weg bekannt (Valhalla)", "kein Weg"),
    ],
)
def test_an_estimate_never_looks_like_an_answer(way: Way, long: str, narrow: str) -> None:
    """A range with "geschätzt", or minutes with whose they are."""
    assert (minutes(way), short(way)) == (long, narrow)


@pytest.fixture
def search(database: Database) -> int:
    """A search with one practice near."""

    def work(session: Session) -> int:
        add_therapist(session, place=NEAR)
        return add_search(session, add_patient(session, wishes={"travel_mode": "car"}))

    return fill(database, work)


@pytest.fixture
def page(ui: UiContext, qtbot: QtBot, search: int) -> MatchingPage:
    """The page with the search chosen."""
    made = MatchingPage(ui)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.open_item(search)
    qtbot.waitUntil(lambda: made._results._model.rowCount() == 1)
    return made


def second(page: MatchingPage) -> str:
    """The second line of the column Weg."""
    return str(page._results._model.index(0, 1).data(SECOND_LINE_ROLE) or "")


def route(session: Session) -> None:
    """A router that patients' places may go to."""
    form = MapForm(router="osrm", router_url="https://wege.example", patients_to_router=True)
    save_maps(session, form, version=read_maps(session).version)


def test_without_a_router_the_minutes_are_estimated(page: MatchingPage, qtbot: QtBot, database: Database) -> None:
    """Said in the table, in the line above it and for each mode in the tip; nobody is asked."""
    qtbot.waitUntil(lambda: second(page).startswith("≈ "))
    assert page._ways.text() == "Fahrzeit (Auto) geschätzt."
    tip = page._results._all_ways(page._results._model.rows[0])
    assert "Bus und Bahn: geschätzt" in tip
    assert scalar(database, QUESTIONS) == 0


def test_a_router_is_asked_and_its_answer_shown(
    page: MatchingPage, ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database
) -> None:
    """Once for the list; when the worker has the answer, it stands there with its name."""
    fill(database, route)
    ui.changes.changed.emit("map_settings", 1)
    qtbot.waitUntil(lambda: scalar(database, QUESTIONS) == 1)

    now = datetime.now(UTC)

    def answer(session: Session) -> None:
        asked = take_ways(session, now=now)
        assert asked is not None
        note_ways(session, asked, [Routed(12.4, 5.0)], source="osrm", now=now)

    fill(worker_database, answer)
    ui.changes.changed.emit("travel", 1)
    qtbot.waitUntil(lambda: second(page) == "11–14 Min.")
    assert page._ways.text() == "Fahrzeit (Auto) nach OSRM."


def test_a_router_that_is_away_is_told(
    page: MatchingPage, ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database
) -> None:
    """The estimate stands, and the line says why."""
    fill(database, route)
    ui.changes.changed.emit("map_settings", 1)
    qtbot.waitUntil(lambda: scalar(database, QUESTIONS) == 1)
    now = datetime.now(UTC)

    def fail(session: Session) -> None:
        asked = take_ways(session, now=now)
        assert asked is not None
        put_ways_back(session, asked, "outside.unreachable", now=now)

    fill(worker_database, fail)
    ui.changes.changed.emit("travel", 1)
    qtbot.waitUntil(lambda: "nicht zu erreichen" in page._ways.text())
    assert second(page).startswith("≈ ")


def test_what_is_known_stays_while_it_is_read_again(page: MatchingPage, qtbot: QtBot) -> None:
    """After an inquiry the list comes anew; its minutes do not go meanwhile, those of another search do."""
    qtbot.waitUntil(lambda: second(page).startswith("≈ "))
    results = page._results
    assert results._now is not None
    assert results._search_id is not None
    results.show_candidates(results._model.rows, results._now, results._search_id)
    assert second(page).startswith("≈ ")
    results.show_candidates(results._model.rows, results._now, results._search_id + 1)
    assert second(page) == ""


def test_two_of_whom_only_one_plz_is_known_are_no_kilometres_apart(
    ui: UiContext, qtbot: QtBot, database: Database
) -> None:
    """That would be a lie: they have the same PLZ, and the minutes are a span from nothing."""

    def work(session: Session) -> int:
        therapist = add_therapist(session, place=AACHEN)
        session.execute(
            text(
                "UPDATE therapist_service.practice_site SET geo_quality = 'plz', geo_uncertainty_m = 2000 FROM"
                " therapist_service.therapist t WHERE t.site_id = practice_site.id AND t.id = :id"
            ),
            {"id": therapist},
        )
        return add_search(session, add_patient(session, wishes={"travel_mode": "public_transport"}))

    made = MatchingPage(ui)
    qtbot.addWidget(made)
    made.show()
    made.open_item(fill(database, work))
    qtbot.waitUntil(lambda: made._results._model.rowCount() == 1)
    assert made._results._model.index(0, 1).data() == "gleiche PLZ"
    qtbot.waitUntil(lambda: second(made).startswith("≈ bis "))

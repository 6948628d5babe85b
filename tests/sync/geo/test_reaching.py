"""Areas: an honest ring at once, a router's area where it may be asked, cached, and falling back visibly."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from domain.casework.reaching import (
    Reached,
    Whence,
    ask_reach,
    forget_old_reach,
    reach_modes,
    reached,
    take_reach,
    usual_mode,
)
from domain.database import Database
from domain.errors import Invalid
from domain.geocoding.map_settings import MapForm
from domain.travel.ways import Spot
from domain.values import TravelMode
from sync.geo.reaching import Reaching
from sync.http.client import OutsideClient
from tests.builders import add_patient, add_search
from tests.conftest import Office
from tests.servers.hostile import hostile, reply
from tests.sync.geo.conftest import QUICK, Clock, configure, writer

START = (50.7753, 6.0839)
CAR, BUS, BIKE, FOOT = TravelMode.CAR, TravelMode.PUBLIC_TRANSPORT, TravelMode.BICYCLE, TravelMode.FOOT
SQUARE = [[6.0, 50.7], [6.2, 50.7], [6.2, 50.9], [6.0, 50.9], [6.0, 50.7]]
HOLE = [[6.09, 50.79], [6.1, 50.79], [6.1, 50.8], [6.09, 50.79]]


def area(*lines: object, kind: str = "Polygon") -> bytes:
    """A router's answer."""
    coordinates = list(lines) if kind == "Polygon" else [list(lines)]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": kind, "coordinates": coordinates}}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


@pytest.fixture
def reaching(worker_database: Database, clock: Clock) -> Reaching:
    """The worker's work on areas."""

    def quick(write: object, **values: object) -> OutsideClient:
        return OutsideClient(write, limits=QUICK, **values)  # type: ignore[arg-type]  # as the worker makes it

    return Reaching(writer(worker_database), now=clock, router_key=lambda _: "geheim", make_client=quick)


def a_search(database: Database, **wishes: Any) -> int:
    """A search in Aachen; returns its id."""
    with database.write() as session:
        return add_search(session, add_patient(session, place=START, wishes=wishes))


def look(database: Database, whence: Whence, clock: Clock, mode: TravelMode = CAR, minutes: int = 30) -> Reached:
    """The area as the page reads it."""
    with database.read() as session:
        found = reached(session, whence, mode, minutes, now=clock())
    assert found is not None
    return found


def ask(database: Database, whence: Whence, mode: TravelMode = CAR, minutes: int = 30) -> None:
    """Ask as the page does."""
    with database.write() as session:
        ask_reach(session, whence, mode, minutes)


def test_only_some_routers_know_areas() -> None:
    """OSRM knows none; Valhalla knows buses where it has timetables; openrouteservice never."""
    assert reach_modes(MapForm()) == reach_modes(MapForm(router="osrm")) == ()
    assert BUS in reach_modes(MapForm(router="valhalla", router_transit=True))
    assert reach_modes(MapForm(router="openrouteservice")) == (CAR, BIKE, FOOT)


@pytest.mark.parametrize("router", ["none", "osrm"])
def test_without_a_router_that_can_there_is_a_ring(database: Database, clock: Clock, router: str) -> None:
    """Two distances, the surer the shorter, more by car than on foot; nobody can be asked."""
    configure(database, router=router, router_url="http://127.0.0.1:9", patients_to_router=router != "none")
    search = a_search(database, travel_mode="bicycle")
    by_mode = {mode: look(database, search, clock, mode) for mode in TravelMode}
    for found in by_mode.values():
        assert found.reach.estimated
        assert (found.askable, found.waiting, found.home, found.trouble) == (False, False, False, "")
        assert 0 <= found.reach.near_km < found.reach.far_km < 60
    assert by_mode[CAR].reach.far_km > by_mode[BIKE].reach.far_km > by_mode[FOOT].reach.far_km
    with database.read() as session:
        assert usual_mode(session, search) is BIKE


def test_a_router_is_asked_once(
    database: Database, worker_database: Database, reaching: Reaching, clock: Clock
) -> None:
    """Its area replaces the ring; asked again it comes from the cache, after half a year no more."""
    search = a_search(database)
    with hostile(reply("200 OK", area(SQUARE, HOLE))) as server:
        configure(database, router="valhalla", router_url=server.url, patients_to_router=True)
        assert look(database, search, clock).askable
        ask(database, search)
        assert look(database, search, clock).waiting
        ask(database, search)
        assert reaching.step()
        assert not reaching.step()
        assert [(one.method, one.path) for one in server.asked] == [("POST", "/isochrone")]
    found = look(database, search, clock)
    assert (found.reach.source, found.waiting, found.trouble) == ("valhalla", False, "")
    assert [len(ring) for ring in found.reach.rings] == [5, 4]
    assert found.reach.rings[0][0] == (50.7, 6.0)
    clock.ahead = timedelta(days=181)
    assert look(database, search, clock).reach.estimated
    with worker_database.write() as session:
        forget_old_reach(session, now=clock())
        assert session.scalar(text("SELECT count(*) FROM geocoding_service.reach_area")) == 0


def test_a_town_needs_no_permission(database: Database, reaching: Reaching, clock: Clock) -> None:
    """A PLZ's middle is nobody's home; openrouteservice gets its key and lines of several areas are kept."""
    spot = Spot(50.7766, 6.0834)
    with hostile(reply("200 OK", area(SQUARE, kind="MultiPolygon"))) as server:
        configure(database, router="openrouteservice", router_url=server.url)
        ask(database, spot, BIKE, 45)
        assert reaching.step()
        assert server.asked[0].path == "/v2/isochrones/cycling-regular"
    found = look(database, spot, clock, BIKE, 45)
    assert (found.reach.source, len(found.reach.rings)) == ("openrouteservice", 1)


@pytest.mark.parametrize("change", ["patients_to_router = false", "router_url = 'https://anderswo.example'"])
def test_an_area_is_not_asked_for_once_it_may_not(
    database: Database, worker_database: Database, clock: Clock, change: str
) -> None:
    """It was taken, and the turn of its server waited for, when somebody changed the settings."""

    def slow(write: Any, **values: Any) -> OutsideClient:
        def after_a_change(work: Any) -> Any:
            with database.write() as session:
                session.execute(text(f"UPDATE geocoding_service.map_settings SET {change}"))
            return write(work)

        return OutsideClient(after_a_change, limits=QUICK, **values)

    search = a_search(database)
    with hostile(reply("200 OK", area(SQUARE))) as server:
        configure(database, router="valhalla", router_url=server.url, patients_to_router=True)
        ask(database, search)
        Reaching(writer(worker_database), now=clock, router_key=lambda _: "", make_client=slow).step()
        assert server.asked == []
    assert look(database, search, clock).reach.estimated


def test_a_blot_is_no_area(database: Database, reaching: Reaching, clock: Clock) -> None:
    """Where a router's map ends it draws a spot around the start: it knows no way, and says so."""
    blot = [[6.082, 50.774], [6.086, 50.774], [6.086, 50.777], [6.082, 50.774]]
    with hostile(reply("200 OK", area(blot))) as server:
        configure(database, router="valhalla", router_url=server.url)
        ask(database, Spot(*START))
        assert reaching.step()
    found = look(database, Spot(*START), clock)
    assert (found.reach.source, found.reach.rings) == ("valhalla", ())


def test_patients_places_stay_home(database: Database, reaching: Reaching, clock: Clock) -> None:
    """Without the office's word the ring stays, and the database refuses whoever asks; taken back, nothing is asked."""
    search = a_search(database)
    with hostile(reply("200 OK", area(SQUARE))) as server:
        configure(database, router="valhalla", router_url=server.url)
        found = look(database, search, clock)
        assert (found.home, found.askable, found.reach.estimated) == (True, False, True)
        with pytest.raises(Invalid, match="patients_stay_home"):
            ask(database, search)
        configure(database, router="valhalla", router_url=server.url, patients_to_router=True)
        ask(database, search)
        configure(database, router="valhalla", router_url=server.url)
        assert not reaching.step()
        assert server.asked == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (reply("500 Internal Server Error"), "outside.server_error"),
        (reply("429 Too Many Requests"), "outside.refused"),
        (reply("200 OK", b"<html>"), "outside.garbage"),
        (reply("200 OK", b"[]"), "outside.garbage"),
        (reply("200 OK", b'{"features": [{"geometry": null}]}'), "outside.garbage"),
        (reply("200 OK", area([[6, 50], [7, 50]])), "outside.garbage"),
        (reply("200 OK", area([[6, 50], [7, "x"], [7, 51], [6, 50]])), "outside.garbage"),
        (reply("200 OK", area([*SQUARE[:-1], [60.0, 50.7], [6.0, 50.7]])), "outside.garbage"),
        (reply("200 OK", area(SQUARE * 5000)), "outside.garbage"),
        (reply("200 OK", b'{"features":[{"geometry":{"type":"LineString","coordinates":[]}}]}'), "outside.garbage"),
    ],
)
def test_a_router_that_fails_leaves_the_ring(
    database: Database, reaching: Reaching, clock: Clock, answer: object, code: str
) -> None:
    """What hinders it is told, it is asked again later, and nothing of a nonsensical answer is kept."""
    search = a_search(database)
    with hostile(answer) as server:  # type: ignore[arg-type]  # an Answering
        configure(database, router="valhalla", router_url=server.url, patients_to_router=True)
        ask(database, search)
        assert not reaching.step()
        assert not reaching.step()
    found = look(database, search, clock)
    assert (found.reach.estimated, found.waiting, found.trouble) == (True, True, code)


def test_a_question_a_router_refuses_is_not_asked_for_ever(
    database: Database, reaching: Reaching, clock: Clock
) -> None:
    """More minutes than it allows: said, and asked again only when a person does."""
    search = a_search(database)
    with hostile(reply("400 Bad Request", b"{}")) as server:
        configure(database, router="valhalla", router_url=server.url, patients_to_router=True)
        ask(database, search, minutes=120)
        assert reaching.step()
        found = look(database, search, clock, minutes=120)
        assert (found.waiting, found.askable, found.trouble) == (False, False, "outside.status")
        clock.ahead = timedelta(hours=2)
        assert not reaching.step()
        ask(database, search, minutes=120)
        assert reaching.step()
        assert len(server.asked) == 2


def test_a_worker_that_died_over_a_question_leaves_it_to_another(
    database: Database, reaching: Reaching, clock: Clock
) -> None:
    """Taken with a lease: the next one has it after ten minutes."""
    search = a_search(database)
    with hostile(reply("200 OK", area(SQUARE))) as server:
        configure(database, router="valhalla", router_url=server.url, patients_to_router=True)
        ask(database, search)
        with database.write() as session:
            session.execute(
                text(
                    "UPDATE geocoding_service.reach_request SET state = 'asking',"
                    " lease_until = now() + interval '10 minutes'"
                )
            )
        assert not reaching.step()
        clock.ahead = timedelta(minutes=11)
        assert reaching.step()


def test_two_workers_take_a_question_once(database: Database, office: Office, clock: Clock) -> None:
    """While one has it, the other finds nothing, and waits for nobody."""
    configure(database, router="valhalla", router_url="http://wege.example")
    ask(database, Spot(*START))
    one, other = office.database("worker"), office.database("worker")
    try:
        with one.write() as first, other.write() as second:
            assert take_reach(first, now=clock()) is not None
            assert take_reach(second, now=clock()) is None
    finally:
        one.close()
        other.close()


def test_another_router_says_other_areas(database: Database, reaching: Reaching, clock: Clock) -> None:
    """What one said is forgotten with it; minutes beyond the bounds are refused by the database."""
    spot = Spot(*START)
    with hostile(reply("200 OK", area(SQUARE))) as server:
        configure(database, router="valhalla", router_url=server.url)
        ask(database, spot)
        assert reaching.step()
        configure(database, router="openrouteservice", router_url=server.url)
    assert look(database, spot, clock).askable
    with pytest.raises(Invalid, match="ck_reach_request_minutes"):
        ask(database, spot, minutes=300)

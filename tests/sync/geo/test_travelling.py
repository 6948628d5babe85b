"""Ways: estimated at once, asked of a router where the office allows it, cached, and falling back visibly."""

import json
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from domain.casework.travelling import SearchWays, ask_ways, ways_of_search, ways_to_therapist
from domain.database import Database
from domain.errors import Invalid, Unavailable
from domain.travel.ways import Spot
from domain.values import TravelMode
from sync.geo.one_by_one import AT_ONCE
from sync.geo.routers import OpenRouteServiceRouter, OsrmRouter, Router, Unroutable, ValhallaRouter
from sync.geo.travelling import Travelling
from sync.http.client import OutsideClient
from tests.builders import add_patient, add_search, add_therapist
from tests.servers.hostile import Asked, HostileServer, hostile, reply
from tests.sync.geo.conftest import QUICK, Clock, configure, writer

START = (50.7753, 6.0839)
CAR, BUS, BIKE = TravelMode.CAR, TravelMode.PUBLIC_TRANSPORT, TravelMode.BICYCLE


def short_list(database: Database, count: int = 3, mode: str | None = None) -> tuple[int, list[int]]:
    """A search in Aachen and practices up to the north of it: ids."""
    with database.write() as session:
        patient = add_patient(session, place=START, wishes={"travel_mode": mode})
        search = add_search(session, patient)
        return search, [add_therapist(session, place=(START[0] + 0.02 * n, START[1])) for n in range(1, count + 1)]


def found(database: Database, search: int, therapists: list[int], clock: Clock) -> SearchWays:
    """The ways as the page reads them."""
    with database.read() as session:
        ways = ways_of_search(session, search, therapists, now=clock())
    assert ways is not None
    return ways


def osrm_table(connection: socket.socket, asked: Asked) -> None:
    """As an OSRM answers: ten minutes for each further end."""
    count = asked.path.split("?")[0].count(";")
    body = {"code": "Ok", "durations": [[600.0 * n for n in range(1, count + 1)]], "distances": [[1000.0] * count]}
    reply("200 OK", json.dumps(body).encode())(connection, asked)


def test_without_a_router_there_is_an_estimate(database: Database, clock: Clock) -> None:
    """A range for each mode, longer for who is further; nobody waits to be asked."""
    search, therapists = short_list(database)
    ways = found(database, search, therapists, clock)
    assert (ways.mode, ways.waiting, ways.trouble) == (CAR, (), "")
    near, far = ways.by_therapist[therapists[0]], ways.by_therapist[therapists[2]]
    for mode in TravelMode:
        one, other = near[mode], far[mode]
        assert one.estimated
        assert (one.low or 0) < (one.high or 0) < (other.high or 0)


def test_the_patients_own_mode_counts(database: Database, clock: Clock) -> None:
    """Who comes by bicycle is shown a bicycle's minutes."""
    search, therapists = short_list(database, mode="bicycle")
    assert found(database, search, therapists, clock).mode is BIKE


def test_a_router_is_asked_once_and_shown_by_name(database: Database, travelling: Travelling, clock: Clock) -> None:
    """Its minutes replace the estimate; the patient's place left the office rounded to about 100 m."""
    search, therapists = short_list(database)
    with hostile(osrm_table) as server:
        configure(database, router="osrm", router_url=server.url, patients_to_router=True)
        ways = found(database, search, therapists, clock)
        assert len(ways.waiting) == 3
        with database.write() as session:
            ask_ways(session, search, ways.mode, ways.waiting)
        assert travelling.step()
        assert not travelling.step()
        assert len(server.asked) == 1
        assert server.asked[0].path.startswith("/table/v1/driving/6.08400,50.77500;")
    ways = found(database, search, therapists, clock)
    assert ways.waiting == ()
    known = [ways.by_therapist[number][CAR] for number in therapists]
    assert {way.source for way in known} == {"osrm"}
    # of patient and practice only the PLZ is known: the router's ten minutes are a span of some
    assert [round(((way.low or 0) + (way.high or 0)) / 2) for way in known] == [10, 20, 30]
    assert all(0 < (way.high or 0) - (way.low or 0) < 4 for way in known)
    assert ways.by_therapist[therapists[0]][BUS].estimated
    clock.ahead = timedelta(days=181)
    assert found(database, search, therapists, clock).by_therapist[therapists[0]][CAR].estimated


def test_patients_places_stay_home(database: Database, clock: Clock) -> None:
    """A router alone is not asked about patients; the database refuses whoever tries."""
    search, therapists = short_list(database)
    configure(database, router="osrm", router_url="http://127.0.0.1:9")
    ways = found(database, search, therapists, clock)
    assert ways.waiting == ()
    with pytest.raises(Invalid, match="patients_stay_home"), database.write() as session:
        ask_ways(session, search, CAR, [1])


def test_permission_taken_back_stops_what_waits(database: Database, travelling: Travelling, clock: Clock) -> None:
    """And what a router said is forgotten with the router."""
    search, therapists = short_list(database)
    with hostile(osrm_table) as server:
        configure(database, router="osrm", router_url=server.url, patients_to_router=True)
        ways = found(database, search, therapists, clock)
        with database.write() as session:
            ask_ways(session, search, ways.mode, ways.waiting)
        configure(database, router="osrm", router_url=server.url)
        assert not travelling.step()
        assert server.asked == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (reply("500 Internal Server Error"), "outside.server_error"),
        (reply("200 OK", b"<html>"), "outside.garbage"),
        (reply("200 OK", b'{"durations": [[1, 2]], "distances": [[1, 2]]}'), "outside.garbage"),
        (reply("200 OK", b'{"durations": [[1, 2, -5]], "distances": [[1, 2, 3]]}'), "outside.garbage"),
        (reply("200 OK", b'{"durations": [[1, 2, 1e9]], "distances": [[1, 2, 3]]}'), "outside.garbage"),
        (reply("200 OK", b'{"durations": null}'), "outside.garbage"),
        (reply("200 OK", b"[]"), "outside.garbage"),
    ],
)
def test_a_router_that_fails_leaves_the_estimate(
    database: Database, travelling: Travelling, clock: Clock, answer: object, code: str
) -> None:
    """What hinders it is told; nothing of a nonsensical answer is kept."""
    search, therapists = short_list(database)
    with hostile(answer) as server:  # type: ignore[arg-type]  # an Answering
        configure(database, router="osrm", router_url=server.url, patients_to_router=True)
        ways = found(database, search, therapists, clock)
        with database.write() as session:
            ask_ways(session, search, ways.mode, ways.waiting)
        assert not travelling.step()
    ways = found(database, search, therapists, clock)
    assert ways.trouble == code
    assert all(ways.by_therapist[number][CAR].estimated for number in therapists)


def test_a_place_no_road_leads_to_is_told(database: Database, travelling: Travelling, clock: Clock) -> None:
    """The router knows no way: that is an answer, too."""
    search, therapists = short_list(database, 1)
    body = b'{"durations": [[null]], "distances": [[null]]}'
    with hostile(reply("200 OK", body)) as server:
        configure(database, router="osrm", router_url=server.url, patients_to_router=True)
        with database.write() as session:
            ask_ways(session, search, CAR, found_sites(session))
        assert travelling.step()
    way = found(database, search, therapists, clock).by_therapist[therapists[0]][CAR]
    assert (way.low, way.source) == (None, "osrm")


def found_sites(session: Any) -> list[int]:
    """All sites."""
    return list(session.scalars(text("SELECT id FROM therapist_service.practice_site")))


def test_a_long_list_goes_in_parts(database: Database, travelling: Travelling, clock: Clock) -> None:
    """No question is longer than servers allow."""
    search, therapists = short_list(database, AT_ONCE + 10)
    with hostile(osrm_table) as server:
        configure(database, router="osrm", router_url=server.url, patients_to_router=True)
        ways = found(database, search, therapists, clock)
        with database.write() as session:
            ask_ways(session, search, ways.mode, ways.waiting)
        assert travelling.step()
        assert len(server.asked) == 2
    ways = found(database, search, therapists, clock)
    assert not any(ways.by_therapist[number][CAR].estimated for number in therapists)


def test_valhalla_and_openrouteservice_are_asked_in_their_own_way(worker_database: Database, clock: Clock) -> None:
    """One matrix a question; a key goes along where there is one; by bus each way is asked, and none may be known."""
    client = OutsideClient(writer(worker_database), user_agent="Test", now=clock, limits=QUICK)
    ends = [Spot(50.8, 6.1), Spot(50.9, 6.1)]

    def ask(
        make: Callable[[str], Router], mode: TravelMode, said: object, status: str = "200 OK"
    ) -> tuple[Any, HostileServer]:
        with hostile(reply(status, json.dumps(said).encode())) as server:
            return make(server.url).ways(mode, Spot(*START), ends), server

    def valhalla(url: str) -> Router:
        return ValhallaRouter(client, url, 0, now=clock())

    cells = [{"to_index": 1, "time": 1200, "distance": 9.1}, {"to_index": 0, "time": 600, "distance": 4.2}]
    ways, server = ask(valhalla, BIKE, {"sources_to_targets": [cells]})
    assert [(way.minutes, way.km) for way in ways] == [(10, 4.2), (20, 9.1)]
    assert server.asked[0].path == "/sources_to_targets"
    ways, server = ask(valhalla, BUS, {"trip": {"summary": {"time": 1500, "length": 8.0}}})
    assert [way.minutes for way in ways] == [25, 25]
    assert len(server.asked) == 2
    ways, _ = ask(valhalla, BUS, {"error_code": 442, "error": "No path"}, "400 Bad Request")
    assert [way.minutes for way in ways] == [None, None]

    def ors(url: str) -> Router:
        return OpenRouteServiceRouter(client, url, 0, "geheim")

    ways, server = ask(ors, CAR, {"durations": [[600, None]], "distances": [[4.2, None]]})
    assert [way.minutes for way in ways] == [10, None]
    assert (server.asked[0].path, server.asked[0].headers["authorization"]) == ("/v2/matrix/driving-car", "geheim")


def test_a_practice_has_its_ways_from_anywhere(database: Database, clock: Clock) -> None:
    """For the record of a therapist."""
    _, therapists = short_list(database, 1)
    with database.read() as session:
        ways = ways_to_therapist(session, Spot(*START), therapists[0], now=clock())
    assert ways is not None
    assert set(ways) == set(TravelMode)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("404 Not Found", b"<html>"),
        ("405 Method Not Allowed", b""),
        ("400 Bad Request", b'{"error_code": 112, "status_code": 400}'),
        ("404 Not Found", b'{"error_code": 442}'),
        ("400 Bad Request", b'{"code": "TooBig"}'),
        ("404 Not Found", b'{"error": "not here"}'),
    ],
)
@pytest.mark.parametrize("kind", ["osrm", "valhalla", "transit", "openrouteservice"])
def test_who_does_not_understand_us_has_said_nothing_of_ways(
    worker_database: Database, clock: Clock, kind: str, status: str, body: bytes
) -> None:
    """A wrong path, a question that is too large: an error, never "no way", which would be kept for half a year."""
    client = OutsideClient(writer(worker_database), user_agent="Test", now=clock, limits=QUICK)
    with hostile(reply(status, body)) as server:
        routers: dict[str, Router] = {
            "osrm": OsrmRouter(client, server.url, 0),
            "valhalla": ValhallaRouter(client, server.url, 0, now=clock()),
            "transit": ValhallaRouter(client, server.url, 0, now=clock()),
            "openrouteservice": OpenRouteServiceRouter(client, server.url, 0, ""),
        }
        with pytest.raises(Unavailable, match="status"):
            routers[kind].ways(BUS if kind == "transit" else CAR, Spot(*START), [Spot(50.8, 6.1)])


NO_SEGMENT = reply("400 Bad Request", b'{"code": "NoSegment"}')


def test_one_end_without_a_road_does_not_hold_up_the_others(
    database: Database, travelling: Travelling, clock: Clock
) -> None:
    """The router refuses the whole question: asked by halves, only that end has no way."""
    search, therapists = short_list(database, 40)
    bad = f"{START[0] + 0.02 * 33:.5f}"

    def answer(connection: socket.socket, asked: Asked) -> None:
        (NO_SEGMENT if bad in asked.path else osrm_table)(connection, asked)

    with hostile(answer) as server:
        configure(database, router="osrm", router_url=server.url, patients_to_router=True)
        ways = found(database, search, therapists, clock)
        with database.write() as session:
            ask_ways(session, search, ways.mode, ways.waiting)
        assert travelling.step()
        assert len(server.asked) < 14
    ways = found(database, search, therapists, clock)
    assert (ways.trouble, ways.waiting) == ("", ())
    none = [number for number in therapists if ways.by_therapist[number][CAR].low is None]
    assert none == [therapists[32]]


def test_a_server_of_one_region_says_nothing_of_another(worker_database: Database, clock: Clock) -> None:
    """It begins at the nearest road it knows, twenty kilometres away: that is no way from here."""
    client = OutsideClient(writer(worker_database), user_agent="Test", now=clock, limits=QUICK)
    ends = [Spot(50.8, 6.1), Spot(50.9, 6.1)]

    def minutes(source: float, *targets: float) -> list[float | None]:
        said = {
            "code": "Ok", "durations": [[60.0] * 2], "distances": [[900.0] * 2],
            "sources": [{"distance": source}], "destinations": [{"distance": metres} for metres in targets],
        }  # fmt: skip
        with hostile(reply("200 OK", json.dumps(said).encode())) as server:
            return [way.minutes for way in OsrmRouter(client, server.url, 0).ways(CAR, Spot(*START), ends)]

    assert minutes(12.0, 40.0, 21_000.0) == [1, None]
    assert minutes(21_000.0, 40.0, 12.0) == [None, None]
    assert minutes(900.0, 40.0, 12.0) == [1, 1]


def test_an_osrm_refuses_what_it_is_not(worker_database: Database, clock: Clock) -> None:
    """No road near one of the places: told apart from every other refusal."""
    client = OutsideClient(writer(worker_database), user_agent="Test", now=clock, limits=QUICK)
    with hostile(NO_SEGMENT) as server, pytest.raises(Unroutable):
        OsrmRouter(client, server.url, 0).ways(CAR, Spot(*START), [Spot(50.8, 6.1)])

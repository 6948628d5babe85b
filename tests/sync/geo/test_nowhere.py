"""Where a router knows no way: kept of what it spoke of, for days; the rest is asked for later, and comes to an end."""

import json
import socket
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from domain.casework.map_office import read_map_office
from domain.casework.travelling import ask_ways, forget_old_ways
from domain.database import Database
from domain.travel.ways import Routed, Spot
from domain.values import TravelMode
from sync.geo.one_by_one import SURE, ways_one_by_one
from sync.geo.routers import Unroutable
from sync.geo.travelling import Travelling
from tests.servers.hostile import Asked, HostileServer, hostile, reply
from tests.sync.geo.conftest import Clock, configure
from tests.sync.geo.test_travelling import CAR, NO_SEGMENT, START, found, osrm_table, short_list
from ui.errors import describe_code

LISTED = 20
KEPT = "SELECT count(*) FROM geocoding_service.travel_time"


def ask_as_the_page(database: Database, search: int, therapists: list[int], clock: Clock) -> None:
    """What it lacks, whenever it hears of news."""
    ways = found(database, search, therapists, clock)
    if ways.waiting:
        with database.write() as session:
            ask_ways(session, search, ways.mode, ways.waiting)


def without_a_way(database: Database, search: int, therapists: list[int], clock: Clock) -> list[int]:
    """To whom a router said there is none."""
    ways = found(database, search, therapists, clock)
    return [number for number in therapists if ways.by_therapist[number][CAR].low is None]


def allow(database: Database, server: HostileServer) -> None:
    """The office asks this one about patients."""
    configure(database, router="osrm", router_url=server.url, patients_to_router=True)


def test_a_start_without_a_road_is_found_out_soon(database: Database, travelling: Travelling, clock: Clock) -> None:
    """Ninety ends are not asked for one by one: of the first some have no way, of the others nothing is known."""
    search, therapists = short_list(database, 90)
    with hostile(NO_SEGMENT) as server:
        allow(database, server)
        ask_as_the_page(database, search, therapists, clock)
        assert travelling.step()
        assert len(server.asked) < 25
    assert without_a_way(database, search, therapists, clock) == therapists[:SURE]
    ways = found(database, search, therapists, clock)
    assert len(ways.waiting) == 90 - SURE
    assert all(ways.by_therapist[number][CAR].estimated for number in therapists[SURE:])
    assert "fragt Platzlotse nach und nach" in describe_code(ways.trouble)
    with database.read() as session:
        seen = read_map_office(session)
    assert (seen.ways_waiting, seen.ways_cause) == (1, "")  # the server is well


def test_the_others_are_asked_for_later_and_it_comes_to_an_end(
    database: Database, travelling: Travelling, clock: Clock
) -> None:
    """Not at once, however often the page asks; an hour later some more; when all are known nobody is asked again."""
    search, therapists = short_list(database, LISTED)
    with hostile(NO_SEGMENT) as server:
        allow(database, server)
        for hour, known in enumerate((SURE, 2 * SURE, LISTED, LISTED)):
            clock.ahead = timedelta(hours=2 * hour)
            for _ in range(3):
                ask_as_the_page(database, search, therapists, clock)
                while travelling.step():
                    pass
            assert without_a_way(database, search, therapists, clock) == therapists[:known]
            asked = len(server.asked)
        ways = found(database, search, therapists, clock)
        assert (ways.waiting, ways.trouble) == ((), "")
        clock.ahead = timedelta(days=6)
        ask_as_the_page(database, search, therapists, clock)
        assert not travelling.step()
        assert len(server.asked) == asked


def test_a_start_that_has_a_road_is_not_taken_for_one_without(
    database: Database, travelling: Travelling, clock: Clock
) -> None:
    """The first practices all lie on an island: to the others the ways come an hour later."""
    search, therapists = short_list(database, LISTED)
    island = [f"{START[0] + 0.02 * number:.5f}" for number in range(1, SURE + 1)]

    def answer(connection: socket.socket, asked: Asked) -> None:
        (NO_SEGMENT if any(spot in asked.path for spot in island) else osrm_table)(connection, asked)

    with hostile(answer) as server:
        allow(database, server)
        ask_as_the_page(database, search, therapists, clock)
        while travelling.step():
            pass
        clock.ahead = timedelta(hours=2)
        while travelling.step():
            pass
    assert without_a_way(database, search, therapists, clock) == therapists[:SURE]
    ways = found(database, search, therapists, clock)
    assert (ways.waiting, ways.trouble) == ((), "")


def test_no_way_is_kept_for_days_and_a_way_for_half_a_year(
    database: Database, worker_database: Database, travelling: Travelling, clock: Clock
) -> None:
    """A map grows and a server has its bad day: after a week it is asked for again, by itself."""
    search, therapists = short_list(database, 2)
    said = {"code": "Ok", "durations": [[600.0, None]], "distances": [[1000.0, None]]}
    with hostile(reply("200 OK", json.dumps(said).encode())) as server:
        allow(database, server)
        ask_as_the_page(database, search, therapists, clock)
        assert travelling.step()
    assert without_a_way(database, search, therapists, clock) == [therapists[1]]
    clock.ahead = timedelta(days=8)
    ways = found(database, search, therapists, clock)
    assert [ways.by_therapist[number][CAR].estimated for number in therapists] == [False, True]
    assert len(ways.waiting) == 1
    for days, left in ((6, 2), (8, 1), (179, 1), (181, 0)):
        clock.ahead = timedelta(days=days)
        with worker_database.write() as session:
            forget_old_ways(session, now=clock())
            assert session.scalar(text(KEPT)) == left


def test_what_a_router_said_meanwhile_is_not_asked_for_again(
    database: Database, travelling: Travelling, clock: Clock
) -> None:
    """Of a list that waits, only the ends nobody spoke of leave the office."""
    search, therapists = short_list(database, 3)
    with hostile(osrm_table) as server:
        allow(database, server)
        ask_as_the_page(database, search, therapists[:1], clock)
        assert travelling.step()
        with database.write() as session:
            ask_ways(
                session, search, CAR, list(session.scalars(text("SELECT id FROM therapist_service.practice_site")))
            )
        assert travelling.step()
        assert [asked.path.split("?")[0].count(";") for asked in server.asked] == [1, 2]
        with database.write() as session:
            ask_ways(
                session, search, CAR, list(session.scalars(text("SELECT id FROM therapist_service.practice_site")))
            )
        assert not travelling.step()
        assert len(server.asked) == 2
    with database.read() as session:
        assert session.scalar(text("SELECT state FROM geocoding_service.travel_request")) == "done"


@pytest.mark.parametrize("status", ["404 Not Found", "400 Bad Request"])
def test_a_list_that_a_router_refuses_keeps_no_other_waiting(
    database: Database, travelling: Travelling, clock: Clock, status: str
) -> None:
    """The server answers: the next list has its turn at once, the refused one comes later."""
    refused, other = short_list(database, 1), short_list(database, 1, "car")
    first: list[str] = []

    def answer(connection: socket.socket, asked: Asked) -> None:
        first.append(asked.path)
        (reply(status, b"{}") if len(first) == 1 else osrm_table)(connection, asked)

    with hostile(answer) as server:
        allow(database, server)
        for search, therapists in (other, refused):  # the newest question is the first
            ask_as_the_page(database, search, therapists, clock)
        assert travelling.step()
        assert travelling.step()
        assert not travelling.step()
    assert found(database, *refused, clock).trouble == "outside.status"
    assert found(database, *other, clock).waiting == ()


class Map:
    """A router that knows no road to some places, and refuses whatever names one of them."""

    source = "osrm"

    def __init__(self, *, roadless: set[int], start: bool) -> None:
        self.roadless, self.start, self.asked = roadless, start, 0

    def ways(self, mode: TravelMode, start: Spot, ends: Sequence[Spot]) -> list[Routed]:
        """The number of an end is its minutes."""
        del mode, start
        self.asked += 1
        if not self.start or any(int(end.lat) in self.roadless for end in ends):
            raise Unroutable
        return [Routed(end.lat, 1.0) for end in ends]


@given(st.integers(1, 60), st.sets(st.integers(0, 59)), st.booleans())
def test_of_each_end_is_said_what_the_router_said(count: int, roadless: set[int], start: bool) -> None:
    """Of all of them, unless the first have no way; of nobody a word it did not say; with few questions."""
    router = Map(roadless=roadless, start=start)
    said = ways_one_by_one(router, CAR, Spot(50, 6), [Spot(number, 6) for number in range(count)])
    truth = [None if not start or number in roadless else float(number) for number in range(count)]
    assert [way.minutes for way in said] == truth[: len(said)]
    nowhere = all(minutes is None for minutes in truth[:SURE])
    assert len(said) == (min(count, SURE) if nowhere else count)
    assert router.asked <= 1 + 12 * (1 + sum(minutes is None for minutes in truth[: len(said)]))

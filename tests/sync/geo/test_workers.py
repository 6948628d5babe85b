"""Workers that look things up: killed in the middle, stopped while they wait, and as they really run."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from domain.casework.reaching import ask_reach, reached
from domain.casework.suggesting import Typed, ask_suggestions, read_suggestions
from domain.database import Database
from domain.geocoding.server_tests import ask_server_test, read_server_answer
from domain.travel.ways import Spot
from domain.values import TravelMode
from sync.geo.maps import MapWork
from sync.geo.placing import Placing
from sync.worker import Worker
from tests.conftest import Office
from tests.servers.forked import Forked
from tests.servers.hostile import Asked, HostileServer, hostile, reply
from tests.sync.geo.conftest import SITE, Clock, Table, add_site, configure, place, writer

MANY = 30


def count(database: Database, where: str) -> int:
    """Addresses in a state."""
    query = text(f"SELECT count(*) FROM geocoding_service.place_request WHERE {where}")
    with database.read() as session:
        return int(session.execute(query).scalar_one())


def wait(until: Callable[[], bool], seconds: float = 120) -> None:
    """For what another process does."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_killed_worker_loses_no_address(
    database: Database, office: Office, placing: Placing, table: Table, nominatim: HostileServer, clock: Clock
) -> None:
    """Two at work, one killed in the middle: what it had taken comes again when its lease is over, all are found."""
    table.houses = {f"{number} Hauptstraße": ("Hauptstraße", str(number)) for number in range(1, MANY + 1)}
    sites = [add_site(database, "Hauptstraße", str(number)) for number in range(1, MANY + 1)]
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url, geocoder_per_minute=600)
    with database.write() as session:
        session.execute(text(f"UPDATE {SITE} SET street = 'Hauptstraße ', city = 'Musterstadt'"))
    workers = [Forked("tests.sync.geo.placing_program", office.url("worker")) for _ in range(2)]
    try:
        wait(lambda: count(database, "state = 'placed'") >= 3)
        workers[0].kill()
        workers[0].wait()
        wait(lambda: count(database, "state = 'waiting'") == 0)
        wait(lambda: count(database, "state = 'asking'") <= 1)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    clock.ahead = timedelta(minutes=6)
    while placing.step():
        pass
    assert count(database, "state = 'placed'") == MANY
    assert {place(database, SITE, site)[1] for site in sites} == {"house"}
    # nobody asked faster than ten a second, and a house was asked for twice only where its worker was killed
    asked = [query["street"] for query in table.queries]
    assert len(asked) <= MANY + 1


def test_who_waits_for_a_turn_stops_at_once(
    database: Database, worker_database: Database, nominatim: HostileServer
) -> None:
    """The program is closed: nobody sits out the minute until the next question."""
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url, geocoder_per_minute=1)
    for number in range(2):
        add_site(database, "Hauptstraße", str(number + 40))
    work = MapWork(writer(worker_database), now=lambda: datetime.now(UTC), router_key=lambda _: "")
    thread = threading.Thread(target=work.place)
    thread.start()
    wait(lambda: len(nominatim.asked) == 1)
    began = time.monotonic()
    work.stop()
    thread.join(60)
    assert not thread.is_alive()
    assert time.monotonic() - began < 45
    assert count(database, "state = 'waiting' AND cause = 'outside.stopping'") == 1


def test_the_worker_does_it_beside_its_other_work(
    database: Database, office: Office, table: Table, nominatim: HostileServer
) -> None:
    """An address is found and a question about the server answered while it runs as always."""
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url)
    site = add_site(database, "Hauptstraße", "17")
    with database.write() as session:
        number = ask_server_test(session, "geocoder", now=datetime.now(UTC))

    def answered() -> bool:
        with database.read() as session:
            return read_server_answer(session, number).done

    async def run() -> None:
        worker = Worker(office.url("worker"), None)
        working = asyncio.create_task(worker.run())
        until = time.monotonic() + 120
        while not (answered() and place(database, SITE, site)[1] == "house"):
            assert time.monotonic() < until
            assert not working.done()
            await asyncio.sleep(0.2)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        worker.close()

    asyncio.run(run())
    assert {query["street"] for query in table.queries} >= {"17 Hauptstraße", "1 Alexanderplatz"}


def test_the_worker_answers_who_types_and_who_looks_at_the_map(database: Database, office: Office) -> None:
    """A suggestion and an area while it runs as always; letters are answered within the time they are worth."""
    house = {"street": "Hauptstraße", "housenumber": "17", "postcode": "52062", "city": "Aachen"}
    square = [[6.0, 50.7], [6.2, 50.7], [6.2, 50.9], [6.0, 50.7]]
    said = {
        "/api": {"features": [{"properties": house}]},
        "/isochrone": {"features": [{"geometry": {"type": "Polygon", "coordinates": [square]}}]},
    }

    def answer(connection: socket.socket, asked: Asked) -> None:
        reply("200 OK", json.dumps(said[asked.path.partition("?")[0]]).encode())(connection, asked)

    def known() -> bool:
        with database.read() as session:
            area = reached(session, Spot(50.775, 6.084), TravelMode.CAR, 30, now=datetime.now(UTC))
            typed = read_suggestions(session)
        assert area is not None
        assert typed is not None
        return typed.done and area.reach.source == "valhalla"

    async def run() -> None:
        worker = Worker(office.url("worker"), None)
        working = asyncio.create_task(worker.run())
        until = time.monotonic() + 120
        await asyncio.sleep(1)
        with database.write() as session:
            ask_suggestions(session, Typed("Haupt"), of_patient=False)
            ask_reach(session, Spot(50.775, 6.084), TravelMode.CAR, 30)
        while not known():
            assert time.monotonic() < until
            assert not working.done()
            await asyncio.sleep(0.1)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        worker.close()

    with hostile(answer) as server:
        configure(database, geocoder="photon", geocoder_url=server.url, router="valhalla", router_url=server.url)
        asyncio.run(run())
    with database.read() as session:
        typed = read_suggestions(session)
    assert typed is not None
    assert [one.house_number for one in typed.found] == ["17"]

"""What a worker has taken stays home the moment it may not leave; only who holds the lease writes."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.casework.placing import _TAKE, ask_again, hold_place, note_place, put_back, take_place
from domain.casework.travelling import ask_ways, hold_ways, note_ways, put_ways_back, take_ways, ways_of_search
from domain.database import Database, Session
from domain.errors import Forbidden, Invalid, Unavailable
from domain.geocoding.addresses import Judged
from domain.geocoding.map_settings import MapForm, read_maps, save_maps
from domain.outside import take_turn
from domain.travel.ways import Routed
from sync.geo.placing import Placing, find_address
from sync.geo.travelling import Travelling
from sync.http.client import OutsideClient
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import Office
from tests.domain.therapists.test_bulk import person, take
from tests.servers.hostile import Asked, HostileServer, hostile, reply
from tests.sync.geo.conftest import (
    PATIENT,
    QUICK,
    SITE,
    Clock,
    Table,
    add_person,
    add_site,
    configure,
    place,
    writer,
)

HERE = Judged("house", 51.2867, 10.1873, 30, (), "Hauptstraße", "nominatim")
REQUESTS = "SELECT state, tries, cause FROM geocoding_service.place_request ORDER BY id"
Change = Callable[[Session], object]


def withdraw(session: Session) -> None:
    """The office takes the permission back."""
    form = read_maps(session)
    save_maps(session, MapForm(geocoder="nominatim", geocoder_url=form.form.geocoder_url), version=form.version)


def restrict(session: Session) -> None:
    """The patient's data are restricted."""
    session.execute(text("UPDATE patient_service.patient SET restricted_at = now()"))


def move(session: Session) -> None:
    """The patient has moved."""
    session.execute(text("UPDATE patient_service.patient SET street = 'Goethestraße'"))


def switch(session: Session) -> None:
    """Another server is configured, and allowed."""
    for _ in range(2):
        form = MapForm(geocoder="nominatim", geocoder_url="https://anderswo.example", patients_to_geocoder=True)
        save_maps(session, form, version=read_maps(session).version)


@pytest.mark.parametrize("change", [withdraw, restrict, move, switch])
def test_no_further_question_leaves_once_it_may_not(
    database: Database, placing: Placing, table: Table, change: Change
) -> None:
    """The first of four questions is answered; meanwhile something changes; the second stays home."""

    def answer(connection: object, asked: Asked) -> None:
        if not table.queries:
            with database.write() as session:
                change(session)
        table(connection, asked)  # type: ignore[arg-type]  # a socket

    with hostile(answer) as server:
        configure(database, geocoder="nominatim", geocoder_url=server.url, patients_to_geocoder=True)
        patient = add_person(database, "Erfundener Weg", "7")
        placing.step()
        assert len(server.asked) == 1
    assert place(database, PATIENT, patient)[1] == "plz"


def test_it_is_asked_after_the_turn_was_waited_for(database: Database, worker_database: Database, clock: Clock) -> None:
    """Not before: a minute may lie between."""
    order: list[str] = []

    def slow(write: object, **values: object) -> OutsideClient:
        def sleep(_: float) -> None:
            order.append("waited")
            with database.write() as session:
                withdraw(session)

        return OutsideClient(write, limits=QUICK, sleep=sleep, **values)  # type: ignore[arg-type]  # as the worker

    with hostile(reply("200 OK", b"[]")) as server:
        configure(
            database, geocoder="nominatim", geocoder_url=server.url, patients_to_geocoder=True, geocoder_per_minute=60
        )
        with worker_database.write() as session:
            take_turn(session, server.host, interval=5, longest=60)
        add_person(database, "Hauptstraße", "17")
        Placing(writer(worker_database), now=clock, make_client=slow).step()
        assert (order, server.asked) == (["waited"], [])


def ways_asked(database: Database, clock: Clock, url: str, count: int = 2, **more: object) -> None:
    """A short list of one patient that waits for a router."""
    configure(database, router="osrm", router_url=url, patients_to_router=True, **more)
    with database.write() as session:
        search = add_search(session, add_patient(session, place=(50.7753, 6.0839)))
        therapists = [add_therapist(session, place=(50.78 + 0.001 * n, 6.08)) for n in range(count)]
        ways = ways_of_search(session, search, therapists, now=clock())
        assert ways is not None
        ask_ways(session, search, ways.mode, ways.waiting)


def travelling(worker_database: Database, clock: Clock) -> Travelling:
    """The worker's work on ways."""

    def quick(write: object, **values: object) -> OutsideClient:
        return OutsideClient(write, limits=QUICK, **values)  # type: ignore[arg-type]  # as the worker makes it

    return Travelling(writer(worker_database), now=clock, router_key=lambda _: "geheim", make_client=quick)


@pytest.mark.parametrize("change", ["router_url = 'https://anderswo.example'", "patients_to_router = false"])
def test_no_further_part_of_a_list_leaves_once_it_may_not(
    database: Database, worker_database: Database, clock: Clock, change: str
) -> None:
    """Of a hundred ends the first ninety were asked for when somebody changed the settings, by whatever program."""

    def answer(connection: object, asked: Asked) -> None:
        count = asked.path.split("?")[0].count(";")
        with database.write() as session:
            session.execute(text(f"UPDATE geocoding_service.map_settings SET {change}"))
        body = {"durations": [[60.0] * count], "distances": [[9.0] * count]}
        reply("200 OK", json.dumps(body).encode())(connection, asked)  # type: ignore[arg-type]  # a socket

    with hostile(answer) as server:
        ways_asked(database, clock, server.url, 100)
        travelling(worker_database, clock).step()
        assert len(server.asked) == 1


def test_permission_and_key_belong_to_one_server(database: Database) -> None:
    """Whoever points elsewhere, here past the program, has to allow it anew; a path of the same server is the same."""
    query = "SELECT patients_to_geocoder, patients_to_router, sealed_router_key FROM geocoding_service.map_settings"

    def settings(change: str) -> tuple[object, ...]:
        with database.write() as session:
            form = MapForm(
                geocoder="nominatim", geocoder_url="https://karten.example", patients_to_geocoder=True,
                router="openrouteservice", router_url="https://wege.example", patients_to_router=True,
            )  # fmt: skip
            save_maps(session, form, version=read_maps(session).version)
            save_maps(session, form, version=read_maps(session).version, sealed_key=b"x")
        with database.write() as session:
            session.execute(text(f"UPDATE geocoding_service.map_settings SET {change}"))
        with database.read() as session:
            return tuple(session.execute(text(query)).one())

    assert settings("geocoder_url = 'https://KARTEN.example.\\:443/nominatim'") == (True, True, b"x")
    assert settings("geocoder_url = 'https://karten.example@anderswo.example'") == (False, True, b"x")
    assert settings("geocoder_url = 'https://karten.example\\:444'") == (False, True, b"x")
    assert settings("router_url = 'https://anderswo.example'") == (True, False, None)
    assert settings("router_url = 'https://anderswo.example', patients_to_router = true") == (True, False, None)
    assert settings("router_url = 'https://anderswo.example', sealed_router_key = 'y'") == (True, False, b"y")


@pytest.mark.parametrize("url", ["http://karten.example", "http://192.168.1.5", "http://127.0.0.1:x@karten.example"])
def test_patients_go_nowhere_unencrypted(database: Database, url: str) -> None:
    """Neither by the window nor past it; within this machine nobody listens."""
    form = MapForm(geocoder="nominatim", geocoder_url=url, patients_to_geocoder=True)
    with pytest.raises(Invalid), database.write() as session:
        save_maps(session, form, version=read_maps(session).version)
    with pytest.raises(Invalid, match="ck_map_settings_sheltered"), database.write() as session:
        session.execute(
            text(
                "UPDATE geocoding_service.map_settings"
                " SET geocoder = 'nominatim', geocoder_url = :url, patients_to_geocoder = true"
            ),
            {"url": url},
        )
    configure(database, geocoder="nominatim", geocoder_url="http://localhost:8080", patients_to_geocoder=True)


def hit(**more: object) -> dict[str, object]:
    """A hit of a Nominatim."""
    address = {"road": "Hauptstraße", "house_number": "17", "town": "Musterstadt", "postcode": "99991"}
    box = ["51.2866", "51.2868", "10.1872", "10.1874"]
    return {"lat": "51.2867", "lon": "10.1873", "boundingbox": box, "display_name": "x", "address": address} | more


BIG = "9" * 400
ANSWERS = {
    "a box without end": json.dumps([hit(boundingbox=["1e999", "1", "1", "1"])]),
    "a number of 400 digits": json.dumps([hit(lat="LAT")]).replace('"LAT"', BIG),
    "a box of 400 digits": json.dumps([hit(boundingbox="BOX")]).replace('"BOX"', f"[{BIG}, 1, 1, 1]"),
    "a sign that is none": json.dumps([hit(address={"road": "Haupt\0straße", "postcode": "99991"})]),
    "half a sign": json.dumps([hit(address={"road": "Hauptstraße\ud800", "house_number": "17", "postcode": "99991"})]),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_nobody_expects_is_a_try(database: Database, placing: Placing, clock: Clock, name: str) -> None:
    """It is counted, waits, and is not asked for ever."""
    with hostile(reply("200 OK", ANSWERS[name].encode())) as server:
        configure(database, geocoder="nominatim", geocoder_url=server.url)
        add_site(database, "Hauptstraße", "17")
        for tries in (1, 2):
            placing.step()
            with database.read() as session:
                assert session.execute(text(REQUESTS)).all() == [("waiting", tries, "outside.garbage")]
            clock.ahead += timedelta(minutes=11)


def test_whatever_goes_wrong_goes_wrong_for_one(
    database: Database, placing: Placing, nominatim: HostileServer, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """An error nobody foresaw is a try of that address; the next one is found, and no word of an address is logged."""
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url)
    good, bad = add_site(database, "Hauptstraße", "17"), add_site(database, "Goethestraße", "5")

    def broken(address: object, *others: object, **more: object) -> object:
        if "Goethe" in str(address):
            raise RuntimeError(f"nobody foresaw {address}")
        return find_address(address, *others, **more)  # type: ignore[arg-type]  # as the worker asks

    monkeypatch.setattr("sync.geo.placing.find_address", broken)
    while placing.step():
        pass
    assert place(database, SITE, good)[1] == "house"
    assert place(database, SITE, bad)[1] == "plz"
    with database.read() as session:
        assert ("waiting", 1, "outside.unforeseen") in session.execute(text(REQUESTS)).all()
    assert not [line for line in caplog.messages if "Goethe" in line]


@pytest.mark.parametrize("body", [
    f'{{"durations": [[{BIG}, 1]], "distances": [[1, 1]]}}', f'{{"durations": [[1, 1]], "distances": [[{BIG}, 1]]}}',
    '{"durations": [[1e999, 1]], "distances": [[1, 1]]}', '{"durations": [["1", 1]], "distances": [[1, 1]]}',
    '{"durations": [[true, 1]], "distances": [[1, 1]]}',
])  # fmt: skip
def test_a_router_s_nonsense_is_a_try(database: Database, worker_database: Database, clock: Clock, body: str) -> None:
    """Nothing of it is kept."""
    with hostile(reply("200 OK", body.encode())) as server:
        ways_asked(database, clock, server.url)
        travelling(worker_database, clock).step()
    with database.read() as session:
        query = "SELECT state, tries, cause FROM geocoding_service.travel_request"
        assert session.execute(text(query)).all() == [("waiting", 1, "outside.garbage")]
        assert session.scalar(text("SELECT count(*) FROM geocoding_service.travel_time")) == 0


def test_a_lease_that_ran_out_writes_nothing(database: Database, worker_database: Database, clock: Clock) -> None:
    """A slow worker comes back after another one took over: it neither places, ends nor puts back."""
    configure(database, geocoder="nominatim", geocoder_url="https://karten.example")
    site = add_site(database, "Hauptstraße", "17")
    write = writer(worker_database)
    slow = write(lambda s: take_place(s, now=clock()))
    assert slow is not None
    clock.ahead += timedelta(minutes=6)
    other = write(lambda s: take_place(s, now=clock()))
    assert other is not None
    write(lambda s: note_place(s, slow, HERE, now=clock()))
    write(lambda s: put_back(s, slow, "outside.timeout", now=clock()))
    with pytest.raises(Unavailable, match="withdrawn"):
        write(lambda s: hold_place(s, slow, now=clock()))
    with database.read() as session:
        assert session.execute(text(REQUESTS)).all() == [("asking", 2, "")]
    assert place(database, SITE, site)[1] == "plz"
    held = write(lambda s: hold_place(s, other, now=clock()))
    write(lambda s: note_place(s, held, HERE, now=clock()))
    assert place(database, SITE, site)[1] == "house"


def test_a_lease_on_ways_is_renewed_and_compared(database: Database, worker_database: Database, clock: Clock) -> None:
    """Thirty slow questions outlast one lease; who lost it writes nothing."""
    ways_asked(database, clock, "https://wege.example", 1)
    write = writer(worker_database)
    slow = write(lambda s: take_ways(s, now=clock()))
    assert slow is not None
    for _ in range(3):
        clock.ahead += timedelta(minutes=9)
        slow = write(lambda s, held=slow: hold_ways(s, held, now=clock()))  # type: ignore[misc]  # used at once
        assert write(lambda s: take_ways(s, now=clock())) is None
    clock.ahead += timedelta(minutes=11)
    other = write(lambda s: take_ways(s, now=clock()))
    assert other is not None
    write(lambda s: note_ways(s, slow, [Routed(5, 2)], source="osrm", now=clock()))
    write(lambda s: put_ways_back(s, slow, "outside.timeout", now=clock()))
    with database.read() as session:
        assert session.scalar(text("SELECT state FROM geocoding_service.travel_request")) == "asking"
        assert session.scalar(text("SELECT count(*) FROM geocoding_service.travel_time")) == 0
    write(lambda s: note_ways(s, other, [Routed(5, 2)], source="osrm", now=clock()))
    with database.read() as session:
        assert session.scalar(text("SELECT state FROM geocoding_service.travel_request")) == "done"


def test_an_import_asks_a_public_server_no_more_than_people_do(database: Database, clock: Clock) -> None:
    """Sixty practices of one file have moved, each written by a statement of its own."""
    many = 60
    with database.write() as session:
        take(session, *(person(row=n, last_name=f"Sommer{n}", email=f"s{n}@praxis.example") for n in range(1, many)),
             now=clock())  # fmt: skip
    configure(database, geocoder="nominatim", geocoder_url="https://nominatim.openstreetmap.org")
    with database.write() as session:
        moved = (
            person(row=n, last_name=f"Sommer{n}", email=f"s{n}@praxis.example", plz="52064", street="Allee")
            for n in range(1, many)
        )
        take(session, *moved, now=clock() + timedelta(days=1))
        assert session.scalar(text("SELECT count(*) FROM therapist_service.practice_site WHERE street = 'Allee'")) > 50
        assert 0 < session.scalar(text("SELECT count(*) FROM geocoding_service.place_request")) <= 20


def test_public_servers_are_known_however_they_are_written(database: Database, worker_database: Database) -> None:
    """One list says who they are and how far apart their questions are, whatever is configured."""
    query = text("SELECT geocoding_service.is_shared(:url)")
    with database.read() as session:
        for url in ("https://nominatim.openstreetmap.org", "https://NOMINATIM.openstreetmap.org.:443/x",
                    "https://a@photon.komoot.io/"):  # fmt: skip
            assert session.scalar(query, {"url": url})
        for url in ("https://nominatim.example", "https://nominatim.openstreetmap.org.example", ""):
            assert not session.scalar(query, {"url": url})
    with worker_database.write() as session:
        waits = [take_turn(session, "photon.komoot.io:443", interval=0.01, longest=60) for _ in range(3)]
    assert waits[2] > 1.8


def test_a_found_practice_is_told_by_its_therapists(
    database: Database, placing: Placing, nominatim: HostileServer
) -> None:
    """An open map hears of therapists, not of requests."""
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url)
    site = add_site(database, "Hauptstraße", "17")
    while placing.step():
        pass
    with database.read() as session:
        therapist = session.scalar(
            text("SELECT id FROM therapist_service.therapist WHERE site_id = :site"), {"site": site}
        )
        told = session.scalars(text("SELECT entity_id FROM platform.event WHERE event_type = 'therapist.placed'")).all()
    assert told == [therapist]


def test_what_was_not_found_is_asked_again_once_it_is_old(
    database: Database,
    worker_database: Database,
    placing: Placing,
    table: Table,
    nominatim: HostileServer,
    clock: Clock,
) -> None:
    """As long as the cache holds it, not before; a street that was built since is found."""
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url)
    site = add_site(database, "Neue Straße", "3")
    while placing.step():
        pass
    table.houses["3 Neue Straße"] = ("Neue Straße", "3")
    for days, quality in ((13, "plz"), (2, "house")):
        clock.ahead += timedelta(days=days)
        with worker_database.write() as session:
            ask_again(session, now=clock())
        while placing.step():
            pass
        assert place(database, SITE, site)[1] == quality


def test_a_request_stays_with_whom_it_was_made_for(office: Office, database: Database) -> None:
    """The worker cannot turn it to another patient and read that one's address."""
    configure(database, geocoder="nominatim", geocoder_url="https://karten.example", patients_to_geocoder=True)
    add_person(database, "Hauptstraße", "17")
    for person_name in ("worker", "jana"):
        connected = office.database(person_name)
        with pytest.raises((Forbidden, Invalid)), connected.write() as session:
            session.execute(text("UPDATE geocoding_service.place_request SET patient_id = -patient_id"))
        connected.close()


def test_what_is_taken_next_is_found_by_its_index(database: Database) -> None:
    """Not by sorting everything that waits."""
    inner = _TAKE.partition("id = (")[2].partition("FOR UPDATE")[0]
    with database.write() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        session.execute(text("SET LOCAL enable_sort = off"))
        plan = "\n".join(session.scalars(text(f"EXPLAIN {inner}"), {"now": "2026-01-01"}))
    assert "ix_place_request_open" in plan
    assert "Sort" not in plan

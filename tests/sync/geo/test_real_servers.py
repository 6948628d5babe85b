"""A real Nominatim, a real OSRM and a real Valhalla on the invented town (soak: their set-up takes minutes)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.casework.placing import PlaceState, site_places
from domain.casework.reaching import Reached, Whence, ask_reach, reached
from domain.casework.suggesting import Suggestion, Typed, ask_suggestions, read_suggestions
from domain.casework.travelling import ask_ways, ways_of_search
from domain.database import Database
from domain.geocoding.map_settings import MapForm
from domain.geocoding.server_tests import ask_server_test, read_server_answer
from domain.travel.ways import Spot
from domain.values import TravelMode
from sync.geo.maps import MapWork
from sync.geo.one_by_one import ways_one_by_one
from sync.geo.placing import Placing
from sync.geo.reaching import Reaching
from sync.geo.routers import router_of
from sync.geo.suggesting import Suggesting
from sync.geo.travelling import Travelling
from sync.http.client import OutsideClient
from tests.builders import add_patient, add_search, add_therapist
from tests.servers.nominatim import NominatimServer, nominatim_server
from tests.servers.routing import osrm, valhalla
from tests.servers.timetable import RIDE_MINUTES
from tests.sync.geo.conftest import QUICK, SITE, Clock, add_site, configure, place, writer
from ui.map.shapes import within

pytestmark = pytest.mark.soak
MIDDLE, VILLAGE = (51.2865, 10.1785), (51.3595, 10.2956)


@pytest.fixture(scope="module")
def real() -> Iterator[NominatimServer]:
    """The town's Nominatim."""
    with nominatim_server() as server:
        yield server


@pytest.mark.parametrize(
    ("street", "number", "plz", "city", "quality", "warnings"),
    [
        ("Hauptstraße", "17", "99991", "Musterstadt", "house", ()),
        ("Hauptstr. 17-19", "", "99991", "Musterstadt", "house", ()),
        ("Hauptstr. 17, 2. OG", "", "99991", "Musterstadt", "house", ()),
        ("c/o Praxis Muster, Hauptstr. 17", "", "99991", "Musterstadt", "house", ()),
        ("Straße des 17. Juni 5", "", "99991", "Musterstadt", "house", ()),
        ("Karl-Marx-Str.", "13 a", "99991", "Musterstadt", "house", ()),
        ("Weissgerbergasse", "3", "99993", "Musterstadt", "house", ()),
        ("Hauptstraße", "17", "12345", "Musterstadt", "house", ("plz_differs",)),
        ("Hauptstraße", "999", "99991", "Musterstadt", "street", ("number_unknown",)),
        ("Dorfstraße", "3", "99995", "Beispieldorf an der Ilm", "house", ()),
        ("Erfundener Weg", "3", "99991", "Musterstadt", "plz", ()),
        ("Hauptstraße", "17", "99991", "", "house", ()),
    ],
)
def test_addresses_as_people_write_them(
    database: Database, placing: Placing, real: NominatimServer,
    street: str, number: str, plz: str, city: str, quality: str, warnings: tuple[str, ...],
) -> None:  # fmt: skip
    """The house where the map knows it, else the street, else what the PLZ table knew; what differs is told."""
    configure(database, geocoder="nominatim", geocoder_url=real.url)
    site = add_site(database, street, number, plz, city)
    while placing.step():
        pass
    assert place(database, SITE, site)[1] == quality
    with database.read() as session:
        found = site_places(session, [site])[site]
    assert found == PlaceState("not_found" if quality == "plz" else "placed", "", warnings)


def test_a_misspelt_street_is_found_once_its_neighbour_is_known(
    database: Database, placing: Placing, real: NominatimServer
) -> None:
    """The streets the map taught us correct the next address."""
    configure(database, geocoder="nominatim", geocoder_url=real.url)
    add_site(database, "Weißgerbergasse", "3", "99993")
    while placing.step():
        pass
    site = add_site(database, "Weisgerbergase", "5", "99993")
    while placing.step():
        pass
    assert place(database, SITE, site)[1:] == ("house", "nominatim")


def test_a_nominatim_that_is_away_is_no_answer(
    database: Database, placing: Placing, real: NominatimServer, clock: Clock
) -> None:
    """Stopped in the middle: waits; started again: found."""
    configure(database, geocoder="nominatim", geocoder_url=real.url)
    site = add_site(database, "Goethestraße", "5")
    real.stop()
    try:
        assert not placing.step()
        with database.read() as session:
            assert site_places(session, [site])[site] == PlaceState("waiting", "outside.unreachable", ())
    finally:
        real.start()
    clock.ahead = timedelta(minutes=2)
    while placing.step():
        pass
    assert place(database, SITE, site)[1] == "house"


def test_the_button_tries_the_real_server(
    database: Database, worker_database: Database, real: NominatimServer, clock: Clock
) -> None:
    """It answers; that it does not know the office's own address is told, too."""
    configure(database, geocoder="nominatim", geocoder_url=real.url)
    with database.write() as session:
        number = ask_server_test(session, "geocoder", now=clock())
    work = MapWork(writer(worker_database), now=clock, router_key=lambda _: "")
    assert work.answer_test()
    with database.read() as session:
        answer = read_server_answer(session, number)
    assert (answer.done, answer.trouble, answer.params["known"]) == (True, "", 0)


def test_a_nominatim_of_ones_own_suggests(
    database: Database, worker_database: Database, real: NominatimServer, clock: Clock
) -> None:
    """Whole words, as it knows no beginnings: number, street and place come back apart."""
    configure(database, geocoder="nominatim", geocoder_url=real.url)
    with database.write() as session:
        ask_suggestions(session, Typed("Hauptstraße 17", "", "Musterstadt"), of_patient=False)
    assert Suggesting(writer(worker_database), now=clock).step()
    with database.read() as session:
        answer = read_suggestions(session)
    assert answer is not None
    assert (answer.done, answer.cause) == (True, "")
    assert Suggestion("Hauptstraße", "17", "99991", "Musterstadt") in answer.found


@pytest.mark.parametrize(
    ("kind", "serve", "modes"),
    [
        ("osrm", osrm, (TravelMode.CAR,)),
        ("valhalla", valhalla, (TravelMode.CAR, TravelMode.BICYCLE, TravelMode.FOOT)),
    ],
)
def test_real_routers_say_the_ways(
    database: Database, worker_database: Database, clock: Clock, tmp_path: Path,
    kind: str, serve: object, modes: tuple[TravelMode, ...],
) -> None:  # fmt: skip
    """From the town to the village: some twenty minutes by car, more by bicycle, most on foot."""

    def quick(write: object, **values: object) -> OutsideClient:
        return OutsideClient(write, limits=QUICK, **values)  # type: ignore[arg-type]  # as the worker makes it

    travelling = Travelling(writer(worker_database), now=clock, router_key=lambda _: "", make_client=quick)
    minutes: list[float] = []
    with serve(tmp_path) as url:  # type: ignore[operator]  # one of the two above
        configure(database, router=kind, router_url=url, patients_to_router=True)
        for mode in modes:
            with database.write() as session:
                search = add_search(session, add_patient(session, place=MIDDLE, wishes={"travel_mode": str(mode)}))
                therapists = [add_therapist(session, place=VILLAGE), add_therapist(session, place=MIDDLE)]
            with database.read() as session:
                ways = ways_of_search(session, search, therapists, now=clock())
            assert ways is not None
            # both practices of the first round are known to the cache in the next
            with database.write() as session:
                if ways.waiting:
                    ask_ways(session, search, mode, ways.waiting)
            travelling.step()
            with database.read() as session:
                after = ways_of_search(session, search, therapists, now=clock())
            assert after is not None
            assert after.trouble == ""
            far, near = (after.by_therapist[number][mode] for number in therapists)
            assert (far.source, near.source) == (kind, kind)
            assert far.low is not None
            assert near.low is not None
            assert near.low < 3 < far.low
            minutes.append(far.low)
    assert minutes == sorted(minutes)
    assert 10 < minutes[0] < 30


@pytest.mark.parametrize(("kind", "serve"), [("osrm", osrm), ("valhalla", valhalla)])
def test_real_routers_know_no_way_beyond_their_map(
    worker_database: Database, clock: Clock, tmp_path: Path, kind: str, serve: Any
) -> None:
    """Nor does one end far outside hide the way to the village."""
    client = OutsideClient(writer(worker_database), user_agent="Test", now=clock, limits=QUICK)
    ends = [Spot(*VILLAGE), Spot(52.5219, 13.4132)]
    with serve(tmp_path) as url:
        form = MapForm(router=kind, router_url=url, router_per_minute=6000)
        router = router_of(form, client, now=clock())
        assert router is not None
        near, far = ways_one_by_one(router, TravelMode.CAR, Spot(*MIDDLE), ends)
        assert near.minutes is not None
        assert far.minutes is None
        both = ways_one_by_one(router, TravelMode.CAR, ends[1], [Spot(*VILLAGE), Spot(*MIDDLE)])
        assert [way.minutes for way in both] == [None, None]


def test_a_real_valhalla_says_areas(
    database: Database, worker_database: Database, clock: Clock, tmp_path: Path
) -> None:
    """Around a patient in the town: more minutes are a larger area, and the village is reached by car only.

    Where its map has no road, nothing is reached.
    """

    def quick(write: object, **values: object) -> OutsideClient:
        return OutsideClient(write, limits=QUICK, **values)  # type: ignore[arg-type]  # as the worker makes it

    reaching = Reaching(writer(worker_database), now=clock, router_key=lambda _: "", make_client=quick)
    with database.write() as session:
        search = add_search(session, add_patient(session, place=MIDDLE))

    def area(whence: Whence, mode: TravelMode, minutes: int) -> Reached:
        with database.write() as session:
            ask_reach(session, whence, mode, minutes)
        assert reaching.step()
        with database.read() as session:
            found = reached(session, whence, mode, minutes, now=clock())
        assert found is not None
        return found

    with valhalla(tmp_path) as url:
        configure(database, router="valhalla", router_url=url, patients_to_router=True)
        car = {minutes: area(search, TravelMode.CAR, minutes).reach for minutes in (5, 30)}
        bicycle = area(search, TravelMode.BICYCLE, 30).reach
        nowhere = area(Spot(48.0, 11.0), TravelMode.CAR, 30)
    assert {reach.source for reach in (*car.values(), bicycle)} == {"valhalla"}
    for reach in (*car.values(), bicycle):
        assert within([MIDDLE], reach.rings) == [True]
    assert within([VILLAGE], car[30].rings) == [True]
    assert within([VILLAGE], car[5].rings) == within([VILLAGE], bicycle.rings) == [False]
    assert (nowhere.reach.source, nowhere.reach.rings) == ("valhalla", ())


def test_a_real_valhalla_reads_a_timetable(worker_database: Database, clock: Clock, tmp_path: Path) -> None:
    """By bus to the village takes a ride, the way to the stop and some waiting; walking is far longer."""
    client = OutsideClient(writer(worker_database), user_agent="Test", now=clock, limits=QUICK)
    with valhalla(tmp_path, timetable=True) as url:
        form = MapForm(router="valhalla", router_url=url, router_per_minute=6000, router_transit=True)
        router = router_of(form, client, now=clock())
        assert router is not None
        there, beyond = ways_one_by_one(
            router, TravelMode.PUBLIC_TRANSPORT, Spot(*MIDDLE), [Spot(*VILLAGE), Spot(52.5219, 13.4132)]
        )
        (walked,) = ways_one_by_one(router, TravelMode.FOOT, Spot(*MIDDLE), [Spot(*VILLAGE)])
    assert there.minutes is not None
    assert walked.minutes is not None
    assert RIDE_MINUTES <= there.minutes < RIDE_MINUTES + 20 < walked.minutes
    assert beyond.minutes is None

"""Placing as the worker does it, and a geocoder's answers served from a table."""

import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from domain.database import Database, Session
from domain.geocoding.map_settings import MapForm, read_maps, save_maps
from sync.geo.placing import Placing
from sync.geo.travelling import Travelling
from sync.http.answers import Limits
from sync.http.client import OutsideClient
from tests.builders import add_patient, add_therapist
from tests.servers.hostile import Asked, HostileServer, hostile, reply

T = TypeVar("T")
QUICK = Limits(connect=60, silence=60, total=120, attempts=1, turn=10, together=240)


class Clock:
    """The worker's clock; the database's own runs beside it."""

    def __init__(self) -> None:
        self.ahead = datetime.now(UTC) - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    """A clock one may put forward."""
    return Clock()


def writer(database: Database) -> Callable[[Callable[[Session], T]], T]:
    """One transaction of the worker."""

    def write(work: Callable[[Session], T]) -> T:
        with database.write() as session:
            return work(session)

    return write


@pytest.fixture
def travelling(worker_database: Database, clock: Clock) -> Travelling:
    """The worker's work on ways."""

    def quick(write: object, **values: object) -> OutsideClient:
        return OutsideClient(write, limits=QUICK, **values)  # type: ignore[arg-type]  # as the worker makes it

    return Travelling(writer(worker_database), now=clock, router_key=lambda _: "geheim", make_client=quick)


@pytest.fixture
def placing(worker_database: Database, clock: Clock) -> Placing:
    """The worker's work on addresses."""

    def quick(write: object, **values: object) -> OutsideClient:
        return OutsideClient(write, limits=QUICK, **values)  # type: ignore[arg-type]  # as the worker makes it

    return Placing(writer(worker_database), now=clock, make_client=quick)


def configure(database: Database, **values: object) -> None:
    """Set servers as the office's lead does; fast, since they are the test's own."""
    with database.write() as session:
        maps = read_maps(session)
        form: dict[str, object] = {"geocoder_per_minute": 6000, "router_per_minute": 6000}
        save_maps(session, MapForm(**(form | values)), version=maps.version)  # type: ignore[arg-type]


def add_site(database: Database, street: str, number: str, plz: str = "99991", city: str = "Musterstadt") -> int:
    """A practice at an address, placed by its PLZ so far; returns the site's id."""
    with database.write() as session:
        therapist = add_therapist(session)
        site: int = session.execute(
            text("SELECT site_id FROM therapist_service.therapist WHERE id = :id"), {"id": therapist}
        ).scalar_one()
        session.execute(
            text(
                "UPDATE therapist_service.practice_site SET street = :street, house_number = :number, plz = :plz,"
                " city = :city, lat = 51.29, lon = 10.21, geo_quality = 'plz', geo_uncertainty_m = 2000,"
                " geo_source = 'plz_table' WHERE id = :id"
            ),
            {"street": street, "number": number, "plz": plz, "city": city, "id": site},
        )
    return site


def add_person(database: Database, street: str, number: str) -> int:
    """A patient at an address; returns the id."""
    with database.write() as session:
        return add_patient(session, street=street, house_number=number, plz="99991", city="Musterstadt")


def place(database: Database, table: str, number: int) -> tuple[object, ...]:
    """Latitude, quality and source of a row."""
    query = text(f"SELECT round(lat::numeric, 4)::float, geo_quality, geo_source FROM {table} WHERE id = :id")
    with database.read() as session:
        return tuple(session.execute(query, {"id": number}).one())


SITE, PATIENT = "therapist_service.practice_site", "patient_service.patient"


class Table:
    """A Nominatim's answers, by street; `queries` is what it was asked, `town` where they are."""

    def __init__(self) -> None:
        self.houses = {"17 Hauptstraße": ("Hauptstraße", "17"), "5 Goethestraße": ("Goethestraße", "5")}
        self.queries: list[dict[str, str]] = []
        self.broken = False
        self.town = ("Musterstadt", "99991")

    def __call__(self, connection: socket.socket, asked: Asked) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}
        self.queries.append(query)
        found = self.houses.get(query.get("street", ""))
        hits = []
        if found is not None:
            road, number = found
            hits = [
                {
                    "lat": "51.2867", "lon": "10.1873", "boundingbox": ["51.2866", "51.2868", "10.1872", "10.1874"],
                    "display_name": f"{number}, {road}",
                    "address": {"road": road, "house_number": number, "town": self.town[0], "postcode": self.town[1]},
                }
            ]  # fmt: skip
        act = reply("500 Internal Server Error") if self.broken else reply("200 OK", json.dumps(hits).encode())
        act(connection, asked)


@pytest.fixture
def table() -> Table:
    """Answers of a Nominatim."""
    return Table()


@pytest.fixture
def nominatim(table: Table) -> Iterator[HostileServer]:
    """Serves them."""
    with hostile(table) as server:
        yield server

"""Every client of the maps against every kind of hostile server: it ends within its limits and tells a code."""

import gzip
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from domain.casework.suggesting import Typed
from domain.database import Database
from domain.errors import Unavailable
from domain.geocoding.addresses import Address
from domain.geocoding.map_settings import MapForm
from domain.outside import host_states
from domain.travel.ways import Spot
from domain.values import TravelMode
from sync.geo.geocoders import geocoder_of
from sync.geo.reachers import reacher_of
from sync.geo.routers import router_of
from sync.geo.suggesters import suggester_of
from sync.http.client import OutsideClient
from tests.conftest import NOW
from tests.servers.hostile import Answering, Asked, hostile, reply
from tests.sync.geo.conftest import QUICK, Clock, writer
from ui.errors import describe

SHORT = replace(QUICK, silence=0.4, total=0.5, largest=20_000, attempts=1)
HERE, THERE = Spot(50.7753, 6.0839), Spot(50.79, 6.09)
ADDRESS = Address("Hauptstraße", "17", "99991", "Musterstadt")


def drip(connection: socket.socket, _: Asked) -> None:
    """A byte now and then, without an end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n")
    for _number in range(400):
        time.sleep(0.05)
        connection.sendall(b" ")


def endless(connection: socket.socket, _: Asked) -> None:
    """As much as anybody takes."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    for _number in range(10_000):
        connection.sendall(b"[" * 65536)


def reset(connection: socket.socket, _: Asked) -> None:
    """Breaks the connection off."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    connection.close()


HOSTILE: dict[str, Answering] = {
    "drips": drip,
    "endless": endless,
    "resets": reset,
    "fails": reply("500 Internal Server Error"),
    "login page": reply("200 OK", b"<html>Anmeldung</html>", Content_Type="text/html"),
    "deep": reply("200 OK", b"[" * 15_000),
    "bomb": reply("200 OK", gzip.compress(b"0" * 30_000_000), Content_Encoding="gzip"),
    "circle": reply("302 Found", Location="/"),
    "elsewhere": reply("302 Found", Location="https://anderswo.example/"),
}
Ask = Callable[[str, OutsideClient], object]


def form(kind: str, server: str, url: str) -> MapForm:
    """Settings with one server."""
    return MapForm(**{kind: server, f"{kind}_url": url, f"{kind}_per_minute": 6000})  # type: ignore[arg-type]


def there(made: Any) -> Any:
    """What the settings make; they make something."""
    assert made is not None
    return made


CLIENTS: dict[str, Ask] = {
    **{
        f"geocoder {name}": lambda url, c, name=name: there(geocoder_of(form("geocoder", name, url), c)).find(ADDRESS)  # type: ignore[misc]
        for name in ("nominatim", "photon")
    },
    **{
        f"suggester {name}": lambda url, c, name=name: there(suggester_of(form("geocoder", name, url), c)).suggest(  # type: ignore[misc]
            Typed("Hauptstr", "99991", "Musterstadt")
        )
        for name in ("nominatim", "photon")
    },
    **{
        f"router {name}": lambda url, c, name=name: there(  # type: ignore[misc]
            router_of(form("router", name, url), c, now=NOW, key="geheim")
        ).ways(TravelMode.CAR, HERE, [THERE])
        for name in ("osrm", "valhalla", "openrouteservice")
    },
    **{
        f"reacher {name}": lambda url, c, name=name: there(  # type: ignore[misc]
            reacher_of(form("router", name, url), c, now=NOW, key="geheim")
        ).reach(TravelMode.CAR, HERE, 30)
        for name in ("valhalla", "openrouteservice")
    },
}


@pytest.mark.parametrize("behaviour", HOSTILE)
def test_whatever_a_server_does_a_client_ends_and_says_so(
    worker_database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch, behaviour: str
) -> None:
    """In time, with a code that has a German sentence; the host's state is kept, nothing else happens."""
    for module in ("geocoders", "suggesters", "routers", "reachers"):
        monkeypatch.setattr(f"sync.geo.{module}.LIMITS", SHORT, raising=False)
    for name, ask in CLIENTS.items():
        client = OutsideClient(writer(worker_database), user_agent="Test", now=clock, limits=SHORT)
        with hostile(HOSTILE[behaviour]) as server:
            began = time.monotonic()
            with pytest.raises(Unavailable) as told:
                ask(server.url, client)
            assert time.monotonic() - began < 60, name
            assert told.value.code.startswith("outside."), name
            assert describe(told.value) != told.value.code
            with worker_database.read() as session:
                assert server.host in {state.host for state in host_states(session)}

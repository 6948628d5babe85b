"""What geocoders say, read from answers as they give them; shapes nobody expects are garbage, never "nothing found"."""

import json

import pytest

from domain.database import Database
from domain.errors import Unavailable
from domain.geocoding.addresses import Address, judge
from domain.geocoding.map_settings import MapForm
from sync.geo.geocoders import Geocoder, geocoder_of
from sync.http.client import OutsideClient
from tests.servers.hostile import hostile, reply
from tests.sync.geo.conftest import QUICK, Clock, writer

ASKED = Address("Hauptstraße", "17", "99991", "Musterstadt")
HOUSE = {
    "type": "Feature", "geometry": {"type": "Point", "coordinates": [10.1873, 51.2867]},
    "properties": {
        "osm_key": "place", "osm_value": "house", "housenumber": "17", "street": "Hauptstraße", "postcode": "99991",
        "city": "Musterstadt", "country": "Deutschland", "countrycode": "DE",
    },
}  # fmt: skip
STREET = {
    "type": "Feature", "geometry": {"type": "Point", "coordinates": [10.2, 51.2865]},
    "properties": {
        "osm_key": "highway", "osm_value": "primary", "name": "Hauptstraße", "postcode": "99991", "city": "Musterstadt",
        "extent": [10.178, 51.2865, 10.2227, 51.2865],
    },
}  # fmt: skip


@pytest.fixture
def client(worker_database: Database, clock: Clock) -> OutsideClient:
    """The worker's way outside."""
    return OutsideClient(writer(worker_database), user_agent="Test", now=clock, limits=QUICK)


def made(kind: str, url: str, client: OutsideClient) -> Geocoder:
    """A geocoder at an address with a path, as behind an office's own gate."""
    found = geocoder_of(MapForm(geocoder=kind, geocoder_url=f"{url}/karten", geocoder_per_minute=6000), client)
    assert found is not None
    return found


def test_photon_is_read(client: OutsideClient) -> None:
    """A house and a street; the query is one line."""
    body = json.dumps({"type": "FeatureCollection", "features": [STREET, HOUSE]}, ensure_ascii=False).encode()
    with hostile(reply("200 OK", body)) as server:
        hits = made("photon", server.url, client).find(ASKED)
        assert server.asked[0].path.startswith("/karten/api?q=Hauptstra%C3%9Fe+17%2C+99991+Musterstadt")
        assert server.asked[0].headers["user-agent"] == "Test"
    judged = judge(ASKED, hits)
    assert judged is not None
    assert (judged.quality, judged.lat, judged.source) == ("house", 51.2867, "photon")
    street = judge(ASKED, hits[:1])
    assert street is not None
    assert (street.quality, 1400 < street.uncertainty_m < 1700) == ("street", True)


def test_nothing_found_is_an_answer(client: OutsideClient) -> None:
    """An empty list."""
    with hostile(reply("200 OK", b'{"features": []}')) as server:
        assert made("photon", server.url, client).find(ASKED) == []
    with hostile(reply("200 OK", b"[]")) as server:
        assert made("nominatim", server.url, client).find(ASKED) == []


@pytest.mark.parametrize("kind", ["nominatim", "photon"])
@pytest.mark.parametrize(
    "body",
    [
        b"<html>Anmeldung</html>", b"", b"null", b"7", b"{}",
        b'{"error": "Bandwidth limit exceeded"}', b'[{"lat": "x"}]',
        b'{"features": [{}]}', b'{"features": 3}', b'[{"lat": "51", "lon": "10", "display_name": "x"}]',
        b'{"features": [{"geometry": {"coordinates": ["a", "b"]}, "properties": {}}]}',
    ],
)  # fmt: skip
def test_an_unexpected_shape_is_garbage(client: OutsideClient, kind: str, body: bytes) -> None:
    """Whoever answers something else is not believed to know no such address; the sentence names who it was."""
    with hostile(reply("200 OK", body)) as server, pytest.raises(Unavailable, match=r"outside\.garbage") as error:
        made(kind, server.url, client).find(ASKED)
    assert error.value.params["host"] == "127.0.0.1"

"""Suggestions while one types: from servers that may be asked, never a patient's without the office's word."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from domain.casework.suggesting import (
    Suggested,
    Suggestion,
    Typed,
    ask_suggestions,
    forget_typed,
    read_suggestions,
    suggesting_server,
)
from domain.database import Database
from domain.errors import Forbidden, Invalid
from sync.geo.suggesting import Suggesting
from sync.http.client import OutsideClient
from tests.servers.hostile import hostile, reply
from tests.sync.geo.conftest import Clock, configure, writer

TYPED = Typed("Hauptstr", "99991", "Musterstadt")
HOUSE = {"street": "Hauptstraße", "housenumber": "17", "postcode": "99991", "city": "Musterstadt", "countrycode": "DE"}
ROWS = "SELECT count(*) FROM geocoding_service.suggest_request"


def photon(*properties: Mapping[str, object]) -> bytes:
    """A Photon's answer."""
    return json.dumps({"features": [{"properties": one} for one in properties]}).encode()


@pytest.fixture
def suggesting(worker_database: Database, clock: Clock) -> Suggesting:
    """The worker's work on suggestions."""
    return Suggesting(writer(worker_database), now=clock, make_client=OutsideClient)


def ask(database: Database, typed: Typed = TYPED, *, of_patient: bool = False) -> None:
    """As a form does."""
    with database.write() as session:
        ask_suggestions(session, typed, of_patient=of_patient)


def answer(database: Database) -> Suggested | None:
    """What the form sees."""
    with database.read() as session:
        return read_suggestions(session)


def test_a_photon_suggests(database: Database, second_database: Database, suggesting: Suggesting) -> None:
    """Houses and streets in Germany, each once; what one types is nobody else's."""
    street = {"osm_key": "highway", "name": "Hauptstraße", "postcode": "99991", "city": "Musterstadt"}
    abroad = HOUSE | {"countrycode": "AT"}
    shop = {"osm_key": "shop", "name": "Bäckerei", "city": "Musterstadt"}
    endless = HOUSE | {"street": "x" * 500}
    with hostile(reply("200 OK", photon(HOUSE, HOUSE, abroad, shop, endless, street))) as server:
        configure(database, geocoder="photon", geocoder_url=server.url)
        ask(database)
        ask(second_database, Typed("Nebenw"))
        assert suggesting.step()
        assert suggesting.step()
        assert not suggesting.step()
        asked = [parse_qs(urlsplit(one.path).query)["q"] for one in server.asked]
    assert sorted(asked) == [["Hauptstr, 99991 Musterstadt"], ["Nebenw"]]
    house = Suggestion("Hauptstraße", "17", "99991", "Musterstadt")
    assert answer(database) == Suggested(
        TYPED, True, "", (house, Suggestion("Hauptstraße", "", "99991", "Musterstadt"))
    )
    with second_database.read() as session:
        assert session.scalar(text(ROWS)) == 1
    others = (
        "INSERT INTO geocoding_service.suggest_request (asked_by, of_patient, typed)"
        " SELECT id, false, 'abc' FROM platform.person"
    )
    with pytest.raises(Forbidden), second_database.write() as session:
        session.execute(text(others))


def test_a_nominatim_of_ones_own_suggests_and_the_public_one_is_never_asked(
    database: Database, suggesting: Suggesting
) -> None:
    """The public server forbids it: the database refuses, whatever program asks."""
    hit = {"address": {"road": "Hauptstraße", "house_number": "17", "postcode": "99991", "town": "Musterstadt"}}
    with hostile(reply("200 OK", json.dumps([hit]).encode())) as server:
        configure(database, geocoder="nominatim", geocoder_url=server.url)
        ask(database)
        assert suggesting.step()
        assert server.asked[0].path.startswith("/search?q=Hauptstr")
    found = answer(database)
    assert found is not None
    assert found.found == (Suggestion("Hauptstraße", "17", "99991", "Musterstadt"),)
    for url in ("https://nominatim.openstreetmap.org", "https://NOMINATIM.openstreetmap.org:443/x"):
        configure(database, geocoder="nominatim", geocoder_url=url)
        with database.read() as session:
            assert suggesting_server(session, of_patient=False) == ""
        with pytest.raises(Invalid, match="no_suggestions"):
            ask(database)
    configure(database, geocoder="none")
    with pytest.raises(Invalid, match="no_suggestions"):
        ask(database)


def test_what_is_typed_of_a_patient_stays_home(database: Database, suggesting: Suggesting) -> None:
    """Until the office allows it; taken back, what waits is gone."""
    with hostile(reply("200 OK", photon(HOUSE))) as server:
        configure(database, geocoder="photon", geocoder_url=server.url)
        with database.read() as session:
            assert suggesting_server(session, of_patient=False) == "photon"
            assert suggesting_server(session, of_patient=True) == ""
        with pytest.raises(Invalid, match="patients_stay_home"):
            ask(database, of_patient=True)
        configure(database, geocoder="photon", geocoder_url=server.url, patients_to_geocoder=True)
        ask(database, of_patient=True)
        configure(database, geocoder="photon", geocoder_url=server.url)
        assert not suggesting.step()
        assert server.asked == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (reply("503 Service Unavailable"), "outside.server_error"),
        (reply("200 OK", b"null"), "outside.garbage"),
        (reply("200 OK", b'{"features": [{}]}'), "outside.garbage"),
        (reply("400 Bad Request"), "outside.status"),
    ],
)
def test_an_outage_is_told_and_not_tried_again(
    database: Database, suggesting: Suggesting, said: object, code: str
) -> None:
    """Whoever types on asks anew; nobody else does."""
    with hostile(said) as server:  # type: ignore[arg-type]  # an Answering
        configure(database, geocoder="photon", geocoder_url=server.url)
        ask(database)
        assert not suggesting.step()
        assert not suggesting.step()
        assert len(server.asked) == 1
    assert answer(database) == Suggested(TYPED, True, code, ())


def test_an_answer_to_earlier_letters_is_dropped_and_old_letters_go(
    database: Database, worker_database: Database, suggesting: Suggesting
) -> None:
    """Typed on while the server thinks: the new question stands; nothing typed stays longer than minutes."""
    with hostile(reply("200 OK", photon(HOUSE))) as server:
        configure(database, geocoder="photon", geocoder_url=server.url)
        ask(database)

        def type_on(connection: object, asked: object) -> None:
            server.answer = reply("200 OK", photon(HOUSE))
            ask(database, Typed("Hauptstraße"))
            server.answer(connection, asked)  # type: ignore[arg-type]  # passed on

        server.answer = type_on
        assert suggesting.step()
        assert answer(database) == Suggested(Typed("Hauptstraße"), False, "", ())
        age(database, 11)
        assert not suggesting.step()  # nobody waits so long
    with worker_database.write() as session:
        forget_typed(session)
    assert answer(database) is not None
    age(database, 180)
    with worker_database.write() as session:
        forget_typed(session)
    assert answer(database) is None


def age(database: Database, seconds: int) -> None:
    """Let time pass for what was typed."""
    query = text("UPDATE geocoding_service.suggest_request SET asked_at = asked_at - make_interval(secs => :n)")
    with database.write() as session:
        session.execute(query, {"n": seconds})

"""Addresses are looked up by the worker: kept, told apart, and patients' stay home unless the office says otherwise."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.casework.placing import (
    ask_for_all,
    note_place,
    patient_place,
    placing_progress,
    site_places,
    take_place,
)
from domain.database import Database
from domain.errors import Forbidden, Invalid
from domain.geocoding.addresses import Judged
from domain.geocoding.map_settings import MapForm, read_maps, save_maps
from domain.outside import close_breaker, host_states
from sync.geo.placing import Placing
from tests.conftest import Office
from tests.servers.hostile import HostileServer
from tests.sync.geo.conftest import PATIENT, SITE, Clock, Table, add_person, add_site, configure, place
from ui.place_words import place_words

HERE = (51.2867, "house", "nominatim")


def run(placing: Placing) -> int:
    """Steps until nothing is due."""
    steps = 0
    while placing.step():
        steps += 1
    return steps


def state(database: Database, site: int) -> tuple[str, str]:
    """State and cause of a site's address."""
    with database.read() as session:
        found = site_places(session, [site]).get(site)
    return (found.state, found.cause) if found else ("never asked", "")


def test_a_practice_is_placed_and_the_answer_kept(
    database: Database, placing: Placing, table: Table, nominatim: HostileServer
) -> None:
    """A new address is found to the house; a second practice there costs no question."""
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url)
    first = add_site(database, "Hauptstr.", "17-19")
    assert run(placing) == 1
    assert place(database, SITE, first) == HERE
    asked = len(table.queries)
    assert table.queries[0]["street"] == "17 Hauptstraße"
    assert table.queries[0]["countrycodes"] == "de"
    second = add_site(database, "Hauptstraße 17, 2. OG", "")
    run(placing)
    assert place(database, SITE, second) == HERE
    assert len(table.queries) == asked
    assert state(database, second) == ("placed", "")


def test_without_a_server_nobody_is_asked(database: Database, placing: Placing) -> None:
    """Off at first: an address waits for nobody, the PLZ table has placed it."""
    site = add_site(database, "Hauptstraße", "17")
    assert not placing.step()
    assert state(database, site) == ("never asked", "")
    assert place(database, SITE, site)[1] == "plz"


def test_what_the_map_does_not_know_is_not_found_and_asked_again_later(
    database: Database, placing: Placing, table: Table, nominatim: HostileServer, clock: Clock
) -> None:
    """The place by PLZ stays; the negative answer holds for two weeks."""
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url)
    site = add_site(database, "Erfundener Weg", "3")
    run(placing)
    assert state(database, site) == ("not_found", "")
    assert place(database, SITE, site)[1] == "plz"
    asked = len(table.queries)
    other = add_site(database, "Erfundener Weg", "3")
    run(placing)
    assert (state(database, other), len(table.queries)) == (("not_found", ""), asked)
    clock.ahead = timedelta(days=15)
    add_site(database, "Erfundener Weg", "3")
    run(placing)
    assert len(table.queries) > asked


def test_a_street_of_that_name_far_from_its_plz_places_nobody(
    database: Database, placing: Placing, table: Table, nominatim: HostileServer
) -> None:
    """The practice stays where its PLZ lies, the PLZ on the map is told, and nothing is kept of it."""
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url)
    table.town = ("Berlin", "13158")
    site = add_site(database, "Hauptstraße", "17", plz="10827", city="Berlin")
    before = place(database, SITE, site)
    run(placing)
    assert state(database, site) == ("placed", "")
    assert place(database, SITE, site)[1] == before[1] == "plz"
    with database.read() as session:
        warnings = session.scalar(text("SELECT warnings FROM geocoding_service.place_request"))
        kept = session.scalar(text("SELECT count(*) FROM geocoding_service.geocode_answer"))
    assert (warnings, kept) == (["plz_elsewhere:13158"], 0)


def test_an_outage_is_no_answer(
    database: Database, placing: Placing, table: Table, nominatim: HostileServer, clock: Clock
) -> None:
    """Unknown, later: nothing is concluded, nothing kept, and when the server is back the house is found."""
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url)
    site = add_site(database, "Hauptstraße", "17")
    table.broken = True
    assert not placing.step()
    assert state(database, site) == ("waiting", "outside.server_error")
    assert place(database, SITE, site)[1] == "plz"
    assert not placing.step()  # not before its time
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM geocoding_service.geocode_answer")) == 0
        assert placing_progress(session).cause == "outside.server_error"
    table.broken = False
    clock.ahead = timedelta(minutes=2)
    run(placing)
    assert place(database, SITE, site) == HERE


def test_the_breaker_is_waited_for(
    database: Database,
    worker_database: Database,
    placing: Placing,
    table: Table,
    nominatim: HostileServer,
    clock: Clock,
) -> None:
    """Five failures and nobody is asked for a while; the office sees why."""
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url)
    table.broken = True
    site = add_site(database, "Hauptstraße", "17")
    for _ in range(8):
        clock.ahead += timedelta(hours=2)
        placing.step()
    with database.read() as session:
        (host,) = host_states(session)
    assert (host.state, host.last_error) == ("open", "outside.server_error")
    asked = len(table.queries)
    with worker_database.write() as session:
        close_breaker(session, nominatim.host)
    table.broken = False
    clock.ahead += timedelta(hours=2)
    run(placing)
    assert place(database, SITE, site) == HERE
    assert len(table.queries) == asked + 1


def test_patients_stay_home(database: Database, placing: Placing, table: Table, nominatim: HostileServer) -> None:
    """A configured server alone sends no patient's address anywhere, and the database refuses whoever tries."""
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url)
    patient = add_person(database, "Hauptstraße", "17")
    with database.write() as session:
        ask_for_all(session)
    run(placing)
    assert table.queries == []
    assert place(database, PATIENT, patient)[1] == "plz"
    with pytest.raises(Invalid, match="patients_stay_home"), database.write() as session:
        session.execute(text("INSERT INTO geocoding_service.place_request (patient_id) VALUES (:id)"), {"id": patient})


def test_no_address_is_logged(
    database: Database, placing: Placing, nominatim: HostileServer, caplog: pytest.LogCaptureFixture
) -> None:
    """However much is logged: of those who ask, and of those who answer."""
    caplog.set_level(0)
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url, patients_to_geocoder=True)
    add_person(database, "Hauptstraße", "17")
    run(placing)
    nominatim.close()
    add_person(database, "Goethestraße", "5")
    run(placing)
    assert nominatim.asked
    assert not [line for line in caplog.messages if "Haupt" in line or "Goethe" in line or "Musterstadt" in line]


def test_patients_are_placed_where_the_office_allows_it(
    database: Database, placing: Placing, table: Table, nominatim: HostileServer
) -> None:
    """And even then nothing of them is kept in the cache."""
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url, patients_to_geocoder=True)
    patient = add_person(database, "Hauptstraße", "17")
    run(placing)
    assert place(database, PATIENT, patient) == HERE
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM geocoding_service.geocode_answer")) == 0
        found = patient_place(session, patient)
    assert found is not None
    assert found.state == "placed"
    assert len(table.queries) == 1


def test_taking_the_permission_back_stops_what_waits(
    database: Database,
    worker_database: Database,
    placing: Placing,
    table: Table,
    nominatim: HostileServer,
    clock: Clock,
) -> None:
    """Also what a worker has already taken: the address is not read any more."""
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url, patients_to_geocoder=True)
    add_person(database, "Hauptstraße", "17")
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url)
    with worker_database.write() as session:
        assert take_place(session, now=clock()) is None
    run(placing)
    assert table.queries == []


def test_a_restricted_patient_is_not_asked_about(
    database: Database, placing: Placing, table: Table, nominatim: HostileServer, clock: Clock
) -> None:
    """Restriction came after the address began to wait: nothing is concluded, and it is asked for once that is over."""
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url, patients_to_geocoder=True)
    patient = add_person(database, "Hauptstraße", "17")
    restrict = "UPDATE patient_service.patient SET restricted_at = {} WHERE id = :i"
    with database.write() as session:
        session.execute(text(restrict.format("now()")), {"i": patient})
    run(placing)
    assert table.queries == []
    with database.read() as session:
        told = patient_place(session, patient)
    assert told is not None
    assert "nicht gefunden" not in place_words("plz", by_hand=False, state=told)
    assert "eingeschränkt" in place_words("plz", by_hand=False, state=told)
    with database.write() as session:
        session.execute(text(restrict.format("NULL")), {"i": patient})
    clock.ahead += timedelta(days=1, minutes=1)
    run(placing)
    assert place(database, PATIENT, patient) == HERE


def test_only_the_lead_changes_the_servers(office: Office, database: Database) -> None:
    """The worker reads them; patients may be allowed only with a server, and the database keeps that, too."""
    worker = office.database("worker")
    with pytest.raises(Forbidden), worker.write() as session:
        session.execute(text("UPDATE geocoding_service.map_settings SET patients_to_geocoder = true"))
    worker.close()
    with pytest.raises(Invalid), database.write() as session:
        save_maps(session, MapForm(patients_to_geocoder=True), version=read_maps(session).version)
    with pytest.raises(Invalid), database.write() as session:
        session.execute(text("UPDATE geocoding_service.map_settings SET patients_to_geocoder = true"))


@pytest.mark.parametrize("url", ["", "nominatim.example", "ftp://a.example", "http://", "http://a b.example"])
def test_an_address_of_a_server_is_checked(database: Database, url: str) -> None:
    """Before it is saved."""
    with pytest.raises(Invalid) as error, database.write() as session:
        save_maps(session, MapForm(geocoder="photon", geocoder_url=url), version=read_maps(session).version)
    assert error.value.field == "geocoder_url"


def test_servers_of_everybody_are_not_asked_by_the_thousand(database: Database) -> None:
    """An import waits for nobody there, and the button says why; an address typed in is looked up."""
    configure(database, geocoder="nominatim", geocoder_url="https://nominatim.openstreetmap.org")
    typed = add_site(database, "Hauptstraße", "17")
    assert state(database, typed)[0] == "waiting"
    with pytest.raises(Invalid, match=r"map_settings\.shared"), database.write() as session:
        ask_for_all(session)
    with database.write() as session:
        session.execute(
            text(
                "INSERT INTO therapist_service.practice_site (practice_id, street, plz, city)"
                " SELECT practice_id, 'Hauptstraße', '99991', 'Musterstadt'"
                " FROM therapist_service.practice_site, generate_series(1, 50)"
            )
        )
    with database.read() as session:
        assert placing_progress(session).waiting == 1


def test_another_house_is_another_place(database: Database, placing: Placing, nominatim: HostileServer) -> None:
    """Whatever program changes an address that was looked up: the place is the PLZ's, and asked for again."""
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url)
    site = add_site(database, "Hauptstraße", "17")
    run(placing)
    assert place(database, SITE, site) == HERE
    with database.write() as session:
        session.execute(text(f"UPDATE {SITE} SET street = 'Nirgendweg', plz = '52062' WHERE id = {site}"))
    assert place(database, SITE, site)[1:] == ("plz", "plz_table")
    assert state(database, site) == ("waiting", "")
    run(placing)
    assert state(database, site) == ("not_found", "")


def test_what_changes_meanwhile_is_not_overwritten(
    database: Database, worker_database: Database, nominatim: HostileServer, clock: Clock
) -> None:
    """The address was changed while the old one was asked for: the answer belongs to no one."""
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url)
    site = add_site(database, "Hauptstraße", "17")
    with worker_database.write() as session:
        asked = take_place(session, now=clock())
    assert asked is not None
    with database.write() as session:
        session.execute(text(f"UPDATE {SITE} SET street = 'Nirgendweg' WHERE id = {site}"))
    with worker_database.write() as session:
        note_place(session, asked, Judged("house", 51.2, 10.1, 30, (), "Hauptstraße", "nominatim"), now=clock())
    assert place(database, SITE, site)[1] == "plz"
    assert state(database, site) == ("waiting", "")


def test_two_workers_share_the_list(database: Database, office: Office, nominatim: HostileServer, clock: Clock) -> None:
    """Each address is taken by one; what a killed worker took comes again when its lease is over."""
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url)
    sites = {add_site(database, "Hauptstraße", str(number)) for number in (17, 19)}
    workers = [office.database("worker") for _ in range(3)]
    taken = []
    for worker in workers:
        with worker.write() as session:
            taken.append(take_place(session, now=clock()))
    assert {asked.site_id for asked in taken if asked} == sites
    assert taken[2] is None
    with workers[2].write() as session:
        again = take_place(session, now=clock() + timedelta(minutes=6))
    assert again is not None
    for worker in workers:
        worker.close()


def test_all_addresses_are_asked_for_when_a_server_is_named(
    database: Database, placing: Placing, nominatim: HostileServer
) -> None:
    """What the office entered before."""
    sites = [add_site(database, "Hauptstraße", "17"), add_site(database, "Erfundener Weg", "3")]
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url)
    with database.write() as session:
        assert ask_for_all(session) == 2
    run(placing)
    with database.read() as session:
        progress = placing_progress(session)
    assert (progress.waiting, progress.placed, progress.not_found) == (0, 1, 1)
    assert [state(database, site)[0] for site in sites] == ["placed", "not_found"]

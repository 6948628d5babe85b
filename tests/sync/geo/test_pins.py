"""A place set by hand: kept whoever writes, until its address changes; undone only while nothing was changed since."""

import pytest
from sqlalchemy import text

from domain.casework.pins import pin_patient, pin_site, unpin_site
from domain.database import Database
from domain.errors import Conflict, Invalid
from domain.therapists.models import PracticeSite
from domain.therapists.sites import SiteForm, update_site
from sync.geo.placing import Placing
from tests.servers.hostile import HostileServer
from tests.sync.geo.conftest import PATIENT, SITE, add_person, add_site, configure, place
from tests.sync.geo.test_placing import HERE, run


def test_a_pin_is_kept_until_the_address_changes(
    database: Database, placing: Placing, nominatim: HostileServer
) -> None:
    """No geocoder, import or program moves it; undone it stands where it stood; let go of it is looked up again."""
    configure(database, geocoder="nominatim", geocoder_url=nominatim.url)
    site = add_site(database, "Hauptstraße", "17")
    with database.write() as session:
        before = pin_site(session, site, lat=51.25, lon=10.25)
    run(placing)
    assert place(database, SITE, site) == (51.25, "house", "hand")
    with database.write() as session:
        session.execute(text(f"UPDATE {SITE} SET lat = 50, lon = 9, geo_source = 'directory' WHERE id = {site}"))
    assert place(database, SITE, site) == (51.25, "house", "hand")
    with database.write() as session:
        unpin_site(session, site, back_to=before)
    assert place(database, SITE, site) == (51.29, "plz", "plz_table")
    with database.write() as session:
        pin_site(session, site, lat=51.25, lon=10.25)
    with database.write() as session:
        session.execute(text(f"UPDATE {SITE} SET street = 'Goethestraße', house_number = '5' WHERE id = {site}"))
    run(placing)
    assert place(database, SITE, site) == HERE
    with database.write() as session:
        pin_site(session, site, lat=51.25, lon=10.25)
    with database.write() as session:
        unpin_site(session, site)
    run(placing)
    assert place(database, SITE, site) == HERE


def test_a_pin_is_not_set_back_to_the_place_of_an_old_address(database: Database) -> None:
    """A colleague entered where the practice moved, or set another pin, before "Zurücksetzen" was pressed."""
    site = add_site(database, "Hauptstraße", "17")
    with database.write() as session:
        before = pin_site(session, site, lat=51.25, lon=10.25)
    with database.write() as session:
        version = session.get_one(PracticeSite, site).version
        update_site(session, site, version, SiteForm("Goethestraße", "5", "52062", "Aachen", accessible=None))
    moved = place(database, SITE, site)
    with pytest.raises(Conflict, match=r"place\.changed_since"), database.write() as session:
        unpin_site(session, site, back_to=before)
    assert place(database, SITE, site) == moved
    with database.write() as session:
        first = pin_site(session, site, lat=51.25, lon=10.25)
        pin_site(session, site, lat=51.26, lon=10.26)
    with pytest.raises(Conflict, match=r"place\.changed_since"), database.write() as session:
        unpin_site(session, site, back_to=first)


@pytest.mark.parametrize(
    ("street", "number", "city", "kept"),
    [
        ("Hauptstr.", "17 A", "Musterstadt", True),
        ("Haupt-Straße", "17a", "Musterstadt (Ilm)", True),
        ("Hauptstraße", "17b", "Musterstadt", False),
        ("Hauptgasse", "17a", "Musterstadt", False),
    ],
)
def test_a_pin_stays_where_a_spelling_is_corrected(
    database: Database, street: str, number: str, city: str, kept: bool
) -> None:
    """By hand in the form; another number or street is another place."""
    site = add_site(database, "Hauptstraße", "17a")
    with database.write() as session:
        pin_site(session, site, lat=51.25, lon=10.25)
    with database.write() as session:
        version = session.get_one(PracticeSite, site).version
        update_site(session, site, version, SiteForm(street, number, "99991", city, accessible=None))
    assert (place(database, SITE, site)[2] == "hand") is kept
    with database.read() as session:
        assert session.get_one(PracticeSite, site).geo_locked is kept


def test_a_pin_stands_in_germany(database: Database) -> None:
    """A slip of the mouse to the sea is refused."""
    site, patient = add_site(database, "Hauptstraße", "17"), add_person(database, "Hauptstraße", "17")
    with pytest.raises(Invalid, match=r"place\.outside_germany"), database.write() as session:
        pin_site(session, site, lat=40.0, lon=10.0)
    with database.write() as session:
        pin_patient(session, patient, lat=51.2, lon=10.1)
    assert place(database, PATIENT, patient) == (51.2, "house", "hand")

"""Addresses an import brings: whole or not at all, with their own coordinate, and moving nobody it did not look for."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from domain.acquisition.reading import recognise
from domain.acquisition.records import TherapistRecord
from domain.casework.imports import ImportReport, import_file
from domain.therapists.addresses import ADDRESS, same_address, site_changes
from domain.therapists.changes import Became
from domain.therapists.sites import SiteForm, sites_of, update_site
from tests.conftest import NOW
from tests.domain.casework.test_import_diff import Desk, desk, entry

__all__ = ["desk"]

PLACE = """SELECT street, house_number, plz, city, lat, geo_quality, geo_source
    FROM therapist_service.practice_site ORDER BY id"""


def hit(first: str, last: str, street: str, house: str, plz: str, city: str, **more: Any) -> dict[str, Any]:
    """A hit of the statutory search."""
    where = {"strasse": street, "hausnummer": house, "plz": plz, "ort": city}
    mailbox = {"email": f"{first}.{last}@post.example".lower(), "tel": "0241 1234567"}
    return {"arzt": True, "id": "1", "vorname": first, "name": last} | where | mailbox | more


def search(desk: Desk, *hits: dict[str, Any], cut: bool = False) -> ImportReport:
    """An answer of the search, a week after the last."""
    desk.day += 7
    path = desk.folder / f"suche{desk.day}.json"
    path.write_text(json.dumps({"arztPraxisDatas": hits, "moreResults": cut}), "utf-8")
    now = NOW + timedelta(days=desk.day)
    with desk.database.write() as session:
        return import_file(session, recognise(path, today=now.date()), now=now, today=now.date())


def places(desk: Desk) -> list[tuple[Any, ...]]:
    """Every site with its coordinate."""
    with desk.database.read() as session:
        return [tuple(row) for row in session.execute(text(PLACE))]


def main_of(desk: Desk, number: int) -> list[tuple[str, str, bool]]:
    """Street and number of somebody's sites, and which is the main one."""
    with desk.database.read() as session:
        return [(site.form.street, site.form.house_number, site.main) for site in sites_of(session, number)]


INA = hit("Ina", "Sommer", "Weg", "3", "52062", "Aachen")
EVA = hit("Eva", "Winter", "Weg", "5", "52062", "Aachen")
IN_COLOGNE = hit("Ina", "Sommer", "Domstr.", "1", "50667", "Köln", tel="0221 7654321", titel="Dr.", fax="0221 765432")


@pytest.mark.parametrize(
    ("hits", "cut"), [((IN_COLOGNE, EVA), True), ((IN_COLOGNE,), False)], ids=["cut", "did not look there"]
)
def test_a_search_elsewhere_moves_nobody(desk: Desk, hits: Any, *, cut: bool) -> None:
    """Her second site is added and fills what was unknown; she goes on working where she did."""
    (ina, _) = search(desk, INA, EVA).ids
    report = search(desk, *hits, cut=cut)
    change = report.changes[0]
    assert (change.became, change.second_site) == (Became.MOVED, True)
    assert {"title", "fax"} <= {entry.name for entry in change.fields}
    assert "phone" not in {entry.name for entry in change.fields}
    assert main_of(desk, ina) == [("Weg", "3", True), ("Domstr.", "1", False)]
    with desk.database.read() as session:
        said = session.execute(text("SELECT phone, title FROM therapist_service.therapist WHERE id = :i"), {"i": ina})
        assert tuple(said.one()) == ("+492411234567", "Dr.")
    assert search(desk, INA, EVA).unchanged == 2


def test_a_whole_search_that_looked_there_moves_them(desk: Desk) -> None:
    """With all it says of them; undone, everything is as it was."""
    (ina, _) = search(desk, INA, EVA).ids
    before = desk.rows()
    report = search(desk, IN_COLOGNE, EVA)
    assert not report.changes[0].second_site
    assert main_of(desk, ina) == [("Domstr.", "1", True), ("Weg", "3", False)]
    with desk.database.read() as session:
        said = session.execute(text("SELECT phone, title FROM therapist_service.therapist WHERE id = :i"), {"i": ina})
        assert tuple(said.one()) == ("+492217654321", "Dr.")
    desk.undo(report)
    assert desk.rows() == before


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"street": "Theaterplatz", "house_number": ""},
        {"street": "Domplatz", "house_number": "7", "postal_code": "5066", "city": "Köln"},
        {"street": "Trierer Straße"},
    ],
    ids=["no number", "no PLZ", "street"],
)
def test_no_address_is_made_of_two(desk: Desk, elsewhere: dict[str, str]) -> None:
    """What contradicts the address known is a site of its own, with no coordinate of the other one."""
    search(desk, INA | {"lat": 50.7753, "lon": 6.0839})
    first = places(desk)
    desk.day += 30
    desk.take(entry(**elsewhere))
    assert places(desk)[:1] == first
    street, number, plz, city, lat, quality, source = places(desk)[1]
    wanted = {"house_number": "3", "postal_code": "52062", "city": "Aachen"} | elsewhere
    assert (street, number, city) == (wanted["street"], wanted["house_number"], wanted["city"])
    assert plz in {"52062", ""}
    assert (lat, quality, source) != (50.7753, "house", "directory")
    before = desk.rows()["practice_site"]
    desk.take(entry(**elsewhere))  # read again, no further one
    assert desk.rows()["practice_site"] == before


def test_colleagues_who_share_a_site_flip_nothing(desk: Desk) -> None:
    """One of them with another street at the same number works there from now on; the other stays."""
    both = entry("Eins", "Ada", email="praxis@post.example"), entry("Zwei", "Bea", email="praxis@post.example")
    (ada, bea) = desk.take(*both).ids
    file = entry("Eins", "Ada", email="praxis@post.example", street="Anderer Weg"), both[1]
    desk.take(*file)
    assert main_of(desk, ada)[0] == ("Anderer Weg", "3", True)
    assert ("Weg", "3", True) in main_of(desk, bea)
    before = desk.rows()["practice_site"]
    for files in (file, file[::-1]):
        assert desk.take(*files).unchanged == 2
        assert desk.rows()["practice_site"] == before


def test_another_spelling_is_the_same_address(desk: Desk) -> None:
    """And changes nothing, whoever comes last."""
    one, other = (
        entry("Eins", n, email="p@post.example", street=s) for n, s in (("Ada", "Domstr."), ("Bea", "Domstraße"))
    )
    desk.take(one, other)
    before = desk.rows()["practice_site"]
    desk.take(other, one)
    assert desk.rows()["practice_site"] == before


def test_an_address_completed_loses_the_coordinate_of_the_street(desk: Desk) -> None:
    """Unless the file brings its own; undone, the old one is back."""
    search(desk, INA | {"hausnummer": "", "lat": 50.7753, "lon": 6.0839})
    before = places(desk)
    desk.day += 30
    report = desk.take(entry())
    assert [(p[:4], p[4] == 50.7753, p[5]) for p in places(desk)] == [(("Weg", "3", "52062", "Aachen"), False, "plz")]
    desk.undo(report)
    assert places(desk) == before
    search(desk, INA | {"lat": 50.7755, "lon": 6.0839})
    assert [(place[4], place[5]) for place in places(desk)] == [(50.7755, "house")]


def test_a_corrected_address_is_a_locked_difference(desk: Desk) -> None:
    """The directory still says 3 where a caseworker wrote 3 a: shown as locked, and no second site."""
    (ina,) = desk.take(entry()).ids
    with desk.database.write() as session:
        (site,) = sites_of(session, ina)
        update_site(session, site.site_id, site.version, SiteForm("Weg", "3 a", "52062", "Aachen", None))
    for _ in range(2):
        (change,) = desk.take(entry(phone="0241 1234567")).changes
        assert (change.became, change.fields) == (Became.UNCHANGED, ())
        assert [(f.name, f.old, f.new) for f in change.locked] == [("house_number", "3 a", "3")]
        assert main_of(desk, ina) == [("Weg", "3 a", True)]
    (moved,) = desk.take(entry(street="Platz", house_number="9")).changes  # somewhere else is news
    assert (moved.became, moved.second_site) == (Became.MOVED, True)
    assert main_of(desk, ina)[0] == ("Weg", "3 a", True)


PARTS = {
    "street": ["", "Weg", "Domstr.", "Domstraße"],
    "house_number": ["", "3", "3 A"],
    "plz": ["", "52062"],
    "city": ["", "Köln"],
}
WHERE = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in PARTS.items()})


@given(WHERE, WHERE)
def test_a_completed_address_is_still_both(one: dict[str, str], other: dict[str, str]) -> None:
    """Whichever completes the other: nothing known is replaced, and read again nothing changes."""
    here, there = (TherapistRecord(row=1, last_name="X", **values) for values in (one, other))  # type: ignore[arg-type]
    assert same_address(here, there) == same_address(there, here)
    if not same_address(here, there):
        return
    changes = site_changes(one, other)
    became = one | {name: change[1] for name, change in changes.items() if name in ADDRESS}
    assert all(became[name] == value for name, value in one.items() if value)
    assert not any(name in ADDRESS for name in site_changes(became, other))

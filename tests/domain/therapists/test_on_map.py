"""What the map reads of therapists: all of them in pages, those who changed, those a text finds."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.preparing import create_and_send
from domain.database import Database
from domain.therapists.models import Therapist
from domain.therapists.on_map import ids_with_text, map_contacts, map_page, map_places, offer_bits
from domain.values import Channel
from tests.builders import add_search, add_therapist
from tests.conftest import NOW


def _states(session: Session) -> dict[int, str]:
    return {place.therapist_id: place.state for place in map_page(session, after=0, now=NOW).places}


def test_all_come_in_pages_by_id_and_the_placeless_are_counted(database: Database) -> None:
    """Nobody twice, nobody left out; who has no coordinate is told as a number."""
    with database.write() as session:
        ids = [add_therapist(session, place=None if n == 3 else (50.7 + n / 100, 6.1)) for n in range(7)]
        seen, placeless, after = [], 0, 0
        while True:
            page = map_page(session, after=after, now=NOW, limit=3)
            seen += [place.therapist_id for place in page.places]
            placeless += page.placeless
            if page.last is None:
                break
            after = page.last
    assert seen == [number for n, number in enumerate(ids) if n != 3]
    assert placeless == 1


def test_the_state_says_why_somebody_may_not_be_asked(database: Database) -> None:
    """Status before an open inquiry before the contact period before "no places"."""
    with database.write() as session:
        free = add_therapist(session)
        full = add_therapist(session, capacity="list_closed")
        blocked = add_therapist(session, status="blocked", blocked_reason="Beschwerde", capacity="full")
        over = add_therapist(session, status="blocked", blocked_reason="Urlaub", blocked_until=NOW.date())
        asked, cooling, cooled = (add_therapist(session) for _ in range(3))
        create_and_send(session, therapist_id=asked, search_ids=[add_search(session)], channel=Channel.EMAIL, now=NOW)
        for number, days in ((cooling, 3), (cooled, -3)):
            point = session.get_one(Therapist, number).contact_point_id
            session.execute(
                text(
                    "INSERT INTO matching_service.cooling_period (contact_point_id, cause, starts_at, ends_at)"
                    " VALUES (:point, 'wish', :starts, :ends)"
                ),
                {"point": point, "starts": NOW - timedelta(days=20), "ends": NOW + timedelta(days=days)},
            )
        states = _states(session)
    assert states == {
        free: "available", full: "full", blocked: "blocked", over: "available", asked: "open_inquiry",
        cooling: "cooling", cooled: "available",
    }  # fmt: skip


def test_what_changed_is_read_alone(database: Database) -> None:
    """An inquiry names all whom its contact point reaches; who lost the place or is unknown comes as None."""
    with database.write() as session:
        one = add_therapist(session)
        point = session.get_one(Therapist, one).contact_point_id
        colleague = add_therapist(session, contact_point_id=point)
        elsewhere, placeless = add_therapist(session), add_therapist(session, place=None)
        create_and_send(session, therapist_id=one, search_ids=[add_search(session)], channel=Channel.EMAIL, now=NOW)
        inquiry = session.scalar(text("SELECT id FROM matching_service.inquiry"))
        found = map_places(session, therapists=[elsewhere, placeless, 999_999], inquiries=[inquiry], now=NOW)
    assert {number: place and place.state for number, place in found.items()} == {
        one: "open_inquiry", colleague: "open_inquiry", elsewhere: "available", placeless: None, 999_999: None,
    }  # fmt: skip


@pytest.mark.parametrize("words", ["müßig", "muessig", "MUESSIG aachen", "5206 müß", "praxis müß"])
def test_a_text_finds_name_practice_and_place_however_it_is_spelled(database: Database, words: str) -> None:
    """Every word must occur, umlauts either way, parts are enough."""
    with database.write() as session:
        wanted = add_therapist(session, last_name="Müßig")
        add_therapist(session, last_name="Sommer")
        assert ids_with_text(session, words) == {wanted}


@pytest.mark.parametrize("words", ["100%", "_", "\\"])
def test_signs_of_patterns_are_signs(database: Database, words: str) -> None:
    """Percent and underscore find themselves, not everything."""
    with database.write() as session:
        add_therapist(session)
        assert ids_with_text(session, words) == frozenset()


def test_offer_bits_are_those_of_the_database(database: Database) -> None:
    """One layout: what Python asks for is what the generated column holds."""
    with database.write() as session:
        number = add_therapist(session, offers=["systemic:child_youth:group"])
        mask = session.get_one(Therapist, number).offer_mask
    assert mask == offer_bits(method="systemic", age_group="child_youth", setting="group")
    assert mask & offer_bits(setting="group")
    assert not mask & offer_bits(age_group="adult")


def test_contacts_of_a_list(database: Database) -> None:
    """Name as on a letter, address, phone and mail."""
    with database.write() as session:
        number = add_therapist(session, title="Dr.", first_name="Ina", last_name="Müßig")
        contact = map_contacts(session, [number, 999_999])[number]
    assert (contact.name, contact.city, contact.phone) == ("Dr. Ina Müßig", "Aachen", "+492411234567")

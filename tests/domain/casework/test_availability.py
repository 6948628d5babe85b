"""A therapist who may not be asked any more: what still waits is stopped, what has left stays open."""

from datetime import date, datetime

import pytest

from domain.casework.availability import Consequences, change_status, consequences
from domain.casework.history import therapist_history
from domain.casework.preparing import create_and_send
from domain.casework.sending import mark_sent
from domain.communication.calls import plan_call
from domain.communication.contacts import open_calls
from domain.database import Database
from domain.errors import Conflict, Invalid
from domain.matching.models import Inquiry
from domain.paging import ListQuery
from domain.therapists.queries import list_therapists
from domain.values import Channel
from tests.builders import add_search, add_therapist


@pytest.mark.parametrize("status", ["blocked", "opted_out", "inactive"])
def test_what_still_waits_is_stopped(database: Database, now: datetime, status: str) -> None:
    """The mail in the outbox is not sent, the planned call not made; both were announced."""
    with database.write() as session:
        therapist = add_therapist(session)
        made = create_and_send(
            session, therapist_id=therapist, search_ids=[add_search(session)], channel=Channel.EMAIL, now=now
        )
        plan_call(session, therapist, now=now)
        session.flush()
        assert consequences(session, therapist) == Consequences(unsent=1, sent=0, calls=1)
        change_status(session, therapist, status, now=now, reason="zieht weg")
    with database.read() as session:
        assert session.get_one(Inquiry, made).stage == "cancelled"
        assert open_calls(session, therapist) == ()
        assert consequences(session, therapist) == Consequences(unsent=0, sent=0, calls=0)


def test_an_inquiry_the_practice_has_stays_open(database: Database, now: datetime) -> None:
    """Its answer may still come."""
    with database.write() as session:
        therapist = add_therapist(session)
        made = create_and_send(
            session, therapist_id=therapist, search_ids=[add_search(session)], channel=Channel.EMAIL, now=now
        )
        mark_sent(session, made, now=now)
        session.flush()
        assert consequences(session, therapist).sent == 1
        change_status(session, therapist, "opted_out", now=now)
    with database.read() as session:
        assert session.get_one(Inquiry, made).stage == "sent"


def test_who_opted_out_comes_back_on_their_own_word_only(database: Database, now: datetime) -> None:
    """The word is kept in the history; without it nothing changes, and a block needs its reason too."""
    with database.write() as session:
        therapist = add_therapist(session)
        with pytest.raises(Invalid):
            change_status(session, therapist, "blocked", now=now)
        change_status(session, therapist, "opted_out", now=now)
        with pytest.raises(Conflict):
            change_status(session, therapist, "active", now=now)
        change_status(session, therapist, "active", now=now, reason="hat angerufen")
    with database.read() as session:
        assert [entry.body for entry in therapist_history(session, therapist)] == ["hat angerufen"]


def test_a_block_ends_on_its_day_in_the_list_too(database: Database, now: datetime) -> None:
    """Until the day before the list says blocked, then the therapist may be asked as matching says already."""
    with database.write() as session:
        for until in (date(2026, 11, 23), date(2026, 11, 24)):
            therapist = add_therapist(session, last_name=f"Bis{until.day}")
            change_status(session, therapist, "blocked", now=now, reason="Urlaub", until=until)
    with database.read() as session:
        rows = list_therapists(session, ListQuery(), now=now).rows
    assert {row.name: row.contact for row in rows} == {"Bis23, Ina": "available", "Bis24, Ina": "blocked"}

"""Contacts entered by hand: notes for good, calls with what follows from their result."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from domain.casework.history import therapist_history
from domain.communication.calls import cancel_call, plan_call
from domain.communication.contacts import (
    CallResult,
    ContactNote,
    note_contact,
    open_calls,
    record_call,
    record_result,
)
from domain.communication.models import PhoneCall
from domain.communication.states import RESULTS, UNREACHED, CallStatus
from domain.database import Database
from domain.errors import Conflict, Forbidden, Invalid
from tests.builders import add_therapist

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_note_says_who_wrote_it_and_whom_they_spoke_with(database: Database, now: datetime) -> None:
    """The history of the therapist holds both, the words, and the time of the contact itself."""
    with database.write() as session:
        therapist = add_therapist(session)
        note = ContactNote(now - timedelta(days=2), "visit", "in", " Frau Blum ", " Praxis zieht um ")
        note_contact(session, therapist, note, now=now)
    with database.read() as session:
        (entry,) = therapist_history(session, therapist)
    assert (entry.at, entry.channel, entry.direction) == (now - timedelta(days=2), "visit", "in")
    assert (entry.person, entry.counterpart, entry.body) == ("Jana Brand", "Frau Blum", "Praxis zieht um")


@pytest.mark.parametrize(("body", "days", "code"), [(" ", 0, "contact.body_missing"), ("da", 1, "contact.in_future")])
def test_a_note_needs_words_and_a_past(database: Database, now: datetime, body: str, days: int, code: str) -> None:
    """Nothing is written otherwise."""
    note = ContactNote(now + timedelta(days=days), "phone", "out", "", body)
    with database.write() as session:
        therapist = add_therapist(session)
        with pytest.raises(Invalid) as refused:
            note_contact(session, therapist, note, now=now)
    assert refused.value.code == code
    with database.read() as session:
        assert therapist_history(session, therapist) == ()


def test_nobody_changes_a_note(database: Database, now: datetime) -> None:
    """What was noted stays noted, whoever asks."""
    with database.write() as session:
        note_contact(session, add_therapist(session), ContactNote(now, "note", "none", "", "Wort"), now=now)
    with pytest.raises(Forbidden), database.write() as session:
        session.execute(text("UPDATE communication_service.contact_entry SET body = 'anders'"))


@pytest.mark.parametrize("status", RESULTS)
def test_what_follows_from_a_call(database: Database, now: datetime, status: CallStatus) -> None:
    """Nobody reached: a second attempt is planned; a wrong number or a talk: nothing is."""
    with database.write() as session:
        therapist = add_therapist(session)
        following = record_call(session, therapist, CallResult(status, outcome="Wort"), now=now)
    again = status in UNREACHED and status is not CallStatus.WRONG_NUMBER
    with database.read() as session:
        planned = open_calls(session, therapist)
        assert [call.call_id for call in planned] == ([following] if again else [])
        assert [call.attempt for call in planned] == ([2] if again else [])
        assert therapist_history(session, therapist)[0].kind == status


def test_a_callback_is_planned_in_the_phone_hours_of_its_day(database: Database, now: datetime) -> None:
    """The practice said Thursday: the call stands on Thursday."""
    with database.write() as session:
        therapist = add_therapist(session)
        call = plan_call(session, therapist, now=now)
        record_result(session, call, CallResult(CallStatus.REACHED, callback_on=date(2026, 11, 26)), now=now)
    with database.read() as session:
        (planned,) = open_calls(session, therapist)
        assert session.get_one(PhoneCall, call).status == CallStatus.CALLBACK_DUE
    assert planned.planned_at.astimezone(BERLIN).date() == date(2026, 11, 26)
    assert planned.planned_at.astimezone(BERLIN).hour == 9


def test_two_people_entering_one_call_make_one_entry(
    database: Database, second_database: Database, now: datetime
) -> None:
    """The second is told, and nothing is written twice."""
    with database.write() as session:
        therapist = add_therapist(session)
        plan_call(session, therapist, now=now)
    with database.read() as session:
        (call,) = open_calls(session, therapist)
    result = CallResult(CallStatus.REACHED)
    with second_database.write() as session:
        record_result(session, call.call_id, result, now=now, version=call.version)
    with pytest.raises(Conflict), database.write() as session:
        record_result(session, call.call_id, result, now=now, version=call.version)
    with database.read() as session:
        assert len(therapist_history(session, therapist)) == 1


def test_a_cancelled_call_keeps_its_reason_and_is_no_longer_due(database: Database, now: datetime) -> None:
    """It leaves the list of calls to be made; a callback in the past is refused."""
    with database.write() as session:
        therapist = add_therapist(session)
        call = plan_call(session, therapist, now=now)
        with pytest.raises(Invalid):
            record_result(session, call, CallResult(CallStatus.REACHED, callback_on=date(2026, 11, 1)), now=now)
        cancel_call(session, call, reason="schon geklärt")
    with database.read() as session:
        assert open_calls(session, therapist) == ()
        assert session.scalars(select(PhoneCall.cancel_reason)).one() == "schon geklärt"

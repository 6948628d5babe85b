"""Phoning about an inquiry: what each result means for the call, the inquiry, and the next call."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.casework.calling import begin_call, call_again, finish_call
from domain.casework.clocks import tick
from domain.communication.contacts import CallResult
from domain.communication.queries import last_call_of
from domain.communication.states import CallStatus
from domain.database import Database
from domain.errors import Conflict, Invalid
from domain.therapists.models import Therapist
from domain.values import Channel
from tests.builders import add_search
from tests.domain.casework.steps import ask, calls, state

C = CallStatus


def test_reached_the_inquiry_counts_as_sent(database: Database, now: datetime) -> None:
    """Dialled or noted afterwards; the note is in the history of the call."""
    with database.write() as session:
        for dialled in (True, False):
            inquiry = ask(session, add_search(session), now=now, channel=Channel.PHONE)
            call = last_call_of(session, inquiry.id)
            assert call is not None
            if dialled:
                begin_call(session, call.call_id, now=now, version=call.version)
            later = now + timedelta(minutes=4)
            assert (
                finish_call(session, call.call_id, CallResult(C.REACHED, outcome=" nimmt es mit "), now=later) is None
            )
            assert (state(session, inquiry), inquiry.sent_at) == ("sent", later)
            (row,) = calls(session, inquiry)
            assert (row.status, row.outcome) == ("reached", "nimmt es mit")


@pytest.mark.parametrize("result", [C.NO_ANSWER, C.BUSY, C.VOICEMAIL_LEFT])
def test_unreached_another_window_is_planned(database: Database, now: datetime, result: CallStatus) -> None:
    """The inquiry is still to be made, and the counter tells which attempt it is."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now, channel=Channel.PHONE)
        (first,) = calls(session, inquiry)
        following = finish_call(session, first.id, CallResult(result), now=now)
        before, after = calls(session, inquiry)
        assert (before.status, after.id, after.status, after.attempt) == ("replanned", following, "planned", 2)
        assert after.planned_at > now + timedelta(hours=1)
        assert state(session, inquiry) == "approved"


def test_a_wrong_number_waits_until_it_is_mended(database: Database, now: datetime) -> None:
    """Nothing is planned by itself; with the right number a person plans it anew."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now, channel=Channel.PHONE)
        (call,) = calls(session, inquiry)
        assert finish_call(session, call.id, CallResult(C.WRONG_NUMBER), now=now) is None
        session.get_one(Therapist, inquiry.therapist_id).phone = "+492417654321"
        session.flush()
        call_again(session, call.id, now=now)
        found = last_call_of(session, inquiry.id)
        assert found is not None
        assert (found.status, found.phone, found.attempt) == (C.PLANNED, "+492417654321", 2)


def test_a_callback_is_a_call_on_that_day(database: Database, now: datetime) -> None:
    """Reached counts as asked; the next call is not before the day agreed, and never in the past."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now, channel=Channel.PHONE)
        (call,) = calls(session, inquiry)
        with pytest.raises(Invalid, match="callback_past"):
            finish_call(session, call.id, CallResult(C.REACHED, callback_on=date(2026, 11, 22)), now=now)
        finish_call(session, call.id, CallResult(C.REACHED, callback_on=date(2026, 12, 8)), now=now)
        before, after = calls(session, inquiry)
        assert (before.status, before.callback_on) == ("callback_due", date(2026, 12, 8))
        assert (after.status, after.planned_at.date()) == ("planned", date(2026, 12, 8))
        assert state(session, inquiry) == "sent"


def test_no_state_is_skipped(database: Database, now: datetime) -> None:
    """A planned call is no result, and an ended one has its result already."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now, channel=Channel.PHONE)
        (call,) = calls(session, inquiry)
        with pytest.raises(Invalid, match="not_a_result"):
            finish_call(session, call.id, CallResult(C.CANCELLED), now=now)
        finish_call(session, call.id, CallResult(C.REACHED), now=now)
        with pytest.raises(Conflict, match=r"phone_call\.transition"):
            finish_call(session, call.id, CallResult(C.NO_ANSWER), now=now)


def test_a_call_nobody_made_is_planned_again(database: Database, worker_database: Database, now: datetime) -> None:
    """The worker sees to it the next day: no inquiry waits for ever behind a missed call."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now, channel=Channel.PHONE).id
        planned = last_call_of(session, inquiry)
        assert planned is not None
    the_day_after = datetime.combine(planned.planned_at.date() + timedelta(days=1), datetime.min.time(), UTC)
    with worker_database.write() as session:
        assert tick(session, now=the_day_after + timedelta(hours=5)).missed_calls == (planned.call_id,)
    with database.read() as session:
        call = last_call_of(session, inquiry)
        assert call is not None
        assert (call.status, call.attempt, call.person) == (C.PLANNED, 1, "Jana Brand")  # nobody tried
        assert call.planned_at > the_day_after

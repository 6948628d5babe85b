"""Results of calls taken back, more than once: the inquiry, the minutes and the evidence say what stands at the end."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from domain.casework import calling
from domain.casework.call_corrections import take_back_result
from domain.casework.evidence import assemble
from domain.communication.contacts import CallResult
from domain.communication.models import PhoneCall
from domain.communication.states import RESULTS, CallStatus
from domain.database import Database
from domain.matching.models import Inquiry, PlaceSearch
from domain.values import Channel
from domain.weektime import BERLIN
from tests.builders import add_search, add_therapist
from tests.domain.casework.steps import ask, calls, state
from tests.examples import examples

C = CallStatus
TEN = datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)


def by_phone(session: Session) -> tuple[int, Inquiry, PhoneCall]:
    """A patient, the inquiry to be made by phone, its call."""
    search = add_search(session)
    inquiry = ask(session, search, now=TEN, channel=Channel.PHONE, therapist=add_therapist(session))
    return session.get_one(PlaceSearch, search).patient_id, inquiry, calls(session, inquiry)[-1]


def steps_of(session: Session, patient: int) -> list[str]:
    """The contacts an evidence made now would tell."""
    return [step.kind for attempt in assemble(session, patient, today=TEN.date()).attempts for step in attempt.steps]


def test_a_result_taken_back_twice_unsends_twice(database: Database) -> None:
    """Reached, taken back, reached, taken back: the inquiry is still to be made; reached once more it is made."""
    with database.write() as session:
        patient, inquiry, call = by_phone(session)
        calling.begin_call(session, call.id, now=TEN)
        for minute in (0, 10, 20):
            moment = TEN + timedelta(minutes=minute)
            calling.finish_call(session, call.id, CallResult(C.REACHED), now=moment)
            session.flush()
            assert (state(session, inquiry), inquiry.sent_at) == ("sent", moment)
            assert steps_of(session, patient) == ["reached", "inquiry"]
            if minute < 20:
                take_back_result(session, call.id, now=moment + timedelta(minutes=5))
                session.flush()
                assert (state(session, inquiry), inquiry.sent_at) == ("approved", None)
                assert steps_of(session, patient) == []
        assert call.ended_at == TEN  # the minutes are those of the call


def test_undoing_what_was_only_noted_invents_no_call(database: Database) -> None:
    """Nobody dialled here: the call is to be made as before, also in who is on the phone already."""
    with database.write() as session:
        _, inquiry, call = by_phone(session)
        planned_at = call.planned_at
        calling.finish_call(session, call.id, CallResult(C.REACHED, callback_on=date(2026, 12, 7)), now=TEN)
        session.flush()
        take_back_result(session, call.id, now=TEN + timedelta(minutes=1))
        session.flush()
        assert (call.status, call.started_at, call.ended_at) == ("planned", None, None)
        assert (call.planned_at, state(session, inquiry)) == (planned_at, "approved")
        assert [c.status for c in calls(session, inquiry)[1:]] == ["cancelled"]


@settings(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(RESULTS), min_size=1, max_size=5))
def test_what_stands_is_the_last_result(database: Database, results: list[CallStatus]) -> None:
    """However often it is corrected: the inquiry is made if the last one says so; the evidence tells it alone."""
    with database.write() as session:
        patient, inquiry, call = by_phone(session)
        for number, result in enumerate(results):
            if number:
                take_back_result(session, call.id, now=TEN + timedelta(minutes=2 * number - 1))
                session.flush()
            calling.finish_call(session, call.id, CallResult(result), now=TEN + timedelta(minutes=2 * number))
            session.flush()
        reached = results[-1] is C.REACHED
        assert state(session, inquiry) == ("sent" if reached else "approved")
        assert steps_of(session, patient) == [results[-1].value, *(["inquiry"] if reached else [])]


@pytest.mark.parametrize("wrong", [C.REACHED, C.BUSY])
def test_a_practice_that_called_back_stays_in_the_evidence(database: Database, wrong: CallStatus) -> None:
    """The result entered for its call was wrong; that the practice had called was not."""
    with database.write() as session:
        patient, _, call = by_phone(session)
        calling.note_phone_tag(session, call.id, now=TEN - timedelta(hours=1))
        session.flush()
        calling.finish_call(session, call.id, CallResult(wrong), now=TEN)
        session.flush()
        take_back_result(session, call.id, now=TEN + timedelta(minutes=1))
        session.flush()
        calling.finish_call(session, call.id, CallResult(C.VOICEMAIL_LEFT), now=TEN + timedelta(minutes=2))
        session.flush()
        assert steps_of(session, patient) == ["phone_tag", "voicemail_left"]

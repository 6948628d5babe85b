"""Answers entered by hand or after a call are taken back for a day, and leave everything as it was before."""

from datetime import datetime, timedelta

import pytest

from domain.casework import reminding
from domain.casework.answers import Decision, record_answer
from domain.casework.calling import begin_call, finish_with_answers
from domain.casework.entered_answers import take_back_entered, to_take_back
from domain.casework.history import inquiry_history
from domain.casework.placements import start_trial_sessions
from domain.communication.contacts import CallResult
from domain.communication.states import CallStatus
from domain.database import Database
from domain.errors import Conflict
from domain.matching.searches import pause_search
from domain.matching.states import ItemStatus
from domain.values import Channel
from tests.builders import add_search
from tests.domain.casework.steps import ask, calls, items, only_item, state
from tests.domain.casework.taken_back import confirmed, sent, standing, wrote

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
YES, NO = ItemStatus.ACCEPTED, ItemStatus.REJECTION_CAPACITY


@pytest.mark.parametrize("answer", [YES, NO, ItemStatus.NEEDS_INFO])
def test_an_answer_entered_by_hand_is_taken_back(database: Database, now: datetime, answer: ItemStatus) -> None:
    """The reminder that waited, the pause and the other practice are as before; both stand in the history."""
    with database.write() as session:
        search = add_search(session)
        inquiry, other = sent(session, search, now=now), ask(session, search, now=now, channel=Channel.EMAIL)
        reminding.remind(session, inquiry.id, now=now + HOUR, delay=72 * HOUR)
        pause_search(session, search, until=(now + 9 * DAY).date(), reason="Klinik", now=now)
        before = standing(session)
        record_answer(session, only_item(session, inquiry).id, answer, now=now + DAY, channel=Channel.LETTER)
        session.flush()
        item = only_item(session, inquiry).id
        assert to_take_back(session, inquiry.id, now=now + DAY) == {item: 1}
        found = take_back_entered(session, item, now=now + DAY + HOUR)
        assert standing(session) == before
        assert (found.told, found.ended, found.back.kept) == (0, 0, ())
        assert [entry.kind for entry in inquiry_history(session, inquiry.id)][:2] == ["answer_taken_back", answer.value]
        assert to_take_back(session, inquiry.id, now=now + DAY + HOUR) == {}
        assert other.closed_at is None


def test_answers_of_a_call_go_back_together_and_the_call_stays(database: Database, now: datetime) -> None:
    """What was said of two people in one talk; that there was one stays noted, and the inquiry waits."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), add_search(session), now=now, channel=Channel.PHONE)
        (call,) = calls(session, inquiry)
        begin_call(session, call.id, now=now)
        session.flush()
        decisions = [Decision(item.id, NO) for item in items(session, inquiry)]
        finish_with_answers(session, call.id, CallResult(CallStatus.REACHED), decisions, now=now + HOUR)
        assert state(session, inquiry) == "answered"
        first, second = (item.id for item in items(session, inquiry))
        assert to_take_back(session, inquiry.id, now=now + HOUR) == {first: 2, second: 2}
        take_back_entered(session, second, now=now + 2 * HOUR)
        assert state(session, inquiry) == "sent"
        assert [item.status for item in items(session, inquiry)] == ["pending", "pending"]
        assert call.status == "reached"


def test_whose_and_which_answers_are_not_offered(database: Database, second_database: Database, now: datetime) -> None:
    """A colleague's, yesterday's, one with a next step, and one of a mail, which Post takes back with it."""
    with database.write() as session:
        inquiry = sent(session, add_search(session), now=now)
        record_answer(session, only_item(session, inquiry).id, YES, now=now + HOUR)
        number, item = inquiry.id, only_item(session, inquiry).id
        mailed = sent(session, add_search(session), now=now)
        confirmed(session, wrote(session, mailed, now=now + HOUR), mailed, [NO], now=now + HOUR)
        assert to_take_back(session, mailed.id, now=now + HOUR) == {}
        assert to_take_back(session, number, now=now + HOUR) == {item: 1}
        assert to_take_back(session, number, now=now + DAY) == {}
    with second_database.read() as session:
        assert to_take_back(session, number, now=now + HOUR) == {}
    with pytest.raises(Conflict), second_database.write() as session:
        take_back_entered(session, item, now=now + HOUR)
    with database.write() as session:
        start_trial_sessions(session, item, now=now + 2 * HOUR)
        session.flush()
        assert to_take_back(session, number, now=now + 2 * HOUR) == {}
    with pytest.raises(Conflict), database.write() as session:
        take_back_entered(session, item, now=now + 2 * HOUR)

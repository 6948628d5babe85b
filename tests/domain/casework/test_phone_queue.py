"""The day's calls: whom one reaches now comes first, and what a call brings is written in one step."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from domain.casework import calling, reminding
from domain.casework.agenda import TaskKind, agenda
from domain.casework.answers import Decision
from domain.casework.call_minutes import minutes_today
from domain.casework.phone_queue import Reach, next_call, phone_queue
from domain.communication.contacts import CallResult
from domain.communication.models import PhoneCall
from domain.communication.phone_windows import published_minutes, untried
from domain.communication.reachability import FIRST, reachability
from domain.communication.states import CallStatus
from domain.database import Database
from domain.errors import Conflict
from domain.matching.models import Inquiry
from domain.matching.states import ItemStatus
from domain.values import MINUTES_PER_DAY, Channel, WeekSpan
from domain.weektime import BERLIN
from tests.builders import add_search, add_therapist
from tests.domain.casework.steps import ask, calls, items, only_item, state

MONDAY_TEN = datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)


def window(day: int, start: int, end: int) -> WeekSpan:
    """A phone window; day 0 is Monday, times in full hours."""
    return WeekSpan(day * MINUTES_PER_DAY + start * 60, day * MINUTES_PER_DAY + end * 60)


def call_to(session: Session, *windows: WeekSpan, patients: int = 1, now: datetime = MONDAY_TEN) -> Inquiry:
    """An inquiry by phone to a practice with these phone windows."""
    therapist = add_therapist(session, phone_hours=windows)
    searches = [add_search(session) for _ in range(patients)]
    return ask(session, *searches, now=now, channel=Channel.PHONE, therapist=therapist)


def test_whom_one_reaches_now_comes_first(database: Database) -> None:
    """Then by the end of the window, then by value; what opens tomorrow comes after, next week last."""
    with database.write() as session:
        early = MONDAY_TEN - timedelta(hours=1, minutes=30)
        long = call_to(session, window(0, 9, 12), now=early)
        many = call_to(session, window(0, 9, 11), patients=3, now=early)
        few = call_to(session, window(0, 9, 11), now=early)
        tomorrow = call_to(session, window(1, 9, 10), now=early)
        friday = call_to(session, window(4, 9, 10), now=early)
        found = phone_queue(session, now=MONDAY_TEN)
    assert [call.inquiry_id for call in found] == [many.id, few.id, long.id, tomorrow.id, friday.id]
    assert [call.reach for call in found] == [Reach.NOW] * 3 + [Reach.NEXT, Reach.LATER]


def test_a_practice_that_called_back_comes_first(database: Database) -> None:
    """Phone tag: they tried to reach us, so that somebody is there, though their hours are on Thursday."""
    with database.write() as session:
        early = MONDAY_TEN - timedelta(hours=1, minutes=30)
        call_to(session, window(0, 9, 11), patients=3, now=early)
        tagged = call_to(session, window(3, 9, 12), now=early)
        calling.note_phone_tag(session, calls(session, tagged)[0].id, now=early)
        first = phone_queue(session, now=MONDAY_TEN)[0]
        assert (first.inquiry_id, first.reach) == (tagged.id, Reach.NOW)
        # from the next day on within their hours: nobody is there at nine in the evening
        for days, hour, reach in ((2, 21, Reach.NEXT), (3, 10, Reach.NOW)):
            later = (MONDAY_TEN + timedelta(days=days)).replace(hour=hour)
            found = {call.inquiry_id: call.reach for call in phone_queue(session, now=later)}
            assert found[tagged.id] is reach


def test_a_callback_is_not_made_before_its_day(database: Database) -> None:
    """Agreed for Wednesday, it does not show as reachable on Monday."""
    with database.write() as session:
        inquiry = call_to(session, window(0, 9, 12), window(2, 9, 12), now=MONDAY_TEN - timedelta(hours=2))
        (call,) = calls(session, inquiry)
        wednesday = (MONDAY_TEN + timedelta(days=2)).date()
        calling.finish_call(
            session, call.id, CallResult(CallStatus.REACHED, callback_on=wednesday), now=MONDAY_TEN - timedelta(hours=1)
        )
        (queued,) = phone_queue(session, now=MONDAY_TEN)
        assert queued.reach is Reach.LATER


def test_reached_writes_call_and_answers_together(database: Database) -> None:
    """One patient waitlisted, one refused; a version that is no longer true writes nothing at all."""
    with database.write() as session:
        inquiry = call_to(session, window(0, 9, 12), patients=2, now=MONDAY_TEN - timedelta(hours=2))
        (call,) = calls(session, inquiry)
        calling.begin_call(session, call.id, now=MONDAY_TEN)
        first, second = items(session, inquiry)
        answers = [
            Decision(first.id, ItemStatus.WAITLISTED, (MONDAY_TEN + timedelta(days=90)).date(), first.version),
            Decision(second.id, ItemStatus.REJECTION_CAPACITY, None, second.version + 7),
        ]
        later = MONDAY_TEN + timedelta(minutes=4)
        with pytest.raises(Conflict), session.begin_nested():
            calling.finish_with_answers(session, call.id, CallResult(CallStatus.REACHED), answers, now=later)
        session.refresh(call)
        assert (call.status, state(session, inquiry)) == ("in_progress", "approved")
        answers[1] = Decision(second.id, ItemStatus.REJECTION_CAPACITY, None, second.version)
        calling.finish_with_answers(session, call.id, CallResult(CallStatus.REACHED), answers, now=later)
        assert [first.status, second.status] == ["waitlisted", "rejection_capacity"]
        assert state(session, inquiry) == "answered"
        assert minutes_today(session, now=later) == 4


def test_an_unreached_call_goes_to_another_window(database: Database) -> None:
    """Not into the weekday that was tried in vain, as long as there is another one."""
    with database.write() as session:
        inquiry = call_to(session, window(0, 9, 12), window(3, 14, 15), now=MONDAY_TEN - timedelta(hours=2))
        for day, weekday in ((0, 3), (3, 0)):
            call = calls(session, inquiry)[-1]
            now = MONDAY_TEN + timedelta(days=day, hours=4 if day else 0, minutes=10)
            calling.finish_call(session, call.id, CallResult(CallStatus.NO_ANSWER), now=now)
            session.flush()
            assert calls(session, inquiry)[-1].planned_at.astimezone(BERLIN).weekday() == weekday


def test_the_office_learns_when_somebody_answers(database: Database) -> None:
    """Ten calls on Mondays at ten in vain make that hour less likely than another one."""
    with database.write() as session:
        therapist = add_therapist(session)
        for week in range(1, 11):
            started = MONDAY_TEN - timedelta(weeks=week)
            session.add(
                PhoneCall(
                    therapist_id=therapist, planned_at=started, started_at=started,
                    ended_at=started + timedelta(minutes=1), status="no_answer",
                )
            )  # fmt: skip
        other = add_therapist(session)
        session.flush()
        learned = reachability(session, [therapist, other], now=MONDAY_TEN)
    assert learned[other].at(MONDAY_TEN) < FIRST / 2
    assert learned[other].at(MONDAY_TEN + timedelta(hours=5)) == pytest.approx(FIRST)
    assert learned[therapist].at(MONDAY_TEN) < learned[other].at(MONDAY_TEN)


def test_a_mail_inquiry_is_followed_up_by_phone_more_than_once(database: Database) -> None:
    """The reminder counts, the call is planned once, and it says what was asked for."""
    with database.write() as session:
        therapist = add_therapist(session, phone_hours=(window(1, 9, 10),))
        inquiry = ask(session, add_search(session), now=MONDAY_TEN, channel=Channel.LETTER, therapist=therapist)
        for hour in (0, 1):
            reminding.remind(session, inquiry.id, now=MONDAY_TEN + timedelta(weeks=1, hours=hour), by_phone=True)
        assert inquiry.reminders == 2
        (call,) = calls(session, inquiry)
        script = calling.script_of(session, call.id, today=MONDAY_TEN.date())
        assert f"PL-{inquiry.reference}" in script
        assert only_item(session, inquiry).reference_code in script
        assert "Berger" not in script


def test_the_next_call_is_mine_and_reachable(database: Database, second_database: Database) -> None:
    """A colleague's call is theirs until somebody takes it over."""
    early = MONDAY_TEN - timedelta(hours=2)
    with second_database.write() as session:
        theirs = call_to(session, window(0, 9, 12), now=early)
        number = calls(session, theirs)[0].id
    with database.write() as session:
        assert next_call(phone_queue(session, now=MONDAY_TEN), after=0) is None
        calling.take_over(session, number, now=MONDAY_TEN)
        following = next_call(phone_queue(session, now=MONDAY_TEN), after=0)
        assert following is not None
        assert following.call_id == number


def test_duty_minutes_and_untried_windows() -> None:
    """Spans below 25 minutes are no unit; once every window was tried all count again."""
    spans = (window(0, 9, 10), WeekSpan(600, 620), window(2, 14, 15))
    assert published_minutes(spans) == 120
    assert untried([spans[0], spans[2]], [MONDAY_TEN - timedelta(minutes=30)]) == [spans[2]]
    tried = [MONDAY_TEN - timedelta(minutes=30), MONDAY_TEN + timedelta(days=2, hours=4, minutes=10)]
    assert untried([spans[0], spans[2]], tried) == [spans[0], spans[2]]


def test_heute_tells_whom_one_reaches_now(database: Database) -> None:
    """By when their window closes; who is reached later today stands among the calls, and nobody twice."""
    with database.write() as session:
        early = MONDAY_TEN - timedelta(hours=1, minutes=30)
        now, soon = call_to(session, window(0, 9, 11), now=early), call_to(session, window(0, 14, 15), now=early)
        found = [task for task in agenda(session, now=MONDAY_TEN).tasks if task.page == "phone"]
        (first,), (second,) = calls(session, now), calls(session, soon)
        assert [(task.kind, task.record_id) for task in found] == [
            (TaskKind.REACHABLE, first.id), (TaskKind.CALL_PLANNED, second.id),
        ]  # fmt: skip
        assert found[0].due == MONDAY_TEN.replace(hour=11)

"""What becomes of calls as days and weeks pass: callbacks agreed, calls nobody made, practices nobody ever reaches."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session

from domain.access import me
from domain.casework import calling, reminding
from domain.casework.agenda import TaskKind, agenda
from domain.casework.answers import record_answer
from domain.casework.call_corrections import take_back_result
from domain.casework.clocks import tick
from domain.casework.evidence import assemble
from domain.casework.phone_queue import CALLS_SHOWN, Reach, phone_queue
from domain.casework.sending import undo_sending
from domain.communication.contacts import CallResult, record_call
from domain.communication.evidence.facts import Outcome
from domain.communication.models import PhoneCall
from domain.communication.states import CallStatus
from domain.database import Database
from domain.errors import Conflict, Invalid
from domain.matching.listing import list_inquiries
from domain.matching.models import Inquiry
from domain.matching.states import ItemStatus
from domain.paging import ListQuery
from domain.therapists.models import Therapist
from domain.values import Channel, WeekSpan
from domain.weektime import BERLIN
from tests.builders import add_patient, add_search, add_therapist
from tests.domain.casework.steps import ask, calls, only_item, state

C = CallStatus
MONDAY_TEN = datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)
EARLY = MONDAY_TEN - timedelta(hours=3)
DAY = timedelta(days=1)
MORNINGS = tuple(WeekSpan(day * 1440 + 540, day * 1440 + 720) for day in range(5))


def by_phone(session: Session, search: int | None = None) -> Inquiry:
    """An inquiry to be made by phone, planned for Monday at nine."""
    therapist = add_therapist(session, phone_hours=MORNINGS)
    return ask(session, search or add_search(session), now=EARLY, channel=Channel.PHONE, therapist=therapist)


def newest(session: Session, inquiry: Inquiry) -> PhoneCall:
    """The newest call of an inquiry."""
    return calls(session, inquiry)[-1]


def in_vain(session: Session, inquiry: Inquiry, *, times: int) -> None:
    """So many calls nobody answered, each in the window it was planned for."""
    for _ in range(times):
        call = newest(session, inquiry)
        at = max(MONDAY_TEN, call.planned_at + timedelta(minutes=1))
        calling.finish_call(session, call.id, CallResult(C.NO_ANSWER), now=at)


def chased(session: Session, *, now: datetime) -> list[int]:
    """Whom one follows up, as Heute, the page Anfragen and a batch see it: the same."""
    session.flush()
    due = list(reminding.due_for_reminder(session, now=now))
    assert [t.record_id for t in agenda(session, now=now).tasks if t.kind is TaskKind.FOLLOW_UP] == due
    page = list_inquiries(session, ListQuery(filters={"chase": "1"}), now=now)
    assert sorted(row.inquiry_id for row in page.rows) == due
    return due


def test_who_asked_for_a_callback_is_not_silent(database: Database) -> None:
    """Seven weeks ahead: nobody reminds them, the call stays, and the days are counted from that one on."""
    after = datetime(2027, 1, 11, 10, 0, tzinfo=BERLIN)
    with database.write() as session:
        inquiry = by_phone(session)
        agreed = CallResult(C.REACHED, callback_on=after.date())
        calling.finish_call(session, newest(session, inquiry).id, agreed, now=MONDAY_TEN)
        assert chased(session, now=MONDAY_TEN + 8 * DAY) == []
        assert tick(session, now=MONDAY_TEN + 22 * DAY).expired_inquiries == ()
        assert (state(session, inquiry), newest(session, inquiry).status) == ("sent", "planned")
        calling.finish_call(session, newest(session, inquiry).id, CallResult(C.REACHED), now=after)
        assert chased(session, now=after + 6 * DAY) == []
        assert chased(session, now=after + 8 * DAY) == [inquiry.id]
        (row,) = list_inquiries(session, ListQuery(), now=after).rows
        assert row.expires_at is not None
        # their day counts to its end, as the office's clock has it
        assert row.expires_at == datetime(2027, 2, 2, tzinfo=BERLIN)
        assert tick(session, now=after + 20 * DAY).expired_inquiries == ()
        assert tick(session, now=after + 22 * DAY).expired_inquiries == (inquiry.id,)


def test_a_callback_taken_back_does_not_stop_the_clock(database: Database) -> None:
    """It was pressed by mistake: the practice is as silent as before."""
    with database.write() as session:
        inquiry = by_phone(session)
        calling.finish_call(session, newest(session, inquiry).id, CallResult(C.REACHED), now=MONDAY_TEN)
        reminding.remind(session, inquiry.id, now=MONDAY_TEN + DAY, by_phone=True)
        call = newest(session, inquiry)
        calling.begin_call(session, call.id, now=MONDAY_TEN + 2 * DAY)
        wrong = CallResult(C.REACHED, callback_on=date(2027, 1, 11))
        calling.finish_call(session, call.id, wrong, now=MONDAY_TEN + 2 * DAY)
        session.flush()
        calling_back = MONDAY_TEN + 2 * DAY + timedelta(minutes=5)
        take_back_result(session, call.id, now=calling_back)
        calling.finish_call(session, call.id, CallResult(C.NO_ANSWER), now=calling_back)
        assert tick(session, now=MONDAY_TEN + 22 * DAY).expired_inquiries == (inquiry.id,)


def test_who_is_about_to_be_called_is_not_chased(database: Database) -> None:
    """The call is the reminder; once it is over without an answer the days count again."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=EARLY, therapist=add_therapist(session, phone_hours=MORNINGS))
        week = EARLY + 8 * DAY
        assert chased(session, now=week) == [inquiry.id]
        call = reminding.remind(session, inquiry.id, now=EARLY + 2 * DAY, by_phone=True)
        session.get_one(PhoneCall, call).planned_at = EARLY + 10 * DAY
        assert chased(session, now=EARLY + 9 * DAY + timedelta(hours=1)) == []
        assert chased(session, now=EARLY + 10 * DAY + timedelta(hours=1)) == [inquiry.id]


def test_a_call_nobody_made_is_made_this_morning(database: Database) -> None:
    """The computer was off over night and starts at ten past nine: the window is open, and the call is in it."""
    with database.write() as session:
        inquiry = by_phone(session)
        calling.note_phone_tag(session, newest(session, inquiry).id, now=MONDAY_TEN)
        tuesday = datetime(2026, 11, 24, 9, 10, tzinfo=BERLIN)
        assert len(tick(session, now=tuesday).missed_calls) == 1
        session.flush()
        (queued,) = phone_queue(session, now=tuesday)
        assert (queued.reach, queued.phone_tag, queued.attempt) == (Reach.NOW, True, 1)
        calling.finish_call(session, queued.call_id, CallResult(C.NO_ANSWER), now=tuesday)
        session.flush()
        assert not newest(session, inquiry).phone_tag  # they were called back


def test_whoever_is_called_anyway_is_not_called_twice(database: Database) -> None:
    """A call in vain, entered at the practice, while the one about its inquiry is planned: that one is left."""
    with database.write() as session:
        inquiry = by_phone(session)
        assert record_call(session, inquiry.therapist_id, CallResult(C.NO_ANSWER), now=MONDAY_TEN) is None
        (queued,) = phone_queue(session, now=MONDAY_TEN)
        assert queued.inquiry_id == inquiry.id
        assert record_call(session, add_therapist(session), CallResult(C.NO_ANSWER), now=MONDAY_TEN) is not None


def test_a_callback_nobody_made_is_not_given_up_for_a_call_in_months(database: Database) -> None:
    """About nothing in particular, agreed for Monday; the practice is to be called again in spring, too."""
    with database.write() as session:
        therapist = add_therapist(session, phone_hours=MORNINGS)
        agreed = record_call(session, therapist, CallResult(C.REACHED, callback_on=MONDAY_TEN.date()), now=EARLY)
        session.add(PhoneCall(therapist_id=therapist, planned_at=MONDAY_TEN + 90 * DAY, person_id=me(session).id))
        session.flush()
        assert tick(session, now=MONDAY_TEN + DAY).missed_calls == (agreed,)
        session.flush()
        (queued,) = phone_queue(session, now=MONDAY_TEN + DAY)
        assert (queued.therapist_id, queued.inquiry_id) == (therapist, None)


def test_a_promised_time_that_passed_is_told_and_comes_first(database: Database) -> None:
    """Agreed for Monday at three; on Tuesday it is the first call, and whoever makes it knows."""
    three = MONDAY_TEN.replace(hour=15)
    tuesday = MONDAY_TEN + DAY
    with database.write() as session:
        promised, other = by_phone(session), by_phone(session)
        agreed = CallResult(C.REACHED, callback_on=three.date(), callback_at=time(15))
        calling.finish_call(session, newest(session, promised).id, agreed, now=MONDAY_TEN)
        session.flush()
        tick(session, now=tuesday)
        session.flush()
        first, second = phone_queue(session, now=tuesday)
        assert (first.inquiry_id, first.promised_at) == (promised.id, three)
        assert (second.inquiry_id, second.promised_at) == (other.id, None)
        for day in (1, 2):  # nor is it forgotten when nobody calls on Tuesday and on Wednesday
            tick(session, now=tuesday + day * DAY)
            session.flush()
        first, second = phone_queue(session, now=tuesday + 2 * DAY)
        assert (first.inquiry_id, first.promised_at, second.promised_at) == (promised.id, three, None)
        calling.finish_call(session, first.call_id, CallResult(C.NO_ANSWER), now=tuesday + 2 * DAY)
        session.flush()
        assert {call.promised_at for call in phone_queue(session, now=tuesday + 2 * DAY)} == {None}


def test_a_wrong_number_stays_wrong_when_one_plans_anew(database: Database) -> None:
    """Nothing mended: refused. With a mobile: that one is dialled. Pressed twice: one call."""
    with database.write() as session:
        inquiry = by_phone(session)
        call = newest(session, inquiry)
        calling.finish_call(session, call.id, CallResult(C.WRONG_NUMBER), now=MONDAY_TEN)
        session.flush()
        with pytest.raises(Invalid, match="no_number"):
            calling.call_again(session, call.id, now=MONDAY_TEN)
        session.get_one(Therapist, inquiry.therapist_id).mobile = "+491701234567"
        session.flush()
        calling.call_again(session, call.id, now=MONDAY_TEN)
        session.flush()
        with pytest.raises(Conflict, match="transition"):
            calling.call_again(session, call.id, now=MONDAY_TEN)
        (queued,) = phone_queue(session, now=MONDAY_TEN)
        assert queued.phone == "+491701234567"


def test_ones_own_calls_are_shown_however_many_others_have(database: Database, second_database: Database) -> None:
    """An office of ten has more calls in a week than the list shows."""
    with second_database.write() as session:
        therapist, tom = add_therapist(session, phone_hours=MORNINGS), me(session).id
        session.add_all(
            PhoneCall(therapist_id=therapist, planned_at=EARLY + timedelta(minutes=n), person_id=tom)
            for n in range(CALLS_SHOWN)
        )
    with database.write() as session:
        mine = newest(session, by_phone(session))
        mine.planned_at = EARLY + 6 * DAY
        session.flush()
        assert mine.id in {call.call_id for call in phone_queue(session, now=MONDAY_TEN)}


def test_whom_nobody_reaches_is_not_asked_for_ever(database: Database, worker_database: Database) -> None:
    """Called in vain over three weeks: it ends as a silent mail does, the practice rests; a late call back counts."""
    over = MONDAY_TEN + 21 * DAY
    with database.write() as session:
        patient = add_patient(session)
        inquiry = by_phone(session, add_search(session, patient))
        in_vain(session, inquiry, times=3)
        number = inquiry.id
    with worker_database.write() as session:
        assert tick(session, now=over - DAY).expired_inquiries == ()
        # three days of calls, and then the office called no more: that is no silence of the practice
        assert tick(session, now=over).expired_inquiries == ()
    with database.write() as session:
        waiting = newest(session, session.get_one(Inquiry, number))
        assert waiting.status == "planned"
        calling.finish_call(session, waiting.id, CallResult(C.NO_ANSWER), now=over)
    with worker_database.write() as session:
        assert tick(session, now=over).expired_inquiries == (number,)
    with database.write() as session:
        inquiry = session.get_one(Inquiry, number)
        assert (state(session, inquiry), only_item(session, inquiry).status) == ("expired", "no_response")
        assert (newest(session, inquiry).status, newest(session, inquiry).cancel_reason) == ("cancelled", "expired")
        found = assemble(session, patient, today=over.date())
        assert [(a.outcome, a.counts) for a in found.attempts] == [(Outcome.UNREACHED, True)]
        record_answer(session, only_item(session, inquiry).id, ItemStatus.ACCEPTED, now=over + DAY)
        assert state(session, inquiry) == "answered"


def test_who_may_still_be_reached_is_called_on(database: Database) -> None:
    """Two calls are too few to say that nobody is there; a call that is on, or one back from them, is no silence."""
    later = MONDAY_TEN + 20 * DAY
    with database.write() as session:
        few, talking, called_back = (by_phone(session) for _ in range(3))
        for inquiry, times in ((few, 2), (talking, 3), (called_back, 3)):
            in_vain(session, inquiry, times=times)
        calling.begin_call(session, newest(session, talking).id, now=later)
        calling.note_phone_tag(session, newest(session, called_back).id, now=later)
        assert tick(session, now=later + 2 * DAY).expired_inquiries == ()
        assert {state(session, inquiry) for inquiry in (few, talking, called_back)} == {"approved"}


def test_calls_in_vain_stay_in_the_evidence_when_one_gives_up(database: Database) -> None:
    """Taken back after five calls nobody answered: the insurer reads of five calls, and they count."""
    with database.write() as session:
        patient = add_patient(session)
        inquiry = by_phone(session, add_search(session, patient))
        in_vain(session, inquiry, times=5)
        undo_sending(session, inquiry.id, now=MONDAY_TEN + 9 * DAY)
        session.flush()
        (attempt,) = assemble(session, patient, today=date(2026, 12, 2)).attempts
        assert (attempt.outcome, attempt.counts, len(attempt.contacts)) == (Outcome.UNREACHED, True, 5)

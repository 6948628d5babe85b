"""A day on the telephone with everything that comes between: colleagues, other answers, wrong numbers, mistakes."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework import calling, reminding, sending
from domain.casework.agenda import TaskKind, agenda
from domain.casework.answers import Decision, record_answer
from domain.casework.availability import change_status
from domain.casework.call_corrections import take_back_result
from domain.casework.call_minutes import call_minutes, minutes_today
from domain.casework.clocks import tick
from domain.casework.phone_queue import Reach, phone_queue
from domain.communication.calls import plan_call
from domain.communication.contacts import CallResult, ContactNote, note_patient_contact, record_call
from domain.communication.models import PhoneCall
from domain.communication.states import CallStatus
from domain.database import Database
from domain.errors import Conflict, Invalid
from domain.matching.models import Inquiry
from domain.matching.states import ItemStatus
from domain.therapists.models import PracticeSite, Therapist
from domain.values import Channel, WeekSpan
from domain.weektime import BERLIN
from tests.builders import add_patient, add_search, add_therapist
from tests.domain.casework.steps import ask, calls, items, only_item, state

C = CallStatus
MONDAY_TEN = datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)
EARLY = MONDAY_TEN - timedelta(hours=3)
MORNINGS = tuple(WeekSpan(day * 1440 + 540, day * 1440 + 720) for day in range(5))


def by_phone(session: Session, *, patients: int = 1, hours: tuple[WeekSpan, ...] = MORNINGS) -> Inquiry:
    """An inquiry to be made by phone, planned for Monday at nine."""
    therapist = add_therapist(session, phone_hours=hours)
    return ask(
        session, *(add_search(session) for _ in range(patients)), now=EARLY, channel=Channel.PHONE, therapist=therapist
    )


def only_call(session: Session, inquiry: Inquiry) -> PhoneCall:
    """The newest call of an inquiry."""
    return calls(session, inquiry)[-1]


def test_two_people_want_the_same_call(database: Database, second_database: Database) -> None:
    """At the same moment: one has it, the other reads who, and the call is under way once."""
    with database.write() as session:
        call = only_call(session, by_phone(session))
        number, version = call.id, call.version
    ready, refused = Barrier(2), []

    def dial(who: Database) -> None:
        ready.wait()
        try:
            with who.write() as session:
                calling.begin_call(session, number, now=MONDAY_TEN, version=version)
        except Conflict as error:
            refused.append(error)

    people = [Thread(target=dial, args=(who,)) for who in (database, second_database)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    (error,) = refused
    assert error.code == "phone_call.theirs"
    with database.read() as session:
        (queued,) = phone_queue(session, now=MONDAY_TEN)
        assert {queued.person, str(error.params["by"])} <= {"Jana Brand", "Tom Keller"}
        assert queued.person == error.params["by"]


def test_nobody_ends_a_colleagues_call(database: Database, second_database: Database) -> None:
    """A key pressed on the wrong line changes nothing; after two hours somebody may take over what was left."""
    with database.write() as session:
        number = only_call(session, by_phone(session)).id
        calling.begin_call(session, number, now=MONDAY_TEN)
    with pytest.raises(Conflict, match="theirs"), second_database.write() as session:
        calling.finish_call(session, number, CallResult(C.NO_ANSWER), now=MONDAY_TEN)
    with pytest.raises(Conflict), second_database.write() as session:
        calling.take_over(session, number, now=MONDAY_TEN + timedelta(minutes=90))
    evening = MONDAY_TEN + timedelta(hours=5)
    with second_database.write() as session:
        calling.take_over(session, number, now=evening)
        calling.finish_call(session, number, CallResult(C.NO_ANSWER), now=evening)
        assert minutes_today(session, now=evening) == 0


def test_nobody_phones_twice_at_once(database: Database) -> None:
    """The first call's result comes first."""
    with database.write() as session:
        first, second = (only_call(session, by_phone(session)) for _ in range(2))
        calling.begin_call(session, first.id, now=MONDAY_TEN)
        session.flush()
        with pytest.raises(Conflict, match="still_on"):
            calling.begin_call(session, second.id, now=MONDAY_TEN)


def test_a_call_under_way_stays_on_top_when_its_window_ends(database: Database) -> None:
    """One talks on after twelve; the list still shows the call as the one that is on."""
    with database.write() as session:
        talking = by_phone(session)
        by_phone(session, hours=(WeekSpan(540, 840),))
        calling.begin_call(session, only_call(session, talking).id, now=MONDAY_TEN + timedelta(minutes=118))
        session.flush()
        first = phone_queue(session, now=MONDAY_TEN + timedelta(minutes=125))[0]
    assert (first.inquiry_id, first.reach) == (talking.id, Reach.NOW)
    assert first.window is not None
    assert first.window.end == MONDAY_TEN + timedelta(hours=2)


def answered(session: Session, inquiry: Inquiry) -> None:
    """The practice wrote back meanwhile."""
    sending.mark_sent(session, inquiry.id, now=MONDAY_TEN)
    record_answer(session, only_item(session, inquiry).id, ItemStatus.REJECTION_CAPACITY, now=MONDAY_TEN)


def opted_out(session: Session, inquiry: Inquiry) -> None:
    """The practice wants no more inquiries."""
    change_status(session, inquiry.therapist_id, "opted_out", now=MONDAY_TEN, reason="möchte nicht")


@pytest.mark.parametrize("meanwhile", [answered, opted_out])
@pytest.mark.parametrize("talking", [False, True])
def test_nobody_is_called_once_it_is_over(
    database: Database, meanwhile: Callable[[Session, Inquiry], None], talking: bool
) -> None:
    """The planned call vanishes at once; after one that was under way none is planned again."""
    with database.write() as session:
        inquiry = by_phone(session)
        call = only_call(session, inquiry)
        if talking:
            calling.begin_call(session, call.id, now=MONDAY_TEN)
            session.flush()
        meanwhile(session, inquiry)
        session.flush()
        assert [c.status for c in phone_queue(session, now=MONDAY_TEN)] == ([C.IN_PROGRESS] if talking else [])
        if talking:
            assert calling.finish_call(session, call.id, CallResult(C.NO_ANSWER), now=MONDAY_TEN) is None
            session.flush()
        assert phone_queue(session, now=MONDAY_TEN) == ()


def test_a_holiday_is_the_practices_own(database: Database) -> None:
    """Fronleichnam: the practice in Berlin is called on that Thursday, the one in Aachen a week later."""
    thursday = (WeekSpan(3 * 1440 + 540, 3 * 1440 + 600),)
    eve = datetime(2026, 6, 3, 12, tzinfo=BERLIN)
    with database.write() as session:
        found = []
        for plz in ("10115", "52062"):
            therapist = add_therapist(session, phone_hours=thursday)
            site = session.get_one(PracticeSite, session.get_one(Therapist, therapist).site_id)
            site.plz = plz
            session.flush()
            found.append(session.get_one(PhoneCall, plan_call(session, therapist, now=eve)).planned_at.date())
    assert found == [date(2026, 6, 4), date(2026, 6, 11)]


def test_a_callback_on_a_holiday_waits_for_the_next_window(database: Database) -> None:
    """Agreed for Christmas, called on the first working day of the practice after it."""
    with database.write() as session:
        call = only_call(session, by_phone(session))
        result = CallResult(C.REACHED, callback_on=date(2026, 12, 25))
        following = calling.finish_call(session, call.id, result, now=MONDAY_TEN)
        assert following is not None
        assert session.get_one(PhoneCall, following).planned_at.astimezone(BERLIN).date() == date(2026, 12, 28)


def test_a_time_the_practice_named_stands_as_it_is(database: Database) -> None:
    """Thursday at 17:15, outside of its published hours: reachable then, not before, and never in the past."""
    thursday = datetime(2026, 11, 26, 17, 15, tzinfo=BERLIN)
    with database.write() as session:
        inquiry = by_phone(session)
        call = only_call(session, inquiry)
        past = CallResult(C.REACHED, callback_on=MONDAY_TEN.date(), callback_at=time(9, 59))
        with pytest.raises(Invalid, match="callback_past"):
            calling.finish_call(session, call.id, past, now=MONDAY_TEN)
        agreed = CallResult(C.REACHED, callback_on=thursday.date(), callback_at=time(17, 15))
        calling.finish_call(session, call.id, agreed, now=MONDAY_TEN)
        session.flush()
        assert only_call(session, inquiry).planned_at == thursday
        for moment, reach in ((MONDAY_TEN + timedelta(days=3), Reach.NEXT), (thursday, Reach.NOW)):
            (queued,) = phone_queue(session, now=moment)
            assert (queued.reach, queued.agreed) == (reach, True)


def test_a_wrong_number_is_dialled_by_nobody_again(database: Database) -> None:
    """The mobile is used if there is one, else a person mends the number; a mended number is good again."""
    with database.write() as session:
        inquiry = by_phone(session)
        call = only_call(session, inquiry)
        calling.finish_call(session, call.id, CallResult(C.WRONG_NUMBER), now=MONDAY_TEN)
        session.flush()
        therapist = session.get_one(Therapist, inquiry.therapist_id)
        with pytest.raises(Invalid, match="no_number"):
            plan_call(session, therapist.id, now=MONDAY_TEN)
        assert agenda(session, now=MONDAY_TEN).counts[TaskKind.CALL_STUCK] == 1
        therapist.mobile = "+491701234567"
        session.flush()
        plan_call(session, therapist.id, now=MONDAY_TEN)
        (queued,) = phone_queue(session, now=MONDAY_TEN)
        assert queued.phone == "+491701234567"
        therapist.phone = "+492417654321"
        session.flush()
        (queued,) = phone_queue(session, now=MONDAY_TEN)
        assert queued.phone == "+492417654321"


def test_a_letter_goes_where_every_number_was_wrong(database: Database) -> None:
    """The chase list does not stop at a practice nobody can call."""
    with database.write() as session:
        inquiry = by_phone(session)
        calling.finish_call(session, only_call(session, inquiry).id, CallResult(C.REACHED), now=MONDAY_TEN)
        record_call(session, inquiry.therapist_id, CallResult(C.WRONG_NUMBER), now=MONDAY_TEN)
        session.flush()
        later = MONDAY_TEN + timedelta(days=8)
        assert reminding.due_for_reminder(session, now=later) == (inquiry.id,)
        reminding.remind(session, inquiry.id, now=later)
        query = text("SELECT count(*) FROM communication_service.printed_letter WHERE kind = 'reminder'")
        assert session.scalar(query) == 1


@pytest.mark.parametrize("wrong", [C.NO_ANSWER, C.BUSY, C.VOICEMAIL_LEFT, C.WRONG_NUMBER, C.REACHED])
def test_a_mistaken_result_is_taken_back(database: Database, wrong: CallStatus) -> None:
    """The call is on again, what was planned is cancelled, the minutes stay, and the history tells both."""
    with database.write() as session:
        inquiry = by_phone(session)
        call = only_call(session, inquiry)
        calling.begin_call(session, call.id, now=MONDAY_TEN)
        after = MONDAY_TEN + timedelta(minutes=3)
        calling.finish_call(session, call.id, CallResult(wrong, outcome="verklickt"), now=after)
        session.flush()
        take_back_result(session, call.id, now=after + timedelta(minutes=20))
        session.flush()
        assert (call.status, state(session, inquiry)) == ("in_progress", "approved")
        assert [c.status for c in calls(session, inquiry)[1:]] in ([], ["cancelled"])
        calling.finish_call(session, call.id, CallResult(C.REACHED), now=after + timedelta(minutes=21))
        session.flush()
        assert (call.status, state(session, inquiry)) == ("reached", "sent")
        assert minutes_today(session, now=after) == 3
        kinds = text("SELECT kind FROM communication_service.contact_entry WHERE call_id = :id ORDER BY id")
        told = session.scalars(kinds, {"id": call.id}).all()
        assert told == [wrong.value, "result_taken_back", "reached"]


def test_a_callback_entered_by_mistake_is_taken_back(database: Database) -> None:
    """With the call planned for its day."""
    with database.write() as session:
        inquiry = by_phone(session)
        call = only_call(session, inquiry)
        result = CallResult(C.REACHED, callback_on=date(2026, 12, 7))
        calling.finish_call(session, call.id, result, now=MONDAY_TEN)
        session.flush()
        take_back_result(session, call.id, now=MONDAY_TEN)
        session.flush()
        assert [c.status for c in calls(session, inquiry)] == ["planned", "cancelled"]


def test_what_others_built_upon_is_not_taken_back(database: Database, second_database: Database) -> None:
    """Answers entered with the call, a next call made, another person's call, another day's."""
    with database.write() as session:
        inquiry = by_phone(session)
        call = only_call(session, inquiry)
        (item,) = items(session, inquiry)
        answer = Decision(item.id, ItemStatus.REJECTION_CAPACITY, None, item.version)
        calling.finish_with_answers(session, call.id, CallResult(C.REACHED), [answer], now=MONDAY_TEN)
        session.flush()
        with pytest.raises(Conflict, match="answers_entered"):
            take_back_result(session, call.id, now=MONDAY_TEN)
        other = by_phone(session)
        first = only_call(session, other)
        following = calling.finish_call(session, first.id, CallResult(C.BUSY), now=MONDAY_TEN)
        assert following is not None
        calling.finish_call(session, following, CallResult(C.BUSY), now=MONDAY_TEN)
        session.flush()
        with pytest.raises(Conflict, match="followed"):
            take_back_result(session, first.id, now=MONDAY_TEN)
        last = by_phone(session)
        number = only_call(session, last).id
        calling.finish_call(session, number, CallResult(C.BUSY), now=MONDAY_TEN)
        session.flush()
        with pytest.raises(Conflict, match="not_taken_back"):
            take_back_result(session, number, now=MONDAY_TEN + timedelta(days=1))
    with pytest.raises(Conflict, match="not_taken_back"), second_database.write() as session:
        take_back_result(session, number, now=MONDAY_TEN)


def test_a_phone_tag_can_be_taken_back(database: Database) -> None:
    """It was another practice; the history tells both."""
    with database.write() as session:
        call = only_call(session, by_phone(session))
        for called in (True, False):
            calling.note_phone_tag(session, call.id, now=EARLY, called=called)
            session.flush()
            assert call.phone_tag is called
        calling.finish_call(session, call.id, CallResult(C.NO_ANSWER), now=MONDAY_TEN)
        with pytest.raises(Conflict):
            calling.note_phone_tag(session, call.id, now=MONDAY_TEN)


def test_minutes_are_counted_by_day_and_practice(database: Database) -> None:
    """Each call rounded up; a result forgotten over night counts two hours at most."""
    with database.write() as session:
        first, second = add_therapist(session), add_therapist(session)
        for therapist, start, seconds in (
            (first, MONDAY_TEN, 61),
            (first, MONDAY_TEN + timedelta(hours=1), 30),
            (second, MONDAY_TEN, 300),
            (second, MONDAY_TEN - timedelta(days=1), 20 * 3600),
        ):
            person = session.scalar(text("SELECT id FROM platform.person WHERE role_name = session_user"))
            session.add(
                PhoneCall(
                    therapist_id=therapist, planned_at=start, started_at=start, status="reached", person_id=person,
                    ended_at=start + timedelta(seconds=seconds),
                )
            )  # fmt: skip
        session.flush()
        found = call_minutes(session, now=MONDAY_TEN)
        assert [(r.day.day, r.therapist_id, r.calls, r.minutes) for r in found] == [
            (23, second, 1, 5), (23, first, 2, 3), (22, second, 1, 120),
        ]  # fmt: skip
        assert minutes_today(session, now=MONDAY_TEN) == 8


def test_an_absent_practice_is_not_called(database: Database) -> None:
    """The call that was planned moves behind the day it is back; what is planned meanwhile as well."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=MONDAY_TEN, therapist=add_therapist(session))
        reminding.remind(session, inquiry.id, now=MONDAY_TEN, by_phone=True)
        reminding.note_absence(session, inquiry.id, until=date(2026, 12, 10), now=MONDAY_TEN)
        session.flush()
        (call,) = calls(session, inquiry)
        assert call.planned_at.astimezone(BERLIN).date() == date(2026, 12, 10)


def test_a_reminder_during_an_absence_does_not_cost_its_days(database: Database) -> None:
    """Ten days away, reminded at the end of them: the inquiry expires ten days later than it would."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=MONDAY_TEN)
        reminding.note_absence(session, inquiry.id, until=date(2026, 12, 20), now=MONDAY_TEN)
        reminding.note_absence(session, inquiry.id, until=date(2026, 12, 24), now=MONDAY_TEN + timedelta(days=1))
        reminding.remind(session, inquiry.id, now=MONDAY_TEN + timedelta(days=10))
        session.flush()
        assert tick(session, now=MONDAY_TEN + timedelta(days=30)).expired_inquiries == ()
        assert tick(session, now=MONDAY_TEN + timedelta(days=31, minutes=1)).expired_inquiries == (inquiry.id,)


def test_who_opted_out_is_not_reminded(database: Database) -> None:
    """Neither by the chase list nor one by one; an answer may still come."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=MONDAY_TEN)
        opted_out(session, inquiry)
        session.flush()
        later = MONDAY_TEN + timedelta(days=8)
        assert agenda(session, now=later).counts[TaskKind.FOLLOW_UP] == 0
        assert reminding.due_for_reminder(session, now=later) == ()
        with pytest.raises(Invalid, match="practice_closed"):
            reminding.remind(session, inquiry.id, now=later)
        assert state(session, inquiry) == "sent"


def test_a_call_of_this_morning_is_not_planned_twice(database: Database) -> None:
    """Reminded at eleven while the call planned for nine is still to be made."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=EARLY, therapist=add_therapist(session, phone_hours=MORNINGS))
        for hour in (0, 4):
            reminding.remind(session, inquiry.id, now=EARLY + timedelta(days=1, hours=hour), by_phone=True)
        assert len(calls(session, inquiry)) == 1


def test_a_machine_hears_of_nobody(database: Database) -> None:
    """Who called, where to call back, and the inquiry's mark."""
    with database.write() as session:
        inquiry = by_phone(session)
        said = calling.machine_of(session, only_call(session, inquiry).id)
        assert (said.person, said.reference) == ("Jana Brand", inquiry.reference)


def test_a_contact_with_a_patient_is_noted(database: Database) -> None:
    """A visit at the office joins the patient's timeline; an empty note does not."""
    with database.write() as session:
        patient = add_patient(session)
        note = ContactNote(MONDAY_TEN, "visit", "in", "", "Unterlagen gebracht")
        note_patient_contact(session, patient, note, now=MONDAY_TEN)
        with pytest.raises(Invalid, match="body_missing"):
            note_patient_contact(session, patient, ContactNote(MONDAY_TEN, "phone", "out", "", " "), now=MONDAY_TEN)

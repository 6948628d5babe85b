"""A place that is free from a later day: kept with the promise, told to the patient, gone with the place."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.answers import Decision, record_answer, refuse_place_from
from domain.casework.calling import finish_with_answers
from domain.casework.patient_letters import place_found
from domain.casework.placements import begin_therapy, fail_acceptance, start_trial_sessions
from domain.communication.contacts import CallResult
from domain.communication.states import CallStatus
from domain.database import Database
from domain.errors import Invalid
from domain.matching.listing import get_inquiry
from domain.matching.models import Answer, InquiryItem
from domain.matching.promises import promises_of, promises_to
from domain.matching.states import ItemStatus
from domain.values import Channel
from tests.builders import add_patient, add_search
from tests.domain.casework.steps import ask, calls, only_item

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
FEBRUARY = date(2027, 2, 1)


@pytest.fixture
def promised(database: Database) -> tuple[int, int, int]:
    """A place promised for February: patient, therapist and position."""
    with database.write() as session:
        patient = add_patient(session, email="lea@mail.example")
        inquiry = ask(session, add_search(session, patient), now=NOW)
        item = only_item(session, inquiry)
        record_answer(session, item.id, ItemStatus.ACCEPTED, now=NOW, place_from=FEBRUARY)
        return patient, inquiry.therapist_id, item.id


def day_of(session: Session, item_id: int) -> date | None:
    """The day that stands at a position."""
    session.flush()
    session.expire_all()
    return session.get_one(InquiryItem, item_id).place_from


def test_the_day_stands_where_places_stand(database: Database, promised: tuple[int, int, int]) -> None:
    """At the practice, at the patient, at the inquiry, and in what the patient is written and told."""
    patient, therapist, item = promised
    with database.read() as session:
        for found in (promises_of(session, therapist), promises_to(session, patient)):
            assert [(p.place_from, p.until, p.promised_on) for p in found] == [(FEBRUARY, None, TODAY)]
        inquiry = session.get_one(InquiryItem, item).inquiry_id
        assert get_inquiry(session, inquiry, today=TODAY).items[0].place_from == FEBRUARY
        told = place_found(session, item, today=TODAY)
        for said in (told.mail.text, told.mail.html, told.script.text):
            assert "01.02.2027" in said
        now_free = place_found(session, item, today=FEBRUARY)
        assert not any("01.02.2027" in said or "frei" in said for said in (now_free.mail.text, now_free.script.text))


def test_the_day_stays_with_the_place_and_goes_with_it(database: Database, promised: tuple[int, int, int]) -> None:
    """Trial sessions keep it, a place that came to nothing has none; each answer keeps its own."""
    *_, item = promised
    with database.write() as session:
        start_trial_sessions(session, item, now=NOW)
        assert day_of(session, item) == FEBRUARY
        fail_acceptance(session, item, ItemStatus.NOT_CONTINUED, now=NOW)
        assert day_of(session, item) is None
        answers = session.query(Answer).filter_by(item_id=item).order_by(Answer.id)
        assert [(a.status, a.place_from) for a in answers] == [
            ("accepted", FEBRUARY), ("in_trial_sessions", FEBRUARY), ("not_continued", None)
        ]  # fmt: skip


def test_whoever_began_waits_for_no_day(database: Database, promised: tuple[int, int, int]) -> None:
    """With the first trial session the promise is kept and leaves the lists."""
    patient, therapist, item = promised
    with database.write() as session:
        start_trial_sessions(session, item, now=NOW)
        session.flush()
        assert (promises_of(session, therapist), promises_to(session, patient)) == ((), ())
        begin_therapy(session, item, started_on=TODAY, now=NOW)
        assert promises_to(session, patient) == ()


def test_a_release_that_does_not_know_the_day_ends_a_place(database: Database, promised: tuple[int, int, int]) -> None:
    """The database forgets the day with the place, whatever program ends it."""
    *_, item = promised
    with database.write() as session:
        session.execute(text("UPDATE matching_service.inquiry_item SET status = 'no_show' WHERE id = :i"), {"i": item})
        assert day_of(session, item) is None


def test_a_call_takes_the_day_along(database: Database) -> None:
    """As a mail does; a refusal has none, whatever was typed before."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), add_search(session), now=NOW, channel=Channel.PHONE)
        (call,) = calls(session, inquiry)
        first, second = session.query(InquiryItem).filter_by(inquiry_id=inquiry.id).order_by(InquiryItem.position)
        said = (
            Decision(first.id, ItemStatus.ACCEPTED, place_from=FEBRUARY),
            Decision(second.id, ItemStatus.REJECTION_CAPACITY, place_from=FEBRUARY),
        )
        finish_with_answers(session, call.id, CallResult(CallStatus.REACHED), said, now=NOW)
        assert (day_of(session, first.id), day_of(session, second.id)) == (FEBRUARY, None)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_only_a_day_somebody_may_mean_is_taken(day: date) -> None:
    """From today on, and no further than two years ahead."""
    if TODAY <= day <= TODAY + timedelta(days=730):
        refuse_place_from(day, today=TODAY)
        return
    with pytest.raises(Invalid, match="place_past" if day < TODAY else "place_far") as refused:
        refuse_place_from(day, today=TODAY)
    assert refused.value.field == "place_from"


def test_a_refused_day_leaves_the_answer_open(database: Database) -> None:
    """Nothing of the answer is written."""
    with database.write() as session:
        item = only_item(session, ask(session, add_search(session), now=NOW))
        with pytest.raises(Invalid, match="place_past"):
            record_answer(session, item.id, ItemStatus.ACCEPTED, now=NOW, place_from=TODAY - timedelta(days=1))
        assert item.status == ItemStatus.PENDING


def test_a_waiting_list_does_not_end_before_it_begins(database: Database) -> None:
    """A day that is over is refused and nothing is recorded; today is not over."""
    with database.write() as session:
        item = only_item(session, ask(session, add_search(session), now=NOW))
        with pytest.raises(Invalid) as refused:
            record_answer(session, item.id, ItemStatus.WAITLISTED, now=NOW, waitlisted_until=TODAY - timedelta(days=1))
        assert (refused.value.code, refused.value.field) == ("inquiry_item.waitlist_past", "waitlisted_until")
        assert item.status == "pending"
        record_answer(session, item.id, ItemStatus.WAITLISTED, now=NOW, waitlisted_until=TODAY)
        assert item.waitlisted_until == TODAY

"""Whether a practice may be asked: one rule, told alike in every list, and by every letter that waits."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from domain.casework.agenda import TaskKind, agenda
from domain.casework.phone_queue import phone_queue
from domain.casework.reminding import due_for_reminder, remind
from domain.communication.calls import plan_call
from domain.database import Database
from domain.matching.listing import list_inquiries
from domain.paging import ListQuery
from domain.therapists.asking import asked_where, is_asked, may_be_asked
from domain.therapists.models import Therapist
from domain.therapists.queries import list_therapists
from domain.values import Channel
from domain.weektime import office_day
from tests.builders import add_search, add_therapist
from tests.domain.casework.steps import ask

DAY = timedelta(days=1)


@pytest.mark.parametrize("status", ["active", "inactive", "blocked", "opted_out"])
@pytest.mark.parametrize("ends", [None, -1, 0, 1])
def test_sql_and_program_say_the_same(database: Database, now: datetime, status: str, ends: int | None) -> None:
    """For every state, with and without a day on which a block ends, before, on and after it."""
    today = office_day(now)
    until = None if ends is None else today + ends * DAY
    with database.write() as session:
        number = add_therapist(session)
        practice = session.get_one(Therapist, number)
        practice.status, practice.blocked_until = status, until
        practice.blocked_reason = "Urlaub" if status == "blocked" else ""
        session.flush()
        wanted = may_be_asked(status, until, today=today)
        rule = text(f"SELECT {asked_where('t')} FROM therapist_service.therapist t WHERE t.id = :id")
        assert session.scalar(rule, {"id": number, "today": today}) is wanted
        assert (session.scalar(select(Therapist.id).where(is_asked(today))) == number) is wanted
        (row,) = list_therapists(session, ListQuery(), now=now).rows
        assert row.contact == ("available" if wanted else status)
        session.rollback()


@pytest.mark.parametrize(("until", "asked"), [(0, True), (-30, True), (1, False)])
def test_a_block_that_is_over_hinders_no_work(database: Database, now: datetime, until: int, asked: bool) -> None:
    """Chase list, task of the day, reminder, call and the day's calls: all of them or none."""
    later = now + 40 * DAY
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now, channel=Channel.LETTER)
        practice = session.get_one(Therapist, inquiry.therapist_id)
        called = add_therapist(session)
        plan_call(session, called, now=later)
        for one in (practice, session.get_one(Therapist, called)):
            one.status, one.blocked_reason = "blocked", "Urlaub"
            one.blocked_until = office_day(later) + until * DAY
        session.flush()
        chased = list_inquiries(session, ListQuery(filters={"chase": "1"}), now=later)
        assert [row.inquiry_id for row in chased.rows] == [inquiry.id] * asked
        assert due_for_reminder(session, now=later) == (inquiry.id,) * asked
        assert agenda(session, now=later).counts[TaskKind.FOLLOW_UP] == asked
        assert [call.therapist_id for call in phone_queue(session, now=later)] == [called] * asked
        if asked:
            assert remind(session, inquiry.id, now=later, by_phone=True) is not None

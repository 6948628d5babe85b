"""The week's plan on the real database: proposed, decided on by people, kept when planned anew."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.casework.week_plan import accept, lock, propose, release_line, save, skip
from domain.communication.models import Email, PhoneCall
from domain.database import Database
from domain.errors import Conflict
from domain.matching.arcs import planning_problem
from domain.matching.best_patients import judge
from domain.matching.models import Inquiry, InquiryItem
from domain.matching.plan_models import PlanLine
from domain.matching.searches import pause_search
from domain.matching.week_listing import list_plan_lines, week_summary
from domain.paging import ListQuery
from domain.planning.model import Budget
from domain.values import WeekSpan
from tests.builders import AACHEN, add_patient, add_search, add_therapist

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
MORNING = (WeekSpan(1 * 1440 + 600, 1 * 1440 + 660),)  # Tuesday 10–11


def town(session: Session, *, practices: int = 6, searches: int = 12) -> None:
    """A small town where everybody fits everybody; every third practice has no mailbox of its own."""
    for number in range(practices):
        place = (AACHEN[0] + 0.01 * number, AACHEN[1])
        if number % 3 == 2:
            add_therapist(session, place=place, phone_hours=MORNING, email="")
        else:
            add_therapist(session, place=place, phone_hours=MORNING)
    for number in range(searches):
        add_search(session, waiting_since=date(2026, 3, 1) + timedelta(days=7 * number))


def plan(database: Database, *, mails: int = 3, minutes: int = 12, refill: bool = False) -> int:
    """Propose and save in two transactions, as the window does."""
    with database.read() as session:
        proposal = propose(session, now=NOW, mails=mails, minutes=minutes, refill=refill)
    with database.write() as session:
        return save(session, proposal, now=NOW)


def lines(database: Database) -> list[PlanLine]:
    """All lines of the week."""
    with database.read() as session:
        found = list(session.scalars(select(PlanLine).order_by(PlanLine.id)))
        session.expunge_all()
        return found


def test_a_plan_keeps_budget_and_mailbox(database: Database) -> None:
    """No more mails and calls than given, one line a contact point, calls inside the practice's hours."""
    with database.write() as session:
        town(session)
    plan(database)
    found = lines(database)
    assert sum(line.channel == "email" for line in found) == 3
    assert sum(line.channel == "phone" for line in found) == 2
    assert len({line.contact_point_id for line in found}) == len(found)
    tuesday = [line.slot_at for line in found if line.channel == "phone"]
    assert all(slot is not None and slot.date() == date(2026, 11, 24) and slot.hour == 9 for slot in tuesday)
    assert len(set(tuesday)) == len(tuesday)
    with database.read() as session:
        summary = week_summary(session, MONDAY)
        assert summary is not None
        assert (summary.mail_lines, summary.call_lines, summary.accepted) == (3, 2, 0)
        assert 0 <= summary.gap < 0.1
        assert summary.expected > 0
        page = list_plan_lines(session, ListQuery(), monday=MONDAY)
        assert page.total == 5
        assert all(row.count >= 1 and row.patients and row.waiting_since is not None for row in page.rows)


def test_every_arc_passes_every_rule(database: Database) -> None:
    """What the plan is made from is judged by the same rules as everything else, and nobody near is missed."""
    with database.write() as session:
        town(session, practices=8)
        add_search(session, add_patient(session, wishes={"radius_km": 3}))
        add_search(session, add_patient(session, wishes={"methods": ["systemic"]}))
        add_search(session, add_patient(session, consent=False))
        add_search(session, add_patient(session, place=None))
        add_therapist(session, status="inactive")
    with database.read() as session:
        problem = planning_problem(session, now=NOW, budget=Budget(10, 60))
        arcs = {(arc.search_id, arc.therapist_id) for arc in problem.arcs}
        therapists = {option.therapist_id for option in problem.options}
        searches = [seeker.search_id for seeker in problem.seekers]
        wanted = {
            (pair.search_id, therapist)
            for therapist in therapists
            for pair in judge(session, therapist_id=therapist, search_ids=searches, now=NOW)
            if not pair.broken and not pair.unknown
        }
        assert arcs == wanted
        assert len(searches) == 14


def test_accepting_sends_and_calls(database: Database) -> None:
    """A mail line becomes a sent inquiry with its mail, a phone line one with its call on the planned day."""
    with database.write() as session:
        town(session)
    plan(database)
    for line in lines(database):
        with database.write() as session:
            accept(session, line.id, now=NOW)
    with database.read() as session:
        assert {line.status for line in session.scalars(select(PlanLine))} == {"accepted"}
        assert len(session.scalars(select(Email)).all()) == 3
        calls = session.scalars(select(PhoneCall)).all()
        assert [call.planned_at.date() for call in calls] == [date(2026, 11, 24)] * 2
        items = session.scalars(select(InquiryItem)).all()
        assert len(items) == sum(len(line.search_ids) for line in session.scalars(select(PlanLine)))


def test_skipping_gives_the_place_to_the_next(database: Database) -> None:
    """The skipped practice is not proposed again this week; another takes its mail; the other lines stand still."""
    with database.write() as session:
        town(session, practices=9)
    plan(database, mails=2, minutes=0)
    first, second = lines(database)
    with database.write() as session:
        skip(session, first.id)
    plan(database, mails=2, minutes=0, refill=True)
    after = lines(database)
    by_status = {line.id: line.status for line in after}
    assert (by_status[first.id], by_status[second.id]) == ("skipped", "proposed")
    (new,) = [line for line in after if line.id not in {first.id, second.id}]
    assert new.contact_point_id not in {first.contact_point_id, second.contact_point_id}
    plan(database, mails=2, minutes=0)
    active = [line for line in lines(database) if line.status != "skipped"]
    assert len(active) == 2
    assert first.contact_point_id not in {line.contact_point_id for line in active}
    with database.write() as session:
        release_line(session, first.id)
    assert "skipped" not in {line.status for line in lines(database)}


def test_locked_lines_stay_when_planned_anew(database: Database) -> None:
    """With fewer mails the locked line is the one that is left, whatever the others promise."""
    with database.write() as session:
        town(session, practices=9)
    plan(database, mails=4, minutes=0)
    worst = min(lines(database), key=lambda line: line.gain)
    with database.write() as session:
        lock(session, worst.id)
    plan(database, mails=1, minutes=0)
    (left,) = lines(database)
    assert (left.id, left.status, left.search_ids) == (worst.id, "locked", worst.search_ids)


def test_accepted_lines_use_their_budget(database: Database) -> None:
    """Planned anew after one was accepted: its mail is spent, its practice is not asked twice."""
    with database.write() as session:
        town(session, practices=9)
    plan(database, mails=3, minutes=0)
    line = lines(database)[0]
    with database.write() as session:
        accept(session, line.id, now=NOW)
    plan(database, mails=3, minutes=0)
    found = lines(database)
    assert sorted(one.status for one in found) == ["accepted", "proposed", "proposed"]


def test_who_no_longer_searches_is_left_out(database: Database) -> None:
    """Between planning and accepting one search was paused: the others are asked for; with nobody left it is said."""
    with database.write() as session:
        town(session, practices=1, searches=3)
    plan(database, mails=1, minutes=0)
    (line,) = lines(database)
    gone, *left = line.search_ids
    with database.write() as session:
        pause_search(session, gone, until=None, reason="Urlaub", now=NOW)
        for search in left[1:]:
            pause_search(session, search, until=None, reason="Urlaub", now=NOW)
    with database.write() as session:
        inquiry = accept(session, line.id, now=NOW)
        asked = session.scalars(select(InquiryItem.search_id).where(InquiryItem.inquiry_id == inquiry)).all()
        assert asked == left[:1]
        session.rollback()
    with database.write() as session:
        pause_search(session, left[0], until=None, reason="Urlaub", now=NOW)
    with database.write() as session, pytest.raises(Conflict, match="nobody_left"):
        accept(session, line.id, now=NOW)
    assert lines(database)[0].status == "proposed"


def test_two_people_accept_the_same_line(database: Database, second_database: Database) -> None:
    """One wins, the other is told; one inquiry is made."""
    with database.write() as session:
        town(session)
    plan(database)
    line = lines(database)[0]
    with database.write() as session:
        accept(session, line.id, now=NOW, version=line.version)
    with second_database.write() as session, pytest.raises(Conflict):
        accept(session, line.id, now=NOW, version=line.version)
    with second_database.write() as session, pytest.raises(Conflict, match=r"plan_line\.accepted"):
        skip(session, line.id)
    with database.read() as session:
        assert len(session.scalars(select(Inquiry)).all()) == 1


def test_two_people_plan_at_once(database: Database, second_database: Database) -> None:
    """Both saved proposals leave one plan with no practice twice."""
    with database.write() as session:
        town(session, practices=9)
    with database.read() as session:
        mine = propose(session, now=NOW, mails=3, minutes=12)
    with second_database.read() as session:
        theirs = propose(session, now=NOW, mails=4, minutes=6)
    with second_database.write() as session:
        save(session, theirs, now=NOW)
    with database.write() as session:
        save(session, mine, now=NOW)
    found = lines(database)
    assert len({line.plan_id for line in found}) == 1
    assert len({line.contact_point_id for line in found}) == len(found)


def test_nobody_to_plan_for(database: Database) -> None:
    """An empty office has an empty plan."""
    plan(database)
    assert lines(database) == []

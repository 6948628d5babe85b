"""The day of a promised place, moved after the answer; and Heute, once it has come."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.agenda import Task, TaskKind, agenda
from domain.casework.answers import record_answer
from domain.casework.evidence import assemble
from domain.casework.history import inquiry_history
from domain.casework.place_days import move_place_day
from domain.casework.placements import begin_therapy, fail_acceptance, start_trial_sessions
from domain.database import Database
from domain.errors import Conflict, Invalid, NotFound
from domain.matching.models import InquiryItem, PlaceSearch
from domain.matching.states import ItemStatus
from tests.builders import add_patient, add_search
from tests.domain.casework.steps import ask, only_item

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
FEBRUARY, MARCH = date(2027, 2, 1), date(2027, 3, 1)
NOTED = "SELECT count(*) FROM platform.event WHERE event_type = 'inquiry_item.place_moved'"


def promised(session: Session, day: date | None = FEBRUARY) -> InquiryItem:
    """A place promised for a day."""
    inquiry = ask(session, add_search(session, add_patient(session, first_name="Lea", last_name="Wartend")), now=NOW)
    item = only_item(session, inquiry)
    record_answer(session, item.id, ItemStatus.ACCEPTED, now=NOW, place_from=day)
    session.flush()
    return item


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (FEBRUARY, MARCH, "01.02.2027 → 01.03.2027"),
        (FEBRUARY, None, "01.02.2027 → sofort"),
        (None, MARCH, "sofort → 01.03.2027"),
    ],
)
def test_another_day_stands_at_the_position_and_in_the_history(
    database: Database, before: date | None, after: date | None, said: str
) -> None:
    """The answer stays as it was given; the evidence, which tells who was asked, has nothing of it."""
    with database.write() as session:
        item = promised(session, before)
        patient = session.get_one(PlaceSearch, item.search_id).patient_id
        told = assemble(session, patient, today=TODAY).attempts
        assert move_place_day(session, item.id, after, now=NOW + timedelta(hours=1), note=" ruft an ")
        session.flush()
        assert item.place_from == after
        answers = text("SELECT place_from FROM matching_service.answer WHERE item_id = :item")
        assert session.scalars(answers, {"item": item.id}).all() == [before]
        entry = inquiry_history(session, item.inquiry_id)[0]
        assert (entry.kind, entry.body, entry.direction) == ("place_day", f"{said}\nruft an", "none")
        assert session.scalar(text(NOTED)) == 1
        assert assemble(session, patient, today=TODAY).attempts == told
        start_trial_sessions(session, item.id, now=NOW + timedelta(hours=2))
        assert session.scalars(answers, {"item": item.id}).all() == [before, after]


def test_the_same_day_is_no_change(database: Database) -> None:
    """Nothing is written."""
    with database.write() as session:
        item = promised(session)
        assert not move_place_day(session, item.id, FEBRUARY, now=NOW)
        assert session.scalar(text(NOTED)) == 0


def test_a_day_nobody_promises_is_refused(database: Database) -> None:
    """As at the answer itself; the day that stood stays."""
    with database.write() as session:
        item = promised(session)
        with pytest.raises(Invalid, match="place_past"):
            move_place_day(session, item.id, TODAY - timedelta(days=1), now=NOW)
        with pytest.raises(Invalid, match="place_far"):
            move_place_day(session, item.id, date(2036, 2, 1), now=NOW)
        with pytest.raises(NotFound):
            move_place_day(session, item.id + 1000, MARCH, now=NOW)
        assert item.place_from == FEBRUARY


def test_whoever_changed_it_first_wins(database: Database) -> None:
    """The second is told; a place that came to nothing has no day any more."""
    with database.write() as session:
        item = promised(session)
        number, seen = item.id, item.version
    with database.write() as session:
        move_place_day(session, number, MARCH, now=NOW, version=seen)
    with database.write() as session:
        with pytest.raises(Conflict, match="changed_meanwhile"):
            move_place_day(session, number, None, now=NOW, version=seen)
        fail_acceptance(session, number, ItemStatus.NO_SHOW, now=NOW)
        with pytest.raises(Conflict, match="no_place"):
            move_place_day(session, number, FEBRUARY, now=NOW)


def free(session: Session, at: datetime) -> tuple[list[Task], int]:
    """The lines of Heute about places that are free, and how many wait for a first talk."""
    session.flush()
    found = agenda(session, now=at)
    return [task for task in found.tasks if task.kind is TaskKind.PLACE_FREE], found.counts[TaskKind.ACCEPTED]


def test_today_tells_of_a_place_from_its_day_on(database: Database) -> None:
    """By the office's calendar; gone with the first trial session, a later day or the therapy."""
    evening = datetime(2027, 1, 31, 22, 30, tzinfo=UTC)  # half an hour before the day begins
    with database.write() as session:
        item = promised(session)
        assert free(session, evening) == ([], 1)
        (line,), accepted = free(session, evening + timedelta(hours=1))
        assert accepted == 0
        assert (line.page, line.record_id, line.title) == ("inquiries", item.inquiry_id, "Lea Wartend")
        assert line.detail.startswith(f"{item.reference_code} · ")
        assert line.due is not None
        assert line.due.date() == FEBRUARY
        february = datetime(2027, 2, 10, 9, tzinfo=UTC)
        move_place_day(session, item.id, MARCH, now=february)
        assert free(session, february) == ([], 1)
        march = datetime(2027, 3, 3, 9, tzinfo=UTC)
        assert len(free(session, march)[0]) == 1
        start_trial_sessions(session, item.id, now=march)
        begin_therapy(session, item.id, started_on=march.date(), now=march)
        assert free(session, march) == ([], 0)

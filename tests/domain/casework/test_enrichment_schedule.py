"""Practices' pages read by themselves: whose turn it is, how many an hour, stopped and gone on with."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from domain.casework.enrichment import ask_website, fail_website, note_website, take_website
from domain.casework.enrichment_schedule import (
    ScheduleForm,
    ScheduleProgress,
    ask_scheduled,
    progress,
    read_schedule,
    save_schedule,
)
from domain.database import Database
from domain.errors import Invalid
from tests.builders import add_therapist

FORMS = {
    "every_days": lambda value: ScheduleForm(every_days=value),
    "per_hour": lambda value: ScheduleForm(per_hour=value),
}
STEP = timedelta(minutes=3)  # twenty an hour


@pytest.fixture
def known(database: Database) -> list[int]:
    """Three with a page; others without one, with a mail address in its place, blocked, or opted out."""
    with database.write() as session:
        made = [add_therapist(session, last_name=f"Nr{number}") for number in range(7)]
        for number, web in enumerate(
            (
                "eins.example",
                "https://zwei.example/",
                "drei.example",
                "",
                "a@b.example",
                "fuenf.example",
                "sechs.example",
            )
        ):
            session.execute(
                text("UPDATE therapist_service.therapist SET web = :web WHERE id = :id"),
                {"web": web, "id": made[number]},
            )
        session.execute(
            text("UPDATE therapist_service.therapist SET status = 'blocked', blocked_reason = 'x' WHERE id = :id"),
            {"id": made[5]},
        )
        session.execute(
            text("UPDATE therapist_service.therapist SET status = 'opted_out' WHERE id = :id"), {"id": made[6]}
        )
    return made[:3]


def turn_on(database: Database, **values: int) -> None:
    """Somebody switches it on."""
    with database.write() as session:
        save_schedule(session, ScheduleForm(enabled=True, **values))


def ask(worker: Database, now: datetime) -> int | None:
    """The worker asks whether it is time."""
    with worker.write() as session:
        return ask_scheduled(session, now=now)


def read_one(worker: Database, now: datetime) -> int | None:
    """The worker reads what is asked for."""
    with worker.write() as session:
        site = take_website(session, now=now)
        if site is not None:
            note_website(session, site, [], pages=1, now=now)
    return site.therapist_id if site is not None else None


def stand(database: Database, now: datetime) -> ScheduleProgress:
    """How far it is."""
    with database.read() as session:
        return progress(session, now=now)


def test_one_after_the_other_at_the_rate_until_all_are_read_and_again_when_old(
    database: Database, worker_database: Database, known: list[int], now: datetime
) -> None:
    """Only who has a page and is asked at all; off, nobody is."""
    assert ask(worker_database, now) is None
    turn_on(database)
    seen = []
    for number in range(3):
        at = now + number * STEP
        asked = ask(worker_database, at)
        assert ask(worker_database, at) is None  # another worker, or the same a moment later
        seen.append(asked)
        assert read_one(worker_database, at) == asked
        assert ask(worker_database, at + STEP - timedelta(seconds=1)) is None
    assert seen == known
    assert ask(worker_database, now + timedelta(days=30)) is None
    there = stand(database, now + timedelta(days=30))
    assert (there.pages, there.done, there.due, there.failed) == (3, 3, 0, 0)
    later = now + timedelta(days=91)
    assert stand(database, later).due == 3
    assert ask(worker_database, later) == known[0]


def test_stopped_nothing_more_is_read_and_it_goes_on_where_it_was(
    database: Database, worker_database: Database, known: list[int], now: datetime
) -> None:
    """What a person asked for is read all the same, and before what the schedule wants."""
    turn_on(database)
    assert ask(worker_database, now) == known[0]
    with database.write() as session:
        save_schedule(session, ScheduleForm(enabled=False))
        ask_website(session, known[1], now=now)
    assert read_one(worker_database, now) == known[1]
    assert read_one(worker_database, now) is None
    assert ask(worker_database, now + STEP) is None
    turn_on(database)
    assert read_one(worker_database, now + STEP) == known[0]
    assert ask(worker_database, now + STEP) == known[2]


def test_a_page_that_is_away_hinders_no_other_and_is_no_hurry(
    database: Database, worker_database: Database, known: list[int], now: datetime
) -> None:
    """Put off, it comes again by itself; failed for good, it counts as read and is told."""
    turn_on(database)
    assert ask(worker_database, now) == known[0]
    with worker_database.write() as session:
        site = take_website(session, now=now)
        assert site is not None
        assert stand(database, now).reading == ""  # not yet committed
        fail_website(session, site, "outside.unreachable", {"host": "eins.example"}, now=now, again=True)
    assert ask(worker_database, now + STEP) == known[1]
    assert read_one(worker_database, now + STEP) == known[1]
    with worker_database.write() as session:
        site = take_website(session, now=now + timedelta(minutes=11))
        assert site is not None
        assert site.therapist_id == known[0]
        fail_website(session, site, "outside.robots", {"host": "eins.example"}, now=now)
    there = stand(database, now)
    assert (there.done, there.failed, there.due) == (2, 1, 1)


def test_a_killed_worker_leaves_the_practice_to_the_next(
    database: Database, worker_database: Database, known: list[int], now: datetime
) -> None:
    """When its lease is over; nobody else is asked for meanwhile."""
    turn_on(database)
    assert ask(worker_database, now) == known[0]
    with worker_database.write() as session:
        assert take_website(session, now=now) is not None
    assert stand(database, now).reading.endswith("Nr0")
    assert ask(worker_database, now + STEP) is None
    assert read_one(worker_database, now + timedelta(minutes=16)) == known[0]


@pytest.mark.parametrize(
    ("field", "value"), [("every_days", 6), ("every_days", 366), ("per_hour", 0), ("per_hour", 121)]
)
def test_an_impolite_pace_is_refused_at_its_field(database: Database, field: str, value: int) -> None:
    """And nothing is saved."""
    with pytest.raises(Invalid) as error, database.write() as session:
        save_schedule(session, FORMS[field](value))
    assert error.value.field == field
    with database.read() as session:
        assert read_schedule(session)[0] == ScheduleForm()

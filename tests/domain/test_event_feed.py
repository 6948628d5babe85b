"""The feed of events: a late commit is not passed over, places have no gaps, and one consumer works at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from domain import events
from domain.database import Database, Session
from domain.errors import Conflict, Forbidden, Invalid
from domain.event_feed import (
    CONSUMER,
    LEASE,
    PlacedEvent,
    events_after,
    events_to_come,
    give_places,
    leave_consumer,
    move_cursor,
    take_consumer,
)
from tests.conftest import NOW, Office
from tests.examples import examples

HERE, THERE = uuid4(), uuid4()


def follow(worker: Database, place: int = 0) -> tuple[PlacedEvent, ...]:
    """What a consumer gets from there on."""
    with worker.write() as session:
        give_places(session)
        return events_after(session, place, limit=1000)


def numbers(placed: tuple[PlacedEvent, ...]) -> list[object]:
    """Whose events they are."""
    return [event.aggregate for event in placed]


def test_an_event_that_commits_late_comes_later_and_is_not_passed_over(
    database: Database, second_database: Database, worker_database: Database
) -> None:
    """Its number is the lower one, and the consumer was past it already."""
    with database.write() as slow:
        events.record(slow, "patient.created", 1)
        slow.flush()
        with second_database.write() as quick:
            events.record(quick, "patient.created", 2)
        first = follow(worker_database)
        assert numbers(first) == ["patient:2"]
    assert numbers(follow(worker_database, first[-1].place)) == ["patient:1"]


def test_the_envelope_is_the_one_agreed(database: Database, worker_database: Database) -> None:
    """Name for name; the time is UTC."""
    with database.write() as session:
        events.record(session, "inquiry_item.accepted", 7, inquiry_id=3)
    (placed,) = follow(worker_database)
    assert (placed.place, placed.producer, placed.aggregate) == (1, "matching_service", "inquiry_item:7")
    told = placed.envelope
    assert list(told) == ["eventId", "eventType", "version", "timestamp", "producer", "payload"]
    assert (told["eventType"], told["version"]) == ("inquiry_item.accepted", "1.0")
    assert told["payload"] == {"inquiry_item_id": 7, "inquiry_id": 3}
    assert datetime.fromisoformat(str(told["timestamp"])).tzinfo == UTC


@pytest.fixture
def desks(office: Office) -> Iterator[list[Database]]:
    """Three connections that may write at once."""
    with ExitStack() as stack:
        desks = [office.database("jana") for _ in range(3)]
        for desk in desks:
            stack.callback(desk.close)
        yield desks


STEPS = st.lists(st.tuples(st.sampled_from(["tell", "commit", "undo", "follow"]), st.integers(0, 2)), max_size=25)


@settings(max_examples=examples(8), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_order_transactions_end_in_everything_arrives_once_and_in_order(
    desks: list[Database], worker_database: Database, steps: list[tuple[str, int]]
) -> None:
    """Three desks begin, tell, commit and roll back as they like, while a consumer follows."""
    with worker_database.write() as session:
        give_places(session)
        before = session.execute(text("SELECT coalesce(max(place), 0) FROM platform.event_place")).scalar_one()
    open_ones: dict[int, tuple[ExitStack, Session, list[int]]] = {}
    got: list[PlacedEvent] = []
    kept: list[int] = []
    told = 0

    def end(desk: int, *, commit: bool) -> None:
        stack, session, mine = open_ones.pop(desk)
        if not commit:
            session.rollback()
        stack.close()
        kept.extend(mine if commit else [])

    for step, desk in steps:
        if step == "tell":
            if desk not in open_ones:
                stack = ExitStack()
                open_ones[desk] = (stack, stack.enter_context(desks[desk].write()), [])
            told += 1
            events.record(open_ones[desk][1], "plan_line.noted", told)
            open_ones[desk][1].flush()
            open_ones[desk][2].append(told)
        elif step == "follow":
            got += follow(worker_database, got[-1].place if got else before)
        elif desk in open_ones:
            end(desk, commit=step == "commit")
    for desk in list(open_ones):
        end(desk, commit=True)
    got += follow(worker_database, got[-1].place if got else before)
    assert [event.place for event in got] == list(range(before + 1, before + len(kept) + 1))
    assert sorted(numbers(tuple(got)), key=str) == sorted([f"plan_line:{n}" for n in kept], key=str)


def test_two_who_give_places_at_once_give_each_event_one(office: Office, database: Database) -> None:
    """They take turns."""
    with database.write() as session:
        for number in range(2500):
            events.record(session, "plan_line.noted", number)

    def giving() -> int:
        worker = office.database("worker")
        try:
            given = 0
            while True:
                with worker.write() as session:
                    more = give_places(session)
                if not more:
                    return given
                given += more
        finally:
            worker.close()

    with ThreadPoolExecutor(3) as pool:
        assert sum(work.result() for work in [pool.submit(giving) for _ in range(3)]) == 2500
    with pytest.raises(Forbidden), database.read() as session:
        session.execute(text("SELECT count(*) FROM platform.event_place"))


def test_one_works_for_a_consumer_until_it_leaves_or_its_lease_ends(worker_database: Database) -> None:
    """A killed one holds nobody up for longer than its lease."""
    with worker_database.write() as session:
        assert take_consumer(session, CONSUMER, holder=HERE, now=NOW) == 0
        assert take_consumer(session, CONSUMER, holder=HERE, now=NOW) == 0
        assert take_consumer(session, CONSUMER, holder=THERE, now=NOW + LEASE - timedelta(seconds=1)) is None
        assert take_consumer(session, CONSUMER, holder=THERE, now=NOW + LEASE) == 0
        leave_consumer(session, CONSUMER, holder=HERE)  # no longer its turn to leave
        assert take_consumer(session, CONSUMER, holder=HERE, now=NOW + LEASE) is None
        leave_consumer(session, CONSUMER, holder=THERE)
        assert take_consumer(session, CONSUMER, holder=HERE, now=NOW + LEASE) == 0


def test_a_cursor_goes_forward_only_and_not_beyond_what_there_is(database: Database, worker_database: Database) -> None:
    """Also where whoever moves it is mistaken; and only by who has the turn."""
    with database.write() as session:
        for number in range(3):
            events.record(session, "plan_line.noted", number)
    follow(worker_database)
    with worker_database.write() as session:
        take_consumer(session, CONSUMER, holder=HERE, now=NOW)
        move_cursor(session, CONSUMER, 2, holder=HERE, now=NOW)
        assert events_to_come(session, CONSUMER) == 1
        move_cursor(session, CONSUMER, 1, holder=HERE, now=NOW)
    with pytest.raises(Conflict), worker_database.write() as session:
        move_cursor(session, CONSUMER, 3, holder=THERE, now=NOW)
    with pytest.raises(Invalid), worker_database.write() as session:
        move_cursor(session, CONSUMER, 4, holder=HERE, now=NOW)
    with database.read() as session:
        assert events_to_come(session, CONSUMER) == 1
        assert events_to_come(session, "nobody") is None


@pytest.mark.parametrize(
    "payload",
    [
        '{"name": "Anna"}',
        '{"mail": "a@b.example"}',
        '{"day": "2026-01-02"}',
        '{"phone": "02411234"}',
        '{"of": {"a": 1}}',
        '{"Anna": 1}',
    ],
)
def test_an_event_tells_of_nobody(database: Database, payload: str) -> None:
    """Names, addresses and days are refused by the database, whoever writes them."""
    with pytest.raises(Invalid), database.write() as session:
        session.execute(
            text(
                "INSERT INTO platform.event (event_type, producer, payload)"
                " VALUES ('patient.created', 'patient_service', cast(:payload AS jsonb))"
            ),
            {"payload": payload},
        )

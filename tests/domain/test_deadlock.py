"""Two transactions that stand in each other's way: the database ends one, which then simply comes again."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import text

from domain.database import Database, again_if_in_the_way
from tests.builders import add_search


def test_a_deadlock_is_nobodys_business(database: Database, second_database: Database) -> None:
    """Each holds what the other wants; both get through, and both changes are there."""
    with database.write() as session:
        one, two = add_search(session), add_search(session)
    both_hold = Barrier(2)
    tries: list[int] = []

    def raise_urgency(own: Database, first: int, second: int) -> None:
        def once() -> None:
            tries.append(first)
            with own.write() as session:
                raised = text("UPDATE matching_service.place_search SET urgency = urgency + 1 WHERE id = :id")
                session.execute(raised, {"id": first})
                if tries.count(first) == 1:  # the one that comes again finds nobody waiting
                    both_hold.wait(60)
                session.execute(raised, {"id": second})

        again_if_in_the_way(once)

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(raise_urgency, database, one, two), pool.submit(raise_urgency, second_database, two, one)]
        for each in done:
            each.result(timeout=120)
    assert len(tries) >= 3  # one at least had to come again
    with database.read() as session:
        assert session.scalars(text("SELECT urgency FROM matching_service.place_search")).all() == [2, 2]

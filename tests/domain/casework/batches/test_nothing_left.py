"""A batch taken back before anything left: the day is as it was, and one can still read what it would have been."""

from domain.casework.agenda import TaskKind, agenda
from domain.casework.batches.previews import line_letter
from domain.casework.batches.steering import take_back
from domain.database import Database
from tests.domain.casework.batches.steps import NOW, make_all, planned_town, take_all_back
from tests.domain.casework.batches.test_batches import lines_of, released


def test_a_batch_taken_back_leaves_the_day_as_it_was(database: Database) -> None:
    """Whose inquiry never left is asked for again: the task is there as before."""
    planned_town(database, practices=4)
    with database.read() as session:
        before = agenda(session, now=NOW).counts[TaskKind.STALE_SEARCH]
    batch = released(database)
    make_all(database, batch)
    with database.write() as session:
        assert agenda(session, now=NOW).counts[TaskKind.STALE_SEARCH] == 0
        take_back(session, batch)
    take_all_back(database, batch)
    with database.read() as session:
        assert agenda(session, now=NOW).counts[TaskKind.STALE_SEARCH] == before == 4


def test_what_was_taken_back_shows_what_it_was(database: Database) -> None:
    """The script of a call that will not be made names whom it was for, not nobody."""
    planned_town(database, practices=2, phones=1)
    batch = released(database)
    make_all(database, batch)
    with database.write() as session:
        take_back(session, batch)
    take_all_back(database, batch)
    with database.read() as session:
        called = next(line for line in lines_of(database, batch) if line.way == "phone")
        words = line_letter(session, called.line_id, now=NOW).text
    assert "0 Personen" not in words
    assert "eine Person" in words or "1 Person" in words or "Personen" in words

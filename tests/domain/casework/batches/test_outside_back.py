"""A batch taken back while a person has one of its mails outside."""

from domain.casework import by_hand
from domain.casework.batches.steering import take_back
from domain.casework.taking import look_before_by_hand
from domain.database import Database
from tests.domain.casework.batches.steps import NOW, figures, make_all, planned_town, scalar, take_all_back
from tests.domain.casework.batches.test_batches import INQUIRIES, LATER, lines_of, released


def test_what_somebody_had_outside_is_taken_back_with_the_word_that_it_was_not_sent(database: Database) -> None:
    """Its batch was taken back meanwhile: it waits for nobody, its patients and practice are free."""
    planned_town(database, practices=2)
    batch = released(database)
    make_all(database, batch)
    held = next(line.email_id for line in lines_of(database, batch) if line.email_id is not None)
    with database.write() as session:
        assert look_before_by_hand(session, held, now=NOW) == ""
        take_back(session, batch)
    take_all_back(database, batch)
    assert (figures(database, batch).taken_back, scalar(database, INQUIRIES)) == (1, 1)
    with database.write() as session:
        assert by_hand.put_back(session, held, now=LATER) == "stopped.batch_taken_back"
    assert (figures(database, batch).taken_back, scalar(database, INQUIRIES)) == (2, 0)

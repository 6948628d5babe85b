"""Lines of a batch that became letters: taken back while they wait for the printer, kept once they were printed."""

from datetime import timedelta

from domain.casework.batches.gathering import gather_practices, gather_reminders
from domain.casework.batches.steering import take_back
from domain.database import Database
from tests.builders import add_search, add_therapist
from tests.domain.casework.batches.steps import NOW, figures, make_all, release, scalar, take_all_back
from tests.domain.casework.batches.test_batches import lines_of
from tests.domain.casework.steps import ask, print_all


def test_taken_back_the_letters_that_wait_are_dropped(database: Database) -> None:
    """One that was printed stays, and its line says so."""
    with database.write() as session:
        search = add_search(session)
        practices = [add_therapist(session, email="", phone="") for _ in range(2)]
        batch = gather_practices(session, search_id=search, therapist_ids=practices).batch_id
        release(session, batch, now=NOW)
    make_all(database, batch)
    first, _ = lines_of(database, batch)
    with database.write() as session:
        assert first.inquiry_id is not None
        print_all(session, first.inquiry_id, now=NOW)
        take_back(session, batch)
    take_all_back(database, batch)
    assert [(line.status, line.printed_at) for line in lines_of(database, batch)] == [
        ("made", NOW), ("taken_back", None),
    ]  # fmt: skip
    assert scalar(database, "SELECT count(*) FROM communication_service.printed_letter") == 1
    assert scalar(database, "SELECT count(*) FROM matching_service.inquiry WHERE stage = 'cancelled'") == 1


def test_reminders_on_paper_are_taken_back(database: Database) -> None:
    """None was printed: none was reminded, and the practice is due as before."""
    week = NOW + timedelta(days=8)
    with database.write() as session:
        ask(session, add_search(session), now=NOW, therapist=add_therapist(session, email="", phone=""))
        batch = gather_reminders(session, now=week).batch_id
        release(session, batch, now=week)
    make_all(database, batch, now=week)
    with database.write() as session:
        take_back(session, batch)
    take_all_back(database, batch, now=week)
    assert figures(database, batch).taken_back == 1
    assert scalar(database, "SELECT sum(reminders) FROM matching_service.inquiry") == 0
    with database.write() as session:
        assert gather_reminders(session, now=week).lines == 1

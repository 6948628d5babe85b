"""Steps of tests of batches: a town with a plan, a batch made whole, its figures."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.batches import steering
from domain.casework.batches.listing import BatchRow, Ways, count_ways, get_batch
from domain.casework.batches.making import make_next
from domain.casework.week_plan import propose, save
from domain.database import Database
from tests.builders import AACHEN, add_patient, add_search, add_therapist
from tests.domain.casework.steps import ask

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


def planned_town(database: Database, *, practices: int = 6, phones: int = 0, domain: str = "praxis.example") -> None:
    """Practices and as many searches, and a plan that asks each of them."""
    with database.write() as session:
        for number in range(practices):
            place = (AACHEN[0] + 0.001 * number, AACHEN[1])
            add_therapist(session, place=place, email="" if number < phones else f"praxis-{number}@{domain}")
        for number in range(practices):
            add_search(session, waiting_since=date(2026, 3, 1) + timedelta(days=number))
    with database.read() as session:
        proposal = propose(session, now=NOW, mails=practices, minutes=6 * phones)
    with database.write() as session:
        save(session, proposal, now=NOW)


def release(session: Session, batch_id: int, *, now: datetime) -> Ways:
    """Send a batch by a button that counted all its lines."""
    return steering.release(session, batch_id, now=now, shown=count_ways(session, batch_id))


def make_all(database: Database, batch_id: int, *, now: datetime = NOW) -> int:
    """Make every line there is, one a transaction, as the window does; returns how many."""
    made = 0
    while True:
        with database.write() as session:
            if not make_next(session, batch_id, now=now):
                return made
        made += 1


def take_all_back(database: Database, batch_id: int, *, now: datetime = NOW) -> None:
    """Take back what is still here."""
    after: int | None = 0
    while after is not None:
        with database.write() as session:
            after = steering.take_back_next(session, batch_id, after=after, now=now)


def figures(database: Database, batch_id: int) -> BatchRow:
    """The batch as lists show it; its figures always add up."""
    with database.read() as session:
        batch = get_batch(session, batch_id)
    parts = (
        batch.open, batch.left_out, batch.refused, batch.taken_back, batch.arranged, batch.waiting, batch.sending,
        batch.sent, batch.failed, batch.unclear, batch.stopped,
    )  # fmt: skip
    assert sum(parts) == batch.lines
    return batch


def hopeful(session: Session, *, asked: bool = True, **values: object) -> int:
    """A patient with an address and an active search, for whom a practice was asked; returns the patient's id."""
    patient = add_patient(session, **({"email": "lea@mail.example", "wants_status": True} | values))  # type: ignore[arg-type]  # columns
    search = add_search(session, patient)
    if asked:
        ask(session, search, now=NOW - timedelta(days=30))
    return patient


def scalar(database: Database, query: str) -> int:
    """One number."""
    with database.read() as session:
        return int(session.execute(text(query)).scalar_one())

"""A contact log for tests: entries of a patient and a practice, and tampering as the database's owner could."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.chain_walk import Fault
from domain.communication.evidence.chain import chain_waiting
from domain.communication.evidence.verify import Checked, verify
from domain.communication.models import ContactEntry
from domain.database import Database
from tests.builders import add_patient
from tests.conftest import NOW, Office


def note(session: Session, patient: int, *, number: int = 0, **values: object) -> int:
    """One entry; returns its id."""
    entry = ContactEntry(
        **({
            "at": NOW + timedelta(minutes=number), "channel": "phone", "direction": "out", "kind": "no_answer",
            "patient_id": patient, "counterpart": f"Frau Şahin {number}", "body": f'„besetzt“\n"{number}"\t\\',
        } | values)
    )  # fmt: skip
    session.add(entry)
    session.flush()
    return entry.id


def fill(database: Database, count: int) -> tuple[int, ...]:
    """A patient with that many entries, committed and chained."""
    with database.write() as session:
        patient = add_patient(session)
        ids = tuple(note(session, patient, number=number) for number in range(count))
    with database.write() as session:
        chain_waiting(session)
    return ids


def check(database: Database, **options: object) -> Checked:
    """The check as whoever runs it."""
    with database.read() as session:
        return verify(session, now=datetime.now(UTC), **options)  # type: ignore[arg-type]


@contextmanager
def tampering(office: Office) -> Iterator[Session]:
    """As the owner with every trigger off; what was done is taken back at the end."""
    owner = Database(office.url("owner"), pool_size=1)
    try:
        with Session(owner.engine) as session:
            session.execute(text("SET LOCAL session_replication_role = replica"))
            yield session
            session.rollback()
    finally:
        owner.close()


def faults(session: Session, **options: object) -> list[tuple[Fault, int | None, int | None]]:
    """What a check finds at this moment of a transaction: fault, link, entry."""
    found = verify(session, now=datetime.now(UTC), **options)  # type: ignore[arg-type]
    return [(f.fault, f.number, f.entry_id) for f in found.findings]

"""The chain over a contact log of a million entries: linking it, checking it, and what a new entry costs for it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psutil
import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import text

from benchmarks.conftest import FILL
from benchmarks.test_history import ENTRIES, HISTORY, PEOPLE
from domain.communication.evidence.chain import BATCH, chain_waiting
from domain.communication.evidence.verify import verify
from domain.database import Database
from tests.conftest import Office
from tests.servers.postgres import TestCluster

# as the migration does it for an office that was there before the chain
QUEUE = """
WITH salted AS MATERIALIZED (
    SELECT c.*, uuid_send(gen_random_uuid()) AS salt FROM communication_service.contact_entry c
), salts AS (
    INSERT INTO audit.contact_salt (entry_id, salt) SELECT id, salt FROM salted
)
INSERT INTO audit.contact_pending (entry_id, content_hash)
SELECT id, audit.contact_hash(salt, id, at, channel, direction, patient_id, therapist_id, inquiry_id, email_id, call_id,
                              person_id, kind, counterpart, body) FROM salted;
"""
NOTE = """INSERT INTO communication_service.contact_entry (at, channel, direction, patient_id, body)
          VALUES (now(), 'phone', 'out', 1, 'Anruf, niemand nahm ab')"""


@pytest.fixture(scope="module")
def office(cluster: TestCluster) -> Iterator[Office]:
    """An office with a million entries, none of them linked."""
    name = cluster.clone("platzlotse_template")
    owner = Database(cluster.admin_url(name))
    fill = FILL.replace(":therapists", str(PEOPLE)).replace(":patients", str(PEOPLE))
    with owner.write() as session:
        session.connection().connection.cursor().execute(fill + HISTORY)
    owner.close()
    yield Office(cluster, name)
    cluster.drop(name)


@pytest.fixture(scope="module")
def owner(office: Office) -> Iterator[Database]:
    """The same as its owner."""
    made = office.database("owner")
    yield made
    made.close()


def test_queueing_what_was_there_before(owner: Database, benchmark: BenchmarkFixture) -> None:
    """Once, when an office with a million entries is migrated."""

    def work() -> None:
        with owner.write() as session:
            session.execute(text(QUEUE))

    benchmark.pedantic(work, rounds=1)


def test_linking_a_million(office: Office, owner: Database, benchmark: BenchmarkFixture) -> None:
    """By the worker, a batch a transaction."""
    worker = office.database("worker")

    def work() -> int:
        linked = 0
        while True:
            with worker.write() as session:
                done = chain_waiting(session)
            linked += done
            if done < BATCH:
                return linked

    assert benchmark.pedantic(work, rounds=1) == ENTRIES
    worker.close()
    with owner.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE audit.contact_link"))
        connection.execute(text("VACUUM ANALYZE audit.contact_pending"))


def test_checking_a_million(office: Office, benchmark: BenchmarkFixture) -> None:
    """By the auditor: every link, every entry, in one snapshot; memory does not grow with the log."""
    auditor = office.database("auditor")
    process = psutil.Process()
    grown = 0

    def work() -> int:
        nonlocal grown
        before = process.memory_info().rss
        with auditor.read() as session:
            checked = verify(session, now=datetime.now(UTC))
        grown = max(grown, process.memory_info().rss - before)
        assert checked.sound
        return checked.links

    assert benchmark.pedantic(work, rounds=3) == ENTRIES
    benchmark.extra_info["megabytes"] = round(grown / 1e6)
    print(f"\nmemory grew by {grown / 1e6:.0f} MB")
    auditor.close()


@pytest.mark.parametrize("queued", [False, True], ids=["without", "with the queue"])
def test_noting_one_contact(owner: Database, benchmark: BenchmarkFixture, queued: bool) -> None:
    """One entry a transaction, with the audit's triggers as always."""
    switch = "ENABLE" if queued else "DISABLE"
    with owner.write() as session:
        session.execute(text(f"ALTER TABLE communication_service.contact_entry {switch} TRIGGER queue_contacts"))

    def work() -> None:
        with owner.write() as session:
            session.execute(text(NOTE))

    benchmark(work)

"""The chain over the contact log: no commit is left out, whatever the order, the number of workers, or kills."""

import json
import random
import time
from datetime import timedelta
from hashlib import sha256
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.chain_walk import START, Fault, link_hash
from domain.communication.evidence.chain import chain_head, chain_waiting
from domain.database import Database
from domain.errors import Forbidden
from sync.worker import Worker
from tests.builders import add_patient
from tests.conftest import Office
from tests.domain.communication.evidence.log import check, fill, note
from tests.examples import examples
from tests.servers.forked import Forked

PROGRAM = "tests.domain.communication.evidence.chain_program"
CHAINED = "SELECT count(*) FROM audit.contact_link"


def chain_all(database: Database, many: int = 1000) -> int:
    """Link everything that waits; returns how many."""
    linked = 0
    while True:
        with database.write() as session:
            done = chain_waiting(session, many=many)
        if not done:
            return linked
        linked += done


def test_a_contact_is_linked_after_its_commit(database: Database, worker_database: Database) -> None:
    """Before it waits, afterwards it is the chain's end; what is not committed is nobody's to link."""
    with database.write() as session:
        patient = add_patient(session)
        note(session, patient)
        session.flush()
        assert chain_all(worker_database) == 0
    assert check(database).waiting == 1
    assert chain_all(worker_database) == 1
    checked = check(database)
    assert (checked.links, checked.waiting, checked.sound) == (1, 0, True)


def test_a_late_commit_of_an_earlier_number_is_not_skipped(
    office: Office, database: Database, worker_database: Database
) -> None:
    """An entry that was begun first and committed last comes behind those linked meanwhile."""
    with database.write() as session:
        patient = add_patient(session)
    slow = office.database("tom")
    with slow.write() as first:
        early = note(first, patient)
        with database.write() as second:
            late = note(second, patient)
        assert chain_all(worker_database) == 1
    slow.close()
    assert early < late
    assert chain_all(worker_database) == 1
    with database.read() as session:
        order = session.scalars(text("SELECT entry_id FROM audit.contact_link ORDER BY number")).all()
    assert order == [late, early]
    assert check(database).sound


@settings(max_examples=examples(8), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(["note 0", "note 1", "note 2", "end 0", "end 1", "end 2", "drop 1", "chain"]), max_size=30)
)
def test_no_order_of_commits_leaves_an_entry_out(
    database: Database, worker_database: Database, steps: list[str]
) -> None:
    """Three people note, commit and drop in any order while the worker links: each commit has exactly one link."""
    with database.write() as session:
        patient = add_patient(session)
    people = [Session(database.engine) for _ in range(3)]
    for step in [*steps, "end 0", "end 1", "end 2", "chain"]:
        verb, _, who = step.partition(" ")
        if verb == "note":
            note(people[int(who)], patient)
        elif verb == "end":
            people[int(who)].commit()
        elif verb == "drop":
            people[int(who)].rollback()
        else:
            chain_all(worker_database, many=2)
    for person in people:
        person.close()
    checked = check(database)
    with database.read() as session:
        entries = session.scalar(text("SELECT count(*) FROM communication_service.contact_entry"))
    assert checked.sound
    assert (checked.links, checked.waiting) == (entries, 0)


def test_the_hashes_are_what_the_documentation_says(office: Office, database: Database) -> None:
    """Worked out a second time, in Python, from the rows: content from the salt, link from the one before."""
    fill(database, 5)
    owner = office.database("owner")
    query = """
        SELECT l.*, s.salt, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') AS at, e.channel,
               e.direction, e.patient_id, e.therapist_id, e.inquiry_id, e.email_id, e.call_id, e.person_id, e.kind,
               e.counterpart, e.body, e.takes_back,
               ARRAY(SELECT p.patient_id FROM communication_service.contact_patient p
                     WHERE p.entry_id = e.id ORDER BY p.patient_id) AS told_of
        FROM audit.contact_link l JOIN audit.contact_salt s USING (entry_id)
        JOIN communication_service.contact_entry e ON e.id = l.entry_id ORDER BY number"""
    with owner.read() as session:
        found = session.execute(text(query)).all()
    owner.close()
    before = START
    for number, row in enumerate(found, start=1):
        content = [row.entry_id, *row[5:]]
        words = json.dumps(content, ensure_ascii=False, separators=(", ", ": ")).encode()
        assert sha256(bytes(row.salt) + words).digest() == bytes(row.content_hash)
        before = link_hash(before, number, row.entry_id, bytes(row.content_hash))
        assert before == bytes(row.link_hash)
    assert len(found) == 5
    with database.read() as session:
        assert chain_head(session).link_hash == before


def test_two_workers_at_once_make_one_chain(office: Office, database: Database) -> None:
    """Two processes take turns while people note: no number twice, no entry twice, nothing left."""
    with database.write() as session:
        patient = add_patient(session)
    with (
        Forked(PROGRAM, office.url("worker")) as first,
        Forked(PROGRAM, office.url("worker")) as second,
    ):
        for program in (first, second):
            assert program.stdout is not None
            program.stdout.readline()  # it has begun
        for number in range(200):
            with database.write() as session:
                for part in range(3):
                    note(session, patient, number=3 * number + part)
        end = time.monotonic() + 60
        while check(database).waiting:
            assert time.monotonic() < end
            time.sleep(0.05)
        first.kill()
        second.kill()
    checked = check(database)
    assert (checked.links, checked.sound) == (600, True)


def test_a_killed_worker_leaves_a_sound_chain(office: Office, database: Database) -> None:
    """Kill -9 while it links, again and again: a batch is linked or waits, nothing in between."""
    dice = random.Random(20261123)  # noqa: S311 - no secret
    with database.write() as session:
        patient = add_patient(session)
    hits, longest = 0, 0.15
    for kills in count(1):
        with database.write() as session:
            for number in range(400):
                note(session, patient, number=number)
        with Forked(PROGRAM, office.url("worker")) as program:
            assert program.stdout is not None
            program.stdout.readline()  # it has begun
            time.sleep(dice.uniform(0, longest))
            program.kill()
        checked = check(database)
        assert checked.sound
        hits += checked.links % 400 > 0
        if kills >= 3 and hits:
            break
        longest *= 0.7 if not checked.waiting else 1.4  # as long as this machine takes to link some of them
        assert kills < 60
    chain_all(database)
    checked = check(database)
    assert (checked.links, checked.waiting, checked.sound) == (400 * kills, 0, True)


def test_the_worker_links_what_waits(office: Office, database: Database) -> None:
    """More than one batch, too; without anything it does nothing."""
    with database.write() as session:
        patient = add_patient(session)
        note(session, patient)
    worker = Worker(office.url("worker"), None)
    worker.chain()
    worker.chain()
    worker.close()
    assert check(database).links == 1


def test_the_auditor_checks_what_they_may_not_read(office: Office, database: Database) -> None:
    """The whole check, and not a word of the log; they cannot link."""
    fill(database, 3)
    auditor = office.database("auditor")
    assert check(auditor).links == 3
    with pytest.raises(Forbidden), auditor.read() as session:
        session.execute(text("SELECT body FROM communication_service.contact_entry"))
    auditor.close()


def test_whoever_has_no_business_with_it_checks_nothing(office: Office, database: Database) -> None:
    """The administrator of the server is no auditor."""
    fill(database, 1)
    admin = office.database("admin")
    with pytest.raises(Forbidden):
        check(admin)
    admin.close()


def test_an_erased_content_is_told_apart_and_fine(office: Office, database: Database) -> None:
    """The words, the salt and the audit's copy are gone, the link is there, and the chain is sound."""
    ids = fill(database, 4)
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(text("SELECT audit.erase_contact(:id, 'Art. 17')"), {"id": ids[1]})
    checked = check(database)
    assert (checked.links, checked.erased, checked.sound) == (4, 1, True)
    with owner.read() as session:
        left = session.execute(
            text("""
            SELECT e.counterpart || e.body,
                   (SELECT count(*) FROM audit.contact_salt s WHERE s.entry_id = e.id),
                   (SELECT count(*) FROM audit.content c JOIN audit.entry a ON a.id = c.entry_id
                    WHERE a.table_name = 'communication_service.contact_entry' AND a.row_id = e.id)
            FROM communication_service.contact_entry e WHERE e.id = :id"""),
            {"id": ids[1]},
        ).one()
        assert tuple(left) == ("", 0, 0)
    owner.close()


def test_an_erasure_before_the_link_is_fine_too(office: Office, database: Database) -> None:
    """What was erased while it waited is linked all the same."""
    with database.write() as session:
        entry = note(session, add_patient(session))
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(text("SELECT audit.erase_contact(:id, 'Art. 17')"), {"id": entry})
    owner.close()
    chain_all(database)
    checked = check(database)
    assert (checked.links, checked.erased, checked.sound) == (1, 1, True)


def test_nobody_changes_or_drops_what_was_noted(office: Office, database: Database) -> None:
    """Not even the owner by accident: the log, its links and its salts are append-only."""
    fill(database, 2)
    owner = office.database("owner")
    for statement in (
        "UPDATE communication_service.contact_entry SET body = ''",
        "DELETE FROM communication_service.contact_entry",
        "UPDATE audit.contact_link SET entry_id = entry_id + 10",
        "DELETE FROM audit.contact_link",
        "TRUNCATE audit.contact_link",
        "DELETE FROM audit.contact_salt",
        "UPDATE audit.contact_salt SET salt = decode(repeat('00', 16), 'hex')",
    ):
        with pytest.raises(Forbidden), owner.write() as session:
            session.execute(text(statement))
    owner.close()
    assert check(database).sound


def test_an_entry_that_waits_too_long_is_told(database: Database) -> None:
    """A worker that does not run is noticed; for a while waiting is fine."""
    with database.write() as session:
        entry = note(session, add_patient(session))
    assert check(database).sound
    late = check(database, allowed=timedelta(0))
    assert [(f.fault, f.entry_id) for f in late.findings] == [(Fault.WAITS_TOO_LONG, entry)]

"""The chain over the audit: no commit is left out, and whatever is changed afterwards is found."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.audit import chain_entries, chain_entries_waiting, record_reading
from domain.audit_check import AuditChecked, verify_audit
from domain.chain_walk import Fault, Known, Restore
from domain.database import Database, Session
from domain.errors import Forbidden
from domain.patients.models import Patient
from sync.worker import Worker
from tests.builders import add_patient
from tests.conftest import NOW, Office


def link(worker: Database) -> None:
    """Everything that waits."""
    with worker.write() as session:
        while chain_entries_waiting(session):
            pass


def check(database: Database, known: tuple[Known, ...] = ()) -> AuditChecked:
    """The whole chain, in one snapshot; by a clock that is past every entry's."""
    with database.read() as session:
        return verify_audit(session, now=NOW, allowed=timedelta(days=10_000), known=known)


@pytest.fixture
def linked(database: Database, worker_database: Database) -> Database:
    """A patient entered, changed and read; all of it linked."""
    with database.write() as session:
        patient = add_patient(session)
    with database.write() as session:
        session.get_one(Patient, patient).last_name = "Neumann"
        record_reading(session, "patient_service.patient", patient)
    link(worker_database)
    return database


@contextmanager
def tampering(office: Office) -> Iterator[Session]:
    """What only the database's owner can do, and only with the rules turned off."""
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        yield session
    owner.close()


def test_a_change_and_a_reading_are_linked_after_their_commit(linked: Database) -> None:
    """A reading has no content; the chain is sound."""
    checked = check(linked)
    assert checked.sound
    assert checked.links >= 3
    assert (checked.bare, checked.waiting) == (1, 0)


def test_an_entry_that_commits_late_comes_later_and_is_not_left_out(
    database: Database, second_database: Database, worker_database: Database
) -> None:
    """Its number is the lower one."""
    link(worker_database)
    with database.write() as slow:
        add_patient(slow)
        slow.flush()
        with second_database.write() as quick:
            add_patient(quick, last_name="Keller")
        link(worker_database)
        before = check(second_database)
        assert before.waiting == 0
    assert check(database).waiting > 0
    link(worker_database)
    after = check(database)
    assert (after.sound, after.waiting) == (True, 0)
    assert after.links > before.links


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit.entry SET actor = 'jemand' WHERE id = :id", Fault.ENTRY_CHANGED),
        ("UPDATE audit.entry SET at = at - interval '1 day' WHERE id = :id", Fault.ENTRY_CHANGED),
        ("UPDATE audit.entry SET columns = '{first_name}' WHERE id = :id", Fault.ENTRY_CHANGED),
        (
            'UPDATE audit.content SET after = after || \'{"last_name": "Anders"}\' WHERE entry_id = :id',
            Fault.CONTENT_CHANGED,
        ),
        ("DELETE FROM audit.entry WHERE id = :id", Fault.ENTRY_GONE),
        ("DELETE FROM audit.entry_link WHERE entry_id = :id", Fault.LINKS_GONE),
        ("UPDATE audit.entry_link SET entry_hash = sha256('x') WHERE entry_id = :id", Fault.LINK_CHANGED),
    ],
)
def test_what_was_changed_afterwards_is_found(office: Office, linked: Database, statement: str, fault: Fault) -> None:
    """Also by the database's owner."""
    with tampering(office) as session:
        entry = session.execute(
            text(
                "SELECT max(id) FROM audit.entry WHERE operation = 'update' AND table_name = 'patient_service.patient'"
            )
        ).scalar_one()
        session.execute(text(statement.replace(":id", str(entry))))
    checked = check(linked)
    assert fault in {finding.fault for finding in checked.findings}


def test_a_forgotten_entry_is_found(office: Office, linked: Database) -> None:
    """One that was slipped in without the rules was never told to anybody."""
    with tampering(office) as session:
        session.execute(
            text("INSERT INTO audit.entry (operation, table_name, row_id, columns) VALUES ('read', 'x.y', 1, '{}')")
        )
    assert [finding.fault for finding in check(linked).findings] == [Fault.NEVER_CHAINED]


def test_erased_content_leaves_the_chain_sound(office: Office, linked: Database) -> None:
    """That something changed stays, what it was does not; who erased it is on record."""
    before = check(linked)
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(text("DELETE FROM audit.content"))
        assert set(session.scalars(text("SELECT actor FROM audit.content_erasure"))) == {"postgres"}
    with pytest.raises(Forbidden), linked.write() as session:
        session.execute(text("INSERT INTO audit.content_erasure (entry_id) VALUES (1)"))
    owner.close()
    after = check(linked)
    assert after.sound
    assert (after.links, after.bare) == (before.links, before.links)


def test_content_that_went_without_a_record_is_missed(office: Office, linked: Database) -> None:
    """With the rules turned off nothing is noted; the contents are missing all the same."""
    with tampering(office) as session:
        gone = len(session.scalars(text("DELETE FROM audit.content RETURNING entry_id")).all())
    checked = check(linked)
    assert {finding.fault for finding in checked.findings} == {Fault.CONTENT_GONE}
    assert checked.faults == gone


def test_a_cut_end_is_missed_by_what_was_kept_elsewhere(office: Office, linked: Database) -> None:
    """What is left is sound in itself; the end a backup knew is gone, and no restore explains it."""
    head = check(linked).head
    known = (Known(head.links, head.link_hash, NOW), Known(1, b"x" * 32, NOW))
    assert check(linked, known[:1]).sound
    assert [f.number for f in check(linked, known).findings] == [1]
    with tampering(office) as session:
        for table, column in (("content", "entry_id"), ("entry", "id")):
            session.execute(
                text(f"""DELETE FROM audit.{table} WHERE {column} IN (
                SELECT entry_id FROM audit.entry_link WHERE number > {head.links - 2})""")
            )
        session.execute(text(f"DELETE FROM audit.entry_link WHERE number > {head.links - 2}"))
    assert check(linked).sound
    assert [(f.fault, f.number) for f in check(linked, known[:1]).findings] == [(Fault.KEPT_HEAD_GONE, head.links)]


def test_an_emptied_log_is_no_sound_one(office: Office, linked: Database) -> None:
    """Numbers were given out, and nothing is left."""
    with tampering(office) as session:
        for table in ("content", "entry_link", "entry_pending", "entry"):
            session.execute(text(f"DELETE FROM audit.{table}"))
    assert [finding.fault for finding in check(linked).findings] == [Fault.ALL_GONE]


def test_a_restore_on_record_explains_only_what_it_left_behind() -> None:
    """Ends from before it, beyond where it went back to and not beyond where it came from."""
    restore = Restore(NOW, before=20, after=10)
    hour = timedelta(hours=1)
    for links, at, wanted in ((15, NOW - hour, True), (20, NOW, True), (10, NOW, False), (21, NOW, False),
                              (15, NOW + hour, False)):  # fmt: skip
        assert restore.explains(Known(links, b"x" * 32, at)) is wanted


def test_what_waits_too_long_is_told(database: Database) -> None:
    """Where no worker runs."""
    with database.write() as session:
        add_patient(session)
    with database.read() as session:
        checked = verify_audit(session, now=NOW + timedelta(days=10_000))
    assert {finding.fault for finding in checked.findings} == {Fault.WAITS_TOO_LONG}


@pytest.mark.parametrize("role", ["jana", "auditor", "admin"])
def test_nobody_but_the_worker_links(office: Office, role: str) -> None:
    """And nobody writes a link."""
    database = office.database(role)
    with pytest.raises(Forbidden), database.write() as session:
        chain_entries(session)
    for statement in ("DELETE FROM audit.entry_link", "INSERT INTO audit.entry_pending VALUES (1)"):
        with pytest.raises(Forbidden), database.write() as session:
            session.execute(text(statement))
    database.close()


def test_an_auditor_checks_what_they_may_not_see(office: Office, linked: Database) -> None:
    """The chain is sound, the contents stay closed."""
    auditor = office.database("auditor")
    assert check(auditor).sound
    with pytest.raises(Forbidden), auditor.read() as session:
        session.execute(text("SELECT * FROM audit.content"))
    auditor.close()
    assert check(linked).sound


def test_the_worker_links_by_itself(office: Office, database: Database) -> None:
    """With the contacts, in one round."""
    with database.write() as session:
        add_patient(session)
    worker = Worker(office.url("worker"), None)
    worker.chain()
    worker.close()
    assert check(database).waiting == 0

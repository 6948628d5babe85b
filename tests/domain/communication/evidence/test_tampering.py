"""Whatever is changed behind the program's back is found, and named for what it is."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.chain_walk import Fault
from domain.communication.evidence.chain import chain_head
from domain.database import Database
from tests.conftest import NOW, Office
from tests.domain.communication.evidence.log import check, faults, fill, tampering
from tests.examples import examples

LENGTH = 7
CHANGES = {
    "at": "at + interval '1 microsecond'", "channel": "'visit'", "direction": "'in'", "patient_id": "patient_id + 1",
    "therapist_id": "7", "inquiry_id": "7", "email_id": "7", "call_id": "7", "person_id": "7", "kind": "kind || ' '",
    "counterpart": "'X' || counterpart", "body": "replace(body, 'besetzt', 'erreicht')",
}  # fmt: skip
# a column moved into its neighbour must not hash alike
SHIFTS = (
    "counterpart = counterpart || left(body, 1), body = substr(body, 2)",
    "body = counterpart, counterpart = body",
)


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(
        [("contact_link", "content_hash", 32), ("contact_link", "link_hash", 32), ("contact_salt", "salt", 16)]
    ),
    st.integers(0, LENGTH - 1),
    st.integers(0, 31),
    st.integers(1, 255),
)
def test_one_changed_byte_is_found(
    office: Office, database: Database, column: tuple[str, str, int], which: int, byte: int, change: int
) -> None:
    """Any bit of any hash or salt, in the link or its entry it belongs to."""
    ids = fill(database, LENGTH) if not check(database).links else _ids(database)
    table, name, length = column
    place = byte % length
    with tampering(office) as session:
        session.execute(
            text(
                f"UPDATE audit.{table} SET {name} = set_byte({name}, :place, get_byte({name}, :place) # :change)"
                " WHERE entry_id = :id"
            ),
            {"place": place, "change": change, "id": ids[which]},
        )
        found = faults(session)
    assert found
    assert which + 1 in {number for _, number, _ in found}
    assert check(database).sound


def _ids(database: Database) -> tuple[int, ...]:
    with database.read() as session:
        return tuple(session.scalars(text("SELECT entry_id FROM audit.contact_link ORDER BY number")))


def change(session: Session, statement: str, **values: object) -> list[tuple[Fault, int | None, int | None]]:
    """Tamper and check."""
    session.execute(text(statement), values)
    return faults(session)


def test_every_column_of_an_entry_is_sealed(office: Office, database: Database) -> None:
    """Whichever is changed, the link that says so is named."""
    ids = fill(database, LENGTH)
    columns = {*CHANGES, "id", "words", "takes_back"}
    with database.read() as session:
        there = set(
            session.scalars(
                text("SELECT column_name FROM information_schema.columns WHERE table_name = 'contact_entry'")
            )
        )
    assert there == columns  # a new column of the log must be sealed, too
    changes = [f"{column} = {value}" for column, value in CHANGES.items()]
    for assignment in (*changes, *SHIFTS):
        with tampering(office) as session:
            found = change(
                session, f"UPDATE communication_service.contact_entry SET {assignment} WHERE id = :id", id=ids[3]
            )
        assert found == [(Fault.CONTENT_CHANGED, 4, ids[3])], assignment
    with tampering(office) as session:
        drop = "ALTER TABLE communication_service.contact_entry DROP CONSTRAINT ck_contact_entry_takes_back"
        session.execute(text(drop))
        taken = "UPDATE communication_service.contact_entry SET takes_back = id - 1 WHERE id = :id"
        assert change(session, taken, id=ids[3]) == [(Fault.CONTENT_CHANGED, 4, ids[3])]


@pytest.mark.parametrize(
    "tampered",
    [
        """INSERT INTO communication_service.contact_patient
           SELECT id, patient_id FROM communication_service.contact_entry WHERE id = :id""",
        # sealed as the release before did, it would say nothing of them
        "UPDATE audit.contact_salt SET form = 1 WHERE entry_id = :id",
    ],
)
def test_of_whom_an_entry_tells_is_sealed_with_it(office: Office, database: Database, tampered: str) -> None:
    """Nobody is added to it later."""
    ids = fill(database, LENGTH)
    with tampering(office) as session:
        assert change(session, tampered, id=ids[3]) == [(Fault.CONTENT_CHANGED, 4, ids[3])]


def test_a_removed_link_is_found(office: Office, database: Database) -> None:
    """In the middle as a gap, at the end by its entry."""
    ids = fill(database, LENGTH)
    with tampering(office) as session:
        found = change(session, "DELETE FROM audit.contact_link WHERE number IN (3, 4)")
        assert (Fault.LINKS_GONE, 3, None) in found
        assert {(f, e) for f, _, e in found} == {
            (Fault.LINKS_GONE, None), (Fault.NEVER_CHAINED, ids[2]), (Fault.NEVER_CHAINED, ids[3]),
        }  # fmt: skip
    with tampering(office) as session:
        assert change(session, "DELETE FROM audit.contact_link WHERE number = 7") == [
            (Fault.NEVER_CHAINED, None, ids[6])
        ]


def test_removed_links_numbered_anew_are_found(office: Office, database: Database) -> None:
    """Whoever closes the gap has a link that does not fit the one before."""
    fill(database, LENGTH)
    with tampering(office) as session:
        session.execute(text("DELETE FROM audit.contact_link WHERE number = 3"))
        session.execute(text("UPDATE audit.contact_link SET number = number + 1000 WHERE number > 3"))
        found = change(session, "UPDATE audit.contact_link SET number = number - 1001 WHERE number > 1000")
    assert 3 in {number for _, number, _ in found}


@pytest.mark.parametrize("number", [-5, 0, 8, 1_000_000_007, 2**62])
def test_a_link_with_another_number_is_found(office: Office, database: Database, number: int) -> None:
    """At once, however far away the number is."""
    ids = fill(database, LENGTH)
    with tampering(office) as session:
        session.execute(text("ALTER TABLE audit.contact_link DROP CONSTRAINT ck_contact_link_number"))
        found = change(session, "UPDATE audit.contact_link SET number = :new WHERE number = 4", new=number)
    assert found
    assert not {fault for fault, *_ in found} & {Fault.CONTENT_CHANGED, Fault.ENTRY_GONE}
    assert {entry for _, _, entry in found} <= {*ids, None}


def test_links_in_another_order_are_found(office: Office, database: Database) -> None:
    """Two that changed places are told as moved, with where they belong."""
    fill(database, LENGTH)
    with tampering(office) as session:
        for old, new in ((2, 1000), (5, 2), (1000, 5)):
            session.execute(
                text("UPDATE audit.contact_link SET number = :new WHERE number = :old"), {"old": old, "new": new}
            )
        found = faults(session)
    moved = {number for fault, number, _ in found if fault is Fault.LINK_MOVED}
    assert moved == {2, 5}


def test_a_removed_entry_is_found(office: Office, database: Database) -> None:
    """With its salt or without; only an erasure on record explains it."""
    ids = fill(database, LENGTH)
    with tampering(office) as session:
        query = "DELETE FROM communication_service.contact_entry WHERE id = :id"
        assert change(session, query, id=ids[2]) == [(Fault.ENTRY_GONE, 3, ids[2])]
    with tampering(office) as session:
        query = "DELETE FROM audit.contact_salt WHERE entry_id = :id"
        assert change(session, query, id=ids[2]) == [(Fault.SALT_GONE, 3, ids[2])]


def test_an_erasure_that_erased_nothing_is_found(office: Office, database: Database) -> None:
    """The record alone does not cover changed words."""
    ids = fill(database, LENGTH)
    with tampering(office) as session:
        session.execute(
            text("UPDATE communication_service.contact_entry SET body = 'Absage' WHERE id = :id"), {"id": ids[2]}
        )
        query = "INSERT INTO audit.contact_erasure (entry_id, reason) VALUES (:id, 'x')"
        assert change(session, query, id=ids[2]) == [(Fault.ERASED_BY_HALF, 3, ids[2])]


def test_an_entry_slipped_in_is_found(office: Office, database: Database) -> None:
    """An attempt nobody made, written past the triggers, has no link and none waits for it."""
    fill(database, LENGTH)
    with tampering(office) as session:
        found = change(
            session,
            "INSERT INTO communication_service.contact_entry (at, channel, patient_id) VALUES (:at, 'phone', 1)",
            at=NOW,
        )
    assert [fault for fault, *_ in found] == [Fault.NEVER_CHAINED]


def test_a_chain_written_anew_is_found_by_a_printed_head(office: Office, database: Database) -> None:
    """Whoever owns the database can make a whole new chain; a head that was printed before tells."""
    ids = fill(database, LENGTH)
    with database.read() as session:
        head = chain_head(session)
    assert check(database, head=head.link_hash).head_at == LENGTH
    with tampering(office) as session:
        session.execute(
            text("UPDATE communication_service.contact_entry SET kind = 'reached' WHERE id = :id"), {"id": ids[1]}
        )
        session.execute(text("DELETE FROM audit.contact_link"))
        session.execute(
            text(
                "INSERT INTO audit.contact_pending SELECT e.id, audit.contact_hash(s.salt, e.id, e.at, e.channel,"
                " e.direction, e.patient_id, e.therapist_id, e.inquiry_id, e.email_id, e.call_id, e.person_id, e.kind,"
                " e.counterpart, e.body, e.takes_back, '{}')"
                " FROM communication_service.contact_entry e JOIN audit.contact_salt s ON s.entry_id = e.id"
            )
        )
        session.execute(text("SELECT audit.chain_contacts(100)"))
        assert faults(session) == []
        assert faults(session, head=head.link_hash) == [(Fault.HEAD_GONE, None, None)]

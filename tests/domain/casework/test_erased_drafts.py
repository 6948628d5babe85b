"""Drafts on a seat about somebody whose words were erased since."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from domain.casework.draft_upload import upload
from domain.casework.erased_drafts import erasures_of, forget_erased, people_in
from domain.casework.word_erasure import erase_words
from domain.communication.contacts import ContactNote, note_patient_contact
from domain.communication.drafts.records import Addressee, DraftText
from domain.communication.drafts.store import DraftStore
from domain.database import Database
from tests.builders import add_patient
from tests.conftest import NOW, Office


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DraftStore]:
    """An empty store."""
    made = DraftStore(tmp_path / "drafts.db", bytes(range(32)))
    yield made
    made.close()


def written(store: DraftStore, patient: int, *, hours: int) -> UUID:
    """A draft to a patient, last changed so long after the day began."""
    to = Addressee("lea@mail.example", "Lea", patient_id=patient)
    return store.add(DraftText(to, "Hallo", "Worte"), now=NOW + timedelta(hours=hours))


def test_a_draft_from_before_goes_and_is_not_handed_over(office: Office, database: Database, store: DraftStore) -> None:
    """Whether it waits or is being written; one written since, and one about somebody else, stays."""
    with database.write() as session:
        lea, jonas = (add_patient(session, email="lea@mail.example") for _ in range(2))
        note_patient_contact(session, lea, ContactNote(NOW, "phone", "in", "", "weinte"), now=NOW)
        erase_words(session, lea, reason="Antrag", now=NOW)
    owner = office.database("owner")
    with owner.write() as session:  # by the tests' own day
        session.execute(text("UPDATE audit.patient_erasure SET at = :at"), {"at": NOW + timedelta(hours=2)})
    owner.close()
    waiting, _, since, other = (
        written(store, who, hours=hours) for who, hours in ((lea, 1), (lea, 1), (lea, 3), (jonas, 1))
    )
    for number in (waiting, other):
        store.queue(number, now=NOW + timedelta(hours=1))
    assert people_in(store) == {lea, jonas}
    assert upload(store, database, now=NOW).done == 1
    assert [draft.client_uuid for draft in store.drafts()] == [since]
    with database.read() as session:
        assert forget_erased(store, erasures_of(session, people_in(store))) == 0
        sent = "SELECT patient_id FROM communication_service.email"
        assert session.scalars(text(sent)).all() == [jonas]

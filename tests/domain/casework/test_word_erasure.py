"""Erasing what the contact log says of a patient: by whom, of what, and what is left."""

import pytest
from sqlalchemy import select, text

from domain.casework import calling
from domain.casework.answers import record_answer
from domain.casework.word_erasure import erase_words
from domain.communication.contacts import CallResult, ContactNote, note_contact, note_patient_contact
from domain.communication.evidence.chain import chain_waiting
from domain.communication.models import ContactEntry, PhoneCall
from domain.communication.states import CallStatus
from domain.database import Database, Session
from domain.errors import Forbidden, Invalid, NotFound
from domain.matching.models import Answer, PlaceSearch
from domain.matching.states import ItemStatus
from domain.persons import ensure_person
from domain.values import Channel
from tests.builders import add_search, add_therapist
from tests.conftest import NOW, PASSWORD, Office
from tests.domain.casework.steps import ask, calls, items
from tests.domain.communication.evidence.log import check


def told(session: Session) -> list[str]:
    """The words of the log, in order."""
    return list(session.scalars(select(ContactEntry.body).order_by(ContactEntry.id)))


def called(session: Session, *searches: int, words: str) -> PhoneCall:
    """An inquiry made by phone, with what was said."""
    call = calls(session, ask(session, *searches, now=NOW, channel=Channel.PHONE, therapist=add_therapist(session)))[-1]
    calling.finish_call(session, call.id, CallResult(CallStatus.NO_ANSWER, outcome=words), now=NOW)
    session.flush()
    return call


def test_a_patients_words_go_and_everybody_elses_stay(office: Office, database: Database) -> None:
    """Own contacts and those of inquiries about nobody else, with the calls; the chain is sound, the audit empty."""
    with database.write() as session:
        mine, other = add_search(session), add_search(session)
        patient = session.get_one(PlaceSearch, mine).patient_id
        note_patient_contact(session, patient, ContactNote(NOW, "phone", "in", "Mutter", "weinte"), now=NOW)
        alone = called(session, mine, words="nur über sie").id
        called(session, mine, other, words="über beide")
        note_contact(session, add_therapist(session), ContactNote(NOW, "phone", "out", "", "Praxis zieht um"), now=NOW)
    with database.write() as session:
        chain_waiting(session)
    with database.write() as session:
        assert erase_words(session, patient, reason="Antrag vom 20.11.", now=NOW).contacts == 2
    with database.read() as session:
        assert told(session) == ["", "", "über beide", "Praxis zieht um"]
        assert session.get_one(PhoneCall, alone).outcome == ""
    checked = check(database)
    assert (checked.links, checked.erased, checked.sound) == (4, 2, True)
    owner = office.database("owner")
    with owner.read() as session:
        kept = (
            "SELECT count(*) FROM audit.content WHERE coalesce(before, '{}')::text || coalesce(after, '{}')::text ~ :w"
        )
        assert session.scalar(text(kept), {"w": "weinte|nur über sie"}) == 0
        erased = session.execute(text("SELECT DISTINCT actor, reason FROM audit.contact_erasure")).one()
        assert tuple(erased) == ("test_jana", "Antrag vom 20.11.")
    owner.close()
    with pytest.raises(NotFound, match="nothing_to_erase"), database.write() as session:
        erase_words(session, patient, reason="noch einmal", now=NOW)


def test_only_who_leads_the_office_erases(office: Office, database: Database) -> None:
    """A caseworker is refused by the database; nobody does it without a reason, and nobody empties just any entry."""
    owner = office.database("owner")
    with owner.write() as session:
        ensure_person(
            session, role_name="test_lena", display_name="Lena Neu", password=PASSWORD, roles={"caseworker"},
            email="lena@buero.example",
        )  # fmt: skip
    owner.close()
    with database.write() as session:
        patient = session.get_one(PlaceSearch, add_search(session)).patient_id
        note_patient_contact(session, patient, ContactNote(NOW, "phone", "in", "", "weinte"), now=NOW)
    lena = office.database("lena")
    with pytest.raises(Forbidden), lena.write() as session:
        erase_words(session, patient, reason="aus Neugier", now=NOW)
    lena.close()
    with pytest.raises(Invalid, match="erasure_reason"), database.write() as session:
        erase_words(session, patient, reason="  ", now=NOW)
    with pytest.raises(Invalid, match="ck_contact_erasure_reason"), database.write() as session:
        session.execute(text("SELECT audit.erase_contacts(:patient, ' ')"), {"patient": patient})
    with pytest.raises(Forbidden), database.write() as session:
        session.execute(text("SELECT audit.erase_contact(1, 'weil ich es kann')"))
    with database.read() as session:
        assert told(session) == ["weinte"]


def test_the_words_of_the_patients_own_answers_go_too(office: Office, database: Database) -> None:
    """What was noted to an answer stands beside it, too; that it was given stays, and another patient's stays whole."""
    with database.write() as session:
        mine, other = add_search(session), add_search(session)
        patient = session.get_one(PlaceSearch, mine).patient_id
        inquiry = ask(session, mine, other, now=NOW)
        for item, words in zip(items(session, inquiry), ("weinte am Telefon", "die andere"), strict=True):
            record_answer(session, item.id, ItemStatus.REJECTION_CAPACITY, now=NOW, note=words)
    with database.write() as session:
        erase_words(session, patient, reason="Antrag", now=NOW)
    with database.read() as session:
        answers = session.execute(select(Answer.status, Answer.note).order_by(Answer.id)).all()
        assert [tuple(a) for a in answers] == [("rejection_capacity", ""), ("rejection_capacity", "die andere")]
    owner = office.database("owner")
    with owner.read() as session:
        kept = "SELECT count(*) FROM audit.content WHERE concat(before, after) LIKE '%weinte%'"
        assert session.scalar(text(kept)) == 0
    for statement in (
        "UPDATE matching_service.answer SET note = ''",  # the other's was never erased
        "UPDATE matching_service.answer SET note = 'doch', status = 'accepted'",
        "DELETE FROM matching_service.answer",
    ):
        with pytest.raises(Forbidden), owner.write() as session:
            session.execute(text(statement))
    owner.close()


def test_a_log_of_many_is_not_read_for_one(office: Office, database: Database) -> None:
    """What is a patient's is found by its indexes."""
    with database.write() as session:
        patient = session.get_one(PlaceSearch, add_search(session)).patient_id
        note_patient_contact(session, patient, ContactNote(NOW, "phone", "in", "", "weinte"), now=NOW)
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(
            text(
                "INSERT INTO communication_service.contact_entry (at, channel, therapist_id, body)"
                " SELECT now(), 'note', :t, 'x' FROM generate_series(1, 3000)"
            ),
            {"t": add_therapist(session)},
        )
    with owner.write() as session:
        session.execute(text("ANALYZE communication_service.contact_entry"))
    read = "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'contact_entry'"
    with owner.write() as session:
        assert session.scalar(text("SELECT audit.erase_contacts(:p, 'Antrag')"), {"p": patient}) == 1
        assert session.scalar(text(read)) == 0
    owner.close()

"""Whose a mail is that came in: what a patient wrote stays with them, and nobody else's history shows it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from domain.casework import replies
from domain.casework.history import patient_history, therapist_history
from domain.casework.word_erasure import erase_words
from domain.communication.incoming.models import IncomingEmail
from domain.database import Database
from domain.errors import Conflict, PlatzlotseError
from domain.therapists.models import Therapist
from tests.builders import add_patient, add_search
from tests.domain.casework.test_receiving import LATER, mail_of, sent_inquiry, take_in
from tests.domain.communication.incoming.letters import reply

WORDS = "Ich habe wieder Panikattacken."


def test_what_a_patient_wrote_is_put_to_no_inquiry(database: Database) -> None:
    """Refused with a sentence; neither the practice's nor the others' history shows it, and an erasure empties it."""
    with database.write() as session:
        lea, tarek = add_patient(session, email="lea@mail.example"), add_patient(session, last_name="Winter")
        inquiry, _ = sent_inquiry(session, add_search(session, lea), add_search(session, tarek))
        mail = mail_of(session, take_in(session, reply(WORDS, sender="lea@mail.example")))
        with pytest.raises(Conflict) as refused:
            replies.assign(session, mail.id, inquiry.id, now=LATER)
        assert refused.value.code == "incoming_email.of_patient"
        assert (mail.patient_id, mail.inquiry_id) == (lea, None)
        shown = therapist_history(session, inquiry.therapist_id) + patient_history(session, tarek)
        assert not [entry for entry in shown if WORDS in entry.body]
        assert [entry for entry in patient_history(session, lea) if WORDS in entry.body]
        erase_words(session, lea, reason="Antrag", now=LATER)
        assert session.get_one(IncomingEmail, mail.id).body_text == ""


@pytest.mark.parametrize("change", ["patient_id = NULL", "inquiry_id = (SELECT max(id) FROM matching_service.inquiry)"])
def test_the_database_keeps_a_patients_mail_with_the_patient(database: Database, change: str) -> None:
    """Whatever program asks."""
    with database.write() as session:
        add_patient(session, email="lea@mail.example")
        sent_inquiry(session)
        filed = take_in(session, reply(WORDS, sender="lea@mail.example"))
    with pytest.raises(PlatzlotseError) as refused, database.write() as session:
        session.execute(
            text(f"UPDATE communication_service.incoming_email SET {change} WHERE id = :id"),
            {"id": filed.incoming_id},
        )
    assert refused.value.code == "db.ck_incoming_email_of_patient"


def test_a_sender_answers_nothing_that_was_asked_later(database: Database) -> None:
    """An old refusal from the practice's address is the practice's, and no answer to today's inquiry."""
    with database.write() as session:
        inquiry, _ = sent_inquiry(session)
        address = session.get_one(Therapist, inquiry.therapist_id).email
        old = take_in(session, reply("Leider nein.", sender=address, at=datetime(2021, 3, 1, tzinfo=UTC)))
        new = take_in(session, reply("Leider nein!", sender=address, at=LATER - timedelta(hours=1)))
        assert (old.belonging.inquiry_id, old.belonging.therapist_id) == (None, inquiry.therapist_id)
        assert new.belonging.inquiry_id == inquiry.id

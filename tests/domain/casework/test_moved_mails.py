"""A mail put elsewhere by a person: no word stays where it stood, and nothing is put elsewhere that was drawn upon."""

import pytest
from sqlalchemy import text

from domain.casework import replies, whose_mail
from domain.casework.access_report.collecting import collect
from domain.casework.answers import Decision, record_answer
from domain.casework.history import inquiry_history, patient_history, therapist_history
from domain.casework.merge_undo import undo_merge
from domain.casework.merging import merge
from domain.casework.unread_replies import unread_inquiries
from domain.casework.word_erasure import erase_words
from domain.communication.evidence.chain import chain_waiting
from domain.communication.incoming.models import IncomingEmail
from domain.database import Database
from domain.errors import Conflict, PlatzlotseError
from domain.matching.inquiries import items_of
from domain.matching.states import ItemStatus
from domain.patients.models import Guardian
from domain.therapists.models import Therapist
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import Office
from tests.domain.casework.test_receiving import LATER, mail_of, sent_inquiry, take_in
from tests.domain.communication.evidence.log import check
from tests.domain.communication.incoming.letters import bounce, reply

WORDS = "Ich habe wieder Panikattacken."


def test_a_mail_put_to_the_wrong_sister_is_put_to_the_right_one(database: Database) -> None:
    """Her words leave the other's history and report; what happened stays noted, once, and an erasure finds it all."""
    with database.write() as session:
        mia, ida = (add_patient(session, first_name=name, last_name="Klein") for name in ("Mia", "Ida"))
        for child in (mia, ida):
            session.add(Guardian(patient_id=child, name="Eva Klein", email="eva@eltern.example"))
        session.flush()
        mail = mail_of(session, take_in(session, reply(WORDS, sender="Eva Klein <eva@eltern.example>")))
        wrong, right = (mia, ida) if mail.patient_id == mia else (ida, mia)
        whose_mail.assign_patient(session, mail.id, right, now=LATER)
        whose_mail.assign_patient(session, mail.id, right, now=LATER)  # once more changes nothing
        session.flush()
        assert [(e.kind, e.body, e.counterpart) for e in patient_history(session, wrong)] == [
            ("mail_moved", "", ""),
            ("reply", "", ""),
        ]
        assert [(e.kind, WORDS in e.body) for e in patient_history(session, right)] == [("reply", True)]
        assert WORDS not in str(collect(session, wrong))
        assert WORDS in str(collect(session, right))
        whose_mail.assign_patient(session, mail.id, wrong, now=LATER)  # and back
        session.flush()
        assert WORDS not in str(collect(session, right))
        assert WORDS in str(collect(session, wrong))
        erase_words(session, wrong, reason="Antrag", now=LATER)
        left = "SELECT count(*) FROM communication_service.contact_entry WHERE body LIKE '%Panik%'"
        assert session.scalar(text(left)) == 0
        assert session.get_one(IncomingEmail, mail.id).body_text == ""


def test_a_mail_put_to_the_wrong_inquiry_is_put_elsewhere(database: Database) -> None:
    """To the right inquiry, or to the patient who wrote it; its evidence and history know of it there alone."""
    with database.write() as session:
        lea, tarek = add_patient(session, last_name="Sommer"), add_patient(session, last_name="Winter")
        first, email = sent_inquiry(session, add_search(session, lea))
        second, _ = sent_inquiry(session, add_search(session, tarek))
        answer = take_in(session, reply("Für Herrn W. ist etwas frei.", answers=email.message_id, subject="Frei"))
        other = take_in(session, reply(WORDS, sender="lea.privat@web.example", answers=email.message_id))
        mail = mail_of(session, answer)
        whose_mail.assign(session, mail.id, second.id, now=LATER)
        whose_mail.assign_patient(session, other.incoming_id, lea, now=LATER)
        session.flush()
        assert (mail.inquiry_id, mail.therapist_id, mail.email_id) == (second.id, second.therapist_id, None)
        assert mail_of(session, other).inquiry_id is None
        said = [entry.body for entry in inquiry_history(session, first.id) if entry.direction == "in"]
        assert said == ["", ""]
        assert [e.body for e in inquiry_history(session, second.id) if e.direction == "in"] == [
            "Frei\nFür Herrn W. ist etwas frei."
        ]
        assert not [
            e for e in therapist_history(session, first.therapist_id) if WORDS in e.body or "Herrn W." in e.body
        ]
        assert [entry for entry in patient_history(session, lea) if WORDS in entry.body]
        assert unread_inquiries(session) == (second.id,)
        erase_words(session, lea, reason="Antrag", now=LATER)
        assert mail_of(session, other).body_text == ""


def test_a_mail_something_was_confirmed_from_stays_where_it_stands(database: Database) -> None:
    """Its quotes stand in histories and its readings name patients, also once the answers were taken back."""
    with database.write() as session:
        lea, tarek = add_patient(session, last_name="Sommer"), add_patient(session, last_name="Winter")
        first, email = sent_inquiry(session, add_search(session, lea))
        second, _ = sent_inquiry(session, add_search(session, tarek))
        answer = take_in(session, reply("Leider kein freier Platz.", answers=email.message_id)).incoming_id
        (item,) = items_of(session, first.id)
        replies.confirm_answers(session, answer, [Decision(item.id, ItemStatus.REJECTION_CAPACITY)], now=LATER)
        replies.take_up_again(session, answer)
    with pytest.raises(Conflict, match="read_before"), database.write() as session:
        whose_mail.assign(session, answer, second.id, now=LATER)
    with pytest.raises(Conflict, match="read_before"), database.write() as session:
        whose_mail.assign_patient(session, answer, tarek, now=LATER)


def test_a_mail_whose_words_were_erased_stays_where_it_stands(database: Database) -> None:
    """There is nothing to go by any more."""
    with database.write() as session:
        lea = add_patient(session, email="lea@mail.example")
        tarek = add_patient(session, last_name="Winter")
        mail = take_in(session, reply(WORDS, sender="lea@mail.example")).incoming_id
        erase_words(session, lea, reason="Antrag", now=LATER)
    with pytest.raises(Conflict, match="erased"), database.write() as session:
        whose_mail.assign_patient(session, mail, tarek, now=LATER)


def test_what_a_server_reports_is_no_answer_where_it_is_put(database: Database) -> None:
    """The history it is put to says that a mail came back."""
    with database.write() as session:
        _, email = sent_inquiry(session)
        second, _ = sent_inquiry(session)
        report = bounce(email.message_id, recipient=email.to_address, status="4.2.2", action="delayed")
        came_back = take_in(session, report)
        whose_mail.assign(session, came_back.incoming_id, second.id, now=LATER)
        session.flush()
        assert mail_of(session, came_back).kind == "bounce"
        assert [e.kind for e in inquiry_history(session, second.id) if e.direction == "in"] == ["bounce"]


def test_words_leave_every_history_they_stood_in(database: Database) -> None:
    """A practice's own, where a person put it to the wrong inquiry of theirs first; each says that it went."""
    with database.write() as session:
        lea = add_patient(session)
        practice = add_therapist(session, email="praxis@post.example")
        filed = take_in(session, reply(WORDS, sender="praxis@post.example"))
        inquiry, _ = sent_inquiry(session, therapist=practice)
        whose_mail.assign(session, filed.incoming_id, inquiry.id, now=LATER)
        whose_mail.assign_patient(session, filed.incoming_id, lea, now=LATER)
        session.flush()
        said = [entry for entry in therapist_history(session, practice) if entry.direction != "out"]
        assert sorted((e.kind, e.body) for e in said) == [("mail_moved", "")] * 2 + [("reply", "")] * 2
        assert [entry for entry in patient_history(session, lea) if WORDS in entry.body]


@pytest.mark.parametrize("of_inquiry", [False, True])
def test_words_leave_the_history_of_a_record_that_was_merged(database: Database, of_inquiry: bool) -> None:
    """The log names the record given up for good; the mail was turned to the one kept."""
    with database.write() as session:
        kept, given_up = add_therapist(session), add_therapist(session, email="blum@post.example")
        lea = add_patient(session)
        if of_inquiry:
            sent_inquiry(session, therapist=given_up)
        filed = take_in(session, reply(WORDS, sender="blum@post.example"))
        assert (filed.belonging.therapist_id, filed.belonging.inquiry_id is not None) == (given_up, of_inquiry)
        if of_inquiry:
            session.execute(text("UPDATE matching_service.inquiry SET stage = 'expired', closed_at = now()"))
        merge(session, keep=kept, drop=given_up, choices={}, now=LATER)
        session.flush()
        session.expire_all()
        whose_mail.assign_patient(session, filed.incoming_id, lea, now=LATER)
        session.flush()
        said = [e for e in therapist_history(session, kept) if e.direction != "out"]
        assert [(e.kind, e.body) for e in said] == [("mail_moved", ""), ("reply", "")]
        assert [entry for entry in patient_history(session, lea) if WORDS in entry.body]


def test_words_leave_a_history_only_with_a_mail_that_went(database: Database, worker_database: Database) -> None:
    """A caseworker's own tool takes no words out of the log; the chain knows them as erased."""
    with database.write() as session:
        lea, tarek = add_patient(session, email="lea@mail.example"), add_patient(session)
        take_in(session, reply("Bleibt stehen.", sender="lea@mail.example"))
        session.flush()
        kept = patient_history(session, lea)[0].entry_id
    add = (
        "INSERT INTO communication_service.contact_entry (at, channel, direction, kind, patient_id, takes_back)"
        " VALUES (now(), 'email', 'none', 'mail_moved', :patient, :entry)"
    )
    for patient in (lea, tarek):
        with pytest.raises(PlatzlotseError) as refused, database.write() as session:
            session.execute(text(add), {"patient": patient, "entry": kept})
        assert refused.value.code == "db.ck_contact_entry_takes_back_mail"
    with database.write() as session:
        mail = mail_of(session, take_in(session, reply(WORDS, sender="lea@mail.example")))
        whose_mail.assign_patient(session, mail.id, tarek, now=LATER)
        replies.set_aside(session, mail.id, now=LATER)
        with pytest.raises(Conflict) as settled:
            whose_mail.assign_patient(session, mail.id, lea, now=LATER)
        assert settled.value.code == "incoming_email.settled"
    with worker_database.write() as session:
        chain_waiting(session)
    checked = check(database)
    assert (checked.sound, checked.erased) == (True, 1)


def test_a_mail_brought_in_later_takes_no_entry_back(database: Database, office: Office) -> None:
    """Made up by a caseworker's own tool, of the same sender: what was noted of another one stays in the log."""
    with database.write() as session:
        lea, tarek = add_patient(session, email="lea@mail.example"), add_patient(session)
        take_in(session, reply("Bleibt stehen.", sender="lea@mail.example"))
        session.flush()
        kept = patient_history(session, lea)[0].entry_id
    made_up = """INSERT INTO communication_service.incoming_email (sha256, size, message_id, from_address, from_name,
        to_address, subject, received_at, body_text, kind, status, matched_by, patient_id, version, automatic)
        SELECT sha256('x'), 1, '<x@x>', counterpart, '', '', '', now(), 'x', 'patient', 'unread', 'person', :other, 1,
               false FROM communication_service.contact_entry WHERE id = :entry"""
    moved = """INSERT INTO communication_service.contact_entry (at, channel, direction, kind, patient_id, takes_back)
        VALUES (now(), 'email', 'none', 'mail_moved', :patient, :entry)"""
    tom = office.database("tom")
    with tom.write() as session:
        session.execute(text(made_up), {"other": tarek, "entry": kept})
    with pytest.raises(PlatzlotseError) as refused, tom.write() as session:
        session.execute(text(moved), {"patient": lea, "entry": kept})
    tom.close()
    assert refused.value.code == "db.ck_contact_entry_takes_back_mail"


def test_a_mail_of_a_merged_practice_leaves_where_it_stood(database: Database) -> None:
    """The record was given up for another after the mail came: its words leave the wrong history all the same."""
    with database.write() as session:
        lea, tarek = add_patient(session, last_name="Sommer"), add_patient(session, last_name="Winter")
        first, email = sent_inquiry(session, add_search(session, lea))
        second, _ = sent_inquiry(session, add_search(session, tarek))
        answer = take_in(session, reply("Für Herrn W. ist etwas frei.", answers=email.message_id, subject="Frei"))
        point = session.get_one(Therapist, first.therapist_id).contact_point_id
        kept = add_therapist(session, contact_point_id=point)
        merge(session, keep=kept, drop=first.therapist_id, choices={}, now=LATER)
        session.flush()
        session.expire_all()
        mail = mail_of(session, answer)
        assert mail.therapist_id == kept
        whose_mail.assign(session, mail.id, second.id, now=LATER)
        session.flush()
        assert [e.body for e in inquiry_history(session, first.id) if e.direction == "in"] == [""]
        assert not [e for e in therapist_history(session, kept) if "Herrn W." in e.body]
        assert [e for e in inquiry_history(session, second.id) if "Herrn W." in e.body]


def test_a_mail_put_elsewhere_stays_with_its_inquirys_practice_when_a_merge_is_taken_back(database: Database) -> None:
    """It came to the record given up and was put to an inquiry of the one kept: an objection in it is that one's."""
    with database.write() as session:
        first, email = sent_inquiry(session)
        second, _ = sent_inquiry(session)
        kept = second.therapist_id
        for inquiry in (first, second):
            for item in items_of(session, inquiry.id):
                record_answer(session, item.id, ItemStatus.REJECTION_CAPACITY, now=LATER, channel=Channel.EMAIL)
        answer = take_in(session, reply("Frei", answers=email.message_id))
        session.flush()
        merge(session, keep=kept, drop=first.therapist_id, choices={}, now=LATER)
        session.flush()
        session.expire_all()
        whose_mail.assign(session, answer.incoming_id, second.id, now=LATER)
    with database.write() as session:
        number = session.scalar(text("SELECT max(id) FROM therapist_service.therapist_merge"))
        undo_merge(session, number, now=LATER)
        session.flush()
        session.expire_all()
        assert mail_of(session, answer).therapist_id == kept

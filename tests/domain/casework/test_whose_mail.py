"""Whose a mail is that came in: what a patient wrote stays with them, and nobody else's history shows it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from domain.casework import whose_mail
from domain.casework.access_report.collecting import collect
from domain.casework.history import inquiry_history, patient_history, therapist_history
from domain.casework.mail_erasure import erase_mail
from domain.casework.patient_letters import letter_address, queue_first_letter
from domain.casework.patient_record import withdraw_patient
from domain.casework.record_erasure import erase_record
from domain.casework.taking import look_before_by_hand, take_mail
from domain.casework.word_erasure import erase_words
from domain.communication.incoming.filing import Belonging
from domain.communication.incoming.listing import get_incoming
from domain.communication.incoming.models import IncomingEmail
from domain.communication.models import Email
from domain.communication.queries import get_mail
from domain.database import Database
from domain.errors import Conflict, Forbidden, Invalid, PlatzlotseError
from domain.patients.models import Guardian
from domain.persons import ensure_person
from domain.therapists.models import Therapist
from tests.builders import add_patient, add_search
from tests.conftest import NOW, PASSWORD, Office
from tests.domain.casework.steps import wait_for_waiter
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
            whose_mail.assign(session, mail.id, inquiry.id, now=LATER)
        assert refused.value.code == "incoming_email.of_patient"
        assert (mail.patient_id, mail.inquiry_id) == (lea, None)
        shown = therapist_history(session, inquiry.therapist_id) + patient_history(session, tarek)
        assert not [entry for entry in shown if WORDS in entry.body]
        assert [entry for entry in patient_history(session, lea) if WORDS in entry.body]
        erase_words(session, lea, reason="Antrag", now=LATER)
        assert session.get_one(IncomingEmail, mail.id).body_text == ""


@pytest.mark.parametrize("mark", ["thread", "reference"])
@pytest.mark.parametrize("sender", ["Lea@mail.example", "eva@eltern.example"])
def test_a_patient_who_writes_into_a_thread_of_ours_is_still_the_patient(
    database: Database, mark: str, sender: str
) -> None:
    """A practice passed our mail on, or our reference: what the patient answers joins no inquiry and proves nothing."""
    with database.write() as session:
        lea, tarek = add_patient(session, email="lea@mail.example"), add_patient(session, last_name="Winter")
        session.add(Guardian(patient_id=lea, name="Eva Klein", email="eva@eltern.example"))
        inquiry, email = sent_inquiry(session, add_search(session, lea), add_search(session, tarek))
        by_thread = mark == "thread"
        subject = "AW: Anfrage" if by_thread else f"AW: [PL-{inquiry.reference}]"
        answers = email.message_id if by_thread else ""
        filed = take_in(session, reply(WORDS, sender=sender, subject=subject, answers=answers))
        assert (filed.belonging.patient_id, filed.belonging.inquiry_id, filed.belonging.email_id) == (lea, None, None)
        shown = therapist_history(session, inquiry.therapist_id) + patient_history(session, tarek)
        assert not [entry for entry in shown if WORDS in entry.body]
        assert email.status == "sent"


@pytest.mark.parametrize("sender", ["lea@mail.example", "Eva@eltern.example"])
def test_what_comes_from_restricted_data_joins_no_inquiry(
    database: Database, worker_database: Database, sender: str
) -> None:
    """The patient's mail is nobody's then, also in a thread of ours, and neither the practice's nor the others'."""
    with database.write() as session:
        lea, tarek = add_patient(session, email="lea@mail.example"), add_patient(session, last_name="Winter")
        session.add(Guardian(patient_id=lea, name="Eva Klein", email="eva@eltern.example"))
        inquiry, email = sent_inquiry(session, add_search(session, lea), add_search(session, tarek))
        number, of_ours, reference = inquiry.id, email.message_id, inquiry.reference
        session.execute(text("UPDATE patient_service.patient SET restricted_at = now() WHERE id = :id"), {"id": lea})
    with worker_database.write() as session:
        filed = take_in(session, reply(WORDS, sender=sender, answers=of_ours, subject=f"[PL-{reference}]"))
        assert filed.belonging == Belonging()
    with database.read() as session:
        assert [entry.kind for entry in inquiry_history(session, number)] == ["inquiry"]
    with pytest.raises(Conflict, match="of_patient"), database.write() as session:
        whose_mail.assign(session, filed.incoming_id, number, now=LATER)


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


def test_a_mail_of_another_address_is_put_to_its_patient(database: Database) -> None:
    """By a person: it joins the history and the report, and an erasure empties it; what belongs to somebody stays."""
    with database.write() as session:
        lea = add_patient(session, email="lea@mail.example", first_name="Lea", last_name="Sommer")
        mail = mail_of(session, take_in(session, reply(WORDS, sender="lea.privat@web.example")))
        assert (mail.patient_id, mail.kind) == (None, "other")
        whose_mail.assign_patient(session, mail.id, lea, now=LATER)
        session.flush()
        assert (mail.patient_id, mail.kind, mail.matched_by) == (lea, "patient", "person")
        assert [entry for entry in patient_history(session, lea) if WORDS in entry.body]
        assert WORDS in str(collect(session, lea))
        erase_words(session, lea, reason="Antrag", now=LATER)
        assert session.get_one(IncomingEmail, mail.id).body_text == ""


def test_a_guardians_address_is_the_childs(database: Database) -> None:
    """A mail from it joins the child's record and is no stranger's; the first letter goes and leaves there."""
    with database.write() as session:
        born = date(2016, 5, 1)
        mia = add_patient(session, first_name="Mia", last_name="Klein", birth_date=born, email="mia@kind.example")
        session.add(Guardian(patient_id=mia, name="Eva Klein", email="Eva@eltern.example"))
        session.flush()
        filed = take_in(session, reply("Hier die Einwilligung.", sender="eva@Eltern.example"))
        assert filed.belonging.patient_id == mia
        assert not get_incoming(session, filed.incoming_id).row.stranger
        number = queue_first_letter(session, mia, now=NOW)
        letter = session.get_one(Email, number)
        assert (letter.to_address, letter.to_name) == ("Eva@eltern.example", "Eva Klein")
        assert letter_address(session, "weekly_status", mia) == "mia@kind.example"
        session.flush()
        sent = take_mail(session, number, now=LATER, without_account=True)
        assert sent is not None
        assert sent.to_address == "Eva@eltern.example"
        grown = add_patient(session, birth_date=date(1990, 5, 1), email="alt@mail.example")
        session.add(Guardian(patient_id=grown, name="Eva Klein", email="eva@eltern.example"))
        session.flush()
        assert letter_address(session, "first_letter", grown) == "alt@mail.example"


@pytest.mark.parametrize("by", ["worker", "person"])
def test_who_is_reached_elsewhere_is_named_beside_the_address(
    database: Database, worker_database: Database, by: str
) -> None:
    """Another guardian's mailbox, not the other's name beside it; the worker reads no patient and learns it so."""
    with database.write() as session:
        mia = add_patient(session, first_name="Mia", last_name="Klein", birth_date=date(2016, 5, 1), email="")
        session.add(Guardian(patient_id=mia, name="Eva Klein", email="eva@eltern.example"))
        session.flush()
        number = queue_first_letter(session, mia, now=NOW)
    with database.write() as session:
        guardian = session.scalars(select(Guardian)).one()
        guardian.name, guardian.email = "Ali Groß", "ali@eltern.example"
    with (worker_database if by == "worker" else database).write() as session:
        if by == "worker":
            sent = take_mail(session, number, now=LATER)
            assert sent is not None
            assert (sent.to_address, sent.to_name) == ("ali@eltern.example", "Ali Groß")
        else:
            assert look_before_by_hand(session, number, now=LATER) == ""
    with database.read() as session:
        row = get_mail(session, number, now=LATER).row
        assert (row.to_address, row.to_name) == ("ali@eltern.example", "Ali Groß")


def test_an_erasure_finds_mails_of_nobody(database: Database) -> None:
    """By name, address and code, in whole words; each is erased by who leads the office, and the record after that."""
    with database.write() as session:
        lea = add_patient(session, email="lea@mail.example", first_name="Lea", last_name="Sommer")
        named = take_in(session, reply("Hier ist Lea Sommer.", sender="lea.privat@web.example"))
        take_in(session, reply("Lea ist im Sommerurlaub.", sender="andere@web.example"))
        quoted = take_in(session, reply("Von: LEA@mail.example", sender="dritte@web.example"))
        withdraw_patient(session, lea, reason="möchte nicht mehr", now=LATER)
        with pytest.raises(Conflict) as refused:
            erase_record(session, lea, reason="Antrag", now=LATER)
        assert refused.value.code == "patient.erasure_unassigned"
        found = {mail.incoming_id for mail in erase_words(session, lea, reason="Antrag", now=LATER).unassigned}
        assert found == {named.incoming_id, quoted.incoming_id}
        with pytest.raises(Invalid):
            erase_mail(session, named.incoming_id, reason=" ", now=LATER)
        erase_mail(session, named.incoming_id, reason="Antrag", now=LATER)
        mail = session.get_one(IncomingEmail, named.incoming_id)
        assert (mail.from_address, mail.from_name, mail.subject, mail.body_text) == ("", "", "", "")
        assert mail.status == "set_aside"
        assert get_incoming(session, named.incoming_id).erased
        erase_record(session, lea, reason="Antrag", now=LATER)


def test_a_mail_of_somebody_is_erased_with_them_only(database: Database, office: Office) -> None:
    """In a history its words stand as well; and nobody but who leads the office erases any."""
    with database.write() as session:
        add_patient(session, email="lea@mail.example")
        of_lea = take_in(session, reply(WORDS, sender="lea@mail.example"))
        nobodys = take_in(session, reply(WORDS, sender="fremd@web.example"))
    with pytest.raises(PlatzlotseError) as refused, database.write() as session:
        erase_mail(session, of_lea.incoming_id, reason="Antrag", now=LATER)
    assert refused.value.code == "db.ck_incoming_email_in_history"
    owner = office.database("owner")
    with owner.write() as session:
        ensure_person(
            session, role_name="test_lena", display_name="Lena Neu", password=PASSWORD, roles={"caseworker"},
            email="lena@buero.example",
        )  # fmt: skip
    owner.close()
    plain = office.database("lena")
    with pytest.raises(Forbidden), plain.write() as session:
        erase_mail(session, nobodys.incoming_id, reason="Antrag", now=LATER)
    plain.close()


def test_a_header_line_more_makes_no_second_mail(database: Database) -> None:
    """Fetched and dropped as a file, the same words of the same sender come in once; other words come in."""
    with database.write() as session:
        source = reply("Leider nein.", sender="praxis@anders.example")
        first = take_in(session, source)
        again = take_in(session, b"X-Spam-Score: 0\n" + source)
        assert (again.incoming_id, again.known) == (first.incoming_id, True)
        assert not take_in(session, source.replace(b"Leider nein.", b"Doch, gern.")).known


def test_a_mail_that_comes_to_two_accounts_at_once_is_one(database: Database, second_database: Database) -> None:
    """A practice writes to both of the office's addresses: whoever fetches second waits, and knows it."""
    source = reply("Leider nein.", sender="praxis@anders.example")

    def fetch() -> bool:
        with second_database.write() as other:
            return take_in(other, b"Delivered-To: zweit@buero.example\n" + source).known

    with ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            assert not take_in(session, source).known
            second = pool.submit(fetch)
            wait_for_waiter(session)
        assert second.result(120)

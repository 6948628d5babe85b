"""Mails and letters when somebody's words are erased: shared ones, waiting ones, one that is just being sent."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import select, text

from domain.casework.letter_corrections import take_back_printed
from domain.casework.letters import queue_letter
from domain.casework.mail_reports import decide_unclear, mail_sent
from domain.casework.preparing import create_and_send
from domain.casework.receiving import receive
from domain.casework.taking import take_mail
from domain.casework.word_erasure import Erased, erase_words
from domain.communication.accounts import AccountForm, save_account
from domain.communication.copies import copies_due, take_copy
from domain.communication.incoming.models import IncomingEmail
from domain.communication.incoming.parse import parse_mail
from domain.communication.letter_models import PrintedLetter
from domain.communication.mails import Letter, queue_mail
from domain.communication.models import Email, EmailPatient
from domain.database import Database, Session
from domain.errors import Conflict, Forbidden, Invalid
from domain.matching.models import Inquiry, PlaceSearch
from domain.matching.states import InquiryStage, ItemStatus
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import NOW, Office
from tests.domain.casework.steps import ask, items, mails, state
from tests.domain.communication.incoming.letters import reply

ACCOUNT = AccountForm(name="Büro", address="buero@office.example", smtp_host="127.0.0.1")
LOCKED = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'test-tom' AND wait_event_type = 'Lock'"""


def two_searches(session: Session) -> tuple[int, int, int, int]:
    """Lea and Jonas, and their searches."""
    lea = add_patient(session, first_name="Lea", last_name="Öztürk")
    jonas = add_patient(session, first_name="Jonas", last_name="Roth")
    return lea, jonas, add_search(session, lea), add_search(session, jonas)


def send(session: Session, email: Email) -> None:
    """The worker sends it."""
    session.flush()
    assert take_mail(session, email.id, now=NOW) is not None
    mail_sent(session, email.id, now=NOW, server_reply="250 ok")
    session.flush()


def erase(session: Session, patient: int) -> Erased:
    """As the leader does."""
    return erase_words(session, patient, reason="Antrag", now=NOW)


def queue_to(session: Session, patient: int) -> Email:
    """A mail to a patient that waits."""
    number = queue_mail(
        session, kind="patient", to_address="lea@mail.example", to_name="Lea", letter=Letter("Hallo", "Worte", ""),
        now=NOW, patient_id=patient, in_reply_to="<1@mail.example>",
    )  # fmt: skip
    session.flush()
    return session.get_one(Email, number)


def test_a_mail_about_two_is_emptied_with_the_second(database: Database) -> None:
    """With the first only what points to them is taken out, and of its audit nothing is left; so with the answer."""
    with database.write() as session:
        lea, jonas, mine, other = two_searches(session)
        inquiry = ask(session, mine, other, now=NOW, channel=Channel.EMAIL)
        (email,) = mails(session, inquiry, "inquiry")
        codes = [item.reference_code for item in items(session, inquiry)]
        send(session, email)
        body = f"Zu {codes[0]}: Frau Lea\nÖztürk (Öztürk, Lea) kann kommen. Zu {codes[1]}: nein, Herr Jonas Roth nicht."
        receive(session, parse_mail(reply(body, sender=email.to_address, answers=email.message_id)), now=NOW)
        number = email.id
    with database.write() as session:
        erased = erase(session, lea)
        assert (erased.mails, erased.received, erased.shared, erased.sent) == (0, 0, 2, 1)
        assert erased.first_at == erased.last_at == NOW
    with database.read() as session:
        email, came = session.get_one(Email, number), session.scalars(select(IncomingEmail)).one()
        assert codes[0] not in email.body_text + email.body_html
        assert codes[1] in email.body_text
        assert came.body_text.strip() == (
            f"Zu [gelöscht]: Frau [gelöscht] ([gelöscht]) kann kommen. Zu {codes[1]}: nein, Herr Jonas Roth nicht."
        )
        assert came.from_address == email.to_address != ""
    with database.write() as session:
        erased = erase(session, jonas)
        assert (erased.mails, erased.received, erased.shared) == (1, 1, 0)
    with database.read() as session:
        email, came = session.get_one(Email, number), session.scalars(select(IncomingEmail)).one()
        assert (email.subject, email.body_text, email.body_html, came.subject, came.body_text) == ("",) * 5
        assert (email.status, email.sent_at, email.to_address) == ("replied", NOW, came.from_address)


def test_a_letter_about_two_is_emptied_with_the_second(database: Database) -> None:
    """As a mail is; and the contact that it went out, with its words."""
    with database.write() as session:
        lea, jonas, mine, other = two_searches(session)
        inquiry = ask(session, mine, other, now=NOW)
        codes = [item.reference_code for item in items(session, inquiry)]
        assert erase(session, lea).shared == 1
        letter = session.scalars(select(PrintedLetter)).one()
        assert codes[0] not in letter.body
        assert codes[1] in letter.body
        erased = erase(session, jonas)
        assert (erased.letters, erased.printed, erased.contacts) == (1, 1, 1)
        session.refresh(letter)
        assert (letter.subject, letter.body, letter.printed_at) == ("", "", NOW)


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.LETTER])
def test_what_waits_is_written_anew_for_the_other(database: Database, channel: Channel) -> None:
    """Nothing about the one leaves, the other is asked for; what stood there before is nowhere left."""
    with database.write() as session:
        lea, _, mine, other = two_searches(session)
        number = create_and_send(
            session, therapist_id=add_therapist(session), search_ids=[mine, other], channel=channel, now=NOW
        )
        inquiry = session.get_one(Inquiry, number)
        gone, stays = items(session, inquiry)
        code = gone.reference_code
    with database.write() as session:
        queue_to(session, lea)
        erase(session, lea)
    with database.read() as session:
        inquiry = session.get_one(Inquiry, number)
        column = Email.body_text if channel is Channel.EMAIL else PrintedLetter.body
        table = Email if channel is Channel.EMAIL else PrintedLetter
        (words,) = session.scalars(select(column).where(table.inquiry_id == number)).all()
        assert code not in words
        assert stays.reference_code in words
        assert [item.status for item in items(session, inquiry)] == [ItemStatus.WITHDRAWN, stays.status]
        assert inquiry.stage in {InquiryStage.OUTBOX, InquiryStage.APPROVED}


def test_what_waits_about_one_alone_is_taken_back(database: Database) -> None:
    """A first letter ends its inquiry, a mail to the patient and a withdrawal stay here; all are emptied."""
    with database.write() as session:
        lea, _, mine, _ = two_searches(session)
        asked = ask(session, mine, now=NOW, channel=Channel.EMAIL)
        told = ask(session, mine, now=NOW, channel=Channel.EMAIL)
        send(session, mails(session, told, "inquiry")[0])
        queue_letter(session, "reminder", told, items(session, told), now=NOW)
        queue_to(session, lea)
        erased = erase(session, lea)
        assert (erased.mails, erased.sent) == (4, 1)
        assert state(session, asked) == "cancelled"
    with database.read() as session:
        left = session.execute(select(Email.kind, Email.status, Email.to_address != "").order_by(Email.id)).all()
        assert [tuple(row) for row in left] == [
            ("inquiry", "cancelled", True), ("inquiry", "sent", True), ("reminder", "cancelled", True),
            ("patient", "cancelled", False),
        ]  # fmt: skip
        assert set(session.scalars(select(Email.body_text))) == {""}


def test_nothing_is_erased_while_a_mail_is_being_sent(database: Database) -> None:
    """A clear refusal, and nothing done by half; once it left all of it goes, and the report still arrives."""
    with database.write() as session:
        lea, _, _, _ = two_searches(session)
        sending, waiting = queue_to(session, lea), queue_to(session, lea)
        assert take_mail(session, sending.id, now=NOW) is not None
    with pytest.raises(Conflict, match=r"contact\.erasure_mail_leaving"), database.write() as session:
        erase(session, lea)
    with pytest.raises(Conflict, match="ex_word_erasure_leaving"), database.write() as session:
        session.execute(text("SELECT audit.erase_words(:p, 'Antrag')"), {"p": lea})
    with database.write() as session:
        assert [session.get_one(Email, m.id).status for m in (sending, waiting)] == ["sending", "queued"]
        assert session.get_one(Email, waiting.id).body_text == "Worte"
        mail_sent(session, sending.id, now=NOW, server_reply="250 ok")
    with database.write() as session:
        assert erase(session, lea).mails == 2


def test_an_erased_mail_gets_no_words_and_is_not_sent_again(office: Office, database: Database) -> None:
    """Whoever writes them by whatever program; nor does anybody but the function take words of a mail that left."""
    with database.write() as session:
        lea, jonas, _, _ = two_searches(session)
        unclear, kept, waiting = queue_to(session, lea), queue_to(session, jonas), queue_to(session, lea)
        for mail in (unclear, kept):
            assert take_mail(session, mail.id, now=NOW) is not None
        session.execute(
            text("UPDATE communication_service.email SET status = 'unclear', lease_until = NULL WHERE id = :i"),
            {"i": unclear.id},
        )
        mail_sent(session, kept.id, now=NOW, server_reply="250 ok")
    with database.write() as session:
        erase(session, lea)
    owner = office.database("owner")
    for who, number, change in (
        (database, unclear.id, "body_text = 'doch'"),
        (database, unclear.id, "status = 'queued'"),
        (database, waiting.id, "subject = 'doch'"),
        (database, kept.id, "body_text = ''"),
        (owner, kept.id, "body_text = ''"),
    ):
        with pytest.raises(Invalid, match=r"ck_email_(words|erased)"), who.write() as session:
            session.execute(text(f"UPDATE communication_service.email SET {change} WHERE id = :i"), {"i": number})
    forged = (
        "INSERT INTO audit.word_erasure (table_name, row_id, patient_id, reason)"
        " VALUES ('communication_service.email', 1, 1, 'x')"
    )
    for statement in (forged, "DELETE FROM audit.word_erasure", "UPDATE audit.patient_erasure SET at = now()"):
        with pytest.raises(Forbidden), database.write() as session:
            session.execute(text(statement))
    owner.close()
    with database.write() as session:
        decide_unclear(session, unclear.id, arrived=True, now=NOW)
        assert session.get_one(Email, unclear.id).status == "sent"


def wait_until_locked(owner: Database) -> None:
    """Until Tom's connection waits for somebody else's row; only the owner sees for what others wait."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with owner.read() as session:
            if session.scalar(text(LOCKED)):
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_the_worker_takes_it_first(
    office: Office, database: Database, second_database: Database, worker_database: Database
) -> None:
    """Who erases waits until the worker has it in hand, is refused, and nothing was taken from the others."""
    with database.write() as session:
        lea, _, mine, _ = two_searches(session)
        mail, inquiry = queue_to(session, lea).id, ask(session, mine, now=NOW, channel=Channel.EMAIL).id

    def work() -> Erased:
        with second_database.write() as session:
            return erase(session, lea)

    owner = office.database("owner")
    # the worker's transaction ends before the pool is waited for, whatever happens
    with closing(owner), ThreadPoolExecutor(1) as pool:
        with worker_database.write() as session:
            assert take_mail(session, mail, now=NOW) is not None
            session.flush()
            tried = pool.submit(work)
            wait_until_locked(owner)
        with pytest.raises(Conflict, match=r"contact\.erasure_mail_leaving"):
            tried.result(60)
    with database.read() as session:
        assert session.get_one(Email, mail).status == "sending"
        assert state(session, session.get_one(Inquiry, inquiry)) == "outbox"
        assert session.scalar(text("SELECT count(*) FROM audit.word_erasure")) == 0


def test_who_erases_comes_first(database: Database, worker_database: Database) -> None:
    """The worker goes by what is being erased, and finds nothing to send afterwards."""
    with database.write() as session:
        lea, _, mine, _ = two_searches(session)
        mail = queue_to(session, lea).id
        assert session.get_one(PlaceSearch, mine).patient_id == lea
    with database.write() as session:
        erase(session, lea)
        with worker_database.write() as other:
            assert take_mail(other, mail, now=NOW) is None
    with worker_database.write() as other:
        assert take_mail(other, mail, now=NOW) is None
        found = other.get_one(Email, mail)
        assert (found.status, found.body_text, found.to_address) == ("cancelled", "", "")


def test_two_erasures_at_once_leave_nothing_of_whom_they_share(
    office: Office, database: Database, second_database: Database
) -> None:
    """Each would take the other for still there: whoever comes second waits, and empties what is about both."""
    with database.write() as session:
        lea, jonas, _, _ = two_searches(session)
        mail = queue_to(session, lea)
        session.add(EmailPatient(email_id=mail.id, patient_id=jonas))
        send(session, mail)

    def work() -> Erased:
        with second_database.write() as session:
            return erase(session, jonas)

    owner = office.database("owner")
    with closing(owner), ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            assert (erase(session, lea).mails, session.get_one(Email, mail.id).body_text) == (0, "Worte")
            second = pool.submit(work)
            wait_until_locked(owner)
        assert second.result(60).mails == 1
    with database.read() as session:
        assert session.get_one(Email, mail.id).body_text == ""


def test_an_erased_mail_is_not_copied_any_more(database: Database, worker_database: Database) -> None:
    """Its copy would be a mail without words or addressee among the sent ones."""
    with database.write() as session:
        lea, jonas, _, _ = two_searches(session)
        account = save_account(session, ACCOUNT)
        gone, kept = queue_to(session, lea), queue_to(session, jonas)
        for mail in (gone, kept):
            mail.account_id = account
            send(session, mail)
        wanted, erased = kept.id, gone.id
        erase(session, lea)
    with worker_database.write() as session:
        assert [copy.mail.id for copy in copies_due(session, account, now=NOW)] == [wanted]
        # nor one that was erased between finding it due and copying it
        assert [take_copy(session, mail) for mail in (wanted, erased)] == [True, False]


def test_an_erased_letter_does_not_wait_for_the_printer_again(database: Database) -> None:
    """It would be printed without its words; that it cannot be taken back is said."""
    with database.write() as session:
        lea, _, mine, _ = two_searches(session)
        inquiry = ask(session, mine, now=NOW)
        letter = session.query(PrintedLetter).filter_by(inquiry_id=inquiry.id).one()
        erase(session, lea)
        with pytest.raises(Conflict, match=r"letter\.words_erased"):
            take_back_printed(session, letter.id, now=NOW)
        assert (letter.printed_at, state(session, inquiry)) == (NOW, "sent")

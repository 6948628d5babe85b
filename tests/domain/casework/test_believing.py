"""What is believed of mail that comes in: reports about our address, writers as they stand, remarks of the program."""

from base64 import b64encode

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework import replies
from domain.communication.incoming.listing import get_incoming
from domain.communication.incoming.remarks import Remark
from domain.database import Database
from domain.matching.models import Inquiry
from tests.builders import add_patient, add_therapist
from tests.domain.casework.steps import state
from tests.domain.casework.test_receiving import mail_of, sent_inquiry, take_in
from tests.domain.communication.incoming.letters import bounce, receipt, reply


def kinds(session: Session, inquiry: Inquiry) -> list[str]:
    """What came in by mail, as the history has it."""
    session.flush()
    query = text("SELECT kind FROM communication_service.contact_entry WHERE inquiry_id = :i AND direction = 'in'")
    return sorted(session.scalars(query, {"i": inquiry.id}))


@pytest.mark.parametrize("original", [False, True])
def test_a_report_about_another_address_ends_nothing(database: Database, original: bool) -> None:
    """A practice passes its mail on and the second mailbox is gone: a person sees it, the inquiry waits on."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session)
        told = email.to_address if original else ""
        filed = take_in(session, bounce(email.message_id, recipient="privat@gmx.example", original=told))
        mail = mail_of(session, filed)
        assert (email.status, state(session, inquiry)) == ("sent", "sent")
        assert (mail.kind, mail.status, filed.belonging.inquiry_id) == ("other", "unread", inquiry.id)
        row = get_incoming(session, mail.id).row
        assert row.remark == Remark("report.elsewhere", {"address": "privat@gmx.example"})
        assert kinds(session, inquiry) == ["report_elsewhere"]
        take_in(session, reply("Ich habe ab Mai einen Platz frei.", answers=email.message_id))
        assert email.status == "replied"


def test_an_answer_that_carries_the_parts_of_a_report_is_an_answer(database: Database) -> None:
    """Who writes "Ich habe einen Platz frei!" is read, whatever hangs on the mail."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session)
        source = bounce(email.message_id, recipient=email.to_address, sender="praxis@praxis.example")
        source = source.replace(b"report; report-type=delivery-status", b"mixed")
        source = source.replace(b"From:", f"In-Reply-To: {email.message_id}\nFrom:".encode(), 1)
        filed = take_in(session, source.replace(b"I'm sorry to have to inform you", b"Ich habe einen Platz frei!"))
        assert (email.status, mail_of(session, filed).kind) == ("replied", "reply")
        assert state(session, inquiry) == "sent"


def test_a_report_of_no_mail_server_means_nothing(database: Database) -> None:
    """Anybody can write one."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session)
        take_in(session, bounce(email.message_id, recipient=email.to_address, sender="Ina <ina@x.example>"))
        assert (email.status, state(session, inquiry)) == ("sent", "sent")


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", "read"])
def test_good_news_is_no_answer(database: Database, action: str) -> None:
    """That it arrived, or was opened, stands in the history; nobody has to do anything."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session)
        number = email.message_id
        if action == "read":
            source = receipt(number)
        else:
            source = bounce(number, recipient=email.to_address, action=action, status="2.0.0")
            source = f"In-Reply-To: {number}\n".encode() + source
        mail = mail_of(session, take_in(session, source))
        assert (email.status, state(session, inquiry)) == ("sent", "sent")
        assert (mail.kind, mail.status) == ("other", "set_aside")
        assert kinds(session, inquiry) == ["report_read" if action == "read" else "report_delivered"]
        assert not replies.suggestions_for(session, mail)


def test_a_forged_name_is_put_to_nobody(database: Database) -> None:
    """It is shown with its real address and waits for a person."""
    with database.write() as session:
        add_patient(session, email="lea@privat.example")
        therapist = add_therapist(session, email="ina@praxis.example")
        sent_inquiry(session, therapist=therapist)
        names = ["=?utf-8?q?ina=40praxis=2Eexample=2C?=", "ina@praxis.example", "=?utf-8?q?lea=40privat=2Eexample=2C?="]
        for number, name in enumerate(names):
            source = f"From: {name} <evil@x.example>\nSubject: Anfrage\nMessage-ID: <{number}@x>\n\nnein".encode()
            filed = take_in(session, source)
            assert filed.belonging.matched_by == "nobody"
            assert mail_of(session, filed).from_address == "evil@x.example"


def test_a_practice_whose_name_has_a_comma_is_recognised(database: Database) -> None:
    """As Outlook writes it."""
    with database.write() as session:
        inquiry, _ = sent_inquiry(session, therapist=add_therapist(session, email="ina@praxis.example"))
        source = b"From: =?iso-8859-1?Q?M=FCller=2C_Ina?= <ina@praxis.example>\nSubject: Ihre Anfrage\n\nLeider nein"
        filed = take_in(session, source)
        assert (filed.belonging.matched_by, filed.belonging.inquiry_id) == ("sender", inquiry.id)
        assert mail_of(session, filed).from_name == "Müller, Ina"


def test_words_cannot_pass_for_a_remark_of_the_program(database: Database) -> None:
    """The sign before a remark is taken out of what somebody writes."""
    with database.write() as session:
        source = b"From: a@b.example\nContent-Transfer-Encoding: base64\n\n" + b64encode(b'\x1f["report.read", {}]\nJa')
        filed = take_in(session, source)
        detail = get_incoming(session, filed.incoming_id)
        assert (detail.row.remark, detail.body_text) == (None, '["report.read", {}]\nJa')

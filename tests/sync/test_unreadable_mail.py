"""Mails nobody can read here: told to a person with what their headers say; nothing follows, nothing is passed over."""

import pytest
from sqlalchemy import text

from domain.casework.receiving import receive
from domain.communication.incoming import source as limits
from domain.communication.incoming.listing import IncomingDetail, get_incoming, list_incoming
from domain.communication.incoming.remarks import Remark
from domain.database import Database
from domain.paging import ListQuery
from sync.mail import imap
from tests.domain.communication.incoming.letters import reply
from tests.servers.mail import MailServer
from tests.sync.mailbox_steps import add_account, deliver, value, watch

HEAD = (
    b"From: =?utf-8?q?M=C3=BCller=2C_Ina?= <ina@praxis.example>\nSubject: Platz frei\n"
    b"Date: Tue, 24 Nov 2026 10:00:00 +0100\nMessage-ID: <1@praxis.example>\nMIME-Version: 1.0\n"
)
PARTS = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: image/png\n\nx\n" * 250 + b"--b--\n"
NESTED = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (depth, depth) for depth in range(250))


def only_mail(database: Database) -> IncomingDetail:
    """The one mail in Post."""
    with database.read() as session:
        (row,) = list_incoming(session, ListQuery(filters={"inbox": "1"})).rows
        return get_incoming(session, row.incoming_id)


@pytest.mark.parametrize("body", [PARTS, NESTED], ids=["250 parts", "250 boxes"])
def test_a_mail_of_too_many_parts_waits_for_a_person(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str, body: bytes
) -> None:
    """Sender, subject, date, size and why; looked for again it is known, and the next mail comes in."""
    of = add_account(database, mail_server, mailbox)
    deliver(mail_server, mailbox, HEAD + body)
    watching = watch(worker, of)
    assert [watching.look_once(), watching.look_once()] == [1, 0]
    mail = only_mail(database)
    assert (mail.row.from_name, mail.row.from_address, mail.row.subject) == (
        "Müller, Ina", "ina@praxis.example", "Platz frei",
    )  # fmt: skip
    assert mail.row.remark == Remark("mail.too_nested")
    assert mail.size > len(body)
    sent = value(database, "SELECT sent_at::date::text FROM communication_service.incoming_email")
    assert sent == "2026-11-24"
    told = "SELECT count(*) FROM platform.event WHERE event_type = 'incoming_email.received'"
    assert value(database, told) == 1
    deliver(mail_server, mailbox, reply("Leider nein"))
    assert watching.look_once() == 1


def test_a_mail_too_large_to_fetch_waits_for_a_person(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its headers are fetched and no more; it is no empty answer."""
    monkeypatch.setattr(imap, "LARGEST", 10_000)
    of = add_account(database, mail_server, mailbox)
    deliver(mail_server, mailbox, HEAD + b"\n" + b"x" * 60 + b"\n" * 20_000)
    assert watch(worker, of).look_once() == 1
    mail = only_mail(database)
    assert (mail.row.from_address, mail.row.kind, mail.row.matched_by) == ("ina@praxis.example", "other", "nobody")
    assert mail.row.remark == Remark("mail.too_large", {"megabytes": limits.LARGEST // 1024 // 1024})
    assert mail.size > 20_000


def test_headers_without_end_are_not_read(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str
) -> None:
    """What stands among the first of them is told."""
    of = add_account(database, mail_server, mailbox)
    deliver(mail_server, mailbox, HEAD + b"X-Lang: y\n" * 40_000 + b"\nx\n")
    assert watch(worker, of).look_once() == 1
    assert only_mail(database).row.remark == Remark("mail.head_too_large")
    assert only_mail(database).row.subject == "Platz frei"


@pytest.mark.parametrize("faults", [1, 2])
def test_a_mail_that_cannot_be_filed_is_told_of(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str, monkeypatch: pytest.MonkeyPatch,
    faults: int,
) -> None:  # fmt: skip
    """With its words and without effect; where even these are at fault, with its headers."""
    tried = [0]

    def fails(*args: object, **values: object) -> object:
        tried[0] += 1
        if tried[0] <= faults:
            raise ZeroDivisionError
        return receive(*args, **values)  # type: ignore[arg-type]

    monkeypatch.setattr("sync.mail.receiving.receive", fails)
    of = add_account(database, mail_server, mailbox)
    deliver(mail_server, mailbox, HEAD + b"\nIch habe einen Platz.\n")
    assert watch(worker, of).look_once() == 1
    mail = only_mail(database)
    assert (mail.row.remark, mail.row.matched_by) == (Remark("mail.not_filed"), "nobody")
    assert mail.body_text == ("Ich habe einen Platz." if faults == 1 else "")


def test_nothing_is_read_in_it_when_a_person_assigns_it(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str
) -> None:
    """A remark of the program is nobody's answer."""
    from domain.casework import replies, whose_mail
    from domain.communication.incoming.models import IncomingEmail
    from tests.domain.casework.test_receiving import LATER, sent_inquiry

    of = add_account(database, mail_server, mailbox)
    deliver(mail_server, mailbox, HEAD + PARTS)
    watch(worker, of).look_once()
    number = only_mail(database).row.incoming_id
    with database.write() as session:
        inquiry, _ = sent_inquiry(session)
        whose_mail.assign(session, number, inquiry.id, now=LATER)
        assert not replies.suggestions_for(session, session.get_one(IncomingEmail, number))
        history = session.scalars(text("SELECT body FROM communication_service.contact_entry WHERE kind = 'reply'"))
        assert list(history) == ["Platz frei"]

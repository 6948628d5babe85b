"""Mailboxes on a real IMAP server: what came in is filed once, what went out is copied once, doubts are settled."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from imaplib import IMAP4
from uuid import uuid4

import pytest
from nacl.public import PrivateKey
from sqlalchemy import text

from domain.casework.mail_reports import mail_sent
from domain.casework.preparing import create_and_send
from domain.communication.accounts import AccountForm, account, save_account
from domain.communication.claiming import claim, release_due
from domain.communication.copies import take_copy
from domain.communication.drafts.accepting import accept_draft
from domain.communication.drafts.records import Addressee, Draft, DraftState
from domain.communication.mails import OutgoingFile
from domain.communication.outcomes import Failure, note_unclear
from domain.database import Database, Session
from domain.errors import Forbidden, Unavailable
from domain.ids import random_reference
from domain.values import Channel
from sync.mail.mailboxes import Mailboxes
from sync.mail.senders import Credentials, Sender
from sync.mail.smtp import Outcome, SmtpTransport
from sync.worker import Worker
from tests.builders import add_search, add_therapist
from tests.conftest import Office
from tests.domain.communication.incoming.letters import reply
from tests.servers.mail import DOMAIN, MailServer
from tests.sync.mailbox_steps import INCOMING, KEY, SECONDS, add_account, deliver, value, wait_until, watch


def inquiry_mail(database: Database) -> int:
    """The id of a queued mail of an inquiry."""
    with database.write() as session:
        create_and_send(
            session, therapist_id=add_therapist(session), search_ids=[add_search(session)], channel=Channel.EMAIL,
            now=datetime.now(UTC),
        )  # fmt: skip
        return int(session.execute(text("SELECT max(id) FROM communication_service.email")).scalar_one())


def send(worker: Database, number: int, *, unclear: bool = False) -> str:
    """Take the mail for sending and note that it left, or that nobody knows; its Message-ID."""
    now = datetime.now(UTC) + timedelta(minutes=2)
    with worker.write() as session:
        mail = claim(session, number, now=now)
        assert mail is not None
    with worker.write() as session:
        if unclear:
            note_unclear(session, number, now=now, failure=Failure("lost"))
        else:
            mail_sent(session, number, now=datetime.now(UTC), server_reply="250 ok")
    return mail.message_id


STATUS = "SELECT status FROM communication_service.email ORDER BY id DESC LIMIT 1"


def test_an_answer_is_fetched_and_filed_once(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str
) -> None:
    """Look after look brings only what is new, and puts it to the inquiry it answers."""
    of = add_account(database, mail_server, mailbox)
    number = send(worker, inquiry_mail(database))
    deliver(mail_server, mailbox, reply("Leider kein Platz", answers=number))
    watching = watch(worker, of)
    assert [watching.look_once(), watching.look_once()] == [1, 0]
    deliver(mail_server, mailbox, reply("Noch einmal: leider nein", answers=number))
    assert watching.look_once() == 1
    found = "SELECT count(*) FROM communication_service.incoming_email WHERE matched_by = 'thread' AND kind = 'reply'"
    assert value(database, found) == 2
    assert value(database, STATUS) == "replied"


def test_a_copy_of_our_own_mail_is_no_answer(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str
) -> None:
    """A server that puts what is sent into the inbox, too, answers nothing; somebody else with that number does."""
    of = add_account(database, mail_server, mailbox)
    number = send(worker, inquiry_mail(database))
    for sender in (mailbox, "praxis@praxis.example"):
        written = message_from_bytes(reply("Bitte", sender=sender, answers=number), policy=policy.default)
        written.replace_header("Message-ID", number)
        deliver(mail_server, mailbox, written.as_bytes())
    watching = watch(worker, of)
    assert [watching.look_once(), watching.look_once()] == [1, 0]
    assert value(database, "SELECT from_address FROM communication_service.incoming_email") == "praxis@praxis.example"


def test_the_mailbox_is_left_as_it_was(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str
) -> None:
    """A colleague's mail program still shows the answer as unread."""
    of = add_account(database, mail_server, mailbox)
    deliver(mail_server, mailbox, reply("Leider nein"))
    watch(worker, of).look_once()
    with mail_server.open(mailbox) as connection:
        assert connection.search(None, "UNSEEN")[1] == [b"1"]


def test_a_rebuilt_mailbox_brings_nothing_twice(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str
) -> None:
    """Its UIDs mean nothing any more; mails are known by their source. What was deleted there stays here."""
    of = add_account(database, mail_server, mailbox)
    for body in ("eins", "zwei", "drei"):
        deliver(mail_server, mailbox, reply(body))
    watching = watch(worker, of)
    assert watching.look_once() == 3
    state = "SELECT uidvalidity FROM communication_service.mailbox_state"
    before = value(database, state)
    with IMAP4("127.0.0.1", mail_server.imap_port) as connection:
        connection.login(mailbox.partition("@")[0], "test")
        connection.select("INBOX")
        kept = [mail.as_bytes() for mail in mail_server.messages(mailbox)][:2]
        connection.create("Alt")
        connection.copy("1:3", "Alt")
        connection.store("1:3", "+FLAGS", r"(\Deleted)")
        connection.expunge()
    assert watching.look_once() == 0
    folder = mail_server.home / "mail" / mailbox.partition("@")[0]
    time.sleep(1.1)  # UIDVALIDITY is the second in which the mailbox was made
    (folder / "dovecot-uidlist").unlink()
    for index in folder.glob("dovecot.*"):
        index.unlink()
    deliver(mail_server, mailbox, reply("vier"))
    assert watching.look_once() == 1
    assert value(database, state) != before
    assert value(database, INCOMING) == 4
    assert len(kept) == 2


def test_a_moved_mail_is_not_filed_again(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str
) -> None:
    """Moved away and back it has another UID and the same source."""
    of = add_account(database, mail_server, mailbox)
    deliver(mail_server, mailbox, reply("Leider nein"))
    watching = watch(worker, of)
    watching.look_once()
    with IMAP4("127.0.0.1", mail_server.imap_port) as connection:
        connection.login(mailbox.partition("@")[0], "test")
        for source, target in (("INBOX", "Sent"), ("Sent", "INBOX")):
            connection.select(source)
            connection.copy("1", target)
            connection.store("1", "+FLAGS", r"(\Deleted)")
            connection.expunge()
    assert watching.look_once() == 0
    assert value(database, INCOMING) == 1


def test_a_sent_mail_is_copied_once(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str
) -> None:
    """The folder of sent mails has it, as read, however often one looks."""
    of = add_account(database, mail_server, mailbox)
    number = send(worker, inquiry_mail(database))
    watching = watch(worker, of)
    watching.look_once()
    watching.look_once()
    with IMAP4("127.0.0.1", mail_server.imap_port) as connection:
        connection.login(mailbox.partition("@")[0], "test")
        connection.select("Sent", readonly=True)
        assert connection.search(None, "SEEN")[1] == [b"1"]
        answer = connection.fetch("1", "(RFC822)")[1][0]
        assert isinstance(answer, tuple)
        assert message_from_bytes(answer[1])["Message-ID"] == number


def test_a_copy_another_worker_makes_is_left_to_it(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str
) -> None:
    """Two workers watch a mailbox at once: while one puts a copy there the other does not."""
    of = add_account(database, mail_server, mailbox)
    send(worker, inquiry_mail(database))
    mail = value(database, "SELECT id FROM communication_service.email")
    assert isinstance(mail, int)
    watching = watch(worker, of)

    def copies() -> bytes | None:
        with IMAP4("127.0.0.1", mail_server.imap_port) as connection:
            connection.login(mailbox.partition("@")[0], "test")
            found: bytes | None = connection.select("Sent", readonly=True)[1][0]
            return found

    with worker.write() as other:
        assert take_copy(other, mail)
        watching.look_once()
        assert copies() == b"0"
    watching.look_once()
    assert copies() == b"1"
    with worker.write() as other:
        assert not take_copy(other, mail)


def test_found_among_the_sent_settles_a_doubt(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str
) -> None:
    """Missing proves nothing: such a mail stays unclear for a person."""
    of = add_account(database, mail_server, mailbox)
    number = send(worker, inquiry_mail(database), unclear=True)
    watching = watch(worker, of)
    watching.look_once()
    assert value(database, STATUS) == "unclear"
    with IMAP4("127.0.0.1", mail_server.imap_port) as connection:
        connection.login(mailbox.partition("@")[0], "test")
        source = f"From: {mailbox}\r\nMessage-ID: {number}\r\nSubject: x\r\n\r\nx\r\n"
        connection.append("Sent", "", "", source.encode())
    watching.look_once()
    assert value(database, STATUS) == "sent"
    assert value(database, "SELECT stage FROM matching_service.inquiry") == "sent"


def test_a_wrong_password_is_told(database: Database, worker: Database, mail_server: MailServer, mailbox: str) -> None:
    """The account says so in Verwaltung; the password itself is nowhere to be read."""
    of = add_account(database, mail_server, mailbox, password="falsch")
    watching = watch(worker, of)
    with pytest.raises(Forbidden) as refused:
        watching.look_once()
    assert refused.value.code == "imap.login"
    watching.start()
    wait_until(lambda: value(database, "SELECT trouble FROM communication_service.mailbox_state") == "imap.login")
    watching.stop(SECONDS)
    assert b"falsch" not in (of.sealed_password or b"")


@pytest.mark.usefixtures("worker")
def test_a_password_for_another_worker_is_told(database: Database, mail_server: MailServer) -> None:
    """Nobody but the worker it was sealed to can open it."""
    of = add_account(database, mail_server, f"x@{DOMAIN}")
    with pytest.raises(Unavailable) as refused:
        Credentials(PrivateKey.generate()).password(of)
    assert refused.value.code == "mail_account.sealed_to_other_key"


def test_a_mail_goes_out_by_its_account(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str
) -> None:
    """Under the account's address; without the worker's key (trying out) by the seat's own server alone."""
    of = add_account(database, mail_server, mailbox, sender_name="Büro Nord")
    fallback = Sender(SmtpTransport("127.0.0.1", 1, security="none"), "niemand@buero.example", "Niemand")
    with worker.read() as session:
        by_account = Credentials(KEY).sender(session, of.id, fallback)
        assert (by_account.address, by_account.name) == (mailbox, "Büro Nord")
        assert by_account.transport.port == mail_server.smtp_port
        assert Credentials().sender(session, of.id, fallback) is fallback
        assert Credentials(KEY).sender(session, None, fallback) is fallback


def test_each_account_keeps_its_own_limit(database: Database, worker: Database, mail_server: MailServer) -> None:
    """Three mails wait, the account may send two in an hour; the third waits for the next."""
    add_account(database, mail_server, f"x@{DOMAIN}", mails_per_hour=2)
    for _ in range(3):
        inquiry_mail(database)
    now = datetime.now(UTC) + timedelta(minutes=2)
    with worker.write() as session:
        assert len(release_due(session, now=now)) == 2
    with worker.write() as session:
        assert release_due(session, now=now) == ()


def test_new_mail_is_heard_of_at_once(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A watch waits for news (IDLE); an account that is switched off is not watched any more."""
    of = add_account(database, mail_server, mailbox)

    def write(work: Callable[[Session], object]) -> object:
        with worker.write() as session:
            return work(session)

    monkeypatch.setattr("sync.mail.watching.IDLE_SECONDS", 90.0)
    mailboxes = Mailboxes(Credentials(KEY), write=write, now=lambda: datetime.now(UTC))  # type: ignore[arg-type]
    mailboxes.follow()
    try:
        checked = "SELECT count(*) FROM communication_service.mailbox_state WHERE checked_at IS NOT NULL"
        wait_until(lambda: value(database, checked) == 1)
        deliver(mail_server, mailbox, reply("Leider nein"))
        began = time.monotonic()
        wait_until(lambda: value(database, INCOMING) == 1)
        # well below the time after which it would have looked by itself
        assert time.monotonic() - began < 45
        with database.write() as session:
            save_account(
                session,
                AccountForm(name="Büro", address=mailbox, imap_host="127.0.0.1", active=False),
                account_id=of.id,
            )
        mailboxes.follow()
        assert not mailboxes._watches
    finally:
        mailboxes.stop()


def test_a_mail_with_25_megabytes_of_files_arrives_whole(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str, office: Office
) -> None:
    """By the account through OpenSMTPD into Dovecot, byte by byte, once; the copy among the sent ones is the same."""
    of = add_account(database, mail_server, mailbox, password=None, imap_host="", sent_folder="")
    # text that is base64 on the way, and lines of dots that SMTP doubles and takes away again
    files = [
        OutgoingFile("Befund Größe.pdf", "application/pdf", b"%PDF-1.4\n" + bytes(range(256)) * 90_000),
        OutgoingFile("Notiz.txt", "text/plain", b".\r\n..\r\n. a\r\n" * 50_000),
    ]
    assert 23_000_000 < sum(len(file.content) for file in files) < 25_000_000
    address = f"praxis-{random_reference(8).lower()}@{DOMAIN}"
    draft = Draft(
        uuid4(), DraftState.QUEUED, Addressee(address, "Ina Sommer"), "Unterlagen", "Anbei.\n\n.\n\nGrüße", None, "",
        None, 1, datetime.now(UTC),
    )  # fmt: skip
    with database.write() as session:
        number = accept_draft(session, draft, files, now=datetime.now(UTC))
    sender = Worker(office.url("worker"), None, credentials=Credentials(KEY))
    try:
        assert sender.send(number) is Outcome.ACCEPTED
    finally:
        sender.close()
    mail_server.wait_until_handed_over()
    (arrived,) = mail_server.wait_for(address, 1)
    found = {part.get_filename(): part.get_content() for part in arrived.iter_attachments()}
    assert found["Befund Größe.pdf"] == files[0].content
    text_file = found["Notiz.txt"]
    assert (text_file.encode() if isinstance(text_file, str) else text_file) == files[1].content
    with database.write() as session:
        form = AccountForm(
            name="Büro", address=mailbox, smtp_host="127.0.0.1", smtp_port=mail_server.smtp_port, smtp_security="none",
            imap_host="127.0.0.1", imap_port=mail_server.imap_port, imap_security="none",
            username=mailbox.partition("@")[0], password="test", sent_folder="Sent", is_default=True,
        )  # fmt: skip
        save_account(session, form, account_id=of.id)
        again = account(session, of.id)
    watch(worker, again).look_once()
    with mail_server.open(mailbox) as connection:
        connection.select("Sent", readonly=True)
        answer = connection.fetch("1", "(RFC822)")[1][0]
    assert isinstance(answer, tuple)
    copy = message_from_bytes(answer[1], policy=policy.default)
    assert next(part.get_content() for part in copy.iter_attachments()) == files[0].content
    assert copy["Message-ID"] == arrived["Message-ID"]

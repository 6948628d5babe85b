"""A mail server that does not answer is left alone; its mails lose no attempt, and a person may have it asked again."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from sqlalchemy import text

from domain.casework.batches.forecast import forecast
from domain.casework.mail_reports import mail_postponed
from domain.casework.preparing import create_and_send
from domain.communication.account_states import note_sending
from domain.communication.account_tests import ask_test
from domain.communication.accounts import AccountForm, account, confirm_account, save_account
from domain.communication.claiming import claim
from domain.communication.outcomes import Failure
from domain.communication.sealing import publish_key
from domain.database import Database
from domain.errors import Unavailable
from domain.outside import FAILURES_BEFORE_OPEN, HostState, ask_again, host_states, key_of, note_failure
from domain.values import Channel
from sync.mail.imap import ImapAccess, open_mailbox
from sync.mail.senders import Credentials
from sync.mail.smtp import Outcome
from sync.mail.watching import MailboxWatch
from sync.worker import Worker
from tests.builders import add_search, add_therapist
from tests.conftest import Office
from tests.servers.certificates import write_certificate
from tests.servers.ports import free_port
from tests.sync.scripted_smtp import Script, plain_speaker, scripted

KEY = PrivateKey.generate()
LATER = timedelta(minutes=20)


@pytest.fixture
def worker(office: Office, worker_database: Database) -> Iterator[Worker]:
    """The worker, with the key to accounts."""
    with worker_database.write() as session:
        publish_key(session, bytes(KEY.public_key))
    made = Worker(office.url("worker"), None, credentials=Credentials(KEY))
    yield made
    made.close()


def queue_mails(database: Database, port: int, many: int, *, security: str = "none") -> list[int]:
    """An account on a port, and mails that go out by it."""
    with database.write() as session:
        form = AccountForm(
            name="Büro", address="buero@buero.example", smtp_host="127.0.0.1", smtp_port=port, smtp_security=security,
            is_default=True,
        )  # fmt: skip
        save_account(session, form)
        for number in range(many):
            create_and_send(
                session, therapist_id=add_therapist(session, email=f"praxis{number}@praxis.example"),
                search_ids=[add_search(session)], channel=Channel.EMAIL, now=datetime.now(UTC),
            )  # fmt: skip
        return list(session.scalars(text("SELECT id FROM communication_service.email ORDER BY id")))


def mailbox_on(database: Database, worker: Worker, port: int) -> MailboxWatch:
    """A watch on an account whose mailbox is said to be there."""
    with database.write() as session:
        form = AccountForm(
            name="Büro", address="buero@buero.example", imap_host="127.0.0.1", imap_port=port, imap_security="none",
            username="buero", password="geheim",
        )  # fmt: skip
        of = account(session, save_account(session, form))
    made = MailboxWatch(of, Credentials(KEY), write=worker._write, now=lambda: datetime.now(UTC))
    made.start()
    return made


def wait_until(there: Callable[[], bool]) -> None:
    """Wait for something another thread does."""
    end = time.monotonic() + 120
    while not there():
        assert time.monotonic() < end
        time.sleep(0.05)


def the_host(database: Database) -> HostState:
    """The one host anybody asked."""
    with database.read() as session:
        (found,) = host_states(session)
    return found


def test_mails_wait_for_a_server_that_rests_and_lose_no_attempt(database: Database, worker: Worker) -> None:
    """After failures in a row the next mail is not tried; asked again by hand, it goes."""
    script = Script()
    with scripted(script) as open_port:
        port = free_port()
        first, second = queue_mails(database, port, 2)
        with worker._database.write() as session:
            for _ in range(FAILURES_BEFORE_OPEN - 1):
                note_failure(session, key_of("127.0.0.1", port), "mail_server.refused", now=datetime.now(UTC))
        assert worker.send(first) is Outcome.UNREACHABLE
        assert (the_host(database).state, the_host(database).last_error) == ("open", "mail_server.refused")
        assert worker.send(second) is None
        query = "SELECT status, attempt, failure_cause, not_before FROM communication_service.email WHERE id = :id"
        with database.read() as session:
            status, attempt, cause, not_before = session.execute(text(query), {"id": second}).one()
        assert (status, attempt, cause) == ("queued", 0, "mail_server.resting")
        assert not_before == the_host(database).retry_at
        with database.write() as session:
            assert ask_again(session, key_of("127.0.0.1", port))
            session.execute(text("UPDATE communication_service.mail_account SET smtp_port = :p"), {"p": open_port})
        worker.release()
        with database.read() as session:
            assert session.execute(text(query), {"id": second}).one()[3] is None
        assert worker.send(second) is Outcome.ACCEPTED
        with database.read() as session:
            assert session.execute(text(query), {"id": second}).one()[2] == ""
    assert len(script.taken) == 1


def test_who_met_nobody_comes_again_once_a_person_asks(database: Database, worker: Worker) -> None:
    """A mail tried before the server rested keeps no wait of its own either, and is tried once, not for ever."""
    port = free_port()
    (mail,) = queue_mails(database, port, 1)
    key = key_of("127.0.0.1", port)
    with worker._database.write() as session:
        for _ in range(FAILURES_BEFORE_OPEN - 1):
            note_failure(session, key, "mail_server.refused", now=datetime.now(UTC))
    assert worker.send(mail) is Outcome.UNREACHABLE
    query = "SELECT status, attempt, not_before FROM communication_service.email WHERE id = :id"

    def the_mail() -> tuple[str, int, datetime | None]:
        with database.read() as session:
            status, attempt, not_before = session.execute(text(query), {"id": mail}).one()
        return status, attempt, not_before

    waiting = the_mail()
    assert waiting[:2] == ("retry_wait", 1)
    worker.release()
    assert the_mail() == waiting
    with database.write() as session:
        assert ask_again(session, key)
    worker.release()
    assert the_mail() == ("queued", 1, None)
    assert worker.send(mail) is Outcome.UNREACHABLE
    waiting = the_mail()
    worker.release()
    assert the_mail() == waiting
    assert waiting[:2] == ("retry_wait", 2)


def test_a_refused_login_is_not_said_again_with_every_mail(office: Office, database: Database, worker: Worker) -> None:
    """Else the provider locks the account; it is tried after a while, and at once where somebody changes it."""
    query = "SELECT attempt, failure_cause, not_before IS NULL FROM communication_service.email WHERE id = :id"
    server = Script()
    with scripted(server) as port:
        first, second = queue_mails(database, port, 2)
        with worker._database.write() as session:
            note_sending(session, 1, trouble="smtp.login", size_limit=None)
        assert worker.send(first) is None
        assert worker.send(second) is None
        worker.release()
        for mail in (first, second):
            with database.read() as session:
                assert session.execute(text(query), {"id": mail}).one() == (0, "smtp.login", False)
        assert server.senders == []
        with database.write() as session:  # somebody enters the account anew
            form = AccountForm(
                name="Büro", address="buero@buero.example", smtp_host="127.0.0.1", smtp_port=port,
                smtp_security="none", sender_name="Büro Süd", is_default=True,
            )  # fmt: skip
            save_account(session, form, account_id=1)
        worker.release()
        assert worker.send(first) is Outcome.ACCEPTED
        with worker._database.write() as session:
            note_sending(session, 1, trouble="smtp.login", size_limit=None)
        assert worker.send(second) is None
        later = Worker(office.url("worker"), None, credentials=Credentials(KEY), now=lambda: datetime.now(UTC) + LATER)
        later.release()
        assert later.send(second) is Outcome.ACCEPTED
        later.close()
    assert len(server.taken) == 2


def test_the_seats_own_server_that_refuses_the_login_is_left_for_the_usual_waits(
    database: Database, worker: Worker
) -> None:
    """Nobody notes of a mail without an account that its login is mended: it is not tried at once, again and again."""
    with database.write() as session:
        create_and_send(
            session, therapist_id=add_therapist(session), search_ids=[add_search(session)], channel=Channel.EMAIL,
            now=datetime.now(UTC),
        )  # fmt: skip
        mail = int(str(session.scalar(text("SELECT id FROM communication_service.email"))))
    with worker._database.write() as session:
        assert claim(session, mail, now=datetime.now(UTC)) is not None
        mail_postponed(session, mail, now=datetime.now(UTC), failure=Failure("", "smtp.login"))
    worker.release()
    assert told(database, mail)[1:] == ("retry_wait", False)


def told(database: Database, mail: int) -> tuple[str, str, bool]:
    """What a batch says keeps its mails, the state of one, and whether it is due."""
    query = text("SELECT status, not_before IS NULL FROM communication_service.email WHERE id = :id")
    with database.read() as session:
        trouble = forecast(session, 1, now=datetime.now(UTC), under_way=True).out.trouble
        return (trouble, *session.execute(query, {"id": mail}).one())


def test_a_server_that_wants_a_login_keeps_all_mails_until_it_gets_one(database: Database, worker: Worker) -> None:
    """It says so at the first mail; a batch then promises no time, and goes on once the account is changed."""
    server = Script(mail="530 5.7.0 Authentication required")
    with scripted(server) as port:
        (mail,) = queue_mails(database, port, 1)
        assert worker.send(mail) is Outcome.POSTPONED
        worker.release()
        assert told(database, mail) == ("smtp.login_needed", "retry_wait", False)
        server.mail = ""
        with database.write() as session:
            form = AccountForm(
                name="Büro", address="buero@buero.example", smtp_host="127.0.0.1", smtp_port=port,
                smtp_security="none", sender_name="Büro Süd", is_default=True,
            )  # fmt: skip
            save_account(session, form, account_id=1)
        worker.release()
        assert told(database, mail) == ("", "queued", True)
        assert worker.send(mail) is Outcome.ACCEPTED


def test_mails_rest_while_nobody_has_confirmed_where_their_account_leads(
    office: Office, database: Database, worker: Worker
) -> None:
    """What a server refused without a login is not taken again and again; once somebody confirms it goes at once."""
    server = Script(mail="530 5.7.0 Authentication required")
    with scripted(server) as port:
        (mail,) = queue_mails(database, port, 1)
        assert worker.send(mail) is Outcome.POSTPONED
        server.mail = ""
        admin = office.database("admin")
        with admin.write() as session:  # enters another server, and may not decide
            session.execute(text("UPDATE communication_service.mail_account SET smtp_host = 'localhost'"))
        admin.close()
        worker.release()
        assert told(database, mail) == ("mail_account.unconfirmed", "retry_wait", False)
        assert worker.send(mail) is None
        with database.write() as session:
            confirm_account(session, account(session, 1))
        worker.release()
        assert told(database, mail) == ("", "queued", True)
        assert worker.send(mail) is Outcome.ACCEPTED


def test_a_certificate_keeps_all_mails_until_a_test_goes_well(
    database: Database, worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test that meets it still changes nothing; one that goes well lets them go at once, also without any login."""
    certificate = tmp_path / "server.crt"
    write_certificate(certificate, certificate.with_suffix(".key"))
    with scripted(Script(), security="tls", certificate=certificate) as port:
        (mail,) = queue_mails(database, port, 1, security="tls")
        assert worker.send(mail) is Outcome.UNREACHABLE
        waiting = ("mail_server.certificate", "retry_wait", False)
        for trusted in (False, True):
            if trusted:
                monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
            with database.write() as session:
                ask_test(session, 1, now=datetime.now(UTC))
            assert worker.answer_test()
            worker.release()
            assert told(database, mail) == (("", "queued", True) if trusted else waiting)
        assert worker.send(mail) is Outcome.ACCEPTED


def test_a_server_that_refuses_mails_answers(database: Database, worker: Worker) -> None:
    """What it thinks of a mail is no reason to leave the server alone."""
    with scripted(Script(rcpt="550 5.1.1 User unknown")) as port:
        for mail in queue_mails(database, port, FAILURES_BEFORE_OPEN + 1):
            assert worker.send(mail) is Outcome.REFUSED
    assert the_host(database).state == "closed"


GARBAGE = (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00\xff" * 50 + b"\r\n", b"* BYE\r\n")


@pytest.mark.parametrize("says", GARBAGE)
def test_a_mailbox_on_no_mail_server_is_watched_on(
    database: Database, worker: Worker, says: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watch stays alive, its next look is known, and a person may have it look at once."""
    monkeypatch.setattr("sync.mail.watching.NEWS_SECONDS", 0.05)
    monkeypatch.setattr("sync.mail.watching.FIRST_WAIT", 600.0)
    with plain_speaker(says=says) as port, worker._database.write() as session:
        for _ in range(FAILURES_BEFORE_OPEN - 1):
            note_failure(session, key_of("127.0.0.1", port), "mail_server.refused", now=datetime.now(UTC))
        session.commit()
        watched = mailbox_on(database, worker, port)
        try:
            wait_until(lambda: the_host(database).state == "open")
            seen = the_host(database)
            assert seen.last_error == "mail_server.no_greeting"
            assert seen.retry_at is not None
            assert seen.retry_at > datetime.now(UTC) + timedelta(minutes=4)  # as the watch waits, not the breaker
            assert watched.alive
            with database.write() as other:
                ask_again(other, key_of("127.0.0.1", port))
            wait_until(lambda: the_host(database).last_error_at != seen.last_error_at)
            assert watched.alive
        finally:
            watched.stop(120)
    assert not watched.alive


@pytest.mark.parametrize(
    ("says", "drips", "code"),
    [
        (b"* OK", 0.05, "mail_server.timeout"),
        (b"* OK hier\r\n* 1 FETCH {9999999999}\r\n", 0.0, "mail_server.connection"),
        (b"* OK hier\r\n" + (b"* OK " + b"x" * 900_000 + b"\r\n") * 12, 0.0, "mail_server.connection"),
    ],
    ids=["drips", "names a huge length", "never ends"],
)
def test_a_mailbox_without_an_end_is_left(says: bytes, drips: float, code: str) -> None:
    """Bytes for ever, or more of them than a memory holds: the line is cut within its limits."""
    with plain_speaker(says=says, drips=drips) as port:
        access = ImapAccess("127.0.0.1", port, "none", "buero", "geheim", timeout=1.0 if drips else 60.0)
        began = time.monotonic()
        with pytest.raises(Unavailable, match=code), open_mailbox(access):
            pass
        assert time.monotonic() - began < 90

"""Trying out an account: each step against real servers, and servers that are none; a mail only to who asked for it."""

import base64
import hmac
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from imaplib import IMAP4
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from sqlalchemy import text

from domain.communication.account_states import kept_back, note_sending
from domain.communication.account_tests import TriedStep, ask_test, note_answer, read_answer, take_test
from domain.communication.accounts import Account, AccountForm, account, save_account
from domain.communication.sealing import publish_key
from domain.database import Database
from domain.errors import Invalid
from domain.ids import random_reference
from sync.mail import trying
from sync.mail.catcher import MailCatcher
from sync.mail.conversation import Conversation, log_in
from sync.mail.senders import Credentials, Sender
from sync.mail.smtp import SmtpTransport
from sync.mail.trying import try_account
from sync.worker import Worker
from tests.conftest import Office
from tests.servers.certificates import write_certificate
from tests.servers.mail import DOMAIN, MailServer
from tests.sync.scripted_smtp import PASSWORD, UMLAUTS, USER, Script, plain_speaker, scripted
from ui.admin.account_test import step_words

KEY = PrivateKey.generate()
Save = Callable[..., Account]


@pytest.fixture
def save(office: Office, database: Database) -> Save:
    """Enter an account; fields as in the form."""
    worker = office.database("worker")
    with worker.write() as session:
        publish_key(session, bytes(KEY.public_key))
    worker.close()

    def work(**values: object) -> Account:
        form: dict[str, object] = {"name": "Büro", "address": f"buero@{DOMAIN}", "smtp_security": "none"}
        with database.write() as session:
            return account(session, save_account(session, AccountForm(**(form | values))))  # type: ignore[arg-type]

    return work


@pytest.fixture
def mailbox(mail_server: MailServer) -> str:
    """A mailbox with a folder for copies; its user."""
    name = f"buero-{random_reference(8).lower()}"
    with IMAP4("127.0.0.1", mail_server.imap_port) as connection:
        connection.login(name, "test")
        connection.create("Sent")
    return name


def tried(of: Account, *, mail_to: str = "", timeout: float = 30) -> list[tuple[str, str]]:
    """Steps and their troubles; each has a sentence without a bare code or gap."""
    steps = try_account(of, Credentials(KEY), mail_to=mail_to, now=datetime.now(UTC), timeout=timeout)
    for step in steps:
        words = step_words(step)
        assert "{" not in words
        assert "None" not in words
        assert "mail_server." not in words
        assert "smtp." not in words
    return [(step.name, step.trouble) for step in steps]


def test_an_account_that_works_passes_every_step_and_sends_nothing(
    save: Save, mail_server: MailServer, mailbox: str
) -> None:
    """OpenSMTPD and Dovecot: sender accepted, inbox and folder found, no mail anywhere."""
    of = save(address=f"{mailbox}@{DOMAIN}", smtp_host="127.0.0.1", smtp_port=mail_server.smtp_port, sent_folder="Sent")
    assert tried(of) == [("smtp_connect", ""), ("smtp_sender", "")]
    of = save(
        address=f"{mailbox}@{DOMAIN}", imap_host="127.0.0.1", imap_port=mail_server.imap_port, imap_security="none",
        username=mailbox, password="test", sent_folder="Sent",
    )  # fmt: skip
    assert tried(of) == [("imap_connect", ""), ("imap_login", ""), ("imap_inbox", ""), ("imap_sent", "")]
    mail_server.wait_until_handed_over()
    assert mail_server.messages(of.address) == []


def test_a_test_mail_arrives_where_it_was_asked_for(save: Save, mail_server: MailServer, mailbox: str) -> None:
    """With the name of the account in it, once."""
    of = save(address=f"{mailbox}@{DOMAIN}", smtp_host="127.0.0.1", smtp_port=mail_server.smtp_port)
    assert tried(of, mail_to=f"ich-{mailbox}@{DOMAIN}")[-1] == ("smtp_mail", "")
    (arrived,) = mail_server.wait_for(f"ich-{mailbox}@{DOMAIN}", 1)
    assert arrived["Subject"] == "Testmail von Platzlotse"
    assert "Büro" in arrived.get_content()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_login_and_certificate_are_steps_of_their_own(
    save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    """Not trusted, then the wrong password, then all well."""
    certificate = tmp_path / "server.crt"
    write_certificate(certificate, certificate.with_suffix(".key"))
    server = Script()
    with scripted(server, security=security, certificate=certificate, login=True) as port:
        values = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": security, "username": USER.decode()}
        of = save(**values, password=PASSWORD.decode())
        first = [("smtp_connect", "")] if security == "starttls" else []
        assert tried(of) == [*first, ("smtp_tls", "mail_server.certificate")]
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        encrypted = [("smtp_connect", ""), ("smtp_tls", "")]
        assert tried(save(**values, password="falsch")) == [*encrypted, ("smtp_login", "smtp.login")]
        assert tried(of) == [*encrypted, ("smtp_login", ""), ("smtp_sender", "")]
    assert server.taken == []


def test_names_and_passwords_with_umlauts_are_said_in_utf8(
    save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mail_server: MailServer
) -> None:
    """SMTP and IMAP log in with them; where they are refused this is no trouble of the network."""
    certificate = tmp_path / "server.crt"
    write_certificate(certificate, certificate.with_suffix(".key"))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    name, password = UMLAUTS
    with scripted(Script(), security="starttls", certificate=certificate, login=True) as port:
        values = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "starttls", "username": name}
        assert tried(save(**values, password=password))[2:] == [("smtp_login", ""), ("smtp_sender", "")]
        assert tried(save(**values, password="fälsch"))[2:] == [("smtp_login", "smtp.login_letters")]
    reading = {"imap_host": "127.0.0.1", "imap_port": mail_server.imap_port, "imap_security": "none"}
    refused = tried(save(**reading, username="buero", password="fälsch"))
    assert refused[1:] == [("imap_login", "imap.login_letters")]
    with MailServer(password=password) as knowing:
        reading["imap_port"] = knowing.imap_port
        assert tried(save(**reading, username=f"buero-{random_reference(8).lower()}", password=password))[1] == (
            "imap_login",
            "",
        )


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
def test_every_way_to_log_in_says_the_password_in_utf8(mechanism: str) -> None:
    """A server that offers one way only hears name and password as they are."""
    heard: list[bytes] = []
    challenges = [b"<1896.697@mail.example>"] if mechanism == "CRAM-MD5" else [b"Username:", b"Password:"]

    class Spoken(Conversation):
        def docmd(self, cmd: str, args: str = "") -> tuple[int, bytes]:
            words = args.partition(" ")[2] if cmd == "AUTH" else cmd
            heard.extend([base64.b64decode(words)] if words else [])
            asks = challenges[len(heard) :] if mechanism != "PLAIN" else []
            return (334, base64.b64encode(asks[0])) if asks else (235, b"ok")

    line = Spoken("127.0.0.1", 25, security="none", timeout=5)
    line.ehlo_resp, line.does_esmtp, line.esmtp_features = b"hello", True, {"auth": mechanism}
    log_in(line, "mail.example", *UMLAUTS)
    name, password = (word.encode() for word in UMLAUTS)
    summed = name + b" " + hmac.new(password, challenges[0], "md5").hexdigest().encode()
    expected = {"PLAIN": [b"\0" + name + b"\0" + password], "LOGIN": [name, password], "CRAM-MD5": [summed]}
    assert heard == expected[mechanism]


def test_a_sender_that_is_not_allowed_is_told_with_the_servers_words(save: Save) -> None:
    """The address of the account belongs to somebody else."""
    with scripted(Script(mail="550 5.7.1 Sender not owned by user")) as port:
        of = save(smtp_host="127.0.0.1", smtp_port=port)
        assert tried(of)[-1] == ("smtp_sender", "smtp.sender_refused")
        step = try_account(of, Credentials(KEY), mail_to="", now=datetime.now(UTC), timeout=30)[-1]
    assert "not owned by user" in step_words(step)


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ({"password": "falsch"}, ("imap_login", "imap.login")),
        ({"inbox": "Eingang"}, ("imap_inbox", "imap.folder")),
        ({"sent_folder": "Gesendet"}, ("imap_sent", "imap.folder")),
        ({"imap_security": "starttls"}, ("imap_connect", "mail_server.no_starttls")),
        ({"imap_security": "tls"}, ("imap_connect", "mail_server.no_tls")),
        (
            {"imap_host": "mail.gibtesnicht.invalid", "imap_security": "tls"},
            ("imap_connect", "mail_server.host_unknown"),
        ),
    ],
)
def test_what_is_wrong_with_a_mailbox_is_told(
    save: Save, mail_server: MailServer, mailbox: str, values: dict[str, object], step: tuple[str, str]
) -> None:
    """The way ends with the step that failed."""
    given: dict[str, object] = {
        "imap_host": "127.0.0.1", "imap_port": mail_server.imap_port, "imap_security": "none", "username": mailbox,
        "password": "test", "sent_folder": "Sent",
    }  # fmt: skip
    assert tried(save(**(given | values)))[-1] == step


@pytest.mark.parametrize("says", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"\x00\xff" * 50 + b"\r\n"])
def test_a_hostile_server_ends_in_time(save: Save, says: bytes) -> None:
    """Silence and garbage on both ways."""
    with plain_speaker(says=says) as port:
        of = save(
            smtp_host="127.0.0.1", smtp_port=port, imap_host="127.0.0.1", imap_port=port, imap_security="none",
            username="x", password="y",
        )  # fmt: skip
        began = time.monotonic()
        steps = tried(of, timeout=0.5)
        assert time.monotonic() - began < 30
    assert [name for name, _ in steps] == ["smtp_connect", "imap_connect"]
    assert all(trouble for _, trouble in steps)


def test_a_mailbox_that_drips_bytes_is_left_alone(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer comes all the same."""
    monkeypatch.setattr(trying, "IMAP_ROUNDS", 1)
    with plain_speaker(says=b"* OK", drips=0.05) as port:
        of = save(imap_host="127.0.0.1", imap_port=port, imap_security="none", username="x", password="y")
        assert tried(of, timeout=1) == [("imap_connect", "mail_server.timeout")]


@pytest.fixture
def worker(office: Office) -> Iterator[Worker]:
    """A worker that is asked by hand."""
    made = Worker(office.url("worker"), None, credentials=Credentials(KEY))
    yield made
    made.close()


def test_a_question_is_answered_once(
    database: Database, save: Save, mail_server: MailServer, mailbox: str, worker: Worker
) -> None:
    """Asked by a person, answered by the worker; whoever asks for a mail gets it at their own address."""
    of = save(address=f"{mailbox}@{DOMAIN}", smtp_host="127.0.0.1", smtp_port=mail_server.smtp_port)
    with database.write() as session:
        asked = ask_test(session, of.id, now=datetime.now(UTC), mail_me=True)
        assert read_answer(session, asked).done is False
    assert worker.answer_test()
    assert not worker.answer_test()
    with database.read() as session:
        answer = read_answer(session, asked)
    assert answer.done
    # the test server knows no jana@buero.example: its words are kept
    assert answer.steps[-1].name == "smtp_mail"
    assert answer.steps[-1].trouble
    assert "jana@buero.example" not in str(answer.steps[0])


def test_a_test_that_goes_well_ends_the_wait_after_a_refused_login(
    database: Database, worker_database: Database, save: Save
) -> None:
    """Nobody waits a quarter of an hour for what was mended outside the program; one that fails changes nothing."""
    of, now = save(smtp_host="127.0.0.1"), datetime.now(UTC)
    with worker_database.write() as session:
        note_sending(session, of.id, trouble="smtp.login", size_limit=None)
    for trouble in ("smtp.login", ""):
        with database.write() as session:
            number = ask_test(session, of.id, now=now)
        with worker_database.write() as session:
            take_test(session, now=now)
            note_answer(session, number, [TriedStep("smtp_connect"), TriedStep("smtp_login", trouble)], now=now)
            assert (kept_back(session, of.id, now=now) is not None) == bool(trouble)


def test_a_question_of_a_killed_worker_is_answered_without_a_second_mail(
    database: Database, worker_database: Database, save: Save
) -> None:
    """The killed one may have sent it already; old questions are left."""
    of = save(smtp_host="127.0.0.1", smtp_port=1)
    now = datetime.now(UTC)
    with database.write() as session:
        asked = ask_test(session, of.id, now=now, mail_me=True)
    with worker_database.write() as session:
        first = take_test(session, now=now)
        assert first is not None
        assert first.mail_to == "jana@buero.example"
        assert take_test(session, now=now + timedelta(minutes=1)) is None
        second = take_test(session, now=now + timedelta(minutes=5))
        assert second is not None
        assert second.mail_to == ""
        note_answer(session, asked, [TriedStep("smtp_connect", "mail_server.refused", {"port": 1})], now=now)
        assert take_test(session, now=now + timedelta(minutes=9)) is None
    with database.write() as session:
        ask_test(session, of.id, now=now)
    with worker_database.write() as session:
        assert take_test(session, now=now + timedelta(minutes=11)) is None


def test_who_has_no_address_gets_no_test_mail(office: Office, database: Database, save: Save) -> None:
    """Told before anything is asked."""
    of = save(smtp_host="127.0.0.1", smtp_port=1)
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(text("UPDATE platform.person SET email = NULL"))
    owner.close()
    with pytest.raises(Invalid, match="no_own_address"), database.write() as session:
        ask_test(session, of.id, now=datetime.now(UTC), mail_me=True)


def test_trying_out_the_program_reaches_no_server(save: Save, tmp_path: Path) -> None:
    """The servers are named and left alone, the password is opened, the mail is caught on this machine."""
    of = save(smtp_host="127.0.0.1", smtp_port=1, imap_host="127.0.0.2", imap_port=1, username="x", password="y")
    catcher = MailCatcher(tmp_path)
    catching = Sender(SmtpTransport("127.0.0.1", catcher.start(), security="none"), "buero@buero.example", "Büro")
    credentials = Credentials(KEY, catching=catching)
    try:
        steps = try_account(of, credentials, mail_to="ich@buero.example", now=datetime.now(UTC), timeout=30)
        assert [(step.name, step.trouble, step.params) for step in steps] == [
            ("caught", "", {"hosts": "127.0.0.1, 127.0.0.2"}),
            ("caught_password", "", {}),
            ("caught_mail", "", {"address": "ich@buero.example"}),
        ]
        assert catcher.count() == 1
        assert len(try_account(of, credentials, mail_to="", now=datetime.now(UTC), timeout=30)) == 2
        assert catcher.count() == 1
    finally:
        catcher.stop()


def test_trying_out_with_another_key_says_so(save: Save) -> None:
    """A password that cannot be opened is told while trying out, too."""
    of = save(smtp_host="127.0.0.1", smtp_port=1, username="x", password="y")
    catching = Sender(SmtpTransport("127.0.0.1", 1, security="none"), "buero@buero.example", "Büro")
    other = Credentials(PrivateKey.generate(), catching=catching)
    steps = try_account(of, other, mail_to="", now=datetime.now(UTC), timeout=30)
    assert [(step.name, step.trouble) for step in steps][1:] == [("worker", "mail_account.sealed_to_other_key")]


def test_a_mail_of_an_account_is_caught_while_trying_out(save: Save, database: Database) -> None:
    """Whatever the account says, its mails do not leave this machine, and no mailbox is read."""
    of = save(smtp_host="mail.buero.example", smtp_port=25)
    catching = Sender(SmtpTransport("127.0.0.1", 1, security="none"), "buero@buero.example", "Büro")
    credentials = Credentials(KEY, catching=catching)
    with database.read() as session:
        assert credentials.sender(session, of.id, None) is catching
    assert not credentials.reach_out
    assert Credentials(KEY).reach_out


def test_without_a_key_no_server_is_reached(save: Save) -> None:
    """Nobody could open a password."""
    of = save(smtp_host="127.0.0.1", smtp_port=1)
    steps = try_account(of, Credentials(), mail_to="", now=datetime.now(UTC), timeout=30)
    assert [(step.name, step.trouble) for step in steps] == [("worker", "mail_account.no_worker_key")]


def test_a_password_put_beside_another_server_is_told_and_not_sent(
    office: Office, database: Database, save: Save
) -> None:
    """The worker opens its kept bytes for nobody and says what to do."""
    of = save(smtp_host="127.0.0.1", smtp_port=1, username="x", password="y")
    admin = office.database("admin")
    for change, value in (("smtp_host", "127.0.0.2"), ("sealed_password", of.sealed_password)):
        with admin.write() as session:
            session.execute(text(f"UPDATE communication_service.mail_account SET {change} = :value"), {"value": value})
    admin.close()
    with database.read() as session:
        moved = account(session, of.id)
    steps = try_account(moved, Credentials(KEY), mail_to="", now=datetime.now(UTC), timeout=30)
    assert [(step.name, step.trouble) for step in steps] == [("worker", "mail_account.sealed_elsewhere")]

"""What a server refuses, at each step of a real conversation: what becomes of mail and inquiry, and what is said."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from sqlalchemy import text

from domain.casework.preparing import create_and_send
from domain.communication.account_states import account_states, check_size
from domain.communication.accounts import AccountForm, save_account
from domain.communication.claiming import LEASE
from domain.communication.queries import MailDetail, get_mail, undeliverable_since
from domain.communication.sealing import publish_key
from domain.database import Database
from domain.errors import Invalid
from domain.values import Channel
from sync.mail import conversation
from sync.mail.senders import Credentials
from sync.mail.smtp import Delivery, Outcome, SmtpTransport
from sync.worker import Worker
from tests.builders import add_search, add_therapist
from tests.conftest import Office
from tests.servers.certificates import ELSEWHERE, write_certificate
from tests.servers.ports import free_port
from tests.sync.scripted_smtp import PASSWORD, USER, Script, plain_speaker, scripted
from tests.sync.smtp_peer import smtp_peer
from ui.errors import describe_code

KEY = PrivateKey.generate()
Send = Callable[[int], Outcome | None]


def message(body: str = "Grüße\n.\nzwei\n") -> EmailMessage:
    """A mail."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "buero@buero.example", "praxis@praxis.example", "Frage"
    made.set_content(body)
    return made


def deliver(port: int, security: str = "none", username: str = "", password: str = "", **more: float) -> Delivery:
    """One attempt."""
    transport = SmtpTransport("127.0.0.1", port, security, username, password, timeout=more.get("timeout", 60))
    return transport.send(message(), sender="buero@buero.example", recipient="praxis@praxis.example")


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate for this machine, trusted by this process."""
    made = tmp_path / "server.crt"
    write_certificate(made, made.with_suffix(".key"))
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    return made


@pytest.fixture
def asked(office: Office, database: Database) -> Iterator[Callable[[int], tuple[int, Send]]]:
    """An inquiry that goes out by an account on a port: its mail's id, and one attempt to send it."""
    workers: list[Worker] = []

    def make(port: int) -> tuple[int, Send]:
        setup = office.database("worker")
        with setup.write() as session:
            publish_key(session, bytes(KEY.public_key))
        setup.close()
        with database.write() as session:
            form = AccountForm(
                name="Büro", address="buero@buero.example", smtp_host="127.0.0.1", smtp_port=port,
                smtp_security="none", is_default=True,
            )  # fmt: skip
            save_account(session, form)
            create_and_send(
                session, therapist_id=add_therapist(session, email="praxis@praxis.example"),
                search_ids=[add_search(session)], channel=Channel.EMAIL, now=datetime.now(UTC),
            )  # fmt: skip
            mail = int(session.execute(text("SELECT max(id) FROM communication_service.email")).scalar_one())
        worker = Worker(office.url("worker"), None, credentials=Credentials(KEY))
        workers.append(worker)
        return mail, worker.send

    yield make
    for worker in workers:
        worker.close()


def shown(database: Database, mail: int) -> tuple[MailDetail, str, str]:
    """The mail as Post shows it, the stage of its inquiry and the status of who is asked about in it."""
    query = """SELECT q.stage, i.status FROM matching_service.inquiry q JOIN matching_service.inquiry_item i
               ON i.inquiry_id = q.id"""
    with database.read() as session:
        stage, item = session.execute(text(query)).one()
        return get_mail(session, mail, now=datetime.now(UTC)), stage, item


@pytest.mark.parametrize(
    ("script", "status", "stage", "cause", "minutes"),
    [
        ({"rcpt": "550 5.7.1 Relaying denied"}, "failed", "send_failed", "smtp.policy", 0),
        ({"rcpt": "450 4.2.0 Greylisted, come back"}, "retry_wait", "outbox", "smtp.greylisted", 6),
        ({"rcpt": "452 4.2.2 Mailbox full"}, "retry_wait", "outbox", "smtp.mailbox_full", 60),
        ({"rcpt": "421 4.3.2 closing"}, "retry_wait", "outbox", "smtp.busy", 1),
        ({"mail": "550 5.7.1 not your address"}, "failed", "send_failed", "smtp.sender_refused", 0),
        ({"data": "552 5.3.4 too big"}, "failed", "send_failed", "smtp.too_large", 0),
        ({"data": "554 5.7.1 looks like spam"}, "failed", "send_failed", "smtp.policy", 0),
        ({"data": "451 4.3.0 later"}, "retry_wait", "outbox", "smtp.later", 1),
    ],
)
def test_a_refusal_is_told_and_waits_as_its_cause_wants(
    database: Database,
    asked: Callable[[int], tuple[int, Send]],
    script: dict[str, str],
    status: str,
    stage: str,
    cause: str,
    minutes: int,
) -> None:
    """The server's own words are kept, our sentence is beside them, and the next attempt fits the cause."""
    server = Script(script.get("mail", ""), script.get("rcpt", ""), script.get("data", ""))
    with scripted(server) as port:
        mail, send = asked(port)
        began = datetime.now(UTC)
        send(mail)
    detail, now_stage, _ = shown(database, mail)
    assert (detail.row.status, now_stage, detail.failure_cause) == (status, stage, cause)
    assert detail.row.failure == next(iter(script.values()))
    assert [(one.cause, one.reply) for one in detail.attempts] == [(cause, detail.row.failure)]
    assert "(" not in describe_code(cause, **detail.failure_params).partition("zu groß")[0]  # no bare code
    if minutes:
        assert detail.row.not_before is not None
        assert abs(detail.row.not_before - began - timedelta(minutes=minutes)) < timedelta(seconds=30)
    assert server.taken == []


def test_an_unknown_mailbox_counts_as_come_back(database: Database, asked: Callable[[int], tuple[int, Send]]) -> None:
    """5.1.1 at the first word: who was asked about is free again, and the address is known to take no mail."""
    with scripted(Script(rcpt="550 5.1.1 User unknown")) as port:
        mail, send = asked(port)
        assert send(mail) is Outcome.REFUSED
    detail, stage, item = shown(database, mail)
    assert (detail.row.status, stage, item) == ("bounced_hard", "bounced", "withdrawn")
    assert detail.row.sent_at is None
    with database.read() as session:
        assert undeliverable_since(session, "Praxis@praxis.example") is not None
        assert undeliverable_since(session, "praxis@anders.example") is None


def test_a_mail_larger_than_announced_is_not_transmitted(
    database: Database, asked: Callable[[int], tuple[int, Send]]
) -> None:
    """Both sizes are named, and from then on a draft that large is refused before it is queued."""
    server = Script()
    with scripted(server, size=1000) as port:
        mail, send = asked(port)
        assert send(mail) is Outcome.REFUSED
    detail, _, _ = shown(database, mail)
    assert (detail.row.status, detail.failure_cause) == ("failed", "smtp.too_large")
    sentence = describe_code(detail.failure_cause, **detail.failure_params)
    assert "höchstens 1 kB" in sentence
    assert f"{int(detail.failure_params['size']) / 1000:.0f} kB" in sentence
    assert server.senders == []
    with database.read() as session:
        assert [state.size_limit for state in account_states(session)] == [1000]
        with pytest.raises(Invalid, match="too_large_to_send"):
            check_size(session, 900)
        check_size(session, 0)


def test_the_size_is_said_beforehand() -> None:
    """A server that knows limits learns how large the mail is before it comes (RFC 1870)."""
    server = Script()
    with scripted(server, size=1_000_000) as port:
        assert deliver(port).outcome is Outcome.ACCEPTED
    ((_, options),) = server.senders
    assert options == [f"SIZE={len(message().as_bytes(policy=SMTP))}"]


def test_the_offices_own_limit_holds() -> None:
    """Also where the server announces none."""
    server = Script()
    with scripted(server) as port:
        transport = SmtpTransport("127.0.0.1", port, "none", timeout=60, largest=100)
        told = transport.send(message(), sender="a@buero.example", recipient="b@praxis.example")
    assert (told.outcome, told.cause, server.senders) == (Outcome.REFUSED, "smtp.too_large", [])


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_mail_goes_out_encrypted_and_logged_in(certificate: Path, security: str) -> None:
    """TLS from the first byte, or STARTTLS; the dots of the text arrive as they were."""
    server = Script()
    with scripted(server, security=security, certificate=certificate, login=True) as port:
        assert deliver(port, security, USER.decode(), PASSWORD.decode()).outcome is Outcome.ACCEPTED
        wrong = deliver(port, security, USER.decode(), "falsch")
    assert (wrong.outcome, wrong.cause) == (Outcome.UNREACHABLE, "smtp.login")
    (source,) = server.taken
    assert source.replace(b"\r\n", b"\n").rstrip() == message().as_bytes().replace(b"\r\n", b"\n").rstrip()


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("fault", ["untrusted", "name", "expired"])
def test_a_certificate_that_does_not_fit_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str, fault: str
) -> None:
    """Nothing was said of who we are; the sentence says what is wrong with the certificate."""
    other = tmp_path / "other.crt"
    write_certificate(
        other,
        other.with_suffix(".key"),
        **{"name": {"names": ELSEWHERE}, "expired": {"until": datetime.now(UTC) - timedelta(days=1)}}.get(fault, {}),  # type: ignore[arg-type]
    )
    if fault != "untrusted":
        monkeypatch.setenv("SSL_CERT_FILE", str(other))
    with scripted(Script(), security=security, certificate=other, login=True) as port:
        told = deliver(port, security, USER.decode(), PASSWORD.decode())
    wanted = {"untrusted": "certificate", "name": "certificate_name", "expired": "certificate_expired"}[fault]
    assert (told.outcome, told.cause) == (Outcome.UNREACHABLE, f"mail_server.{wanted}")


def test_stripped_starttls_is_refused() -> None:
    """Somebody in between took STARTTLS out of the announcement: nothing is said in the clear."""
    server = Script()
    with scripted(server) as port:
        told = deliver(port, "starttls", "buero", "geheim")
    assert (told.outcome, told.cause) == (Outcome.UNREACHABLE, "mail_server.no_starttls")
    assert server.senders == []


def test_a_port_without_tls_is_told() -> None:
    """The usual mix-up of 465 and 587."""
    with scripted(Script()) as port:
        assert deliver(port, "tls").cause == "mail_server.no_tls"


@pytest.mark.parametrize(
    ("says", "cause"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "mail_server.no_greeting"),
        (b"\xff\xfe\x00garbage\r\n", "mail_server.no_greeting"),
        (b"554 no service for you\r\n", "mail_server.no_greeting"),
        (b"2" * 100_000, "mail_server.connection"),
        (b"", "mail_server.timeout"),
    ],
)
def test_what_is_no_mail_server_is_told(says: bytes, cause: str) -> None:
    """Nothing it says is taken for a refusal of the mail."""
    with plain_speaker(says=says) as port:
        told = deliver(port, timeout=60 if says else 1)
    assert (told.outcome, told.cause) == (Outcome.UNREACHABLE, cause)


def test_a_server_that_drips_bytes_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, the greeting never: it is over when the conversation's time is."""
    monkeypatch.setattr(conversation, "OPENING_SECONDS", 1.0)
    with plain_speaker(says=b"220", drips=0.05) as port:
        began = time.monotonic()
        told = deliver(port, timeout=60)
        assert time.monotonic() - began < 30
    assert (told.outcome, told.cause) == (Outcome.UNREACHABLE, "mail_server.timeout")


def test_nobody_there_and_no_such_host() -> None:
    """Told apart, since other things are to be done."""
    assert deliver(free_port()).cause == "mail_server.refused"
    transport = SmtpTransport("mail.gibtesnicht.invalid", 587, timeout=60)
    told = transport.send(message(), sender="a@buero.example", recipient="b@praxis.example")
    assert told.cause == "mail_server.host_unknown"


def test_a_nonsense_answer_to_the_content_is_unclear() -> None:
    """It may have been taken: sending it again could bring it twice."""
    with smtp_peer("nonsense_after_data") as peer:
        assert deliver(peer.port).outcome is Outcome.UNCLEAR


def test_a_refusal_before_the_content_began_is_not_unclear() -> None:
    """The line is lost after DATA was asked for and before the server's go-ahead: nothing was transmitted."""
    with smtp_peer("cut_at_data") as peer:
        assert deliver(peer.port).outcome is Outcome.UNREACHABLE


def test_a_wrong_password_is_the_accounts_trouble(
    database: Database, asked: Callable[[int], tuple[int, Send]], certificate: Path
) -> None:
    """The mail waits instead of failing, Verwaltung says why, and it goes when the password is mended."""
    server = Script()
    with scripted(server, security="tls", certificate=certificate, login=True) as port:
        mail, send = asked(port)
        for password, outcome, trouble in (
            ("falsch", Outcome.UNREACHABLE, "smtp.login"), (PASSWORD.decode(), Outcome.ACCEPTED, ""),
        ):  # fmt: skip
            with database.write() as session:
                (state,) = account_states(session)
                form = AccountForm(
                    name="Büro", address="buero@buero.example", smtp_host="127.0.0.1", smtp_port=port,
                    smtp_security="tls", username=USER.decode(), password=password, is_default=True,
                )  # fmt: skip
                save_account(session, form, account_id=state.account.id)
                query = "UPDATE communication_service.email SET status = 'queued', not_before = NULL"
                session.execute(text(query))
            assert send(mail) is outcome
            with database.read() as session:
                (state,) = account_states(session)
                assert state.sending_trouble == trouble
    assert len(server.taken) == 1


def test_a_conversation_ends_before_the_mails_lease() -> None:
    """Whoever lost the lease hands nothing over any more: someone may have decided about the mail by then."""
    whole = conversation.OPENING_SECONDS + conversation.SPEAKING_SECONDS
    whole += conversation.PATIENCE * conversation.TIMEOUT_SECONDS
    assert timedelta(seconds=whole) < LEASE

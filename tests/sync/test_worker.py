"""The worker on a real database and a real conversation with a mail server: at most once, whatever happens."""

import asyncio
import email
import email.policy
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from domain.casework.clocks import tick
from domain.casework.preparing import create_and_send
from domain.communication.claiming import claim
from domain.communication.mails import Letter, queue_mail
from domain.database import Database
from domain.values import Channel
from sync.mail.senders import Sender
from sync.mail.smtp import Outcome, SmtpTransport
from sync.worker import Worker
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import Office
from tests.sync.smtp_peer import smtp_peer


@pytest.fixture
def queued(database: Database, now: datetime) -> int:
    """An inquiry for two people in the outbox; the id of its mail."""
    with database.write() as session:
        first = add_search(session, add_patient(session, first_name="Klara", last_name="Geheim"))
        second = add_search(session)
        therapist = add_therapist(session, last_name="Öztürk", title="Dr. phil.")
        inquiry = create_and_send(
            session, therapist_id=therapist, search_ids=[first, second], channel=Channel.EMAIL, now=now
        )
        return int(
            session.execute(
                text("SELECT id FROM communication_service.email WHERE inquiry_id = :id"), {"id": inquiry}
            ).scalar_one()
        )


def worker_for(office: Office, port: int, now: datetime) -> Worker:
    """A worker that sends to a port of this machine."""
    transport = SmtpTransport("127.0.0.1", port, security="none", timeout=60)
    return Worker(office.url("worker"), Sender(transport, "buero@buero.example", "Büro Süd"), now=lambda: now)


def send_once(office: Office, port: int, now: datetime, mail: int) -> Outcome | None:
    """One attempt without the queue."""
    worker = worker_for(office, port, now)
    try:
        return worker.send(mail)
    finally:
        worker.close()


def states(database: Database, mail: int) -> tuple[str, str]:
    """Status of the mail and stage of its inquiry."""
    query = """SELECT e.status, q.stage FROM communication_service.email e
               JOIN matching_service.inquiry q ON q.id = e.inquiry_id WHERE e.id = :id"""
    with database.read() as session:
        row = session.execute(text(query), {"id": mail}).one()
    return row[0], row[1]


def test_a_queued_mail_arrives_once_with_both_parts(
    office: Office, database: Database, queued: int, now: datetime
) -> None:
    """The job is taken from the queue, the message is whole, names nobody, and the inquiry counts as sent."""
    with smtp_peer("take") as peer:
        worker = worker_for(office, peer.port, now)
        asyncio.run(worker.run(once=True))
        asyncio.run(worker_for(office, peer.port, now).run(once=True))
    assert len(peer.taken) == 1
    message = email.message_from_bytes(peer.taken[0], policy=email.policy.default)
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    body = message.get_body(("plain",))
    assert body is not None
    words = body.get_content()
    assert "Sehr geehrte Frau Dr. Öztürk" in words
    assert "2 Personen" in words
    assert "Geheim" not in peer.taken[0].decode() + words
    assert message["Message-ID"]
    assert states(database, queued) == ("sent", "sent")


@pytest.mark.parametrize(
    ("script", "outcome", "expected"),
    [
        ("refuse_rcpt", Outcome.REFUSED, ("failed", "send_failed")),
        ("defer_data", Outcome.POSTPONED, ("retry_wait", "outbox")),
        ("cut_greeting", Outcome.UNREACHABLE, ("retry_wait", "outbox")),
        ("cut_rcpt", Outcome.UNREACHABLE, ("retry_wait", "outbox")),
        ("cut_in_data", Outcome.UNCLEAR, ("unclear", "outbox")),
        ("cut_after_data", Outcome.UNCLEAR, ("unclear", "outbox")),
    ],
)
def test_every_way_a_conversation_ends_has_its_state(
    office: Office,
    database: Database,
    queued: int,
    now: datetime,
    script: str,
    outcome: Outcome,
    expected: tuple[str, str],
) -> None:
    """Refused fails, "later" waits, a cut before DATA is tried again, a cut after it is unclear."""
    with smtp_peer(script) as peer:
        assert send_once(office, peer.port, now, queued) is outcome
    assert states(database, queued) == expected


def test_a_killed_sender_leaves_an_unclear_mail(
    worker_database: Database, database: Database, queued: int, now: datetime
) -> None:
    """Whoever claimed a mail and never came back: after the lease only a person decides."""
    with worker_database.write() as session:
        assert claim(session, queued, now=now) is not None
    with worker_database.write() as session:
        assert claim(session, queued, now=now) is None  # nobody else takes it
        assert tick(session, now=now).unclear_mails == ()
        assert tick(session, now=now + timedelta(minutes=6)).unclear_mails == (queued,)
    assert states(database, queued)[0] == "unclear"


def test_a_postponed_mail_is_tried_again_with_the_same_message_id(
    office: Office, database: Database, queued: int, now: datetime
) -> None:
    """The wait is over: it goes out under the Message-ID it always had."""
    with smtp_peer("defer_data") as peer:
        send_once(office, peer.port, now, queued)
    later = now + timedelta(minutes=2)
    with smtp_peer("take") as peer:
        asyncio.run(worker_for(office, peer.port, later).run(once=True))
    with database.read() as session:
        stored = session.execute(
            text("SELECT message_id FROM communication_service.email WHERE id = :id"), {"id": queued}
        ).scalar_one()
    assert len(peer.taken) == 1
    assert stored.encode() in peer.taken[0]
    assert states(database, queued) == ("sent", "sent")


def queue_to(database: Database, now: datetime, address: str, name: str = "Ina Sommer") -> int:
    """A mail to an address as somebody typed it."""
    with database.write() as session:
        return queue_mail(
            session,
            kind="patient",
            to_address=address,
            to_name=name,
            letter=Letter("Grüße", "Grüße", ""),
            now=now,
            patient_id=add_patient(session, email=address),
        )


def status_of(database: Database, mail: int) -> str:
    """Status of the mail."""
    with database.read() as session:
        query = text("SELECT status FROM communication_service.email WHERE id = :id")
        return str(session.execute(query, {"id": mail}).scalar_one())


def test_a_domain_with_umlauts_is_reached(office: Office, database: Database, now: datetime) -> None:
    """The mail goes out to the domain's ASCII form, in the header and on the wire."""
    mail = queue_to(database, now, "praxis@müller.example")
    with smtp_peer("take") as peer:
        assert send_once(office, peer.port, now, mail) is Outcome.ACCEPTED
    assert b"praxis@xn--mller-kva.example" in peer.taken[0]
    assert status_of(database, mail) == "sent"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("praxis@mitte@nord.example", "Ina Sommer"),
        ("müller@praxis.example", "Ina Sommer"),
    ],
)
def test_a_mail_that_cannot_be_written_has_failed(
    office: Office, database: Database, now: datetime, address: str, name: str
) -> None:
    """Nothing was transmitted, so nobody is asked whether it arrived."""
    mail = queue_to(database, now, address, name)
    with smtp_peer("take") as peer:
        assert send_once(office, peer.port, now, mail) is Outcome.REFUSED
    assert peer.taken == []
    assert status_of(database, mail) == "failed"


def test_a_password_the_server_does_not_understand_is_the_accounts_fault(
    office: Office, database: Database, queued: int, now: datetime
) -> None:
    """A password with umlauts is refused: the mail waits for a better one, and says what it waits for."""
    with smtp_peer("take") as peer:
        transport = SmtpTransport("127.0.0.1", peer.port, "none", "buero", "schlüssel", timeout=60)
        worker = Worker(office.url("worker"), Sender(transport, "buero@buero.example", "Büro Süd"), now=lambda: now)
        try:
            assert worker.send(queued) is Outcome.UNREACHABLE
        finally:
            worker.close()
    assert states(database, queued) == ("retry_wait", "outbox")
    with database.read() as session:
        query = text("SELECT failure_cause FROM communication_service.email WHERE id = :id")
        assert session.execute(query, {"id": queued}).scalar_one() == "smtp.login_letters"

"""Inquiries through a real mail server into real mailboxes, sent by the worker as a process of its own."""

import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import text

from domain.casework.preparing import create_and_send
from domain.database import Database
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import Office
from tests.servers.mail import UNKNOWN, MailServer
from tests.sync.worker_program import SENDER, SENDER_NAME, WorkerProgram

SECONDS = 120
CANARIES: dict[str, Any] = {
    "first_name": "Zäzilie",
    "last_name": "Quastenflosser",
    "street": "Kolibriweg",
    "house_number": "4711b",
    "birth_date": date(1987, 2, 13),
    "insurance_number": "K998877665",
    "insurer": "Kasse Fabelhaft",
    "phone": "+4924199887766",
    "email": "zq@privat.example",
    "note": "Lieblingstier Axolotl",
}
# as they stand in the row, and a birth date in every way it may be written
FORBIDDEN = (
    *(value for value in CANARIES.values() if isinstance(value, str)),
    "1987-02-13", "13.02.1987", "13.2.1987", "13. Februar 1987", "99887766",
)  # fmt: skip

Send = Callable[..., tuple[int, str]]
Start = Callable[..., WorkerProgram]


@pytest.fixture
def send(database: Database) -> Send:
    """Create and send an inquiry about one patient to a new practice; the mail's id and its address."""

    def work(**therapist: Any) -> tuple[int, str]:
        with database.write() as session:
            search = add_search(session, add_patient(session, **CANARIES))
            inquiry = create_and_send(
                session,
                therapist_id=add_therapist(session, **therapist),
                search_ids=[search],
                channel=Channel.EMAIL,
                now=datetime.now(UTC),
            )
            row = session.execute(
                text("SELECT id, to_address FROM communication_service.email WHERE inquiry_id = :id"), {"id": inquiry}
            ).one()
        return row[0], row[1]

    return work


@pytest.fixture
def start(office: Office, mail_server: MailServer, tmp_path: Path) -> Start:
    """Make a worker of the office's database that sends to the mail server; it runs within its `with` block."""

    def make(ahead: timedelta = timedelta(0)) -> WorkerProgram:
        return WorkerProgram(office.url("worker"), mail_server.smtp_port, tmp_path / "worker.log", ahead=ahead)

    return make


def states(database: Database, mail: int) -> tuple[str, str]:
    """Status of the mail and stage of its inquiry."""
    query = """SELECT e.status, q.stage FROM communication_service.email e
               JOIN matching_service.inquiry q ON q.id = e.inquiry_id WHERE e.id = :id"""
    with database.read() as session:
        row = session.execute(text(query), {"id": mail}).one()
    return row[0], row[1]


def wait_for_states(database: Database, mail: int, expected: tuple[str, str]) -> None:
    """Wait until the worker's report is in the database."""
    end = time.monotonic() + SECONDS
    while (found := states(database, mail)) != expected:
        assert time.monotonic() < end, f"{found} instead of {expected}"
        time.sleep(0.02)


def test_an_inquiry_arrives_as_it_was_written(
    database: Database, mail_server: MailServer, send: Send, start: Start
) -> None:
    """Subject, sender, both parts with their umlauts and the stored Message-ID reach the mailbox, once.

    It counts as sent with the server's own words, which carry the number the server gave this very mail.
    """
    mail, address = send(last_name="Öztürk-Weiß", title="Dr. phil.")
    assert states(database, mail) == ("queued", "outbox")
    with start():
        wait_for_states(database, mail, ("sent", "sent"))
    mail_server.wait_until_handed_over()
    (message,) = mail_server.wait_for(address, 1)
    with database.read() as session:
        stored = session.execute(
            text(
                "SELECT subject, body_text, body_html, message_id, server_reply"
                " FROM communication_service.email WHERE id = :id"
            ),
            {"id": mail},
        ).one()
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert message["Subject"] == stored.subject
    assert message["Message-ID"] == stored.message_id
    assert plain.get_content().splitlines() == stored.body_text.splitlines()
    assert html.get_content().splitlines() == stored.body_html.splitlines()
    assert "Sehr geehrte Frau Dr. Öztürk-Weiß" in plain.get_content()
    assert "Öztürk-Weiß" in html.get_content()
    assert message["From"].addresses[0].addr_spec == SENDER
    assert message["From"].addresses[0].display_name == SENDER_NAME
    assert message["To"].addresses[0].addr_spec == address
    assert "Öztürk-Weiß" in message["To"].addresses[0].display_name
    number = re.search(r"SMTP id ([0-9a-f]{8})", " ".join(message.get_all("Received", [])))
    assert number is not None
    assert stored.server_reply.startswith("250 ")
    assert number[1] in stored.server_reply
    (source,) = mail_server.raw(address)
    nothing_of_the_patient(source, message)


def nothing_of_the_patient(source: bytes, message: EmailMessage) -> None:
    """Name, address, birth date, insurance and notes are neither in the raw mail nor in any part of it."""
    everything = [source.decode("utf-8", "replace"), *(f"{name}: {value}" for name, value in message.items())]
    everything += [part.get_content() for part in message.walk() if not part.is_multipart()]
    leaked = {canary for canary in FORBIDDEN for words in everything if canary.lower() in words.lower()}
    assert leaked == set()
    assert any("Alter: " in words for words in everything)  # what may be said is there


def test_as_many_mails_arrive_as_were_sent(
    database: Database, mail_server: MailServer, send: Send, start: Start
) -> None:
    """Twenty inquiries to twenty practices: every mailbox holds its own mail, and only that."""
    with start():
        sent = [send() for _ in range(20)]
        for mail, _ in sent:
            wait_for_states(database, mail, ("sent", "sent"))
    mail_server.wait_until_handed_over()
    with database.read() as session:
        rows = session.execute(text("SELECT to_address, message_id FROM communication_service.email")).all()
    stored = {row.to_address: row.message_id for row in rows}
    received = {address: [message["Message-ID"] for message in mail_server.messages(address)] for _, address in sent}
    assert received == {address: [message_id] for address, message_id in stored.items()}


def test_an_unknown_recipient_fails_for_good(
    database: Database, mail_server: MailServer, send: Send, start: Start
) -> None:
    """The server refuses the address: the mail has failed with the server's reason, nothing is tried again."""
    mail, address = send(email=UNKNOWN)
    with start():
        wait_for_states(database, mail, ("failed", "send_failed"))
    with start(ahead=timedelta(hours=3)):
        other, _ = send()
        wait_for_states(database, other, ("sent", "sent"))
    assert states(database, mail) == ("failed", "send_failed")
    with database.read() as session:
        failure, attempt = session.execute(
            text("SELECT failure, attempt FROM communication_service.email WHERE id = :id"), {"id": mail}
        ).one()
    assert failure.startswith("550 ")
    assert attempt == 1
    assert mail_server.messages(address) == []


def test_a_server_that_was_down_gets_the_mail_later_and_once(
    database: Database, mail_server: MailServer, send: Send, start: Start
) -> None:
    """Nobody listens: the mail waits and does not count as sent; when the server is back it arrives once."""
    mail, address = send()
    mail_server.wait_until_handed_over()  # what other tests sent would else wait there for minutes
    mail_server.stop_smtp()
    try:
        with start():
            wait_for_states(database, mail, ("retry_wait", "outbox"))
    finally:
        mail_server.start_smtp()
    assert mail_server.messages(address) == []
    with start(ahead=timedelta(minutes=2)):
        wait_for_states(database, mail, ("sent", "sent"))
    with start(ahead=timedelta(hours=3)):
        other, _ = send()
        wait_for_states(database, other, ("sent", "sent"))
    mail_server.wait_until_handed_over()
    assert len(mail_server.wait_for(address, 1)) == 1


def test_an_undo_window_is_kept_and_not_much_prolonged(
    office: Office, database: Database, mail_server: MailServer, send: Send, start: Start
) -> None:
    """Within the office's undo window the mail stays; it leaves within seconds when the window is over."""
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(text("UPDATE platform.office SET undo_seconds = 2"))
    owner.close()
    with start():
        began = time.monotonic()
        mail, address = send()
        wait_for_states(database, mail, ("sent", "sent"))
        assert 2 <= time.monotonic() - began < 60
    assert len(mail_server.wait_for(address, 1)) == 1


def test_the_mail_server_leaves_nothing_behind(mail_server: MailServer) -> None:
    """A second server runs beside the first; stopped, its folder and all its processes are gone."""
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    with MailServer() as second:
        home = second.home
        made = [child for child in psutil.Process().children(recursive=True) if child.pid not in before]
        assert second.smtp_port != mail_server.smtp_port
        assert len(made) > 2
        assert home.exists()
    assert not home.exists()
    assert [child for child in made if child.is_running()] == []

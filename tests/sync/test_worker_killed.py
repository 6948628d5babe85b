"""The worker is killed again and again while it sends by an account: no mail is lost silently, none arrives twice.

After a kill the next worker's clock is ahead by more than a lease, so that what the killed one held is found by
the same tick that finds it in the office, without minutes of waiting. In the end the folder of sent mails, as servers
keep it that note what they send, settles what is found there and nothing else.
"""

import random
import re
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from imaplib import IMAP4
from pathlib import Path
from uuid import uuid4

import pytest
from nacl.public import PrivateKey
from sqlalchemy import text

from domain.communication.accounts import AccountForm, save_account
from domain.communication.claiming import JOB_LOST_AFTER, LEASE
from domain.communication.mails import Letter, queue_mail
from domain.communication.sealing import publish_key
from domain.database import Database
from sync.worker import CONCURRENCY
from tests.builders import add_patient
from tests.conftest import Office
from tests.servers.mail import DOMAIN, MailServer
from tests.sync.worker_program import WorkerProgram

SECONDS = 120
BURST = 8  # mails that wait at each kill; more than the worker has under way at once
LONGEST_LIFE = 0.4  # seconds from the first look at the queue to the kill; an undisturbed burst takes about as long
STEP = max(LEASE, JOB_LOST_AFTER) + timedelta(minutes=1)
SEED = 20261123
KEY = PrivateKey.generate()
WAITING = "SELECT count(*) FROM communication_service.email WHERE status NOT IN ('sent', 'unclear')"
HELD = "SELECT count(*) FROM communication_service.email WHERE status = 'sending'"


def queue_burst(database: Database, address: str, count: int, patient: int) -> None:
    """Queue some mails to one mailbox."""
    with database.write() as session:
        for number in range(count):
            queue_mail(
                session,
                kind="patient",
                to_address=address,
                to_name="Bärbel Groß",
                letter=Letter(f"Nachricht {number}", "Grüße\n", "<p>Grüße</p>"),
                now=datetime.now(UTC),
                patient_id=patient,
            )


def rows(database: Database) -> dict[str, str]:
    """Every mail's status by its Message-ID."""
    with database.read() as session:
        found = session.execute(text("SELECT message_id, status FROM communication_service.email")).all()
    return {row.message_id: row.status for row in found}


def number_of(database: Database, query: str) -> int:
    """A count."""
    with database.read() as session:
        return int(session.execute(text(query)).scalar_one())


def wait_for_connections_to_end(database: Database) -> None:
    """Wait until the server has noticed the kill: what the worker had committed by then counts."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'test_worker'"
    end = time.monotonic() + SECONDS
    while number_of(database, query):
        assert time.monotonic() < end, "the killed worker's connections stay"
        time.sleep(0.01)


def wait_until_something_is_held(database: Database) -> None:
    """Wait until the worker has a mail in hand; or had them all before anybody could look."""
    end = time.monotonic() + SECONDS
    while not number_of(database, HELD) and number_of(database, WAITING):
        assert time.monotonic() < end, "the worker takes nothing"
        time.sleep(0.002)


def message_ids(server: MailServer, address: str) -> Counter[str]:
    """How often each Message-ID lies in a mailbox; asked in one go, since there may be ten thousand."""
    with server.open(address) as mailbox:
        count = int(mailbox.select("INBOX", readonly=True)[1][0] or b"0")
        if not count:
            return Counter()
        answer = mailbox.fetch(f"1:{count}", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1]
    headers = [part[1] for part in answer if isinstance(part, tuple)]
    assert len(headers) == count
    return Counter(re.sub(rb"(?i)message-id:|\s", b"", header).decode() for header in headers)


def form(server: MailServer, address: str, **values: object) -> AccountForm:
    """The office's account; it sends by OpenSMTPD."""
    given: dict[str, object] = {
        "name": "Büro", "address": address, "smtp_host": "127.0.0.1", "smtp_port": server.smtp_port,
        "smtp_security": "none", "is_default": True,
    }  # fmt: skip
    return AccountForm(**(given | values))  # type: ignore[arg-type]


def kill_while_sending(office: Office, database: Database, server: MailServer, log: Path, kills: int) -> None:
    """Queue, let a worker send for a moment, kill it; in the end let one finish; then compare both sides."""
    dice = random.Random(SEED)  # noqa: S311 - no secret
    address, own = f"{uuid4().hex}@{DOMAIN}", f"{uuid4().hex}@{DOMAIN}"
    worker = office.database("worker")
    with worker.write() as session:
        publish_key(session, bytes(KEY.public_key))
    worker.close()
    with database.write() as session:
        patient = add_patient(session, email=address)
        account = save_account(session, form(server, own))
    ahead = timedelta(0)
    queued = under_way = 0

    def worker_ahead() -> WorkerProgram:
        return WorkerProgram(office.url("worker"), KEY, log, ahead=ahead)

    for _ in range(kills):
        # topped up, so that the thousandth kill finds what the first one found
        burst = BURST - number_of(database, WAITING)
        queue_burst(database, address, burst, patient)
        queued += burst
        with worker_ahead() as killed:
            if under_way:
                time.sleep(dice.uniform(0, LONGEST_LIFE))
            else:  # the first kill hits, however slow the machine is
                wait_until_something_is_held(database)
            killed.kill()
        wait_for_connections_to_end(database)
        held = number_of(database, HELD)
        assert held <= CONCURRENCY
        under_way += held
        ahead += STEP
    with worker_ahead():
        end, before = time.monotonic() + SECONDS, -1
        while left := number_of(database, WAITING):
            if left != before:  # the backlog of many kills takes its time; only standing still is a fault
                end, before = time.monotonic() + SECONDS, left
            assert time.monotonic() < end, f"unfinished: {left}"
            time.sleep(0.05)
    server.wait_until_handed_over()
    stored, arrived = rows(database), message_ids(server, address)
    assert len(stored) == queued
    compare(stored, arrived, kills=kills, under_way=under_way)
    settle(database, server, worker_ahead(), account, own, stored, arrived)


def compare(stored: dict[str, str], arrived: Counter[str], *, kills: int, under_way: int) -> None:
    """What the office believes and what the mailbox holds."""
    unclear = {number for number, status in stored.items() if status == "unclear"}
    missing = stored.keys() - arrived.keys()
    print(  # noqa: T201 - the figures of the run, shown by -s
        f"{kills} kills, {len(stored)} mails: {len(stored) - len(unclear)} sent, {len(unclear)} unclear (of these"
        f" {len(unclear - missing)} had arrived), {sum(n > 1 for n in arrived.values())} twice"
    )
    assert arrived.keys() <= stored.keys()
    assert {number for number, times in arrived.items() if times > 1} == set(), "arrived twice"
    assert missing <= unclear, "counted as sent and is not there"
    assert len(unclear) == under_way  # exactly what a killed worker had in its hands
    assert len(unclear) < len(stored)


def settle(
    database: Database,
    server: MailServer,
    worker: WorkerProgram,
    account: int,
    own: str,
    stored: dict[str, str],
    arrived: Counter[str],
) -> None:
    """The server's folder of sent mails has those that left: they are sent, the others stay for a person."""
    unclear = sorted(number for number, status in stored.items() if status == "unclear")
    left = [number for number in unclear if number in arrived]
    user = own.partition("@")[0]
    with IMAP4("127.0.0.1", server.imap_port) as connection:
        connection.login(user, "test")
        connection.create("Sent")
        for number in left:
            connection.append("Sent", "", "", f"From: {own}\r\nMessage-ID: {number}\r\n\r\nx\r\n".encode())
    with database.write() as session:
        values = {"imap_host": "127.0.0.1", "imap_port": server.imap_port, "imap_security": "none", "username": user}
        save_account(session, form(server, own, password="test", sent_folder="Sent", **values), account_id=account)
    with worker:
        end = time.monotonic() + SECONDS
        count = "SELECT count(*) FROM communication_service.email WHERE status = 'unclear'"
        while number_of(database, count) > len(unclear) - len(left):
            assert time.monotonic() < end, "not settled"
            time.sleep(0.1)
    settled = rows(database)
    assert {n for n, status in settled.items() if status == "unclear"} == set(unclear) - set(left)


def test_no_kill_loses_or_doubles_a_mail(
    office: Office, database: Database, mail_server: MailServer, tmp_path: Path
) -> None:
    """Five kills at random moments: each mail is in the mailbox once, or a person is asked about it."""
    kill_while_sending(office, database, mail_server, tmp_path / "worker.log", kills=5)


@pytest.mark.soak
def test_a_thousand_kills_lose_or_double_no_mail(
    office: Office, database: Database, mail_server: MailServer, tmp_path: Path
) -> None:
    """The same for a thousand kills."""
    kill_while_sending(office, database, mail_server, tmp_path / "worker.log", kills=1000)

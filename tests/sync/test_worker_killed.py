"""The worker is killed again and again while it sends: no mail is lost silently, none arrives twice.

After a kill the next worker's clock is ahead by more than a lease, so that what the killed one held is found by
the same tick that finds it in the office, without minutes of waiting.
"""

import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from domain.communication.mails import JOB_LOST_AFTER, LEASE, Letter, queue_mail
from domain.database import Database
from tests.builders import add_patient
from tests.conftest import Office
from tests.servers.mail import DOMAIN, MailServer
from tests.sync.worker_program import WorkerProgram

SECONDS = 120
BURST = 12  # mails queued for each kill; more than the worker has under way at once
LONGEST_LIFE = 0.4  # seconds from the first look at the queue to the kill; an undisturbed burst takes about as long
STEP = max(LEASE, JOB_LOST_AFTER) + timedelta(minutes=1)
SEED = 20261123


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


def wait_for_connections_to_end(database: Database) -> None:
    """Wait until the server has noticed the kill: what the worker had committed by then counts."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'test_worker'"
    end = time.monotonic() + SECONDS
    while True:
        with database.read() as session:
            if session.execute(text(query)).scalar_one() == 0:
                return
        assert time.monotonic() < end, "the killed worker's connections stay"
        time.sleep(0.01)


def kill_while_sending(office: Office, database: Database, server: MailServer, log: Path, kills: int) -> None:
    """Queue, let a worker send for a moment, kill it; in the end let one finish; then compare both sides."""
    dice = random.Random(SEED)  # noqa: S311 - no secret
    address = f"{uuid4().hex}@{DOMAIN}"
    with database.write() as session:
        patient = add_patient(session)
    ahead = timedelta(0)
    under_way = 0
    for _ in range(kills):
        queue_burst(database, address, BURST, patient)
        with WorkerProgram(office.url("worker"), server.smtp_port, log, ahead=ahead) as worker:
            time.sleep(dice.uniform(0, LONGEST_LIFE))
            worker.kill()
        wait_for_connections_to_end(database)
        under_way += list(rows(database).values()).count("sending")
        ahead += STEP
    with WorkerProgram(office.url("worker"), server.smtp_port, log, ahead=ahead):
        end, before = time.monotonic() + SECONDS, Counter[str]()
        while not set(states := Counter(rows(database).values())) <= {"sent", "unclear"}:
            if states != before:  # the backlog of many kills takes its time; only standing still is a fault
                end, before = time.monotonic() + SECONDS, states
            assert time.monotonic() < end, f"unfinished: {states}"
            time.sleep(0.05)
    server.wait_until_handed_over()
    stored = rows(database)
    arrived = Counter(str(message["Message-ID"]) for message in server.messages(address))

    assert len(stored) == kills * BURST
    assert arrived.keys() <= stored.keys()
    assert {number for number, times in arrived.items() if times > 1} == set(), "arrived twice"
    missing = stored.keys() - arrived.keys()
    assert {stored[number] for number in missing} <= {"unclear"}, "counted as sent and is not there"
    unclear = list(stored.values()).count("unclear")
    assert unclear == under_way  # exactly what a killed worker had in its hands
    assert unclear > 0  # the kills did hit
    assert unclear < len(stored) / 2


def test_no_kill_loses_or_doubles_a_mail(
    office: Office, database: Database, mail_server: MailServer, tmp_path: Path
) -> None:
    """Fifteen kills at random moments: each mail is in the mailbox once, or a person is asked about it."""
    kill_while_sending(office, database, mail_server, tmp_path / "worker.log", kills=15)


@pytest.mark.soak
def test_hundreds_of_kills_lose_or_double_no_mail(
    office: Office, database: Database, mail_server: MailServer, tmp_path: Path
) -> None:
    """The same for three hundred kills."""
    kill_while_sending(office, database, mail_server, tmp_path / "worker.log", kills=300)

"""Batches, a real worker and a real mail server: paused nothing leaves, taken back nothing arrives, nothing twice."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text

from domain.casework.batches.gathering import gather_practices
from domain.casework.batches.listing import BatchRow
from domain.casework.batches.making import make_next
from domain.casework.batches.steering import pause, resume, take_back
from domain.communication.mails import Letter, queue_mail
from domain.communication.send_times import LEAST_UNDO
from domain.database import Database
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import Office
from tests.domain.casework.batches.steps import figures, make_all, release, scalar, take_all_back
from tests.servers.mail import DOMAIN, MailServer
from tests.sync.worker_program import WorkerProgram

AHEAD = LEAST_UNDO + timedelta(seconds=5)  # the worker's clock: the undo window is over for it
SECONDS = 120
STILL = 1.5  # seconds in which a worker would have sent several mails
LATE = 15  # mails whose time comes when the batch is paused, however much the worker has sent by then
SHIFT = (
    "UPDATE communication_service.email SET not_before = not_before + :by, version = version + 1 WHERE id IN"
    f" (SELECT id FROM communication_service.email ORDER BY id DESC LIMIT {LATE})"
)


def addressed(database: Database, count: int) -> tuple[int, list[str]]:
    """A batch of practices with mailboxes on the server, released."""
    addresses = [f"{uuid4().hex}@{DOMAIN}" for _ in range(count)]
    with database.write() as session:
        search = add_search(session)
        practices = [add_therapist(session, email=address) for address in addresses]
        batch = gather_practices(session, search_id=search, therapist_ids=practices).batch_id
        release(session, batch, now=datetime.now(UTC))
    return batch, addresses


def wait_until_sent(database: Database, batch: int, count: int) -> None:
    """Wait until the worker has reported that many."""
    end = time.monotonic() + SECONDS
    while figures(database, batch).sent < count:
        assert time.monotonic() < end, figures(database, batch)
        time.sleep(0.01)


def wait_until_at_work(database: Database) -> None:
    """Wait until the worker has sent a mail of no batch, queued last: it is up, and takes what it may."""
    address = f"{uuid4().hex}@{DOMAIN}"
    with database.write() as session:
        mail = queue_mail(
            session, kind="patient", to_address=address, to_name="Lea Berger", letter=Letter("Grüße", "Grüße", ""),
            now=datetime.now(UTC), patient_id=add_patient(session, email=address),
        )  # fmt: skip
    sent = f"SELECT count(*) FROM communication_service.email WHERE id = {mail} AND status = 'sent'"
    end = time.monotonic() + SECONDS
    while not scalar(database, sent):
        assert time.monotonic() < end
        time.sleep(0.05)


def come_to_rest(database: Database, batch: int) -> BatchRow:
    """What it was sending, or had just looked at to take, finishes; then nothing moves any more."""
    end = time.monotonic() + SECONDS
    before: BatchRow | None = None
    while (found := figures(database, batch)).sending or found != before:
        assert time.monotonic() < end, found
        before = found
        time.sleep(STILL)
    return found


def arrived(server: MailServer, addresses: list[str]) -> Counter[str]:
    """How many mails lie in each mailbox."""
    server.wait_until_handed_over()
    return Counter({address: len(server.messages(address)) for address in addresses})


def test_paused_while_the_worker_sends(
    office: Office, database: Database, second_database: Database, mail_server: MailServer, tmp_path: Path
) -> None:
    """A colleague pauses in the middle: what is under way finishes, then nothing leaves; resumed, each arrives once."""
    batch, addresses = addressed(database, 30)
    make_all(database, batch, now=datetime.now(UTC))
    log = tmp_path / "worker.log"
    with database.write() as session:
        session.execute(text(SHIFT), {"by": timedelta(hours=1)})
    with WorkerProgram(office.url("worker"), mail_server.smtp_port, log, ahead=AHEAD):
        wait_until_sent(database, batch, 3)
        with second_database.write() as session:
            pause(session, batch)
            session.execute(text(SHIFT), {"by": -timedelta(hours=1)})
        before = come_to_rest(database, batch)
        time.sleep(STILL)
        held = figures(database, batch)
        assert (held.state, held.sent, held.waiting) == ("paused", before.sent, 30 - before.sent)
        assert held.waiting >= LATE
        assert sum(arrived(mail_server, addresses).values()) == held.sent
        with second_database.write() as session:
            resume(session, batch, now=datetime.now(UTC))
        wait_until_sent(database, batch, 30)
    assert set(arrived(mail_server, addresses).values()) == {1}
    assert figures(database, batch).state == "done"


def test_paused_it_outlives_a_restart_of_the_worker(
    office: Office, database: Database, mail_server: MailServer, tmp_path: Path
) -> None:
    """Paused before, killed, started anew: the new worker holds it, too."""
    batch, addresses = addressed(database, 4)
    make_all(database, batch, now=datetime.now(UTC))
    with database.write() as session:
        pause(session, batch)
    for ahead in (AHEAD, AHEAD + timedelta(hours=1)):
        with WorkerProgram(office.url("worker"), mail_server.smtp_port, tmp_path / "w.log", ahead=ahead) as worker:
            wait_until_at_work(database)
            time.sleep(STILL)
            worker.kill()
    assert figures(database, batch).waiting == 4
    assert sum(arrived(mail_server, addresses).values()) == 0


def test_taken_back_in_time_nothing_arrives(
    office: Office, database: Database, mail_server: MailServer, tmp_path: Path
) -> None:
    """Within the undo window, with the worker running all the while; nor when the window is over."""
    batch, addresses = addressed(database, 6)
    with WorkerProgram(office.url("worker"), mail_server.smtp_port, tmp_path / "w.log"):
        make_all(database, batch, now=datetime.now(UTC))
        with database.write() as session:
            take_back(session, batch)
        take_all_back(database, batch, now=datetime.now(UTC))
        wait_until_at_work(database)
    with WorkerProgram(office.url("worker"), mail_server.smtp_port, tmp_path / "w.log", ahead=AHEAD):
        wait_until_at_work(database)
        time.sleep(STILL)
    assert figures(database, batch).taken_back == 6
    assert sum(arrived(mail_server, addresses).values()) == 0


def test_a_worker_killed_in_the_middle(
    office: Office, database: Database, mail_server: MailServer, tmp_path: Path
) -> None:
    """What it had in its hands is unclear, the rest is sent by the next one: nothing twice, nothing lost silently."""
    batch, addresses = addressed(database, 20)
    make_all(database, batch, now=datetime.now(UTC))
    log = tmp_path / "worker.log"
    with WorkerProgram(office.url("worker"), mail_server.smtp_port, log, ahead=AHEAD) as worker:
        wait_until_sent(database, batch, 2)
        worker.kill()
    with WorkerProgram(office.url("worker"), mail_server.smtp_port, log, ahead=timedelta(minutes=10)):
        end = time.monotonic() + SECONDS
        while (found := figures(database, batch)).sent + found.unclear < 20:
            assert time.monotonic() < end, found
            time.sleep(0.05)
    there = arrived(mail_server, addresses)
    assert max(there.values()) == 1
    assert sum(there.values()) >= found.sent
    assert found.state == "done"


def test_a_desk_killed_while_it_writes(office: Office, database: Database, tmp_path: Path) -> None:
    """The program that makes the lines is killed: none is half made, others make the rest, nobody is asked twice."""
    lines = 25
    batch, _ = addressed(database, lines)
    script = (
        "import sys, time; from datetime import UTC, datetime; from domain.database import Database\n"
        "from domain.casework.batches.making import make_next\n"
        "d = Database(sys.argv[1])\n"
        "for number in range(11):\n"
        "    with d.write() as s:\n"
        "        make_next(s, int(sys.argv[2]), now=datetime.now(UTC))\n"
        "        if number == 10: time.sleep(600)\n"  # in the middle of a line, if the kill did not come before
    )
    for kills in range(1, 3):
        with (tmp_path / "desk.log").open("ab") as log:
            desk = subprocess.Popen([sys.executable, "-c", script, office.url("jana"), str(batch)], stderr=log)
        end = time.monotonic() + SECONDS
        while figures(database, batch).waiting < kills * 5:
            assert time.monotonic() < end
            time.sleep(0.002)
        os.kill(desk.pid, signal.SIGKILL)
        desk.wait(SECONDS)
    left = figures(database, batch).open
    assert 0 < left < lines
    desks = [office.database("jana"), office.database("tom")]
    made = 0
    while figures(database, batch).open:  # two people go on at the same time
        for desk_database in desks:
            with desk_database.write() as session:
                made += make_next(session, batch, now=datetime.now(UTC))
    for desk_database in desks:
        desk_database.close()
    assert made == left
    assert figures(database, batch).waiting == lines
    once = "SELECT count(DISTINCT contact_point_id) FROM matching_service.inquiry"
    assert scalar(database, once) == scalar(database, "SELECT count(*) FROM matching_service.inquiry") == lines
    orphans = "SELECT count(*) FROM communication_service.email WHERE batch_id IS NULL"
    assert scalar(database, orphans) == 0
    with database.read() as session:
        assert session.execute(text("SELECT count(*) FROM communication_service.email")).scalar_one() == lines

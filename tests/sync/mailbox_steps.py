"""Steps of tests that watch a mailbox: an account on the test server, a watch on it, mail that comes in."""

import smtplib
import time
from collections.abc import Callable
from datetime import UTC, datetime

from nacl.public import PrivateKey
from sqlalchemy import text

from domain.communication.accounts import Account, AccountForm, account, save_account
from domain.database import Database, Session
from sync.mail.senders import Credentials
from sync.mail.watching import MailboxWatch
from tests.servers.mail import MailServer

KEY = PrivateKey.generate()
SECONDS = 120
INCOMING = "SELECT count(*) FROM communication_service.incoming_email"


def add_account(database: Database, server: MailServer, address: str, **values: object) -> Account:
    """An account on the test server, entered by a caseworker."""
    form: dict[str, object] = {
        "name": "Büro", "address": address, "smtp_host": "127.0.0.1", "smtp_port": server.smtp_port,
        "smtp_security": "none", "imap_host": "127.0.0.1", "imap_port": server.imap_port, "imap_security": "none",
        "username": address.partition("@")[0], "password": "test", "sent_folder": "Sent", "is_default": True,
    }  # fmt: skip
    with database.write() as session:
        number = save_account(session, AccountForm(**(form | values)))  # type: ignore[arg-type]
        return account(session, number)


def watch(worker: Database, of: Account) -> MailboxWatch:
    """A watch that writes as the worker does."""

    def write(work: Callable[[Session], object]) -> object:
        with worker.write() as session:
            return work(session)

    return MailboxWatch(of, Credentials(KEY), write=write, now=lambda: datetime.now(UTC))  # type: ignore[arg-type]


def deliver(server: MailServer, address: str, source: bytes) -> None:
    """Bring a mail into the mailbox the way practices do."""
    before = len(server.raw(address))
    with smtplib.SMTP("127.0.0.1", server.smtp_port) as smtp:
        smtp.sendmail("praxis@anders.example", [address], source)
    assert len(server.wait_for(address, before + 1)) == before + 1


def value(database: Database, query: str) -> object:
    """One value of the database."""
    with database.read() as session:
        return session.scalar(text(query))


def wait_until(there: Callable[[], bool]) -> None:
    """Wait for something another thread does."""
    end = time.monotonic() + SECONDS
    while not there():
        assert time.monotonic() < end
        time.sleep(0.05)

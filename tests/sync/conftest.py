"""Fixtures of the tests that send and receive: a real mail server per test process, a mailbox and a worker."""

from collections.abc import Iterator
from imaplib import IMAP4

import pytest

from domain.communication.sealing import publish_key
from domain.database import Database
from domain.ids import random_reference
from tests.conftest import Office
from tests.servers.mail import DOMAIN, MailServer, missing
from tests.sync.mailbox_steps import KEY


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    """A mail server with mailboxes on loopback; skips where Dovecot is missing, and says so."""
    if reason := missing():
        pytest.skip(reason)
    with MailServer() as running:
        yield running


@pytest.fixture(scope="session")
def silent_mail_server() -> Iterator[MailServer]:
    """One whose IMAP server tells nobody of new mail (no IDLE): it has to be asked."""
    if reason := missing():
        pytest.skip(reason)
    with MailServer(idle=False) as running:
        yield running


@pytest.fixture
def worker(office: Office) -> Iterator[Database]:
    """The database as the worker sees it, its key published."""
    made = office.database("worker")
    with made.write() as session:
        publish_key(session, bytes(KEY.public_key))
    yield made
    made.close()


@pytest.fixture
def mailbox(mail_server: MailServer) -> str:
    """The address of a mailbox nobody else uses."""
    name = f"buero-{random_reference(8).lower()}"
    with IMAP4("127.0.0.1", mail_server.imap_port) as connection:
        connection.login(name, "test")
        connection.create("Sent")
    return f"{name}@{DOMAIN}"

"""Fixtures of the tests that send: one real mail server per test process."""

from collections.abc import Iterator

import pytest

from tests.servers.mail import MailServer, missing


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    """A mail server with mailboxes on loopback; skips where Dovecot is missing, and says so."""
    if reason := missing():
        pytest.skip(reason)
    with MailServer() as running:
        yield running

"""What one mail or one fault does wrong stops no mailbox."""
# ruff: noqa: F811

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from domain.communication.incoming.parse import parse_mail
from domain.communication.incoming.parsed import ParsedMail
from domain.database import Database, Session
from sync.mail.mailboxes import Mailboxes
from sync.mail.senders import Credentials
from tests.domain.communication.incoming.letters import reply
from tests.servers.mail import MailServer
from tests.sync.test_mailboxes import INCOMING, KEY, add_account, deliver, mailbox, value, watch, worker  # noqa: F401


def test_a_mail_nobody_can_read_is_passed_over(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault nobody foresaw costs that mail alone: the ones before and after it are filed."""
    of = add_account(database, mail_server, mailbox)
    for body in ("eins", "Fehler", "drei"):
        deliver(mail_server, mailbox, reply(body))

    def parse(source: bytes) -> ParsedMail:
        if b"Fehler" in source:
            raise ZeroDivisionError
        return parse_mail(source)

    monkeypatch.setattr("sync.mail.receiving.parse_mail", parse)
    watching = watch(worker, of)
    assert [watching.look_once(), watching.look_once()] == [2, 0]
    assert value(database, INCOMING) == 2


def test_a_watch_that_died_begins_again(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str
) -> None:
    """No mailbox stays unwatched until somebody starts the worker anew."""
    of = add_account(database, mail_server, mailbox)

    def write(work: Callable[[Session], object]) -> object:
        with worker.write() as session:
            return work(session)

    mailboxes = Mailboxes(Credentials(KEY), write=write, now=lambda: datetime.now(UTC))  # type: ignore[arg-type]
    mailboxes._watches[of.id] = watch(worker, of)  # never started: nobody watches
    try:
        mailboxes.follow()
        assert mailboxes._watches[of.id].alive
    finally:
        mailboxes.stop()

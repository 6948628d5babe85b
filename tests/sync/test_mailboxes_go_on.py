"""What one mail or one fault does wrong stops no mailbox."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from domain.database import Database, Session
from sync.mail.imap import open_mailbox
from sync.mail.mailboxes import Mailboxes
from sync.mail.senders import Credentials
from tests.domain.communication.incoming.letters import reply
from tests.servers.mail import DOMAIN, MailServer
from tests.sync.mailbox_steps import INCOMING, KEY, add_account, deliver, value, wait_until, watch


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


def test_a_server_that_tells_nothing_is_asked(
    database: Database, worker: Database, silent_mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without IDLE the watch looks every minute (here: twice a second), and goes on looking."""
    monkeypatch.setattr("sync.mail.watching.POLL_SECONDS", 0.5)
    address = f"buero@{DOMAIN}"
    of = add_account(database, silent_mail_server, address, sent_folder="")
    with open_mailbox(Credentials(KEY).imap(of)) as mailbox:
        assert not mailbox.can_idle()
    watching = watch(worker, of)
    watching.start()
    try:
        for count, body in enumerate(("Leider nein", "Noch einmal: nein", "Und wieder nein"), start=1):
            deliver(silent_mail_server, address, reply(body))
            wait_until(lambda wanted=count: value(database, INCOMING) == wanted)  # type: ignore[misc]  # the default is the type
    finally:
        watching.stop(120)
    assert not watching.alive
    assert value(database, "SELECT trouble FROM communication_service.mailbox_state") == ""

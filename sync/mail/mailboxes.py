"""All mailboxes the worker watches: follows the accounts as they are added, changed and switched off."""

from collections.abc import Callable
from datetime import datetime

from domain.communication.accounts import accounts
from domain.communication.sealing import publish_key
from sync.mail.ports import Write
from sync.mail.senders import Credentials
from sync.mail.watching import MailboxWatch

STOP_SECONDS = 2.0


class Mailboxes:
    """One watch an account that can be read."""

    def __init__(self, credentials: Credentials, *, write: Write, now: Callable[[], datetime]) -> None:
        self._credentials, self._write, self._now = credentials, write, now
        self._watches: dict[int, MailboxWatch] = {}

    def publish_key(self) -> None:
        """Tell the office to which key passwords are to be sealed."""
        if self._credentials.key is None:
            return
        public = bytes(self._credentials.key.public_key)
        self._write(lambda session: publish_key(session, public))

    def follow(self) -> None:
        """Start, restart and stop watches so that they fit the accounts; one that died begins again."""
        if not self._credentials.reach_out:
            return
        active = self._write(lambda session: accounts(session, active_only=True))
        wanted = {a.id: a for a in active if a.imap_host and a.confirmed}
        for number, watch in list(self._watches.items()):
            if wanted.get(number) != watch.account or not watch.alive:
                self._watches.pop(number).stop(STOP_SECONDS)
        for number, account in wanted.items():
            if number not in self._watches:
                self._watches[number] = MailboxWatch(account, self._credentials, write=self._write, now=self._now)
                self._watches[number].start()

    def stop(self) -> None:
        """Stop all of them."""
        for watch in self._watches.values():
            watch.stop(STOP_SECONDS)
        self._watches.clear()

"""One thread an account that watches its mailbox: fetches what came in, keeps copies of what went out, settles doubts.

It hears of new mail at once where the server can tell (IDLE), else it looks every minute. What hinders it is kept for
Verwaltung, and it comes again after a growing wait.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from domain.communication.accounts import Account
from domain.errors import PlatzlotseError, Unavailable
from domain.outside import is_well, key_of
from sync.mail.imap import Mailbox, open_mailbox
from sync.mail.lines import AWAY, note_mailbox
from sync.mail.ports import Write
from sync.mail.receiving import fetch_new, note_sent_trouble, note_trouble
from sync.mail.senders import Credentials
from sync.mail.sent_folder import keep_copies, settle_unclear

log = logging.getLogger(__name__)
IDLE_SECONDS = 15.0  # how long one waits for news before looking after what went out
POLL_SECONDS = 60.0
NEWS_SECONDS = 5.0  # how late a person's wish to ask again is noticed
FIRST_WAIT, LONGEST_WAIT = 15.0, 300.0


class MailboxWatch:
    """Watches one account until it is stopped. `write` runs work in one transaction, `now` is the clock."""

    def __init__(
        self,
        account: Account,
        credentials: Credentials,
        *,
        write: Write,
        now: Callable[[], datetime],
    ) -> None:
        self.account = account
        self._credentials, self._write, self._now = credentials, write, now
        self._failed: dict[int, int] = {}  # mails the server could not give, and how often
        self._not_copied: set[int] = set()  # sent mails whose copy was not taken
        self._sent_trouble: str | None = None  # what was last told of the folder of sent mails
        self._wait = FIRST_WAIT  # before the next line, after one that broke
        self._sent_wait, self._sent_rests_until = FIRST_WAIT, 0.0
        self._line_in_doubt = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"mailbox-{account.id}", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Stop; a wait for news ends within that time or with the process."""
        self._stop.set()
        if self.alive:
            self._thread.join(seconds)

    @property
    def alive(self) -> bool:
        """Whether somebody watches."""
        return self._thread.is_alive()

    def look_once(self) -> int:
        """One look without waiting for news; returns how many mails were new."""
        with open_mailbox(self._credentials.imap(self.account)) as mailbox:
            return self._look(mailbox)

    def _run(self) -> None:
        while not self._stop.is_set():
            refused = dict(self._failed)
            try:
                with open_mailbox(self._credentials.imap(self.account)) as mailbox:
                    self._stay(mailbox)
                continue
            except PlatzlotseError as exc:
                trouble: PlatzlotseError = exc
            # a watch that ends is a mailbox nobody looks at: what was not foreseen is told, and tried again
            except Exception as exc:  # noqa: BLE001
                log.warning("mailbox %d: %s", self.account.id, type(exc).__name__)
                trouble = Unavailable("imap.reading")
            log.warning("mailbox %d: %s", self.account.id, trouble.code)
            if self._failed != refused:
                self._wait = FIRST_WAIT  # one mail that is not given, and soon given up: those behind it wait for it
            self._tell(trouble, self._wait)
            self._pause(self._wait, trouble.code)
            self._wait = min(2 * self._wait, LONGEST_WAIT)

    def _pause(self, seconds: float, cause: str) -> None:
        """Wait; no longer than until the watch is stopped, or somebody found or wants the server well again."""
        ends = time.monotonic() + seconds
        while not self._stop.wait(min(NEWS_SECONDS, max(0.0, ends - time.monotonic()))) and time.monotonic() < ends:
            # who was not let in waits: trying again at once would lock the account
            if cause in AWAY and self._is_well():
                return

    def _is_well(self) -> bool:
        try:
            return self._write(lambda s: is_well(s, key_of(self.account.imap_host, self.account.imap_port)))
        except PlatzlotseError:
            return False  # the database is away as well; the wait ends by itself

    def _stay(self, mailbox: Mailbox) -> None:
        self._note("", 0.0)
        idles = mailbox.can_idle()
        while not self._stop.is_set():
            self._look(mailbox)
            self._wait = FIRST_WAIT
            if self._line_in_doubt:
                self._line_in_doubt = False
                return  # what hindered the sent mails may have cost the line: a new one begins with what came in
            if idles:
                mailbox.idle(IDLE_SECONDS)
            else:
                self._stop.wait(POLL_SECONDS)

    def _look(self, mailbox: Mailbox) -> int:
        """What came in first: the folder of sent mails may be full or misnamed, and answers come all the same."""
        new = self._fetch(mailbox)
        if self.account.sent_folder and time.monotonic() >= self._sent_rests_until and self._keep_sent(mailbox):
            new += self._fetch(mailbox)  # news are of the folder that is open
        return new

    def _fetch(self, mailbox: Mailbox) -> int:
        return fetch_new(mailbox, self.account, write=self._write, now=self._now, failed=self._failed)

    def _keep_sent(self, mailbox: Mailbox) -> bool:
        """Settle doubts and keep copies; whether another folder is open now. What hinders it is told apart."""
        trouble = ""
        try:
            settle_unclear(mailbox, self.account, write=self._write, now=self._now)
            keep_copies(mailbox, self.account, write=self._write, now=self._now, refused=self._not_copied)
        except PlatzlotseError as exc:
            if not exc.code.startswith(("imap.", "mail_server.")):
                raise  # the database is away, and with it everything
            trouble = exc.code
        # whatever one copy brings about must not end the watch of what comes in
        except Exception as exc:  # noqa: BLE001
            log.warning("mailbox %d: sent mails: %s", self.account.id, type(exc).__name__)
            trouble = "imap.append"
        if trouble != self._sent_trouble:
            self._write(lambda session: note_sent_trouble(session, self.account, trouble))
            self._sent_trouble = trouble
        self._sent_wait = min(2 * self._sent_wait, LONGEST_WAIT) if trouble else FIRST_WAIT
        self._sent_rests_until = time.monotonic() + self._sent_wait if trouble else 0.0
        self._line_in_doubt = bool(trouble)
        return not trouble and mailbox.folder != self.account.inbox

    def _note(self, cause: str, wait: float) -> None:
        of, now = self.account, self._now()
        self._write(lambda s: note_mailbox(s, of.imap_host, of.imap_port, cause, wait=timedelta(seconds=wait), now=now))

    def _tell(self, error: PlatzlotseError, wait: float) -> None:
        try:
            self._note(error.code, wait)
            self._write(lambda session: note_trouble(session, self.account, error, now=self._now()))
        except PlatzlotseError as exc:
            log.warning("mailbox %d: its trouble was not noted: %s", self.account.id, exc.code)

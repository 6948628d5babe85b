"""The background worker: takes jobs from the queue, sends mail, and lets the clocks run.

It writes through the same services as everybody; a job's arguments are ids. It may be killed at any moment:
a mail is claimed with a lease before SMTP begins, and whatever is left behind is found by the next tick.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from procrastinate import App, PsycopgConnector
from procrastinate.jobs import DeleteJobCondition, Status
from sqlalchemy.engine import make_url

from domain.audit import chain_entries_waiting
from domain.casework.clocks import STEPS
from domain.casework.taking import take_mail
from domain.communication.account_tests import note_answer, take_test
from domain.communication.accounts import account
from domain.communication.claiming import release_due
from domain.communication.evidence.chain import link_waiting
from domain.communication.mime import build_message, wire_address
from domain.database import Database, Session, again_if_in_the_way
from domain.errors import PlatzlotseError, Unavailable
from domain.worker_troubles import forget_all_troubles
from sync.geo.maps import MapWork
from sync.mail.lines import put_off_while_resting, wake_rested
from sync.mail.mailboxes import Mailboxes
from sync.mail.reporting import report
from sync.mail.senders import Credentials, Sender
from sync.mail.smtp import Delivery, Outcome, words_of
from sync.mail.trying import try_account
from sync.relay.relay import Broker, EventRelay
from sync.rounds import Round, to_its_end
from sync.sources.practice_pages import PracticePages
from sync.sources.reading import SourceReading

log = logging.getLogger(__name__)
T = TypeVar("T")
TICK_SECONDS = 15
ACCOUNTS_SECONDS = 10  # how late a new or changed account is noticed
TEST_SECONDS = 0.5  # how late a question whether an account works is taken
TEST_TIMEOUT = 15.0  # of silence; somebody waits in front of the window
LOOK_SECONDS = 0.5  # how late a mail may be handed over after its undo window or the wait before a retry
MAP_SECONDS = 1  # how late an address or a way is looked up
SUGGEST_SECONDS = 0.3  # somebody is typing
TYPED_SECONDS = 60
SOURCE_SECONDS = 2  # how late a source is read after somebody asked
BACKUP_SECONDS = 2  # how late a backup is begun after somebody asked
FORGET_SECONDS = 3600
CHAIN_SECONDS = 5  # how long a contact waits for its link
RELAY_SECONDS = 2  # how late an event is handed on
CONCURRENCY = 4  # mails under way at once; each waits mostly for the mail server
# beside LISTEN: procrastinate forgets a notification that comes while it asks for a job
POLL_SECONDS = 1


class Backups(Protocol):
    """Keeps the office's backups, where this worker can."""

    def keep(self) -> None:
        """One round: what is due is done."""
        ...

    def stop(self) -> None:
        """Break off what is under way."""
        ...


def utc_now() -> datetime:
    """The clock of the worker."""
    return datetime.now(UTC)


class Worker:
    """One worker on one database. `url` logs in as a member of the worker role.

    `sender` is for mails without an account (None: they wait to be sent by hand); `credentials` open the passwords of
    accounts; events go on to the `broker`, where the office has one; `backups` keep the office's (None: another machine
    does).
    """

    def __init__(
        self,
        url: str,
        sender: Sender | None,
        *,
        credentials: Credentials = Credentials(),  # noqa: B008 - immutable
        broker: Broker | None = None,
        backups: Backups | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = Database(url, application_name="platzlotse-worker", pool_size=CONCURRENCY)
        self._sender, self._credentials = sender, credentials
        self._now, self._backups = now, backups
        self._mailboxes = Mailboxes(credentials, write=self._write, now=now)
        self._maps = MapWork(self._write, now=now, router_key=credentials.router_key)
        self._sources = SourceReading(self._write, now=now)
        self._websites = PracticePages(self._write, now=now)
        self._relay = EventRelay(broker, self._write, now=now)
        self._app = App(
            connector=PsycopgConnector(conninfo=_conninfo(url), kwargs={"options": "-c search_path=platform"})
        )
        self._app.task(name="send_email", queue="mail")(self._send_email)

    async def run(self, *, once: bool = False) -> None:
        """Work until stopped by a signal; with `once` only until the queue is empty."""
        async with self._app.open_async():
            await self._forget_the_dead()
            ticking = [self._round(step, self._timed(step)) for step in STEPS]
            chaining = self._round(self.chain)
            for beginning in (
                self._round(self._begin), self._round(self._mailboxes.publish_key), *ticking, chaining,
            ):  # fmt: skip
                await to_its_end(beginning.once)
            clocks = (
                ()
                if once
                else (
                    *(step.keep_on(TICK_SECONDS) for step in ticking),
                    self._round(self.release, name="release_soon").keep_on(LOOK_SECONDS),
                    self._round(self._mailboxes.follow).keep_on(ACCOUNTS_SECONDS),
                    self._round(self.answer_test).keep_on(TEST_SECONDS),
                    chaining.keep_on(CHAIN_SECONDS),
                    self._round(self._maps.place).keep_on(MAP_SECONDS),
                    self._round(self._maps.travel).keep_on(MAP_SECONDS),
                    self._round(self._maps.suggest).keep_on(SUGGEST_SECONDS),
                    self._round(self._maps.forget).keep_on(FORGET_SECONDS),
                    self._round(self._maps.forget_typed).keep_on(TYPED_SECONDS),
                    self._round(self._sources.read, name="sources").keep_on(SOURCE_SECONDS),
                    self._round(self._websites.read_websites, name="websites").keep_on(SOURCE_SECONDS),
                    self._round(self._relay.relay).keep_on(RELAY_SECONDS),
                    *(
                        ()
                        if self._backups is None
                        else (self._round(self._backups.keep, name="backups").keep_on(BACKUP_SECONDS),)
                    ),
                )
            )
            running = [asyncio.create_task(clock) for clock in clocks]
            try:
                await self._app.run_worker_async(
                    queues=["mail"],
                    concurrency=CONCURRENCY,
                    wait=not once,
                    listen_notify=not once,
                    fetch_job_polling_interval=POLL_SECONDS,
                    delete_jobs=DeleteJobCondition.SUCCESSFUL,
                )
            finally:
                self._maps.stop()
                self._sources.stop()
                self._websites.stop()
                await asyncio.to_thread(self._relay.stop)
                if self._backups is not None:
                    self._backups.stop()
                for clock in running:
                    clock.cancel()
                for clock in running:
                    with suppress(asyncio.CancelledError):
                        await clock
                await asyncio.to_thread(self._mailboxes.stop)
                # what was noted last would else wait until somebody works again
                await asyncio.to_thread(chaining.once)
        self.close()

    def close(self) -> None:
        """Close the connections; `run` does it by itself."""
        self._database.close()

    def answer_test(self) -> bool:
        """Try an account if somebody asked; False when nobody did."""
        asked = self._write(lambda s: take_test(s, now=self._now()))
        if asked is None:
            return False
        of = self._write(lambda s: account(s, asked.account_id))
        steps = try_account(of, self._credentials, mail_to=asked.mail_to, now=self._now(), timeout=TEST_TIMEOUT)
        self._write(lambda s: note_answer(s, asked.id, steps, now=self._now()))
        return True

    def release(self) -> None:
        """Hand over what is due; what waited for a server that is asked again is due at once."""

        def work(session: Session) -> None:
            wake_rested(session, now=self._now())
            release_due(session, now=self._now())

        self._write(work)

    def chain(self) -> None:
        """Link every contact and every entry of the audit that waits, a batch a transaction; two workers take turns."""
        for link in (link_waiting, chain_entries_waiting):
            while self._write(link):
                pass

    def _begin(self) -> None:
        self._write(forget_all_troubles)

    def _round(self, work: Callable[..., object], done: Callable[[], object] | None = None, *, name: str = "") -> Round:
        return Round(name or work.__name__.strip("_"), done or work, write=self._write, now=self._now)

    def _timed(self, work: Callable[..., object]) -> Callable[[], object]:
        return lambda: self._write(lambda session: work(session, now=self._now()))

    def _write(self, work: Callable[[Session], T]) -> T:
        def once() -> T:
            with self._database.write() as session:
                return work(session)

        return again_if_in_the_way(once)

    async def _forget_the_dead(self) -> None:
        """Jobs of a killed worker are closed; their mails are found by lease or get a new job from the tick."""
        manager = self._app.job_manager
        for job in await manager.get_stalled_jobs(queue="mail"):
            await manager.finish_job(job, status=Status.FAILED, delete_job=True)

    async def _send_email(self, email_id: int) -> None:
        try:
            await asyncio.to_thread(self.send, email_id)
        # what was not foreseen hinders this mail alone: it is found by its lease, or gets a new job
        except Exception as exc:  # noqa: BLE001
            log.warning("mail %d: %s", email_id, exc.code if isinstance(exc, PlatzlotseError) else type(exc).__name__)

    def send(self, email_id: int) -> Outcome | None:
        """Send one queued mail; None when there is nothing to do. Never twice: it is claimed first."""
        has_server = self._sender is not None
        if self._credentials.reach_out and self._write(lambda s: put_off_while_resting(s, email_id, now=self._now())):
            return None
        mail = self._write(lambda s: take_mail(s, email_id, now=self._now(), without_account=has_server))
        if mail is None:
            return None
        try:
            sender = self._write(lambda s: self._credentials.sender(s, mail.account_id, self._sender))
            message = build_message(mail, sender=sender.address, sender_name=sender.name, now=self._now())
            delivery = sender.transport.send(message, sender=sender.address, recipient=wire_address(mail.to_address))
        except Unavailable as exc:
            # nothing was transmitted; the account is mended, then it goes on
            delivery = Delivery(Outcome.UNREACHABLE, "", exc.code, words_of(exc))
        except PlatzlotseError as exc:
            delivery = Delivery(Outcome.REFUSED, "", exc.code, words_of(exc))
        self._write(lambda session: report(session, mail, delivery, now=self._now()))
        log.info("mail %d: %s", email_id, delivery.outcome)
        return delivery.outcome


def _conninfo(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)

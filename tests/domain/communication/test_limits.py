"""Limits of an hour and sending hours, whatever happens: random offices, random days, against a plain count."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from domain.casework import mail_reports
from domain.communication.accounts import AccountForm, save_account
from domain.communication.claiming import LEASE, Outgoing, claim, release_due
from domain.communication.mails import Letter, queue_mail
from domain.communication.outcomes import Failure, expire_leases, note_unclear
from domain.communication.queries import get_mail
from domain.communication.waiting import Waiting
from domain.database import Database
from tests.conftest import Office
from tests.examples import examples

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)  # half past eight on a Monday
HOUR = timedelta(hours=1)
OPENS, CLOSES = time(8), time(18)


@pytest.fixture
def owner(office: Office) -> Iterator[Database]:
    """The database as its owner."""
    database = office.database("owner")
    yield database
    database.close()


class Day:
    """An office that sends through some hours; notes what was handed over when, by the clock of the world."""

    def __init__(self, person: Database, worker: Database, *, limit: int | None, of_account: int | None) -> None:
        self.person, self.worker = person, worker
        self.now = START
        self.limit, self.of_account = limit, of_account
        self.handed_over: list[datetime] = []
        self.under_way: list[tuple[Outgoing, datetime]] = []

    def queue(self, count: int, delay: timedelta) -> None:
        """Mails of a person, with an undo window."""
        with self.person.write() as session:
            for _ in range(count):
                queue_mail(
                    session, kind="own", to_address="praxis@praxis.example", to_name="", letter=Letter("a", "b", ""),
                    now=self.now, delay=delay,
                )  # fmt: skip

    def work(self) -> None:
        """The worker: what is due gets a job; whatever has one is claimed, as a job too many would be."""
        with self.worker.write() as session:
            waiting: dict[int, datetime] = dict(
                session.execute(
                    text("SELECT id, not_before FROM communication_service.email WHERE not_before IS NOT NULL")
                ).all()
            )
            for number in release_due(session, now=self.now):
                if number in waiting:
                    assert waiting[number] <= self.now, "deferred before it was due"
                local = self.now.astimezone(BERLIN)
                assert OPENS <= local.time() < CLOSES, "deferred outside of the sending hours"
        with self.worker.read() as session:
            queued = session.scalars(
                text("SELECT id FROM communication_service.email WHERE status = 'queued' ORDER BY id")
            ).all()
        for number in queued:
            with self.worker.write() as session:
                mail = claim(session, number, now=self.now)
            if mail is not None:
                self.under_way.append((mail, self.now))

    def report(self, outcome: str, reported_late: timedelta) -> None:
        """The oldest mail under way reaches the server now, or not; the report comes a little later, or never."""
        if not self.under_way:
            return
        mail, claimed = self.under_way.pop(0)
        if self.now >= claimed + LEASE:
            return  # its line was cut long ago
        if outcome in {"sent", "unclear", "killed"}:
            self.handed_over.append(self.now)
        self.now += reported_late
        with self.worker.write() as session:
            if outcome == "sent":
                mail_reports.mail_sent(session, mail.id, now=self.now, server_reply="250")
            elif outcome == "unclear":
                note_unclear(session, mail.id, now=self.now, failure=Failure(""))
            elif outcome == "later":
                mail_reports.mail_postponed(session, mail.id, now=self.now, failure=Failure("451", "smtp.later"))
            elif outcome == "refused":
                mail_reports.mail_failed(session, mail.id, now=self.now, failure=Failure("550"))

    def decide(self) -> None:
        """A person sends what is unclear or failed once more."""
        with self.person.write() as session:
            for number, status in session.execute(
                text("SELECT id, status FROM communication_service.email WHERE status IN ('unclear', 'failed')")
            ).all():
                if status == "unclear":
                    mail_reports.decide_unclear(session, number, arrived=False, now=self.now)
                else:
                    mail_reports.retry_failed(session, number, now=self.now)

    def expire(self) -> None:
        """Leases of whoever never reported are over."""
        with self.worker.write() as session:
            expire_leases(session, now=self.now)

    def check(self) -> None:
        """No window of sixty minutes holds more than any limit."""
        for number, moment in enumerate(self.handed_over):
            within = [other for other in self.handed_over[number:] if other < moment + HOUR]
            for limit in (self.limit, self.of_account):
                assert limit is None or len(within) <= limit


OUTCOMES = st.sampled_from(["sent", "sent", "unclear", "later", "refused", "killed"])
# a round: mails queued and their delay, what becomes of those under way and how late it is known, minutes that pass,
# whether a person decides about what is left and whether leases are looked at
ROUND = st.tuples(
    st.integers(0, 5), st.sampled_from([0, 0, 0, 10]), st.lists(st.tuples(OUTCOMES, st.integers(0, 3)), max_size=5),
    st.integers(0, 35), st.booleans(), st.booleans(),
)  # fmt: skip
LIMIT = st.one_of(st.none(), st.integers(1, 3))


@settings(max_examples=examples(4), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=LIMIT, of_account=LIMIT, rounds=st.lists(ROUND, min_size=3, max_size=12))
def test_no_window_exceeds_a_limit_and_nothing_is_deferred_early(
    database: Database,
    worker_database: Database,
    owner: Database,
    limit: int | None,
    of_account: int | None,
    rounds: list[tuple[int, int, list[tuple[str, int]], int, bool, bool]],
) -> None:
    """The office's and the account's, with doubts, retries, kills and people who send again."""
    with owner.write() as session:
        session.execute(text("SET session_replication_role = replica"))  # attempts are append-only otherwise
        for table in ("email_attempt", "email", "mail_account"):
            session.execute(text(f"DELETE FROM communication_service.{table}"))
        session.execute(text("SET session_replication_role = DEFAULT"))
        session.execute(
            text("UPDATE platform.office SET mails_per_hour = :n, send_from = :a, send_until = :b"),
            {"n": limit, "a": OPENS, "b": CLOSES},
        )
    with database.write() as session:
        form = AccountForm(
            name="Büro", address="a@buero.example", smtp_host="mail.buero.example", mails_per_hour=of_account,
            is_default=True,
        )  # fmt: skip
        save_account(session, form)
    day = Day(database, worker_database, limit=limit, of_account=of_account)
    for count, delay, outcomes, minutes, decides, looks in rounds:
        day.queue(count, timedelta(minutes=delay))
        day.work()
        for outcome, late in outcomes:
            day.report(outcome, timedelta(minutes=late))
        if looks:
            day.expire()
        if decides:
            day.decide()
        day.now += timedelta(minutes=minutes)
        day.work()
        day.check()


def test_a_lost_job_does_not_wait_for_itself(database: Database, worker_database: Database, owner: Database) -> None:
    """A worker died before it claimed: the mail's own place in the hour does not keep it from getting a new job."""
    with owner.write() as session:
        session.execute(text("UPDATE platform.office SET mails_per_hour = 1"))
    with database.write() as session:
        form = AccountForm(
            name="Büro", address="a@buero.example", smtp_host="mail.buero.example", mails_per_hour=1, is_default=True
        )
        save_account(session, form)
        mail = queue_mail(
            session, kind="own", to_address="praxis@praxis.example", to_name="", letter=Letter("a", "b", ""), now=START
        )
    later = START + timedelta(minutes=3)
    with worker_database.write() as session:
        assert release_due(session, now=START) == (mail,)
    with worker_database.write() as session:
        assert release_due(session, now=START) == ()
        assert release_due(session, now=later) == (mail,)
        assert release_due(session, now=later) == ()  # nor is a long queue asked about at every look
        assert claim(session, mail, now=later) is not None


def test_what_waits_for_an_account_that_sends_no_more_goes_out_by_the_new_one(
    database: Database, worker_database: Database
) -> None:
    """The office went to another provider: its mails do not stay with the old account, which would never send them."""
    old = AccountForm(name="Alt", address="a@alt.example", smtp_host="mail.alt.example", is_default=True)
    with database.write() as session:
        before = save_account(session, old)
        mail, late = (
            queue_mail(
                session, kind="own", to_address="praxis@praxis.example", to_name="", letter=Letter("a", "b", ""),
                now=START,
            )
            for _ in range(2)
        )  # fmt: skip
        after = save_account(session, replace(old, name="Neu", address="a@neu.example", smtp_host="mail.neu.example"))
    with worker_database.write() as session:
        first = claim(session, mail, now=START)
    assert first is not None
    assert first.account_id == before  # while it sends
    with database.write() as session:
        save_account(session, replace(old, is_default=False, active=False), account_id=before)
        assert get_mail(session, late, now=START).row.waiting == Waiting("worker")
    with worker_database.write() as session:
        taken = claim(session, late, now=START, without_account=False)
    assert taken is not None
    assert taken.account_id == after


def test_a_limit_set_meanwhile_holds_for_jobs_that_wait(
    database: Database, worker_database: Database, owner: Database
) -> None:
    """Five were handed to the worker without a limit; with two an hour three go back and wait their turn."""
    with database.write() as session:
        mails = [
            queue_mail(
                session, kind="own", to_address="praxis@praxis.example", to_name="", letter=Letter("a", "b", ""),
                now=START,
            )
            for _ in range(5)
        ]  # fmt: skip
    with owner.write() as session:
        session.execute(text("UPDATE platform.office SET mails_per_hour = 2"))
    with worker_database.write() as session:
        claimed = [claim(session, mail, now=START) is not None for mail in mails]
        assert claimed == [True, True, False, False, False]
        assert release_due(session, now=START) == ()

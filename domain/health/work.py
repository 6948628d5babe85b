"""What should go on by itself: the worker, its queue, chains, post accounts, services asked outside, backups."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from domain.access import group_role
from domain.communication.account_states import account_states
from domain.communication.models import Email
from domain.communication.send_times import WAITING, not_held
from domain.event_feed import CONSUMER, events_to_come
from domain.health.models import Finding, fail, ok, warn
from domain.outside import host_states
from domain.worker_troubles import troubles

LATE, TOO_LATE = timedelta(minutes=10), timedelta(hours=24)

# a login's connections are seen by everybody, what it asks is not
_WORKERS = text("""
SELECT count(*) FROM pg_stat_activity a
WHERE a.datname = current_database() AND EXISTS (
    SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
    WHERE g.rolname = :worker AND m.member = a.usesysid)
""")
_STUCK_MAILS = text("SELECT count(*) FROM communication_service.email WHERE status IN ('unclear', 'failed')")
_CONTACTS = text("""
SELECT (SELECT max(number) FROM audit.contact_link) AS links, count(*) AS waiting, min(since) AS since
FROM audit.contact_pending
""")
_ENTRIES = text("""
SELECT (SELECT max(number) FROM audit.entry_link) AS links, count(*) AS waiting, min(e.at) AS since
FROM audit.entry_pending p JOIN audit.entry e ON e.id = p.entry_id
""")
_SERVICES = text("""
SELECT geocoder, geocoder_url, router, router_url FROM geocoding_service.map_settings
""")
_BACKUPS = text("""
SELECT (SELECT max(verified_at) FROM platform.backup) AS verified, limit_days, since,
       recovery_key IS NOT NULL AS paper, second_folder <> '' AS second
FROM platform.backup_settings
""")


def worker(session: Session, _now: datetime) -> Iterator[Finding]:
    """Somebody of the worker's group is connected, and none of its rounds fails."""
    connected = session.scalar(_WORKERS, {"worker": group_role("worker")}) or 0
    yield ok("worker", "worker", n=connected) if connected else fail("worker", "worker.gone")
    for trouble in troubles(session):
        yield fail("worker", "worker.trouble", round=trouble.round, why=trouble.trouble, since=trouble.since)
    if (to_come := events_to_come(session, CONSUMER)) is not None:
        yield ok("relay", "relay", n=to_come)


def queue(session: Session, now: datetime) -> Iterator[Finding]:
    """Mails that nobody holds leave when they may, and none is left for a person to settle."""
    due_at = func.coalesce(Email.not_before, Email.deferred_at, Email.updated_at)
    due = select(func.count(), func.min(due_at)).where(Email.status.in_(WAITING), due_at <= now, not_held())
    waiting, since = session.execute(due).one()
    if waiting and now - since > LATE:
        yield warn("queue", "queue.late", n=waiting, since=since)
    else:
        yield ok("queue", "queue", n=waiting)
    stuck = session.scalar(_STUCK_MAILS) or 0
    yield warn("mail", "mail.stuck", n=stuck) if stuck else ok("mail", "mail")


def contact_chain(session: Session, now: datetime) -> Iterator[Finding]:
    """The contact log is linked within minutes."""
    links, waiting, since = session.execute(_CONTACTS).one()
    yield _chain("contact_chain", links, waiting, since, now=now)


def audit_chain(session: Session, now: datetime) -> Iterator[Finding]:
    """So is the audit."""
    links, waiting, since = session.execute(_ENTRIES).one()
    yield _chain("audit_chain", links, waiting, since, now=now)


def _chain(check: str, links: int | None, waiting: int, since: datetime | None, *, now: datetime) -> Finding:
    if since is None or now - since <= LATE:
        return ok(check, "chain", n=links or 0, waiting=waiting)
    late = fail if now - since > TOO_LATE else warn
    return late(check, "chain.late", n=links or 0, waiting=waiting, since=since)


def accounts(session: Session, _now: datetime) -> Iterator[Finding]:
    """What the worker last saw of each account's servers."""
    active = [seen for seen in account_states(session) if seen.account.active]
    if not active:
        yield warn("accounts", "accounts.none")
    for seen in active:
        for code, trouble in (("accounts.reading", seen.trouble), ("accounts.sending", seen.sending_trouble)):
            if trouble:
                yield fail("accounts", code, name=seen.account.name, why=trouble)
    if active and not any(seen.trouble or seen.sending_trouble for seen in active):
        yield ok("accounts", "accounts", n=len(active))


def services(session: Session, _now: datetime) -> Iterator[Finding]:
    """The office's servers for addresses and ways answer, as far as they were asked."""
    row = session.execute(_SERVICES).one()
    chosen = {urlsplit(url).hostname for kind, url in ((row[0], row[1]), (row[2], row[3])) if kind != "none"}
    silent = [
        seen
        for seen in host_states(session)
        if seen.state != "closed" and seen.host.rpartition(":")[0] in chosen and seen.retry_at is not None
    ]
    for seen in silent:
        assert seen.retry_at is not None
        yield warn("services", "services.silent", host=seen.host, until=seen.retry_at)
    if not silent:
        yield ok("services", "services" if chosen else "services.none", n=len(chosen))


def backups(session: Session, now: datetime) -> Iterator[Finding]:
    """The last one that was restored and compared is young enough; nothing is said where backups are not known yet."""
    if session.scalar(text("SELECT to_regclass('platform.backup')")) is None:
        return
    verified, limit, since, paper, second = session.execute(_BACKUPS).one()
    if verified is None:
        yield (fail if now - since > timedelta(days=limit) else warn)("backup", "backup.none", days=limit)
    elif now - verified > timedelta(days=limit):
        yield fail("backup", "backup.old", at=verified, days=limit)
    else:
        yield ok("backup", "backup", at=verified)
    # with the machine both would be gone
    if not paper:
        yield warn("backup", "backup.no_paper")
    if not second:
        yield warn("backup", "backup.one_place")

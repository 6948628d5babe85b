"""What all workers of an office know together of the hosts outside: whose turn it is, and who does not answer.

One rate and one circuit breaker a host, kept in PostgreSQL, so that two workers ask no faster than one. It speaks to
nobody: `sync.http` does, and asks here before and tells here after.

A question that failed in passing may come again at once only out of the host's budget: each success pays a tenth of a
retry into it, so that a host in trouble gets a tenth more questions and not three times as many.

    closed ──5 failures in a row, or a refusal──▶ open ──retry_at──▶ half_open (one question) ──▶ closed or open again
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import events
from domain.database import Base
from domain.errors import Unavailable

FAILURES_BEFORE_OPEN = 5
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
MOST_RETRIES = 10.0
EARNED = 0.1  # of a retry, by each success
PROBE_LEASE = timedelta(minutes=2)  # a worker killed over its one question blocks nobody for longer


class OutsideHost(Base):
    """One host as `name:port`. `trips` counts how often in a row the breaker opened; each pause is twice the last.

    `since`: it answers, or does not, since then.
    """

    __tablename__ = "outside_host"
    __table_args__ = (
        CheckConstraint("state IN ('closed', 'open', 'half_open')", name="state"),
        CheckConstraint("(state = 'closed') = (retry_at IS NULL)", name="retry"),
        CheckConstraint("retries_left BETWEEN 0 AND 10", name="retries"),
        {"schema": "platform"},
    )

    host: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    state: Mapped[str] = mapped_column(default="closed")
    failures: Mapped[int] = mapped_column(default=0)
    trips: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    last_error_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    since: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    retries_left: Mapped[float] = mapped_column(default=MOST_RETRIES)


@dataclass(frozen=True, slots=True)
class HostState:
    """A host as Verwaltung shows it; `last_error` is a code with a German sentence."""

    host: str
    state: str
    retry_at: datetime | None
    last_error: str
    last_error_at: datetime | None
    last_success_at: datetime | None
    since: datetime


# by the database's clock: two machines agree on it, and nobody else's is asked
_SPACING = "make_interval(secs => greatest(:interval, platform.shared_spacing(:host)))"
_TURN = text(f"""
INSERT INTO platform.outside_host AS h (host, next_at)
VALUES (:host, clock_timestamp() + {_SPACING})
ON CONFLICT (host) DO UPDATE
    SET next_at = greatest(h.next_at, clock_timestamp()) + {_SPACING}
    WHERE h.next_at <= clock_timestamp() + make_interval(secs => :longest)
RETURNING extract(epoch FROM next_at - {_SPACING} - clock_timestamp())::float
""")


def take_turn(session: Session, host: str, *, interval: float, longest: float) -> float:
    """Take the next free turn at a host, turns being `interval` seconds apart; returns how long to wait (s).

    At a server that belongs to everybody they are never nearer than its rules allow, whatever is configured.

    Raises Unavailable (outside.busy) where the wait were longer than `longest` seconds; the turn is left to others.
    The turn is taken once the transaction is committed: commit before waiting.
    """
    wait: float | None = session.scalar(_TURN, {"host": host, "interval": interval, "longest": longest})
    if wait is None:
        raise Unavailable("outside.busy", host=host)
    return max(0.0, wait)


def put_off(session: Session, host: str, *, seconds: float) -> None:
    """The host asked for peace (Retry-After): nobody's turn comes before."""
    later = "greatest(next_at, clock_timestamp() + make_interval(secs => :seconds))"
    session.execute(
        text(f"UPDATE platform.outside_host SET next_at = {later} WHERE host = :host"),
        {"host": host, "seconds": seconds},
    )


def admit(session: Session, host: str, *, now: datetime) -> None:
    """Ask the breaker. Raises Unavailable (`until`) while it is open, or another one probes.

    outside.resting where the host itself told us to stay away, else outside.paused.
    """
    row = session.get(OutsideHost, host, with_for_update=True, populate_existing=True)
    if row is None or row.state == "closed":
        return
    assert row.retry_at is not None
    if row.retry_at > now:
        code = "outside.resting" if row.last_error == "outside.refused" else "outside.paused"
        raise Unavailable(code, host=host, until=row.retry_at.isoformat(), error=row.last_error)
    row.state, row.retry_at = "half_open", now + PROBE_LEASE


def resting_until(session: Session, host: str, *, now: datetime) -> datetime | None:
    """Until when a host is left alone; None where it may be asked. It takes no part in asking (`admit` does)."""
    return session.scalar(select(OutsideHost.retry_at).where(OutsideHost.host == host, OutsideHost.retry_at > now))


def is_well(session: Session, host: str) -> bool:
    """Whether nothing failed at a host since it last answered, or since a person wanted it asked again."""
    row = session.get(OutsideHost, host, populate_existing=True)
    return row is not None and row.state == "closed" and row.failures == 0


def spend_retry(session: Session, host: str) -> bool:
    """Take one retry out of a host's budget; False where it is spent, and what failed comes again later as new."""
    row = _row(session, host)
    if row.retries_left < 1:
        return False
    row.retries_left -= 1
    return True


def note_success(session: Session, host: str, *, now: datetime) -> None:
    """It answered: the breaker closes."""
    row = _row(session, host)
    if row.state != "closed" or row.last_success_at is None:
        row.since = now
        events.record(session, "outside.answers", 0)
    row.state, row.retry_at, row.failures, row.trips, row.last_success_at = "closed", None, 0, 0, now
    row.retries_left = min(MOST_RETRIES, row.retries_left + EARNED)


def note_failure(session: Session, host: str, code: str, *, now: datetime, at_once: bool = False) -> None:
    """It did not answer as it should; `at_once` where it told us to stay away, which is heard the first time."""
    row = _row(session, host)
    row.failures += 1
    row.last_error, row.last_error_at = code, now
    if at_once or row.state == "half_open" or row.failures >= FAILURES_BEFORE_OPEN:
        if row.state == "closed":
            row.since = now
        row.state, row.retry_at = "open", now + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(row.trips, 10))
        row.trips += 1
        row.failures = 0
        events.record(session, "outside.silent", 0)


def pause(session: Session, host: str, *, until: datetime) -> None:
    """Whoever asks by a rhythm of its own tells when it comes again; nobody else waits for that."""
    row = _row(session, host)
    if row.state != "closed":
        row.retry_at = until


def key_of(host: str, port: int) -> str:
    """A host and its port as they are kept: as the net knows them."""
    name = host.strip().rstrip(".").lower()
    with suppress(UnicodeError):  # no name of the net; whoever asks it is told so
        name = name.encode("idna").decode("ascii")
    return f"{name}:{port}"


def ask_again(session: Session, host: str) -> bool:
    """A person has mended it and wants to know at once: the breaker closes. Raises Forbidden. False: it was closed."""
    closed = bool(session.scalar(text("SELECT platform.ask_outside_again(:host)"), {"host": host}))
    if closed:
        events.record(session, "outside.asked_again", 0)
    return closed


def close_breaker(session: Session, host: str) -> None:
    """The worker is about to try a host out for a person: the next question goes out."""
    row = session.get(OutsideHost, host, with_for_update=True, populate_existing=True)
    if row is not None:
        row.state, row.retry_at, row.failures, row.trips = "closed", None, 0, 0


def host_states(session: Session) -> tuple[HostState, ...]:
    """Every host that was ever asked, by name."""
    rows = session.scalars(select(OutsideHost).order_by(OutsideHost.host)).all()
    return tuple(
        HostState(r.host, r.state, r.retry_at, r.last_error, r.last_error_at, r.last_success_at, r.since) for r in rows
    )


def _row(session: Session, host: str) -> OutsideHost:
    session.execute(
        text("INSERT INTO platform.outside_host (host) VALUES (:host) ON CONFLICT DO NOTHING"), {"host": host}
    )
    return session.get_one(OutsideHost, host, with_for_update=True, populate_existing=True)

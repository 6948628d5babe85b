"""The server itself: its version and schema, the way to it, how it plans, and whether its clock is ours."""

import ipaddress
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.health.leaks import LEAKING, OPEN_OBJECTS
from domain.health.models import Finding, fail, ok, warn
from domain.migrations import HEAD, KNOWN, revision

OLDEST = 150000  # of what the migrations are written for
CLOCK_WARN, CLOCK_FAIL = 5, 120  # seconds


def version(session: Session, _now: datetime) -> Iterator[Finding]:
    """PostgreSQL 15 or newer."""
    number, shown = session.execute(
        text("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
    ).one()
    said = str(shown).split(" ", 1)[0]
    yield (ok if number >= OLDEST else fail)(
        "version", "version" if number >= OLDEST else "version.old", version=said, wanted=str(OLDEST // 10000)
    )


def schema(session: Session, _now: datetime) -> Iterator[Finding]:
    """The tables are those this program was written for."""
    found = revision(session.connection())
    if found == HEAD:
        yield ok("schema", "schema", head=HEAD)
    elif found in KNOWN:
        yield fail("schema", "schema.older", found=str(found), wanted=HEAD)
    else:
        yield fail("schema", "schema.newer", found=str(found), wanted=HEAD)


def encryption(session: Session, _now: datetime) -> Iterator[Finding]:
    """Beyond this machine nothing travels in the clear; asked of the connection itself, a pooler may stand between."""
    connection = session.connection().connection.driver_connection
    assert connection is not None
    host = str(connection.info.host or "")
    if connection.pgconn.ssl_in_use:
        yield ok("tls", "tls", host=host)
    elif _is_here(host):
        yield ok("tls", "tls.here")
    else:
        yield fail("tls", "tls.off", host=host)


def _is_here(host: str) -> bool:
    """A socket or this machine's own address."""
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def planning(session: Session, _now: datetime) -> Iterator[Finding]:
    """What makes it fast: no compiling of queries."""
    jit = session.scalar(text("SELECT current_setting('jit')"))
    yield ok("jit", "jit") if jit == "off" else warn("jit", "jit.on")


def sealing(session: Session, _now: datetime) -> Iterator[Finding]:
    """Where there are teams nobody reads past them, and nobody makes what a backup stumbles over."""
    teams = session.scalar(text("SELECT EXISTS (SELECT FROM platform.team)"))
    if teams and (session.scalars(text(LEAKING)).first() or session.scalars(text(OPEN_OBJECTS)).first()):
        yield warn("sealing", "sealing.open")
    else:
        yield ok("sealing", "sealing")


def clock(session: Session, now: datetime) -> Iterator[Finding]:
    """Deadlines go by this machine's clock, leases by the server's: they must not differ by much."""
    there = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    seconds = round(abs((there - now).total_seconds()))
    if seconds < CLOCK_WARN:
        yield ok("clock", "clock")
    else:
        yield (fail if seconds >= CLOCK_FAIL else warn)("clock", "clock.differs", seconds=seconds)

"""Databases a restore set aside, or one that was killed left: how each is called, since when, how large.

Dropping is the owner's.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from domain.database import sqlstate
from domain.errors import NotFound, Unavailable

BEFORE = "_before_"
UNFINISHED = "_restoring_"
_MOMENT = "%Y%m%d_%H%M%S"
_USED = "55006"
_MAY_LIST = text("SELECT has_function_privilege('platform.databases_set_aside()', 'EXECUTE')")
_LIST = text("SELECT name, size FROM platform.databases_set_aside()")
_LEFT = text("""SELECT datname::text FROM pg_database
    WHERE starts_with(datname::text, current_database() || :unfinished) ORDER BY 1""")
_THERE = text("""SELECT datname FROM pg_database
    WHERE starts_with(datname::text, :before) OR starts_with(datname::text, :unfinished) ORDER BY 1""")


@dataclass(frozen=True, slots=True)
class SetAside:
    """One database: its name, its size in bytes (None: not told), and when it was replaced."""

    name: str
    size: int | None
    at: datetime | None

    @property
    def is_left(self) -> bool:
        """Whether a restore that did not come to its end was just making it; the next one drops it."""
        return UNFINISHED in self.name


def name_of(database: str, now: datetime) -> str:
    """What a database that is replaced now is called from now on."""
    return f"{database}{BEFORE}{now:{_MOMENT}}"


def set_aside(session: Session) -> tuple[SetAside, ...]:
    """The oldest first; nothing for who does not answer for the machine."""
    if not session.scalar(_MAY_LIST):
        return ()
    left = (SetAside(name, None, None) for name in session.scalars(_LEFT, {"unfinished": UNFINISHED}))
    return (*(SetAside(row.name, row.size, _moment(row.name)) for row in session.execute(_LIST)), *left)


def drop_set_aside(admin: Connection, database: str, name: str) -> None:
    """Drop one for good, as the owner of both, outside a transaction.

    Raises NotFound (``backup.no_set_aside``) for what no restore set aside of this database, Unavailable
    (``backup.set_aside_used``) while somebody is connected to it.
    """
    ours = {"before": f"{database}{BEFORE}", "unfinished": f"{database}{UNFINISHED}"}
    if name not in admin.scalars(_THERE, ours).all():
        raise NotFound("backup.no_set_aside", name=name)
    quoted = name.replace('"', '""')
    try:
        admin.execute(text(f'DROP DATABASE "{quoted}"'))
    except OperationalError as exc:
        if sqlstate(exc) == _USED:
            raise Unavailable("backup.set_aside_used", name=name) from exc
        raise


def _moment(name: str) -> datetime | None:
    try:
        return datetime.strptime(name.rpartition(BEFORE)[2], _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None

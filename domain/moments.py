"""Dates and times as the driver reads them: one that no calendar of ours has hinders nobody.

PostgreSQL keeps infinity and years up to 294276, of which Python knows nothing: the driver would refuse the whole
answer for one such row. They are read as the first or the last moment the schema takes (revision 0020), so that who
reads many rows reads the others. What is written is refused by the database.
"""

from datetime import UTC, date, datetime
from typing import Any

from psycopg import Connection, DataError
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

FIRST = datetime(1800, 1, 1, tzinfo=UTC)
LAST = datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC)
_BEFORE_CHRIST, _ENDLESS = b" BC", b"-infinity"


def read_every_moment(connection: Connection[Any]) -> None:
    """Let this connection read what it may find."""
    for name, first, last in (("timestamptz", FIRST, LAST), ("date", FIRST.date(), LAST.date())):
        oid = connection.adapters.types[name].oid
        usual = connection.adapters.get_loader(oid, Format.TEXT)
        assert usual is not None
        connection.adapters.register_loader(oid, _bounded(usual, first, last))


def _bounded(usual: type[Any], first: date, last: date) -> type[Loader]:
    class Bounded(Loader):
        """The usual reading, and the nearest moment where there is none."""

        def __init__(self, oid: int, context: Any = None) -> None:
            super().__init__(oid, context)
            self._usual = usual(oid, context)

        def load(self, data: Buffer) -> date:
            try:
                found: date = self._usual.load(data)
            except (DataError, ValueError, OverflowError):
                said = bytes(data)
                return first if said == _ENDLESS or said.endswith(_BEFORE_CHRIST) else last
            return found

    return Bounded
